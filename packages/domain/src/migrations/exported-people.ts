import { Migration } from '@mikro-orm/migrations';

const exportedPeople = [
  `create table exported_people (
    change_id uuid not null,
    person_id uuid not null constraint exported_people_person_id_foreign references profiles on delete cascade,
    by uuid not null,
    exported_at timestamptz(3) not null,
    timecards int not null,
    primary key (change_id, person_id)
  )`,
  `create index exported_people_person_id_exported_at_index on exported_people (person_id, exported_at)`,
  `create index exported_people_exported_at_index on exported_people (exported_at)`,
];

/** Whose records an export held. */
export class ExportedPeople extends Migration {
  override up(): void {
    for (const statement of exportedPeople) this.addSql(statement);
  }
}
