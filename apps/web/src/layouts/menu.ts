import { Clock3, Radio } from 'lucide-react';

/** The pages of the menu; notifications stand there too, with their own count. */
export const MENU = [
  { to: '/live', label: 'Live', icon: Radio },
  { to: '/timecards', label: 'Timecards', icon: Clock3 },
] as const;
