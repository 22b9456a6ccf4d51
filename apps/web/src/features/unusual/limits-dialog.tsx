import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { UnusualLimits } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { ProblemState } from '../../ui/page-state.tsx';
import { ReasonDialog, TOLD_ADMINS } from '../../ui/reason-dialog.tsx';

type Name = keyof UnusualLimits;

const FIELDS: readonly { readonly name: Name; readonly label: string; readonly hint: string }[] = [
  { name: 'unusualRecords', label: 'Different records in an hour', hint: 'More is unusual while nobody knows what is usual for somebody.' },
  {
    name: 'unusualRows',
    label: 'Rows about others in an hour',
    hint: 'More is unusual, likewise. What a live page is sent by itself doesn’t count.',
  },
  {
    name: 'unusualPeople',
    label: 'Different people in an hour',
    hint: 'Those whose records are shown in lists or taken away. More is unusual, likewise.',
  },
  { name: 'unusualExports', label: 'Exported records in a day', hint: 'More is unusual, likewise.' },
  { name: 'unusualTimes', label: 'Times the most of five weeks', hint: 'More is unusual for whoever has read on five days or more.' },
  { name: 'unusualHoursApart', label: 'Hours from the usual ones', hint: 'So far and further is an unusual hour.' },
  {
    name: 'unusualFewest',
    label: 'Records at such hours, or elsewhere',
    hint: 'So many and more are told: a page that is left open is one.',
  },
];

const TOLD = { ...TOLD_ADMINS, hint: 'It stands in the log, and every other admin reads it, or the managers where there is none.' };
const NAMES = FIELDS.map(({ name }) => name);
const KEY = ['unusual-limits'];

/** From where on reading counts as unusual, for admins. */
export default function LimitsDialog({ onClose }: { readonly onClose: () => void }) {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => client.unusualAccess.limits.query({}, { signal }) });
  if (data) return <Form key={JSON.stringify(data)} limits={data} onClose={onClose} />;
  return (
    <ModalDialog title="What counts as unusual" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      {error ? (
        <ProblemState problem={problemOf(error)} what="the limits" onRetry={() => void refetch()} />
      ) : (
        <p role="status">Reading the limits</p>
      )}
    </ModalDialog>
  );
}

function Form({ limits, onClose }: { readonly limits: UnusualLimits; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const texts = Object.fromEntries(FIELDS.map(({ name }) => [name, String(limits[name])])) as Record<Name, string>;
  const [typed, setTyped] = useState(texts);
  const change = async (reason: string) => {
    const wanted = Object.fromEntries(FIELDS.map(({ name }) => [name, Number(typed[name])])) as unknown as UnusualLimits;
    queries.setQueryData(KEY, await client.unusualAccess.setLimits.mutate({ ...wanted, before: limits, reason }));
    notify({ text: 'Changed. Every other admin is told, or the managers where there is none.' });
  };
  return (
    <ReasonDialog
      title="What counts as unusual"
      description="It holds for what is read from now on."
      confirm="Save"
      because={FIELDS.every(({ name }) => typed[name] === texts[name]) ? 'Nothing is changed yet' : null}
      asked={TOLD}
      fields={NAMES}
      onConfirm={change}
      onClose={onClose}
    >
      {(refused) =>
        FIELDS.map(({ name, label, hint }) => (
          <TextField
            key={name}
            label={label}
            hint={hint}
            inputMode="decimal"
            value={typed[name]}
            maxLength={8}
            problem={refused(name)}
            onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
          />
        ))
      }
    </ReasonDialog>
  );
}
