import { Migration } from '@mikro-orm/migrations';

const readingCounts = [
  `alter table reading_windows add of_others int not null default 0, add people jsonb not null default '[]'`,
  `alter table reading_windows alter of_others drop default, alter people drop default`,
  `alter table read_traces add of_others int not null default 0, add people int not null default 0`,
  `alter table read_traces alter of_others drop default, alter people drop default`,
  `alter table read_habits add rows int not null default 0, add people int not null default 0,
    add alerts jsonb not null default '[]', add set_aside boolean not null default false`,
  `alter table read_habits alter rows drop default, alter people drop default, alter alerts drop default, alter set_aside drop default`,
  `alter table unusual_accesses drop constraint unusual_accesses_kind_check, add column verdict text,
    add constraint unusual_accesses_kind_check
      check (kind in ('many_records', 'many_rows', 'many_people', 'large_export', 'odd_hours', 'other_area')),
    add constraint unusual_accesses_verdict_check check (verdict in ('right', 'wrong'))`,
  `alter table unusual_accesses drop constraint unusual_accesses_explained_by_somebody`,
];

/** How much was read, of how many people; which days are no habit; and whether what was unusual was right. */
export class ReadingCounts extends Migration {
  override up(): void {
    for (const statement of readingCounts) this.addSql(statement);
  }
}

/** What was explained before nobody said to be wrong. By itself, where the table's triggers are at work: each row is recorded. */
export class FormerVerdicts extends Migration {
  override up(): void {
    this.addSql(`update unusual_accesses set verdict = 'right' where state = 'explained'`);
  }
}

export class VerdictsChecked extends Migration {
  override up(): void {
    this.addSql(`alter table unusual_accesses drop constraint if exists unusual_accesses_explained_by_somebody,
      add constraint unusual_accesses_explained_by_somebody
      check ((state = 'explained') = (explained_at is not null) and (state = 'explained') = (verdict is not null))`);
  }
}
