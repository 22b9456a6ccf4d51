import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';

export const BackToList = () => (
  <Link
    to="/timecards"
    aria-label="All timecards"
    className="-ml-2 grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
  >
    <Icon of={ChevronLeft} size={18} />
  </Link>
);
