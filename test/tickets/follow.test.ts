import { describe, expect, it } from 'vitest';
import { newEvent } from '../../src/tickets/audit.ts';
import {
  type ConnectionState,
  connectionIdOf,
  eventsFrom,
  isFollowed,
  isMuted,
  nextCheckAt,
  ownerOf,
  sessionEnd,
  withFinish,
} from '../../src/tickets/follow.ts';
import type { EventType, Ticket, TicketEvent } from '../../src/tickets/ticket.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CREATED_AT = 1_800_000_000_000;
const EXPIRES_AT = CREATED_AT + 40 * HOUR;

const ticket = (more: Partial<Ticket> = {}): Ticket => ({
  id: 'ticket-1',
  kind: 'new',
  requester: 'U1',
  channel: 'C1',
  customer: 'Globex Inc',
  connection: 'globex',
  connectionId: undefined,
  profile: { id: 'ssp_1', name: 'Standard' },
  clients: [{ id: 'client_1', name: 'Portal' }],
  organizations: [{ id: 'org_1', name: 'Globex Inc' }],
  options: [],
  form: {},
  correlationId: 'correlation-1',
  createdAt: CREATED_AT,
  expiresAt: EXPIRES_AT,
  ...more,
});
const event = (type: EventType, at = CREATED_AT, user = 'U1'): TicketEvent => ({
  ...newEvent(type, { user, ...(type === 'configured' && { provider: 'okta' }) }, 'ticket-1'),
  at,
});
/** Auth0's log doesn't say with which provider. */
const logged = (type: EventType): TicketEvent => ({
  ...newEvent(type, { logId: `log ${type}` }, 'ticket-1'),
  at: CREATED_AT,
});
const record = (types: EventType[] = [], more: Partial<Ticket> = {}) => ({
  ticket: ticket(more),
  events: types.map((type) => event(type)),
});

const NONE: ConnectionState = { connection: undefined, clients: [], organizations: [] };
const SET_UP: ConnectionState = { ...NONE, connection: { id: 'con_1', strategy: 'okta' } };
const ENABLED: ConnectionState = { ...SET_UP, clients: ['client_1'], organizations: ['org_1'] };

describe('the state of a connection', () => {
  it.each<[string, ReturnType<typeof record>, ConnectionState, EventType[]]>([
    ['that does not exist says nothing', record(), NONE, []],
    ['that exists: it is set up', record(), SET_UP, ['configured']],
    ['that is enabled: all of it', record(), ENABLED, ['configured', 'enabled', 'finished']],
    ['says nothing twice', record(['configured']), SET_UP, []],
    ['goes on where it was', record(['configured']), ENABLED, ['enabled', 'finished']],
    ['of a link without an application', record([], { clients: [] }), SET_UP, ['configured', 'finished']],
    [
      'says with which provider, which the log does not',
      { ticket: ticket(), events: [logged('configured')] },
      SET_UP,
      ['configured'],
    ],
    [
      'also once the log has it finished',
      { ticket: ticket(), events: [logged('configured'), logged('enabled'), event('finished')] },
      ENABLED,
      ['configured', 'enabled'],
    ],
    ['says nothing of an edit', record([], { kind: 'edit' }), ENABLED, []],
    ['after the end', record(['finished']), ENABLED, []],
    ['after it was given up', record(['configured', 'expired']), ENABLED, []],
    ['after a revocation', record(['revoked']), ENABLED, []],
  ])('%s', (_, given, state, expected) => {
    expect(eventsFrom(given, state, EXPIRES_AT).map(({ type }) => type)).toEqual(expected);
  });

  it('is on record with its provider, and with what it is enabled for', () => {
    const [configured, enabled, finished] = eventsFrom(record(), ENABLED, EXPIRES_AT);
    expect(configured).toMatchObject({
      at: EXPIRES_AT,
      actor: undefined,
      details: { provider: 'okta', connectionId: 'con_1', connection: 'globex' },
    });
    expect(enabled?.details).toMatchObject({ clients: ['client_1'], organizations: ['org_1'] });
    expect(finished?.details.reason).toBeUndefined();
    const [, alone] = eventsFrom(record([], { clients: [] }), SET_UP, EXPIRES_AT);
    expect(alone?.details.reason).toBe('no application');
  });
});

it.each<[string, ReturnType<typeof record>, number, number | undefined]>([
  ['first before it expires', record(), CREATED_AT, EXPIRES_AT - 10 * HOUR],
  ['then when every session is over', record(), EXPIRES_AT - 10 * HOUR, EXPIRES_AT + 5 * HOUR],
  ['then never', record(), EXPIRES_AT + 5 * HOUR, undefined],
  ['of an opened link, when its session is over', record(['opened']), CREATED_AT, CREATED_AT + 5 * HOUR],
  [
    'of a test sign-in, after ten minutes',
    record(['opened', 'test_started']),
    CREATED_AT,
    CREATED_AT + HOUR / 6,
  ],
  ['of a link in the log, soon after it expires', record(['traced']), EXPIRES_AT, EXPIRES_AT + HOUR / 12],
  ['of a connection, when its session is over', record(['configured']), CREATED_AT + 1, EXPIRES_AT],
  ['then after 14 days', record(['configured']), EXPIRES_AT, CREATED_AT + 14 * DAY],
  ['then never', record(['configured']), CREATED_AT + 14 * DAY, undefined],
])('the next check: %s', (_, given, now, expected) => {
  expect(nextCheckAt(given, now)).toBe(expected);
});

describe('an edit', () => {
  const edit = (...types: EventType[]) => ({
    ticket: ticket({ kind: 'edit', connectionId: 'con_1' }),
    events: types.map((type, at) => event(type, at)),
  });

  it.each<[EventType[], boolean]>([
    [['opened', 'configured', 'session_ended'], true],
    [['opened', 'domain_verified', 'session_ended'], true],
    [['opened', 'changed', 'session_ended', 'opened'], true],
    [['opened', 'session_ended'], false],
    [['opened', 'session_ended', 'configured'], false],
    [['opened', 'configured'], false],
    [['opened', 'step_failed', 'session_ended'], false],
  ])('with %j is finished: %s', (types, expected) => {
    const { ticket, events } = edit(...types);
    expect(withFinish({ ticket, events: [] }, events).some(({ type }) => type === 'finished')).toBe(expected);
  });

  it('is finished once, when the customer left', () => {
    const events = ['opened', 'configured', 'session_ended'].map((type, at) => event(type as EventType, at));
    const found = withFinish(edit(), events);
    expect(found.at(-1)).toMatchObject({ type: 'finished', at: 2, details: { connectionId: 'con_1' } });
    expect(withFinish({ ...edit(), events: found }, [event('session_ended', 5)])).toHaveLength(1);
  });

  it('has a connection from the start; of a new one, its state says which it is', () => {
    expect(connectionIdOf(edit())).toBe('con_1');
    const found = eventsFrom(record(), SET_UP, EXPIRES_AT);
    expect(connectionIdOf({ ticket: ticket(), events: [logged('configured'), ...found] })).toBe('con_1');
    expect(connectionIdOf({ ticket: ticket(), events: [logged('configured')] })).toBeUndefined();
  });
});

it('a session ends five hours after the connection was seen, or after the link expired', () => {
  expect(sessionEnd(EXPIRES_AT, CREATED_AT)).toBe(CREATED_AT + 5 * HOUR);
  expect(sessionEnd(EXPIRES_AT, EXPIRES_AT + HOUR)).toBe(EXPIRES_AT + 5 * HOUR);
});

it.each<[EventType[], boolean]>([
  [['requested', 'created', 'delivered'], true],
  [['configured', 'notified', 'muted'], true],
  [['finished'], false],
  [['expired'], false],
  [['revoked'], false],
  [['failed'], false],
])('a link with %j is followed: %s', (types, expected) => {
  expect(isFollowed(record(types))).toBe(expected);
  expect(isFollowed({ ticket: ticket({ expiresAt: undefined }), events: [] })).toBe(false);
});

it('the last person who chose to follow a link gets its messages, unless somebody has muted it since', () => {
  const of = (...events: TicketEvent[]) => ({ ticket: ticket(), events });
  expect(ownerOf(of())).toBe('U1');
  expect(ownerOf(of(event('followed', 2, 'U3'), event('followed', 1, 'U2')))).toBe('U3');
  expect(isMuted(of())).toBe(false);
  expect(isMuted(of(event('muted', 2), event('followed', 1)))).toBe(true);
  expect(isMuted(of(event('muted', 1), event('followed', 2)))).toBe(false);
});
