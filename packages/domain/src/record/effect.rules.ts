import type { Event } from '@countersign/audit/entry';

/** What a change brought about, as pages and exports tell it. */
export interface ToldEffect {
  /** Fields by their names as data, with what they were and what they became. */
  readonly steps: readonly { readonly field: string; readonly old: string | null; readonly new: string | null }[];
  /** It came after an approval. */
  readonly afterApproval: boolean;
}

const NONE: ToldEffect = { steps: [], afterApproval: false };

/** AUD-34: the effect of an event as it stands in the log. What has another form than a step is told by nobody here: entries outlive the code. */
export function effectOf(effect: Event['effect']): ToldEffect {
  if (effect === null) return NONE;
  return {
    steps: Object.entries(effect).flatMap(([field, value]) => (isStep(value) ? [{ field, old: value.old, new: value.new }] : [])),
    afterApproval: effect['after_approval'] === true,
  };
}

type Step = { readonly old: string | null; readonly new: string | null };

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && 'old' in value && 'new' in value && isText(value.old) && isText(value.new);

const isText = (value: unknown) => value === null || typeof value === 'string';
