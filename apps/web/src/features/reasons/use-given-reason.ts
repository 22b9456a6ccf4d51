import { LONGEST_REASON, writtenReason } from '@countersign/domain/timecards/given-reason.rules';
import { useState } from 'react';

/** The fewest letters that say anything. */
const SHORTEST = 3;

/** A reason that somebody is giving: picked from the list, typed, or both. */
export interface GivenReason {
  readonly picked: string;
  readonly typed: string;
  /** As it will stand with the change. */
  readonly written: string;
  readonly isGiven: boolean;
  /** Letters that can still be typed beside what is picked. */
  readonly room: number;
  /** Picks a reason, or none by picking the same one again. */
  readonly pick: (label: string) => void;
  readonly type: (text: string) => void;
}

export function useGivenReason(): GivenReason {
  const [picked, setPicked] = useState('');
  const [typed, type] = useState('');
  const written = writtenReason(picked, typed);
  return {
    picked,
    typed,
    written,
    isGiven: written.length >= SHORTEST,
    room: LONGEST_REASON - (picked ? picked.length + 2 : 0),
    pick: (label) => setPicked((now) => (now === label ? '' : label)),
    type,
  };
}
