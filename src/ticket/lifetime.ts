import type { Choice } from './values.ts';

const HOUR = 3600;

/** How long a link may wait to be opened first. The ID is the time in seconds; Auth0 allows up to 5 days. */
export const LIFETIMES: Choice[] = [
  { id: String(HOUR), name: '1 hour' },
  { id: String(8 * HOUR), name: '8 hours' },
  { id: String(24 * HOUR), name: '1 day' },
  { id: String(72 * HOUR), name: '3 days' },
  { id: String(120 * HOUR), name: '5 days' },
];

export const DEFAULT_LIFETIME: Choice = { id: String(120 * HOUR), name: '5 days' };

/** Once a link is opened, the set-up has this long, in seconds (Auth0: 5 hours), whatever the link's lifetime. */
export const SESSION_SECONDS = 5 * HOUR;

/** How often a link opens (Auth0: 10 times). */
export const MAX_OPENS = 10;
