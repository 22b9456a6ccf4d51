import { Button } from '../../ui/button.tsx';
import { PAGE } from './import-queries.ts';

interface Props {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** From one page of the preview to the next; nothing where there is only one. */
export function Pager({ page, total, onPage }: Props) {
  const pages = Math.ceil(total / PAGE);
  if (pages <= 1) return null;
  return (
    <nav aria-label="Pages of the preview" className="flex items-center gap-2 text-sm text-ink-2">
      <span className="num flex-1">
        {((page - 1) * PAGE + 1).toLocaleString('en')}–{Math.min(page * PAGE, total).toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
      <Button look="quiet" onClick={() => onPage(page - 1)} because={page === 1 ? 'This is the first page' : null}>
        Previous
      </Button>
      <Button look="quiet" onClick={() => onPage(page + 1)} because={page === pages ? 'This is the last page' : null}>
        Next
      </Button>
    </nav>
  );
}
