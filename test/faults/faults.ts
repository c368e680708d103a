import { expect } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { auth0Cause } from '../../src/slack/sentences.ts';
import type { Fault } from '../../stand-ins/auth0/faults.ts';
import { cause, like, type World } from '../harness.ts';
import { logged } from './scenario.ts';

/** What went wrong, as the bot tells it apart. */
export type Kind =
  | 'rejected'
  | 'credentials_rejected'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'failed'
  | 'no_answer'
  | 'late';

const limit = (seconds: number): Fault => ({
  status: 429,
  body: { statusCode: 429, message: 'Global limit has been reached' },
  headers: {
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
  },
});
const answer = (status: number): Fault => ({
  status,
  body: { statusCode: status, message: `Said ${status}` },
});

/** Each fault: what it is, how the bot takes it, and whether Auth0 has carried the call out all the same. */
export const FAULTS: [name: string, fault: () => Fault, kind: Kind, done: boolean][] = [
  ['400', () => answer(400), 'rejected', false],
  ['401', () => answer(401), 'credentials_rejected', false],
  ['403', () => answer(403), 'rejected', false],
  ['404', () => answer(404), 'not_found', false],
  ['409', () => answer(409), 'conflict', false],
  // Beyond what anybody is made to wait.
  ['429 with headers', () => limit(60), 'rate_limited', false],
  ['429 without headers', () => ({ status: 429 }), 'rate_limited', false],
  ['500', () => answer(500), 'failed', false],
  ['503', () => ({ status: 503 }), 'failed', false],
  ['HTML', () => 'html', 'failed', true],
  ['an empty body', () => 'empty', 'failed', true],
  ['a body cut off', () => 'cut', 'no_answer', true],
  ['a body that stalls', () => 'stall', 'no_answer', true],
  ['a reset', () => 'reset', 'no_answer', false],
  ['a hang', () => 'hang', 'no_answer', false],
  ['8 seconds of delay', () => ({ delay: 8_000 }), 'late', true],
];

/** What a person reads of each, whatever was asked. */
export const CAUSES: Record<Exclude<Kind, 'late'>, string[]> = {
  rejected: [cause('rejected', { reason: 'Said 400' }), cause('rejected', { reason: 'Said 403' })],
  credentials_rejected: [cause('credentials_rejected')],
  // What was chosen, or anything else, for example a list. Of a revocation without the reason.
  not_found: [
    cause('not_found', { reason: 'Said 404' }),
    auth0Cause(new Auth0Error('not_found', { reason: 'Said 404' }), 'read'),
    auth0Cause(new Auth0Error('not_found'), 'revoke'),
  ],
  conflict: [cause('conflict', { reason: 'Said 409' })],
  rate_limited: [cause('rate_limited')],
  failed: [cause('failed', { status: 500 }), cause('failed', { status: 503 }), cause('failed')],
  no_answer: [cause('no_answer')],
};
export const causeOf = (kind: Exclude<Kind, 'late'>) => like(...CAUSES[kind]);

/** A call that is never answered well is logged as what it is, under its name. */
export function expectLogged(world: World, call: string, kind: Kind): void {
  expect(logged(world, { call, code: kind, msg: 'Auth0 call failed' }), `${call} ${kind}`).not.toEqual([]);
}

/** Two tries with a token that was taken back, one of anything else that is no rate limit. */
export function expectTries(tries: number, kind: Kind): void {
  if (kind === 'rate_limited') expect(tries).toBeGreaterThanOrEqual(1);
  else expect(tries).toBe(kind === 'credentials_rejected' ? 2 : 1);
}
