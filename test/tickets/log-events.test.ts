import { describe, expect, it } from 'vitest';
import type { SetupEvent } from '../../src/auth0/setup-events.ts';
import { newEvent } from '../../src/tickets/audit.ts';
import { bindEvents } from '../../src/tickets/log-events.ts';
import type { EventType, Ticket, TicketRecord } from '../../src/tickets/ticket.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CREATED_AT = 1_800_000_000_000;
/** Long after all events. */
const LATER = CREATED_AT + 1_000 * HOUR;

const record = (id: string, more: Partial<Ticket> = {}, types: EventType[] = ['created']): TicketRecord => {
  const ticket: Ticket = {
    id,
    kind: 'new',
    requester: 'U1',
    channel: undefined,
    customer: 'Globex Inc',
    connection: 'globex',
    connectionId: undefined,
    profile: { id: 'ssp_1', name: 'Standard' },
    clients: [{ id: 'client_1', name: 'Portal' }],
    organizations: [],
    options: [],
    form: {},
    correlationId: `correlation-${id}`,
    createdAt: CREATED_AT,
    expiresAt: CREATED_AT + 40 * HOUR,
    ...more,
  };
  const events = types.map((type) => ({ ...newEvent(type, {}, id), at: ticket.createdAt }));
  return { ticket, events };
};

let count = 0;
const logged = (name: string, more: Partial<SetupEvent> = {}): SetupEvent => {
  count += 1;
  return {
    id: `log-${count}`,
    at: CREATED_AT + HOUR,
    outcome: 'success',
    name,
    connection: 'globex',
    flow: 'create',
    tracingId: undefined,
    ...more,
  };
};
const bind = (events: SetupEvent[], records: TicketRecord[], now = LATER) =>
  bindEvents(events, records, now).map(({ record: { ticket }, event: { type, details } }) =>
    details.links ? [ticket.id, type, details.links] : [ticket.id, type],
  );

describe('an event in Auth0’s log', () => {
  it.each<[Partial<SetupEvent> & { name: string }, EventType | undefined]>([
    [{ name: 'ticket_generation', at: CREATED_AT }, 'traced'],
    [{ name: 'ticket_generation', outcome: 'failure' }, undefined],
    [{ name: 'ticket_consumption' }, 'opened'],
    [{ name: 'ticket_consumption', outcome: 'failure' }, 'step_failed'],
    [{ name: 'connection_creation' }, 'configured'],
    [{ name: 'connection_update' }, 'changed'],
    [{ name: 'enable_connection' }, 'enabled'],
    [{ name: 'enable_connection', outcome: 'failure' }, 'step_failed'],
    [{ name: 'add_domain' }, 'domain_added'],
    [{ name: 'delete_pending_domain' }, 'domain_removed'],
    [{ name: 'delete_verified_domain' }, 'domain_removed'],
    [{ name: 'domain_verification_unsuccessful' }, 'domain_unverified'],
    [{ name: 'domain_verification_successful' }, 'domain_verified'],
    [{ name: 'domain_verification', outcome: 'failure' }, 'step_failed'],
    [{ name: 'associate_verified_domain' }, 'domain_verified'],
    [{ name: 'provisioning_token_creation' }, 'changed'],
    [{ name: 'google_workspace_provisioning_consent_failed', outcome: 'failure' }, 'step_failed'],
    [{ name: 'try_connection_start', outcome: 'info' }, 'test_started'],
    [{ name: 'try_connection_end', outcome: 'info' }, 'test_ended'],
    [{ name: 'flow_end', outcome: 'info' }, 'session_ended'],
    [{ name: 'missing_configuration' }, undefined],
    [{ name: 'google_workspace_provisioning_consent_started', outcome: 'info' }, undefined],
    [{ name: 'toString' }, undefined],
  ])('with %j becomes “%s”', ({ name, ...more }, type) => {
    expect(bind([logged(name, more)], [record('a')])).toEqual(type ? [['a', type]] : []);
  });

  it('that updates a connection becomes “configured” for an edit', () => {
    const edit = record('a', { kind: 'edit' });
    expect(bind([logged('connection_update', { flow: 'update' })], [edit])).toEqual([['a', 'configured']]);
  });

  it('keeps its time, its IDs, and its step', () => {
    const [bound] = bindEvents(
      [logged('ticket_consumption', { id: 'x', tracingId: 't' })],
      [record('a')],
      LATER,
    );
    expect(bound?.event).toMatchObject({
      at: CREATED_AT + HOUR,
      actor: undefined,
      details: { logId: 'x', tracingId: 't', step: 'ticket_consumption', connection: 'globex' },
    });
  });
});

describe('the ticket of an event', () => {
  const OPENED = 'ticket_consumption';

  it.each<[string, Partial<SetupEvent>, TicketRecord]>([
    ['if its connection differs', { connection: 'initech' }, record('a')],
    ['if the event has no connection', { connection: undefined }, record('a')],
    ['if its kind differs', { flow: 'update' }, record('a')],
    ['if the event is earlier than the ticket', { at: CREATED_AT - 2 * MINUTE }, record('a')],
    ['if the event is later than its last session', { at: CREATED_AT + 46 * HOUR }, record('a')],
    ['if Auth0 never created it', {}, record('a', { expiresAt: undefined })],
    ['if it was revoked', {}, record('a', {}, ['created', 'revoked'])],
  ])('is not found %s', (_, event, given) => {
    expect(bind([logged(OPENED, event)], [given])).toEqual([]);
  });

  it.each([
    ['in the session of a link that was opened at the last moment', CREATED_AT + 44 * HOUR],
    ['if the clocks differ a little', CREATED_AT - MINUTE],
  ])('is found %s', (_, at) => {
    expect(bind([logged(OPENED, { at })], [record('a')])).toEqual([['a', 'opened']]);
  });

  const older = record('older');
  const newer = record('newer', { createdAt: CREATED_AT + 10 * MINUTE });

  it('is the one that Auth0 created at that time, and later events follow its tracing ID', () => {
    const events = [
      logged('flow_end', { tracingId: 'B', outcome: 'info' }),
      logged('ticket_generation', { tracingId: 'B', at: CREATED_AT + 10 * MINUTE + 3_000 }),
      logged('ticket_generation', { tracingId: 'A', at: CREATED_AT + 2_000 }),
      logged(OPENED, { tracingId: 'A' }),
    ];
    expect(bind(events, [newer, older])).toEqual([
      ['older', 'traced'],
      ['newer', 'traced'],
      ['newer', 'session_ended'],
      ['older', 'opened'],
    ]);
  });

  it('is a different one for each of two events if two tickets were created together', () => {
    const twin = record('twin');
    const events = [
      logged('ticket_generation', { tracingId: 'A', at: CREATED_AT }),
      logged('ticket_generation', { tracingId: 'B', at: CREATED_AT + 1 }),
    ];
    expect(bind(events, [older, twin]).toSorted()).toEqual([
      ['older', 'traced'],
      ['twin', 'traced'],
    ]);
  });

  it('is found in the records if an earlier event had the tracing ID', () => {
    const [bound] = bindEvents([logged(OPENED, { tracingId: 'A' })], [newer], LATER);
    const known = { ...newer, events: bound ? [...newer.events, bound.event] : [] };
    // The event of a refused opening may contain nothing else.
    const refused = logged(OPENED, {
      tracingId: 'A',
      outcome: 'failure',
      connection: undefined,
      flow: undefined,
    });
    expect(bind([refused], [older, known])).toEqual([['newer', 'step_failed']]);
  });

  it('can be either of two if each session has its own tracing ID', () => {
    const events = [
      logged('ticket_generation', { tracingId: 'A', at: CREATED_AT }),
      logged('ticket_generation', { tracingId: 'B', at: CREATED_AT + 10 * MINUTE }),
      logged(OPENED, { tracingId: 'session' }),
    ];
    expect(bind(events, [older, newer]).slice(2)).toEqual([
      ['older', 'opened', 2],
      ['newer', 'opened', 2],
    ]);
  });

  // An event that tells them apart may be late.
  it('is chosen only after two minutes if several match', () => {
    const event = logged(OPENED, { tracingId: 'A' });
    expect(bind([event], [older, newer], event.at + MINUTE)).toEqual([]);
    expect(bind([event], [older, newer], event.at + 3 * MINUTE)).toHaveLength(2);
    expect(bind([event], [older], event.at + MINUTE)).toEqual([['older', 'opened']]);
  });
});
