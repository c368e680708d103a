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
/** An event from Auth0's log, which doesn't say with which provider. */
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

describe('a connection’s state', () => {
  it.each<[string, ReturnType<typeof record>, ConnectionState, EventType[]]>([
    ['adds nothing if it does not exist', record(), NONE, []],
    ['adds “configured” if it exists', record(), SET_UP, ['configured']],
    ['adds every event if it is enabled', record(), ENABLED, ['configured', 'enabled', 'finished']],
    ['adds nothing that is on record', record(['configured']), SET_UP, []],
    ['adds what is not on record yet', record(['configured']), ENABLED, ['enabled', 'finished']],
    [
      'adds “finished” if the link has no application',
      record([], { clients: [] }),
      SET_UP,
      ['configured', 'finished'],
    ],
    [
      'adds “configured” again if the log has it without the provider',
      { ticket: ticket(), events: [logged('configured')] },
      SET_UP,
      ['configured'],
    ],
    [
      'adds “configured” and “enabled” again even after “finished”',
      { ticket: ticket(), events: [logged('configured'), logged('enabled'), event('finished')] },
      ENABLED,
      ['configured', 'enabled'],
    ],
    ['adds nothing to an edit', record([], { kind: 'edit' }), ENABLED, []],
    ['adds nothing after “finished”', record(['finished']), ENABLED, []],
    ['adds nothing after “expired”', record(['configured', 'expired']), ENABLED, []],
    ['adds nothing after “revoked”', record(['revoked']), ENABLED, []],
  ])('%s', (_, given, state, expected) => {
    expect(eventsFrom(given, state, EXPIRES_AT).map(({ type }) => type)).toEqual(expected);
  });

  it('is recorded with the provider, the applications, and the organizations', () => {
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
  ['before the link expires', record(), CREATED_AT, EXPIRES_AT - 10 * HOUR],
  ['then after the last possible session', record(), EXPIRES_AT - 10 * HOUR, EXPIRES_AT + 5 * HOUR],
  ['never after the last possible session', record(), EXPIRES_AT + 5 * HOUR, undefined],
  ['after the session if the link was opened', record(['opened']), CREATED_AT, CREATED_AT + 5 * HOUR],
  [
    'ten minutes after a test sign-in starts',
    record(['opened', 'test_started']),
    CREATED_AT,
    CREATED_AT + HOUR / 6,
  ],
  ['soon after the link expires if it is in the log', record(['traced']), EXPIRES_AT, EXPIRES_AT + HOUR / 12],
  ['when the link expires if the connection is set up', record(['configured']), CREATED_AT + 1, EXPIRES_AT],
  ['then 14 days after the connection is set up', record(['configured']), EXPIRES_AT, CREATED_AT + 14 * DAY],
  ['never after those 14 days', record(['configured']), CREATED_AT + 14 * DAY, undefined],
])('the next check is %s', (_, given, now, expected) => {
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

  it('is finished once, when the customer leaves', () => {
    const events = ['opened', 'configured', 'session_ended'].map((type, at) => event(type as EventType, at));
    const found = withFinish(edit(), events);
    expect(found.at(-1)).toMatchObject({ type: 'finished', at: 2, details: { connectionId: 'con_1' } });
    expect(withFinish({ ...edit(), events: found }, [event('session_ended', 5)])).toHaveLength(1);
  });

  it('has a connection ID from the start, but a new connection gets one from its state', () => {
    expect(connectionIdOf(edit())).toBe('con_1');
    const found = eventsFrom(record(), SET_UP, EXPIRES_AT);
    expect(connectionIdOf({ ticket: ticket(), events: [logged('configured'), ...found] })).toBe('con_1');
    expect(connectionIdOf({ ticket: ticket(), events: [logged('configured')] })).toBeUndefined();
  });
});

it('a session ends five hours after the connection is seen or the link expires, whichever is first', () => {
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

it('the last person who followed a link gets its messages, unless someone muted it afterward', () => {
  const of = (...events: TicketEvent[]) => ({ ticket: ticket(), events });
  expect(ownerOf(of())).toBe('U1');
  expect(ownerOf(of(event('followed', 2, 'U3'), event('followed', 1, 'U2')))).toBe('U3');
  expect(isMuted(of())).toBe(false);
  expect(isMuted(of(event('muted', 2), event('followed', 1)))).toBe(true);
  expect(isMuted(of(event('muted', 1), event('followed', 2)))).toBe(false);
});
