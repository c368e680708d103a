import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attention, summarize } from '../../src/tickets/summary.ts';
import type { EventType, Ticket, TicketEvent } from '../../src/tickets/ticket.ts';

const HOUR = 3_600_000;
const EXPIRES_AT = 1_800_000_000_000;
const CREATED_AT = EXPIRES_AT - 40 * HOUR;
const BEFORE = CREATED_AT + HOUR;

// All that `summarize` reads.
const ticket = (expiresAt?: number, kind: Ticket['kind'] = 'new') =>
  ({ kind, createdAt: CREATED_AT, expiresAt }) as Ticket;
const event = (type: EventType, at = 1): TicketEvent => ({
  id: `${type} ${at}`,
  type,
  at,
  ticket: 't',
  actor: 'U1',
  channel: undefined,
  details: {},
});
const eventsOf = (types: readonly EventType[]) => types.map((type, at) => event(type, at));

const DELIVERED = ['requested', 'created', 'delivered'] as const;

it.each([
  [['requested'], undefined, BEFORE, 'requested', false],
  [['requested', 'created'], EXPIRES_AT, BEFORE, 'created', true],
  [DELIVERED, EXPIRES_AT, BEFORE, 'delivered', true],
  [DELIVERED, EXPIRES_AT, EXPIRES_AT - 1, 'delivered', true],
  [DELIVERED, EXPIRES_AT, EXPIRES_AT, 'expired', false],
  [['requested', 'created', 'not_delivered'], EXPIRES_AT, BEFORE, 'created', true],
  [['requested', 'created', 'not_delivered', 'revoked'], EXPIRES_AT, BEFORE, 'revoked', false],
  [['requested', 'failed'], undefined, BEFORE, 'failed', false],
  [[...DELIVERED, 'revoked'], EXPIRES_AT, EXPIRES_AT, 'revoked', false],
  [[...DELIVERED, 'configured'], EXPIRES_AT, BEFORE, 'configured', true],
  [[...DELIVERED, 'configured'], EXPIRES_AT, EXPIRES_AT, 'expired', false],
  [[...DELIVERED, 'configured', 'enabled', 'finished'], EXPIRES_AT, BEFORE, 'enabled', true],
  [[...DELIVERED, 'configured', 'enabled', 'finished'], EXPIRES_AT, EXPIRES_AT, 'enabled', false],
  [[...DELIVERED, 'configured', 'finished'], EXPIRES_AT, EXPIRES_AT, 'configured', false],
  [[...DELIVERED, 'configured', 'revoked'], EXPIRES_AT, BEFORE, 'revoked', false],
  [[...DELIVERED, 'expired'], EXPIRES_AT, EXPIRES_AT, 'expired', false],
  [[...DELIVERED, 'notified', 'muted', 'followed'], EXPIRES_AT, BEFORE, 'delivered', true],
  [[], undefined, BEFORE, 'requested', false],
] as const)('%j, with a link until %s, is at %s: %s', (types, expiresAt, now, status, isLive) => {
  const summary = summarize(ticket(expiresAt), eventsOf(types), now);
  expect(summary).toMatchObject({ status, isLive, isFinished: types.some((type) => type === 'finished') });
  const end = status === 'revoked' || status === 'failed' ? status : undefined;
  expect(summary.end?.type).toBe(end);
});

describe('what people should know', () => {
  it.each([
    ['nothing, at first', 'new', DELIVERED, EXPIRES_AT - 10 * HOUR - 1, undefined],
    ['with a quarter of its life left', 'new', DELIVERED, EXPIRES_AT - 10 * HOUR, 'expiring'],
    ['until it expires', 'new', DELIVERED, EXPIRES_AT - 1, 'expiring'],
    ['while somebody may still be at it', 'new', DELIVERED, EXPIRES_AT, undefined],
    ['once a session is over, too', 'new', DELIVERED, EXPIRES_AT + 5 * HOUR, 'unused'],
    ['of a connection that is set up in time', 'new', ['configured'], EXPIRES_AT - 1, undefined],
    ['of a connection that is never enabled', 'new', ['configured'], EXPIRES_AT, 'unfinished'],
    ['once it is enabled', 'new', ['configured', 'enabled', 'finished'], EXPIRES_AT, undefined],
    ['without an application', 'new', ['configured', 'finished'], EXPIRES_AT, undefined],
    ['of a link that was revoked', 'new', ['configured', 'revoked'], EXPIRES_AT, undefined],
    ['of an edit, which nobody can tell', 'edit', DELIVERED, EXPIRES_AT + 5 * HOUR, undefined],
  ] as const)('%s', (_, kind, types, now, attention) => {
    expect(summarize(ticket(EXPIRES_AT, kind), eventsOf(types), now).attention).toBe(attention);
  });

  const SESSION = 5 * HOUR;
  it.each<[string, EventType[], number, Attention | undefined]>([
    ['nothing of a link that was opened', ['opened'], HOUR, undefined],
    ['that nothing was set up', ['opened'], SESSION, 'unused'],
    ['that it was set up and not enabled', ['opened', 'configured'], SESSION, 'unfinished'],
    ['that they left', ['opened', 'configured', 'session_ended'], HOUR, 'unfinished'],
    ['not while a step may appear late', ['opened', 'configured', 'session_ended'], HOUR / 12, undefined],
    ['until they open it again', ['configured', 'session_ended', 'opened'], HOUR, undefined],
    ['not if they left before anything', ['opened', 'session_ended'], HOUR, undefined],
    ['that a step failed', ['opened', 'step_failed'], 0, 'step_failed'],
    ['until it works', ['opened', 'step_failed', 'configured'], HOUR, undefined],
    ['not until they open it again', ['opened', 'step_failed', 'opened'], HOUR, 'step_failed'],
    ['that a test hangs', ['opened', 'configured', 'test_started'], HOUR / 6 + 2, 'test_hanging'],
    ['not before', ['opened', 'configured', 'test_started'], HOUR / 6, undefined],
    ['until it ends', ['opened', 'test_started', 'test_ended'], HOUR, undefined],
    ['or something changes', ['configured', 'test_started', 'changed'], HOUR, undefined],
    [
      'that a domain is not verified',
      ['opened', 'domain_added', 'domain_unverified'],
      HOUR,
      'domain_unverified',
    ],
    ['not while they may be at it', ['opened', 'domain_added'], HOUR, undefined],
    ['until it is', ['opened', 'domain_unverified', 'domain_verified'], HOUR, undefined],
    ['or is removed', ['opened', 'domain_unverified', 'domain_removed'], HOUR, undefined],
    [
      'also once they finished',
      ['domain_added', 'enabled', 'finished', 'session_ended'],
      HOUR,
      'domain_unverified',
    ],
    ['nothing once they finished', ['opened', 'step_failed', 'enabled', 'finished'], HOUR, undefined],
  ])('from Auth0’s log: %s', (_, types, later, attention) => {
    const events = types.map((type, at) => event(type, BEFORE + at));
    expect(summarize(ticket(EXPIRES_AT), events, BEFORE + later).attention).toBe(attention);
  });

  it.each<[string, EventType[], number, Attention | undefined]>([
    ['before it expires', ['traced'], EXPIRES_AT - 1, 'expiring'],
    ['soon after', ['traced'], EXPIRES_AT + HOUR / 12, 'unused'],
    ['if the customer left', ['configured', 'session_ended'], BEFORE, 'unfinished'],
  ])('of an edit that is in Auth0’s log: %s', (_, types, now, attention) => {
    const events = types.map((type, at) => event(type, CREATED_AT + at));
    expect(summarize(ticket(EXPIRES_AT, 'edit'), events, now).attention).toBe(attention);
  });

  it('comes a day before the end of a longer link', () => {
    const long = { kind: 'new', createdAt: EXPIRES_AT - 120 * HOUR, expiresAt: EXPIRES_AT } as Ticket;
    expect(summarize(long, [], EXPIRES_AT - 24 * HOUR - 1).attention).toBeUndefined();
    expect(summarize(long, [], EXPIRES_AT - 24 * HOUR).attention).toBe('expiring');
  });
});

it.each([
  ['configured', 'enabled', 'finished'],
  ['configured', 'expired', 'notified', 'muted', 'followed'],
  ['revoked', 'revoked'],
  ['traced', 'opened', 'step_failed', 'configured', 'test_started', 'test_ended', 'enabled', 'finished'],
  ['opened', 'domain_added', 'domain_unverified', 'domain_removed', 'changed', 'session_ended'],
  ['opened', 'opened', 'test_started', 'step_failed', 'domain_verified'],
] as const)('the order in which events arrive and how often does not matter: %j', (...more) => {
  const events = [...DELIVERED, ...more].map((type, at) => event(type, at));
  for (const now of [BEFORE, EXPIRES_AT - 1, EXPIRES_AT, EXPIRES_AT + 5 * HOUR]) {
    const expected = summarize(ticket(EXPIRES_AT), events, now);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }),
        (shuffled) => {
          expect(summarize(ticket(EXPIRES_AT), shuffled, now)).toEqual(expected);
        },
      ),
    );
  }
});

it('an opened link works for five hours from its first opening', () => {
  const events = [event('opened', BEFORE + HOUR), event('opened', BEFORE)];
  const isLive = (now: number) => summarize(ticket(EXPIRES_AT), events, now).isLive;
  expect([isLive(BEFORE + 5 * HOUR - 1), isLive(BEFORE + 5 * HOUR)]).toEqual([true, false]);
  // Also past the time by which it had to be opened.
  const late = [event('opened', EXPIRES_AT - 1)];
  expect(summarize(ticket(EXPIRES_AT), late, EXPIRES_AT + HOUR)).toMatchObject({
    isLive: true,
    status: 'opened',
  });
});

it('the first of several ends counts', () => {
  const ends = [event('revoked', 5), event('revoked', 4)];
  expect(summarize(ticket(EXPIRES_AT), ends, BEFORE).end?.at).toBe(4);
});
