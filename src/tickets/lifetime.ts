import type { Policy } from '../config/config.ts';
import type { Choice, TicketKind } from './form/field.ts';

const HOUR_SECONDS = 3600;

/** How long a link may wait to be opened, in hours. */
const OFFERED = new Map([
  [1, '1 hour'],
  [8, '8 hours'],
  [24, '1 day'],
  [72, '3 days'],
  [120, '5 days'],
]);

/** An edit link gives access to a live login, so it waits for a day unless someone chooses more. */
const EDIT_HOURS = 24;

type LinkHours = Pick<Policy, 'defaultLinkHours' | 'maxLinkHours'>;

/** The choices up to the company's maximum, which is one of them, as is its default. */
export function lifetimes({ defaultLinkHours, maxLinkHours }: LinkHours): Choice[] {
  const hours = [...OFFERED.keys(), defaultLinkHours, maxLinkHours].filter((each) => each <= maxLinkHours);
  return [...new Set(hours)].toSorted((a, b) => a - b).map(toChoice);
}

/** What a form starts with. */
export function initialLifetime(kind: TicketKind, { defaultLinkHours, maxLinkHours }: LinkHours): Choice {
  const hours = Math.min(defaultLinkHours, maxLinkHours);
  return toChoice(kind === 'edit' ? Math.min(EDIT_HOURS, hours) : hours);
}

/** A choice's ID is the lifetime in seconds. */
const toChoice = (hours: number): Choice => ({
  id: String(hours * HOUR_SECONDS),
  name: OFFERED.get(hours) ?? `${hours} hours`,
});

/** Once a link is opened, the customer's admin has this long to finish, in seconds (Auth0: 5 hours). */
export const SESSION_SECONDS = 5 * HOUR_SECONDS;
export const SESSION_MS = SESSION_SECONDS * 1000;

const DAY_MS = 24 * HOUR_SECONDS * 1000;

/**
 * When a link that nobody has opened needs attention: with a quarter of its life left, at most a day. In milliseconds.
 */
export function expiringAt(createdAt: number, expiresAt: number): number {
  return expiresAt - Math.min(DAY_MS, (expiresAt - createdAt) / 4);
}

/** The number of times that a link can be opened (Auth0: 10). */
export const MAX_OPENS = 10;
