import type { Choice } from './values.ts';

const HOUR = 3600;

/** How long a link may wait to be opened first, in hours; Auth0 allows up to 5 days. */
const OFFERED: [hours: number, name: string][] = [
  [1, '1 hour'],
  [8, '8 hours'],
  [24, '1 day'],
  [72, '3 days'],
  [120, '5 days'],
];
export const MAX_LIFETIME_HOURS = 120;

/** What is offered, by length, together with the house's own default. The ID is the time in seconds. */
export function lifetimes(defaultHours: number): Choice[] {
  const known = OFFERED.some(([hours]) => hours === defaultHours);
  const own: typeof OFFERED = known ? [] : [[defaultHours, `${defaultHours} hours`]];
  return [...OFFERED, ...own]
    .toSorted(([a], [b]) => a - b)
    .map(([hours, name]) => ({ id: String(hours * HOUR), name }));
}

/** The choice that stands for so many hours, one of `lifetimes`. */
export function lifetimeOf(hours: number): Choice | undefined {
  return lifetimes(hours).find(({ id }) => id === String(hours * HOUR));
}

/** Once a link is opened, the set-up has this long, in seconds (Auth0: 5 hours), whatever the link's lifetime. */
export const SESSION_SECONDS = 5 * HOUR;

/** How often a link opens (Auth0: 10 times). */
export const MAX_OPENS = 10;
