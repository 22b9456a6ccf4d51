/** Three places on two continents: the days of one end while those of another are under way. */
export const SITES = {
  berlin: { name: 'Studio Adlershof', timeZone: 'Europe/Berlin' },
  lisbon: { name: 'Estúdios do Beato', timeZone: 'Europe/Lisbon' },
  newYork: { name: 'Red Hook Stages', timeZone: 'America/New_York' },
} as const;
export type SiteName = keyof typeof SITES;
