/** In whose time zone instants are shown: that of the site where the work was done, the reader's own, or UTC. */
export const ZONE_CHOICES = ['site', 'mine', 'utc'] as const;
export type ZoneChoice = (typeof ZONE_CHOICES)[number];

export const isZoneChoice = (text: unknown): text is ZoneChoice => ZONE_CHOICES.some((choice) => choice === text);
