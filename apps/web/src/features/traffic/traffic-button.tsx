import { useQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import { PanelButton } from '../../ui/panel-button.tsx';
import { TrafficPanel } from './traffic-panel.tsx';
import { trafficQuery } from './traffic-query.ts';

/** Milliseconds between two looks while edits are being made. */
const LOOK = 2_000;

/** How an admin has edits made in a demonstration; while there are any, how many. */
export default function TrafficButton() {
  const { data } = useQuery({ ...trafficQuery, refetchInterval: ({ state }) => (state.data?.wanted ? LOOK : false) });
  const on = Boolean(data?.wanted);
  return (
    <PanelButton
      label="Traffic in this demonstration"
      side="top"
      className={`flex items-center gap-2.5 rounded-md px-2.5 text-sm font-medium transition-colors hover:text-ink max-md:h-14 short:max-md:h-11 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-2xs md:mt-0.5 md:h-8 md:hover:bg-hover ${on ? 'text-accent' : 'text-ink-2'}`}
      face={
        <>
          <Icon of={Activity} size={16} /> Traffic
          {on && <span className="num text-2xs md:ml-auto">{Math.round(data?.actual ?? 0)}/s</span>}
        </>
      }
    >
      {() => <TrafficPanel />}
    </PanelButton>
  );
}
