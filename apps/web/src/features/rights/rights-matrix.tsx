import { useState } from 'react';
import type { RightsRow, RightsView } from '../../api/views.ts';
import { Field } from '../../ui/field.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { ExtentLegend, ExtentText } from './extent.tsx';

type Role = RightsView['roles'][number];

interface Props {
  readonly rights: RightsView;
}

/** AC-3: for each thing that can be done, how far each role may; where there is no room for all roles, of one at a time. */
export function RightsMatrix({ rights }: Props) {
  const wide = useMedia('(min-width: 64rem)');
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix" className="pb-1 text-base">
        What each role may
      </h2>
      <ExtentLegend />
      {wide ? <Table rights={rights} /> : <OneRole rights={rights} />}
    </section>
  );
}

/** The rows by what they are about, in the order in which they come. */
function groupsOf(rows: readonly RightsRow[]): [string, RightsRow[]][] {
  const groups = new Map<string, RightsRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  const order = ['The log', 'Timecards'];
  const place = (group: string) => (order.includes(group) ? order.indexOf(group) : order.length);
  return [...groups].toSorted(([one], [other]) => place(one) - place(other));
}

const What = ({ row: { label, note } }: { readonly row: RightsRow }) => (
  <>
    <span className="block font-medium">{label}</span>
    {note && <span className="block text-xs font-normal text-ink-3">{note}</span>}
  </>
);

function Table({ rights: { roles, rows } }: Props) {
  return (
    <table className="mt-4 w-full table-fixed border-collapse text-sm">
      <thead>
        <tr className="align-bottom">
          <th scope="col" className="w-[22%]">
            <span className="sr-only">What</span>
          </th>
          {roles.map(({ role, label }) => (
            <th key={role} scope="col" className="px-1 pb-2 text-left text-xs font-medium text-ink-2">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      {groupsOf(rows).map(([group, members]) => (
        <tbody key={group}>
          <tr>
            <th
              scope="rowgroup"
              colSpan={roles.length + 1}
              className="border-b border-line pb-1.5 pt-5 text-left text-xs font-medium text-ink-3"
            >
              {group}
            </th>
          </tr>
          {members.map((row) => (
            <tr key={row.key} className="border-b border-line align-top hover:bg-hover">
              <th scope="row" className="py-2 pr-3 text-left font-normal">
                <What row={row} />
              </th>
              {roles.map(({ role }) => (
                <td key={role} className="px-1 py-2">
                  <ExtentText extent={row.extents[role]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

function OneRole({ rights: { roles, rows } }: Props) {
  const [chosen, choose] = useState<Role['role']>('supervisor');
  return (
    <>
      <Field label="Role" className="max-w-72 pt-4">
        {(control) => (
          <select
            {...control}
            className={`${control.className} h-9`}
            value={chosen}
            onChange={({ target }) => choose(target.value as Role['role'])}
          >
            {roles.map(({ role, label }) => (
              <option key={role} value={role}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {groupsOf(rows).map(([group, members]) => (
        <section key={group} aria-label={group} className="pt-5 text-sm">
          <h3 className="border-b border-line pb-1.5 text-xs font-medium text-ink-3">{group}</h3>
          <dl>
            {members.map((row) => (
              <div key={row.key} className="grid grid-cols-[minmax(0,1fr)_7rem] gap-x-4 border-b border-line py-2">
                <dt>
                  <What row={row} />
                </dt>
                <dd>
                  <ExtentText extent={row.extents[chosen]} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
