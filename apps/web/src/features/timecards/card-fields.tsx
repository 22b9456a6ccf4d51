import { AddDay } from './add-day.tsx';
import type { Group } from './card-form.ts';
import { DayFields } from './day-fields.tsx';
import { OneField } from './one-field.tsx';
import { TotalPreview } from './total-preview.tsx';
import type { CardTyping } from './use-card-edit.ts';

/** The fields of a command as its description has them: those of days as rows, the others below each other. */
export function CardFields({ edit }: { readonly edit: CardTyping }) {
  const { form, preview } = edit;
  if (!form) return null;
  const days = form.groups.filter(({ list }) => list !== null);
  const own = form.groups.filter(({ list }) => list === null);
  const oneDay = edit.card.periodStart === edit.card.periodEnd;
  return (
    <div className="grid gap-5">
      {!oneDay && (
        <div>
          <ul aria-label="Days" className="border-t border-line">
            {days.map((group) => (
              <DayFields key={group.key} group={group} edit={edit} />
            ))}
          </ul>
          <AddDay card={edit.card} taken={days.map(({ key }) => key)} locked={edit.locked} onAdd={edit.addDay} />
        </div>
      )}
      {own.map((group) => (
        <OwnFields key="own" group={group} edit={edit} />
      ))}
      {preview && <TotalPreview edit={edit} preview={preview} />}
    </div>
  );
}

function OwnFields({ group, edit }: { readonly group: Group; readonly edit: CardTyping }) {
  const times = group.fields.filter(({ kind }) => kind === 'time');
  const others = group.fields.filter(({ kind }) => kind !== 'time');
  return (
    <div className="grid gap-4">
      {times.length > 0 && (
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          {times.map((field) => (
            <OneField key={field.name} field={field} group={group} edit={edit} />
          ))}
        </div>
      )}
      {others.map((field) => (
        <OneField key={field.name} field={field} group={group} edit={edit} />
      ))}
    </div>
  );
}
