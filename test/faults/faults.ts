import { expect } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { auth0Cause } from '../../src/slack/sentences.ts';
import type { Fault } from '../../stand-ins/auth0/faults.ts';
import { cause, like, type World } from '../harness.ts';
import { logged } from './scenario.ts';

/** What went wrong, as the bot classifies it. */
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

/** Each fault, how the bot classifies it, and whether Auth0 still carried out the call. */
export const FAULTS: [name: string, fault: () => Fault, kind: Kind, done: boolean][] = [
  ['400', () => answer(400), 'rejected', false],
  ['401', () => answer(401), 'credentials_rejected', false],
  ['403', () => answer(403), 'rejected', false],
  ['404', () => answer(404), 'not_found', false],
  ['409', () => answer(409), 'conflict', false],
  // Longer than the bot lets anyone wait.
  ['429 with headers', () => limit(60), 'rate_limited', false],
  ['429 without headers', () => ({ status: 429 }), 'rate_limited', false],
  ['500', () => answer(500), 'failed', false],
  ['503', () => ({ status: 503 }), 'failed', false],
  ['HTML', () => 'html', 'failed', true],
  ['an empty body', () => 'empty', 'failed', true],
  ['a truncated body', () => 'cut', 'no_answer', true],
  ['a body that never ends', () => 'stall', 'no_answer', true],
  ['a connection reset', () => 'reset', 'no_answer', false],
  ['no answer', () => 'hang', 'no_answer', false],
  ['an answer after 8 seconds', () => ({ delay: 8_000 }), 'late', true],
];

/** What a person can read about each, after any call. */
export const CAUSES: Record<Exclude<Kind, 'late'>, string[]> = {
  rejected: [cause('rejected', { reason: 'Said 400' }), cause('rejected', { reason: 'Said 403' })],
  credentials_rejected: [cause('credentials_rejected')],
  // For something that was chosen, for anything else such as a list, and for a revocation, without the reason.
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

/** Expects that the failed call was logged with its name and kind. */
export function expectLogged(world: World, call: string, kind: Kind): void {
  expect(logged(world, { call, code: kind, msg: 'Auth0 call failed' }), `${call} ${kind}`).not.toEqual([]);
}

/** Expects two tries if the token was revoked, and one after any other fault that is not a rate limit. */
export function expectTries(tries: number, kind: Kind): void {
  if (kind === 'rate_limited') expect(tries).toBeGreaterThanOrEqual(1);
  else expect(tries).toBe(kind === 'credentials_rejected' ? 2 : 1);
}
