import { Migration } from '@mikro-orm/migrations';

const changeAnswers = [
  `create table change_answers (
    id uuid primary key,
    person_id uuid not null constraint change_answers_person_id_foreign references profiles on delete cascade,
    change_id uuid not null,
    record varchar(200) not null,
    verdict text not null constraint change_answers_verdict_check check (verdict in ('confirmed', 'contested')),
    reason varchar(500),
    answered_at timestamptz(3) not null,
    constraint change_answers_person_id_change_id_record_unique unique (person_id, change_id, record)
  )`,
];

/** What people say to what others did to their records. */
export class ChangeAnswers extends Migration {
  override up(): void {
    for (const statement of changeAnswers) this.addSql(statement);
  }
}
