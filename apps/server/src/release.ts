import described from '../package.json' with { type: 'json' };

/** The version of this program, as it stands in its package.json. */
export const RELEASE: string = described.version;
