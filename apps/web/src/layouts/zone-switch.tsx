import { useZones } from '../ui/zone-context.tsx';
import { zoneName } from '@countersign/domain/wall-clock.rules';
import { ZONE_CHOICES, type ZoneChoice } from '../ui/zone.ts';
import { useZoneChoice } from './use-zone-choice.ts';

const LABELS: Readonly<Record<ZoneChoice, string>> = { site: 'Site', mine: 'Mine', utc: 'UTC' };

/** In whose time instants are shown. Always visible, since a time without its zone is half a fact. */
export function ZoneSwitch() {
  const { choice, mine } = useZones();
  const choose = useZoneChoice();
  const hints: Readonly<Record<ZoneChoice, string>> = {
    site: 'Each time in the zone of the site where the work was done',
    mine: `Times in your zone, ${mine}`,
    utc: 'Times in UTC',
  };
  return (
    <fieldset className="flex shrink-0 rounded-md border border-line-strong bg-sheet">
      <legend className="sr-only">Time zone of all times on the page</legend>
      {ZONE_CHOICES.map((zone) => (
        <label
          key={zone}
          title={hints[zone]}
          className="relative flex h-7 items-center gap-1 px-2 text-xs max-sm:px-1.5 text-ink-2 first-of-type:rounded-l-[5px] last-of-type:rounded-r-[5px] has-checked:bg-accent-soft has-checked:font-semibold has-checked:text-accent has-focus-visible:z-10 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent pointer-coarse:h-10"
        >
          <input
            type="radio"
            name="zone"
            value={zone}
            checked={choice === zone}
            onChange={() => choose(zone)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {LABELS[zone]}
          {zone === 'mine' && choice === 'mine' && <span className="hidden font-normal sm:inline">{zoneName(mine)}</span>}
        </label>
      ))}
    </fieldset>
  );
}
