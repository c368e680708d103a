import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventType, summarize, type Ticket, type TicketEvent } from '../../src/tickets/ticket.ts';

const EXPIRES_AT = 1_800_000_000_000;
const BEFORE = EXPIRES_AT - 1;

const ticket = (expiresAt?: number) => ({ expiresAt }) as Ticket; // all that `summarize` reads
const event = (type: EventType, at = 1): TicketEvent => ({
  id: `${type} ${at}`,
  type,
  at,
  ticket: 't',
  actor: 'U1',
  channel: undefined,
  details: {},
});

it.each([
  [['requested'], undefined, BEFORE, 'requested', false],
  [['requested', 'created'], EXPIRES_AT, BEFORE, 'created', true],
  [['requested', 'created', 'delivered'], EXPIRES_AT, BEFORE, 'delivered', true],
  [['requested', 'created', 'delivered'], EXPIRES_AT, EXPIRES_AT, 'expired', false],
  [['requested', 'created', 'not_delivered'], EXPIRES_AT, BEFORE, 'created', true],
  [['requested', 'created', 'not_delivered', 'revoked'], EXPIRES_AT, BEFORE, 'revoked', false],
  [['requested', 'failed'], undefined, BEFORE, 'failed', false],
  [['requested', 'created', 'delivered', 'revoked'], EXPIRES_AT, EXPIRES_AT, 'revoked', false],
  [[], undefined, BEFORE, 'requested', false],
] as const)('%j, with a link until %s, is at %s: %s', (types, expiresAt, now, status, isLive) => {
  const summary = summarize(
    ticket(expiresAt),
    types.map((type, at) => event(type, at)),
    now,
  );
  expect(summary).toMatchObject({ status, isLive });
  const end = status === 'revoked' || status === 'failed' ? status : undefined;
  expect(summary.end?.type).toBe(end);
});

it('the order in which events arrive and how often does not matter', () => {
  const events = [
    event('requested', 1),
    event('created', 2),
    event('delivered', 3),
    event('revoked', 4),
    event('revoked', 5),
  ];
  const expected = summarize(ticket(EXPIRES_AT), events, BEFORE);
  expect(expected.end?.at).toBe(4);
  fc.assert(
    fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 10 }), (shuffled) => {
      expect(summarize(ticket(EXPIRES_AT), shuffled, BEFORE)).toEqual(expected);
    }),
  );
});
