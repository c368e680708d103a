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
] as const)(
  'with the events %j and a link that expires at %s, the status at %s is “%s”',
  (types, expiresAt, now, status, isLive) => {
    const summary = summarize(ticket(expiresAt), eventsOf(types), now);
    expect(summary).toMatchObject({ status, isLive, isFinished: types.some((type) => type === 'finished') });
    const end = status === 'revoked' || status === 'failed' ? status : undefined;
    expect(summary.end?.type).toBe(end);
  },
);

describe('what needs attention', () => {
  it.each([
    ['is nothing at first', 'new', DELIVERED, EXPIRES_AT - 10 * HOUR - 1, undefined],
    [
      'is the expiration when a quarter of the lifetime is left',
      'new',
      DELIVERED,
      EXPIRES_AT - 10 * HOUR,
      'expiring',
    ],
    ['is the expiration until the link expires', 'new', DELIVERED, EXPIRES_AT - 1, 'expiring'],
    ['is nothing while a session may continue', 'new', DELIVERED, EXPIRES_AT, undefined],
    ['is the unused link after the last possible session', 'new', DELIVERED, EXPIRES_AT + 5 * HOUR, 'unused'],
    ['is nothing if the connection is set up in time', 'new', ['configured'], EXPIRES_AT - 1, undefined],
    [
      'is the unfinished setup if the connection is not enabled',
      'new',
      ['configured'],
      EXPIRES_AT,
      'unfinished',
    ],
    [
      'is nothing after the connection is enabled',
      'new',
      ['configured', 'enabled', 'finished'],
      EXPIRES_AT,
      undefined,
    ],
    ['is nothing if the link has no application', 'new', ['configured', 'finished'], EXPIRES_AT, undefined],
    ['is nothing after the link is revoked', 'new', ['configured', 'revoked'], EXPIRES_AT, undefined],
    [
      'is nothing for an edit that is not in Auth0’s log',
      'edit',
      DELIVERED,
      EXPIRES_AT + 5 * HOUR,
      undefined,
    ],
  ] as const)('%s', (_, kind, types, now, attention) => {
    expect(summarize(ticket(EXPIRES_AT, kind), eventsOf(types), now).attention).toBe(attention);
  });

  const SESSION = 5 * HOUR;
  it.each<[string, EventType[], number, Attention | undefined]>([
    ['nothing after the link is opened', ['opened'], HOUR, undefined],
    ['the unused link after its session', ['opened'], SESSION, 'unused'],
    ['the unfinished setup after its session', ['opened', 'configured'], SESSION, 'unfinished'],
    [
      'the unfinished setup after the customer leaves',
      ['opened', 'configured', 'session_ended'],
      HOUR,
      'unfinished',
    ],
    [
      'nothing while a step may still appear late',
      ['opened', 'configured', 'session_ended'],
      HOUR / 12,
      undefined,
    ],
    ['nothing after the customer returns', ['configured', 'session_ended', 'opened'], HOUR, undefined],
    ['nothing if the customer leaves before any step', ['opened', 'session_ended'], HOUR, undefined],
    ['the failed step', ['opened', 'step_failed'], 0, 'step_failed'],
    ['nothing after the failed step works', ['opened', 'step_failed', 'configured'], HOUR, undefined],
    [
      'the failed step even after the customer returns',
      ['opened', 'step_failed', 'opened'],
      HOUR,
      'step_failed',
    ],
    [
      'the test sign-in if it takes over ten minutes',
      ['opened', 'configured', 'test_started'],
      HOUR / 6 + 2,
      'test_hanging',
    ],
    [
      'nothing in the first ten minutes of a test sign-in',
      ['opened', 'configured', 'test_started'],
      HOUR / 6,
      undefined,
    ],
    ['nothing after the test sign-in ends', ['opened', 'test_started', 'test_ended'], HOUR, undefined],
    [
      'nothing after a change during the test sign-in',
      ['configured', 'test_started', 'changed'],
      HOUR,
      undefined,
    ],
    [
      'the domain if it is not verified',
      ['opened', 'domain_added', 'domain_unverified'],
      HOUR,
      'domain_unverified',
    ],
    ['nothing while the customer may still verify a domain', ['opened', 'domain_added'], HOUR, undefined],
    [
      'nothing after the domain is verified',
      ['opened', 'domain_unverified', 'domain_verified'],
      HOUR,
      undefined,
    ],
    [
      'nothing after the domain is removed',
      ['opened', 'domain_unverified', 'domain_removed'],
      HOUR,
      undefined,
    ],
    [
      'a domain that is not verified, even after the customer finishes',
      ['domain_added', 'enabled', 'finished', 'session_ended'],
      HOUR,
      'domain_unverified',
    ],
    [
      'nothing else after the customer finishes',
      ['opened', 'step_failed', 'enabled', 'finished'],
      HOUR,
      undefined,
    ],
  ])('according to Auth0’s log is %s', (_, types, later, attention) => {
    const events = types.map((type, at) => event(type, BEFORE + at));
    expect(summarize(ticket(EXPIRES_AT), events, BEFORE + later).attention).toBe(attention);
  });

  it.each<[string, EventType[], number, Attention | undefined]>([
    ['the expiration before the link expires', ['traced'], EXPIRES_AT - 1, 'expiring'],
    ['the unused link soon after it expires', ['traced'], EXPIRES_AT + HOUR / 12, 'unused'],
    ['the unfinished setup if the customer leaves', ['configured', 'session_ended'], BEFORE, 'unfinished'],
  ])('for an edit in Auth0’s log is %s', (_, types, now, attention) => {
    const events = types.map((type, at) => event(type, CREATED_AT + at));
    expect(summarize(ticket(EXPIRES_AT, 'edit'), events, now).attention).toBe(attention);
  });

  it('is the expiration a day before a longer link expires', () => {
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
] as const)('the summary depends neither on the order of the events nor on repeats: %j', (...more) => {
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

it('an opened link works for five hours after it is first opened', () => {
  const events = [event('opened', BEFORE + HOUR), event('opened', BEFORE)];
  const isLive = (now: number) => summarize(ticket(EXPIRES_AT), events, now).isLive;
  expect([isLive(BEFORE + 5 * HOUR - 1), isLive(BEFORE + 5 * HOUR)]).toEqual([true, false]);
  // Even past the time by which it had to be opened.
  const late = [event('opened', EXPIRES_AT - 1)];
  expect(summarize(ticket(EXPIRES_AT), late, EXPIRES_AT + HOUR)).toMatchObject({
    isLive: true,
    status: 'opened',
  });
});

it('the earliest of several ends counts', () => {
  const ends = [event('revoked', 5), event('revoked', 4)];
  expect(summarize(ticket(EXPIRES_AT), ends, BEFORE).end?.at).toBe(4);
});
