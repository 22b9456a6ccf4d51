import { useState } from 'react';
import type { PreferencesInput, PreferencesView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Choice, Part } from './preference-parts.tsx';

interface Props {
  readonly wishes: PreferencesView;
  readonly onSave: (change: PreferencesInput) => void;
}

/** when messages wait. */
export function QuietHoursPart({ wishes, onSave }: Props) {
  const { quiet, quietFrom, quietUntil, timeZone } = wishes;
  return (
    <Part
      title="Quiet hours"
      about="Mails and messages wait until they end. What is urgent doesn’t, and in the app you are told at once all the same."
    >
      <Choice
        label="Let messages wait"
        about={`Reckoned in your zone, ${timeZone}.`}
        checked={quiet}
        onChange={(on) => onSave({ quiet: on })}
      />
      {quiet && <Hours key={`${quietFrom} ${quietUntil}`} from={quietFrom} until={quietUntil} onSave={onSave} />}
    </Part>
  );
}

const HOURS = [
  { name: 'from', label: 'From' },
  { name: 'until', label: 'Until' },
] as const;

function Hours({ from, until, onSave }: { readonly from: string; readonly until: string; readonly onSave: Props['onSave'] }) {
  const [typed, setTyped] = useState({ from, until });
  const same = typed.from === typed.until ? 'Quiet hours begin and end at different times.' : undefined;
  const because = same ?? (typed.from && typed.until ? null : 'Give both times');
  const changed = typed.from !== from || typed.until !== until;
  return (
    <form
      className="flex flex-wrap items-start gap-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && because === null) onSave({ quietFrom: typed.from, quietUntil: typed.until });
      }}
    >
      {HOURS.map(({ name, label }) => (
        <Field key={name} label={label} problem={name === 'until' ? same : undefined} className="w-36">
          {({ className, ...control }) => (
            <input
              {...control}
              type="time"
              value={typed[name]}
              onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
              className={`${className} num h-9`}
            />
          )}
        </Field>
      ))}
      {changed && (
        <Button changes="anything" type="submit" look="primary" because={because} className="mt-6.5">
          Save
        </Button>
      )}
    </form>
  );
}
