export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** How many there are; undefined where nobody counted. */
  readonly count?: number | undefined;
}

export interface ChoicesProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  /** One at most. */
  readonly single?: boolean;
  /** Why there is nothing to choose from, where that isn't simply so. */
  readonly missing?: string | undefined;
  /** Stands below the choices. */
  readonly note?: string | undefined;
}
