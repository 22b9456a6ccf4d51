import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { lookAgain } from '../../api/look-again.ts';
import { type Problem, problemOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemWords } from '../../ui/page-state.tsx';
import { MOST_TRAFFIC, setTraffic, trafficQuery, type TrafficState } from './traffic-query.ts';

/** Milliseconds between two looks while the panel is open, and after the last move of the slider until it counts. */
const LOOK = 1_000;
const SETTLED = 250;

const ENDED: Readonly<Record<NonNullable<TrafficState['ended']>, string>> = {
  unwatched: 'It ended by itself: nobody was looking any more.',
  enough: 'It ended by itself: it has made as many edits as one start may. The log keeps each of them.',
  failed: 'It ended by itself: edits failed again and again. The server’s log says why.',
};

/** How many edits a second somebody wants, and how many there are. */
export function TrafficPanel() {
  const { data, error, refetch } = useQuery({ ...trafficQuery, refetchInterval: ({ state }) => lookAgain(state, LOOK) });
  const wish = useWish(data?.wanted ?? 0);
  const id = useId();
  const problem = wish.problem ?? (error ? problemOf(error) : null);
  return (
    <div className="space-y-3 px-4 py-3 text-sm">
      <h2 className="font-semibold">Traffic</h2>
      <p id={`${id}-about`} className="text-ink-2">
        People of a site of their own, Backlot (traffic), edit and decide about timecards of their own, for as long as somebody can see it.
      </p>
      <div>
        <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium">
          Edits a second
          <output htmlFor={id} className="num">
            {wish.shown}
          </output>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={MOST_TRAFFIC}
          value={wish.shown}
          disabled={!data}
          aria-describedby={`${id}-about`}
          aria-valuetext={`${wish.shown} edits a second`}
          onChange={({ target }) => wish.change(Number(target.value))}
          className="mt-1 block h-8 w-full cursor-pointer accent-(--accent) disabled:cursor-not-allowed pointer-coarse:h-11"
        />
      </div>
      {problem && (
        <div role="alert" className="text-refuse">
          <ProblemWords problem={problem} />
        </div>
      )}
      {data && <Doing {...data} />}
      <div className="flex justify-end gap-2">
        {error && <Button onClick={() => void refetch()}>Retry</Button>}
        <Button because={data?.wanted ? null : 'There is no traffic.'} onClick={() => wish.change(0)}>
          Stop
        </Button>
      </div>
    </div>
  );
}

const Doing = ({ wanted, actual, done, ended }: TrafficState) => (
  <p className="num min-h-10 text-ink-2">
    {wanted || actual
      ? `${actual.toLocaleString('en', { maximumFractionDigits: 1 })} a second at present, ${done.toLocaleString('en')} since it was switched on.`
      : ended
        ? ENDED[ended]
        : 'Off.'}
  </p>
);

interface Wish {
  /** Where the slider stands. */
  readonly shown: number;
  readonly change: (rate: number) => void;
  readonly problem: Problem | null;
}

/** What is wanted, sent once the hand rests; until then the slider doesn't jump back to what the server last said. */
function useWish(wanted: number): Wish {
  const queries = useQueryClient();
  const [moved, setMoved] = useState<number | null>(null);
  const timer = useRef(0);
  const { mutate, error } = useMutation({
    mutationFn: setTraffic,
    onSuccess: (state) => queries.setQueryData(trafficQuery.queryKey, state),
    // Unless it was moved on meanwhile: what is wanted by then is yet to be sent.
    onSettled: (_state, _error, rate) => setMoved((now) => (now === rate ? null : now)),
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (rate: number) => {
    setMoved(rate);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => mutate(rate), rate ? SETTLED : 0);
  };
  return { shown: moved ?? wanted, change, problem: error && problemOf(error) };
}
