import type { Choice } from './form/field.ts';

const HOUR_SECONDS = 3600;

/** How long a link may wait to be opened, in hours. */
const OFFERED: [hours: number, name: string][] = [
  [1, '1 hour'],
  [8, '8 hours'],
  [24, '1 day'],
  [72, '3 days'],
  [120, '5 days'],
];

/** The choices, together with the company's default. A choice's ID is the lifetime in seconds. */
export function lifetimes(defaultHours: number): Choice[] {
  const offered = OFFERED.some(([hours]) => hours === defaultHours);
  const added: typeof OFFERED = offered ? [] : [[defaultHours, `${defaultHours} hours`]];
  return [...OFFERED, ...added]
    .toSorted(([a], [b]) => a - b)
    .map(([hours, name]) => ({ id: String(hours * HOUR_SECONDS), name }));
}

/** The choice of `lifetimes` for so many hours. */
export function lifetimeOf(hours: number): Choice | undefined {
  return lifetimes(hours).find(({ id }) => id === String(hours * HOUR_SECONDS));
}

/** Once a link is opened, the customer's admin has this long to finish, in seconds (Auth0: 5 hours). */
export const SESSION_SECONDS = 5 * HOUR_SECONDS;

/** How often a link can be opened (Auth0: 10 times). */
export const MAX_OPENS = 10;
