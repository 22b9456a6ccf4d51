import { READING_AREA } from '@countersign/domain/record/reading/read-view.rules';

interface Chosen {
  readonly area?: unknown;
  readonly action?: unknown;
  readonly set?: unknown;
}

/** Who read the log would drown what was done, where people watch it all day: it is shown to whoever asks for it, or for an action. */
export const withoutReading = ({ area, action, set }: Chosen): { withoutArea?: string } =>
  area === undefined && action === undefined && set === undefined ? { withoutArea: READING_AREA } : {};
