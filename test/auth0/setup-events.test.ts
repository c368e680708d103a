import { expect, it } from 'vitest';
import { setupEventPage, setupEventQuery } from '../../src/auth0/setup-events.ts';
import { type EventType, eventNames } from '../../stand-ins/auth0/log-events.ts';
import { contracts } from '../contracts.ts';

const judge = contracts();

const entry = (type: EventType, name: string, more: object = {}) => ({
  log_id: '90020260101000000000000000000000000001',
  date: '2026-01-01T00:00:00.000Z',
  type: `ss_sso_${type}`,
  description: 'Anything',
  details: {
    ss_sso_event_name: `ss_sso_${name}`,
    connection_name: 'globex',
    flow_type: 'create',
    ss_sso_tracing_id: 'trace',
  },
  ip: '203.0.113.7',
  tenant_name: 'acme',
  environment_name: 'prod-eu-1',
  ...more,
});
const read = (...entries: unknown[]) => setupEventPage.parse(entries);

// The names are from the published schema, which also checks each entry here.
it.each(Object.entries(eventNames))('setupEventPage reads every %s event of the schema', (type, names) => {
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) {
    const given = entry(type as EventType, name); // a key of eventNames
    expect(judge?.checkLogEvent(given) ?? []).toEqual([]);
    expect(read(given)).toEqual({
      events: [
        {
          id: given.log_id,
          at: Date.parse(given.date),
          outcome: type,
          name,
          connection: 'globex',
          flow: 'create',
          tracingId: 'trace',
        },
      ],
      size: 1,
      dropped: 0,
    });
  }
});

it('setupEventPage reads a refused opening without a connection or tracing ID', () => {
  const refused = entry('failure', 'ticket_consumption', {
    details: { ss_sso_event_name: 'ss_sso_ticket_consumption' },
  });
  expect(judge?.checkLogEvent(refused) ?? []).toEqual([]);
  expect(read(refused).events).toMatchObject([
    { name: 'ticket_consumption', outcome: 'failure', connection: undefined, tracingId: undefined },
  ]);
});

it.each([
  ['of another type', { type: 's' }],
  ['without a name', { details: {} }],
  ['without details', { details: null }],
  ['with an invalid date', { date: 'yesterday' }],
])('setupEventPage skips an entry %s without counting it as dropped', (_, more) => {
  expect(read(entry('info', 'flow_end', more), entry('info', 'flow_end'))).toMatchObject({
    events: [{ name: 'flow_end' }],
    size: 2,
    dropped: 0,
  });
});

it.each([[null], ['text'], [{}], [{ ...entry('info', 'flow_end'), log_id: 7 }]])(
  'setupEventPage counts an unreadable entry as dropped: %j',
  (unreadable) => {
    expect(read(unreadable, entry('info', 'flow_end'))).toMatchObject({ size: 2, dropped: 1 });
  },
);

it('setupEventPage rejects a response that is not a list', () => {
  for (const answer of ['<html>', {}, undefined])
    expect(setupEventPage.safeParse(answer).success).toBe(false);
});

it('setupEventQuery searches for the event types and the time in Auth0’s query syntax', () => {
  expect(setupEventQuery(Date.parse('2026-01-01T00:00:00.000Z'))).toBe(
    'type:(ss_sso_success OR ss_sso_failure OR ss_sso_info) AND date:[2026-01-01T00:00:00.000Z TO *]',
  );
});
