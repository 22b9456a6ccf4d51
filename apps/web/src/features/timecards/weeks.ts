interface Days {
  readonly periodStart: string;
  readonly periodEnd: string;
}

const DAY = 86_400_000;
const shifted = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** TC-1: the week, from Monday on, that a day lies in, or one so many weeks later. */
export function weekOfDay(day: string, later = 0): Days {
  const monday = shifted(day, -((new Date(day).getUTCDay() + 6) % 7) + 7 * later);
  return { periodStart: monday, periodEnd: shifted(monday, 6) };
}
