import { LOCKED } from '@countersign/domain/timecards/mending.rules';
import { Trash2, Undo2 } from 'lucide-react';
import type { FormField } from '../../api/views.ts';
import { FieldProblemText } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { hoursText } from '@countersign/domain/record/value-format.rules';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { type Group, isRemoved, laterPath, meantIn, pathIn, specPath } from './card-form.ts';
import { ClockTwice } from './clock-twice.tsx';
import { OneField, problemAt } from './one-field.tsx';
import { TimeInput } from './time-input.tsx';
import { type CardTyping, refusedAt } from './use-card-edit.ts';

interface Props {
  readonly group: Group;
  readonly edit: CardTyping;
}

/** `Daily Check In` is `Check In` under the heading of a day. */
const short = (title: string) => title.replace(/^Daily /, '');

/** One day as a row of times; whatever else the command takes for a day stands below. */
export function DayFields({ group, edit }: Props) {
  const day = dayText(group.workDate, 'weekday');
  const times = group.fields.filter(({ kind }) => kind === 'time');
  const removal = group.fields.find(({ kind, name }) => kind === 'boolean' && name === 'remove');
  const others = group.fields.filter((field) => field.kind !== 'time' && field !== removal);
  const removed = isRemoved(group, edit.typing);
  const problems =
    removed || !edit.form ? [] : times.map(({ name }) => problemAt(edit, pathIn(group, name))).filter((problem) => problem !== undefined);
  const wholeDay = refusedAt(edit.refused, pathIn(group, 'workDate'));
  const id = `problems-${group.key}`;
  return (
    <li className="group/day border-b border-line">
      <div role="group" aria-label={day} className="py-3 sm:py-2.5">
        <div
          style={{ '--times': times.length }}
          className="relative grid grid-cols-2 items-end gap-x-2 gap-y-2 sm:grid-cols-[5.75rem_repeat(var(--times),minmax(0,1fr))_2rem]"
        >
          <div
            className={`num col-span-full self-center text-sm font-medium sm:col-span-1 sm:group-first/day:pt-4.5 ${removed ? 'text-ink-3 line-through' : ''}`}
          >
            {day}
            <span className="ml-2 text-xs font-normal text-ink-3 sm:ml-0 sm:block">
              {hoursText(edit.preview?.hours.get(group) ?? null)}
            </span>
          </div>
          {times.map((field) => (
            <DayTime
              key={field.name}
              field={field}
              group={group}
              edit={edit}
              day={day}
              removed={removed}
              describedBy={problems.length ? id : undefined}
            />
          ))}
          {removal && <RemoveDay title={removal.title} group={group} edit={edit} removed={removed} />}
        </div>
        <Twice group={group} edit={edit} />
        {others.map((field) => (
          <div key={field.name} className="mt-2">
            <OneField field={field} group={group} edit={edit} />
          </div>
        ))}
        <div id={id}>
          {[...new Set([...problems, ...(wholeDay ? [wholeDay] : [])])].map((problem) => (
            <FieldProblemText key={problem}>{problem}</FieldProblemText>
          ))}
        </div>
      </div>
    </li>
  );
}

interface RemoveProps extends Props {
  readonly title: string;
  readonly removed: boolean;
}

/** Whether a recorded time of a day can't be changed, and so the day can't go. */
const isLocked = (group: Group, { form, locked }: CardTyping) =>
  group.fields.some(({ name }) => Boolean(form?.stored[pathIn(group, name)]) && locked.has(specPath(pathIn(group, name))));

function RemoveDay({ title, group, edit, removed }: RemoveProps) {
  const locked = isLocked(group, edit);
  return (
    <button
      type="button"
      aria-pressed={removed}
      aria-label={`${title}, ${dayText(group.workDate, 'weekday')}`}
      aria-disabled={locked || undefined}
      title={locked ? LOCKED : removed ? 'Keep this day' : title}
      onClick={() => locked || edit.type(pathIn(group, 'remove'), removed ? '' : 'true')}
      className="grid size-8 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink aria-pressed:text-refuse aria-disabled:opacity-40 max-sm:absolute max-sm:-top-2 max-sm:right-0 pointer-coarse:size-10"
    >
      <Icon of={removed ? Undo2 : Trash2} />
    </button>
  );
}

interface DayTimeProps extends Props {
  readonly field: FormField;
  readonly day: string;
  readonly removed: boolean;
  readonly describedBy: string | undefined;
}

function DayTime({ field, group, edit, day, removed, describedBy }: DayTimeProps) {
  const path = pathIn(group, field.name);
  return (
    <div>
      <span aria-hidden className="mb-0.5 block text-2xs text-ink-3 sm:hidden sm:group-first/day:block">
        {short(field.title)}
      </span>
      <TimeInput
        path={path}
        group={group}
        edit={edit}
        label={`${field.title}, ${day}`}
        invalid={!removed && problemAt(edit, path) !== undefined}
        describedBy={describedBy}
        disabled={removed}
      />
    </div>
  );
}

/** The hour that happens twice, where a time of this day falls into it. */
export function Twice({ group, edit }: Props) {
  if (!edit.form) return null;
  return [...meantIn(edit.form, group, edit.typing)].map(
    ([path, { twice, text }]) =>
      twice && (
        <ClockTwice
          key={path}
          time={text}
          offsets={twice}
          later={edit.typing[laterPath(path)] === 'true'}
          onChange={(later) => edit.type(laterPath(path), later ? 'true' : '')}
        />
      ),
  );
}
