import type { Extent } from '../../api/views.ts';

const WORDS: Readonly<Record<Extent, string>> = {
  all: 'All',
  yes: 'Yes',
  not_own: 'Not own',
  own_and_responsible: 'Own, entrusted',
  own: 'Own',
  responsible: 'Entrusted',
  none: '–',
};

/** How far a role may. */
export const ExtentText = ({ extent }: { readonly extent: Extent }) =>
  extent === 'none' ? (
    <span className="text-ink-3">
      <span aria-hidden>{WORDS.none}</span>
      <span className="sr-only">No</span>
    </span>
  ) : (
    <span className={extent === 'all' || extent === 'yes' ? 'font-medium' : undefined}>{WORDS[extent]}</span>
  );

/** What the words of the matrix mean. */
export const ExtentLegend = () => (
  <dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
    {LEGEND.map(([word, meaning]) => (
      <div key={word} className="flex gap-1.5">
        <dt className="font-medium text-ink">{word}</dt>
        <dd>{meaning}</dd>
      </div>
    ))}
  </dl>
);

const LEGEND = [
  ['All', 'everybody’s'],
  ['Own', 'what they did, and what was done to records of theirs'],
  ['Entrusted', 'of the people and sites that they are responsible for'],
  ['Not own', 'everybody else’s'],
] as const;
