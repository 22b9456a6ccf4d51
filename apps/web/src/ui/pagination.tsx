import { ChevronLeft, ChevronRight, type LucideIcon } from 'lucide-react';
import { Button } from './button.tsx';
import { PageState } from './page-state.tsx';

interface Props {
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
  readonly onPage: (page: number) => void;
  /** What leads to the page before and the one after. */
  readonly words?: readonly [before: string, after: string];
}

const BY_TIME = ['Newer', 'Older'] as const;

export function Pagination({ total, limit, offset, hasMore, onPage, words: [before, after] = BY_TIME }: Props) {
  if (total === 0) return null;
  const page = Math.floor(offset / limit) + 1;
  return (
    <nav
      aria-label="Pages of the list"
      className="flex h-12 shrink-0 items-center gap-2 border-t border-line px-4 text-sm text-ink-2 sm:px-5"
    >
      <span className="num flex-1">
        {(offset + 1).toLocaleString('en')}–{Math.min(offset + limit, total).toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
      {total > limit && (
        <>
          <Button look="quiet" icon={ChevronLeft} onClick={() => onPage(page - 1)} because={page === 1 ? 'This is the first page' : null}>
            {before}
          </Button>
          <Button look="quiet" onClick={() => onPage(page + 1)} because={hasMore ? null : 'This is the last page'}>
            {after} <ChevronRight size={15} aria-hidden />
          </Button>
        </>
      )}
    </nav>
  );
}

interface NoSuchPageProps {
  readonly page: number;
  readonly icon: LucideIcon;
  readonly onFirst: () => void;
}

/** An address that names a page which the list hasn't got any more. */
export const NoSuchPage = ({ page, icon, onFirst }: NoSuchPageProps) => (
  <PageState icon={icon} title={`There is no page ${page}`} actions={<Button onClick={onFirst}>To the first page</Button>}>
    The list has become shorter since.
  </PageState>
);
