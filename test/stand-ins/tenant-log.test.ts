import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EventName,
  type EventType,
  eventNames,
  type LogEvent,
} from '../../stand-ins/auth0/log-events.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { linkTo } from '../../stand-ins/auth0/ticket.ts';
import { contracts } from '../contracts.ts';
import { testCertificate } from '../setup.ts';
import { callAuth0 } from './call-auth0.ts';

const judge = contracts();
const standard = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const portal = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const hooli = 'con_Ho3oLi7Ok1Ta5Zx9';
const scim = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'];

let auth0: Auth0;

beforeEach(async () => {
  auth0 = await startAuth0(testCertificate());
  auth0.scopes.push('read:logs');
  auth0.logDelay = () => 0;
  auth0.logRepeats = false;
});
afterEach(() => auth0.stop());

const newConnection = { connection_config: { name: 'globex' }, enabled_clients: [portal] };
const verified = {
  domain_aliases_config: { domain_verification: 'required', pending_domains: ['globex.example'] },
};

/** Creates a ticket. Returns its ID. */
async function createTicket(body: object = newConnection): Promise<string> {
  const path = `/self-service-profiles/${standard}/sso-ticket`;
  expect((await callAuth0(auth0, 'POST', path, { body })).status).toBe(201);
  return auth0.tickets.at(-1)?.id ?? '';
}

const search = (parameters: Record<string, string>) =>
  callAuth0(auth0, 'GET', `/logs?${new URLSearchParams(parameters)}`);

async function found(parameters: Record<string, string> = {}): Promise<LogEvent[]> {
  const { status, body } = await search(parameters);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

const written = () => auth0.logEvents.map(({ event }) => nameOf(event));
const nameOf = ({ details }: LogEvent) => String(Object(details).ss_sso_event_name).replace('ss_sso_', '');
const traces = () => auth0.logEvents.map(({ event }) => Object(event.details).ss_sso_tracing_id);

/** Opens the link, or submits a form of the assistant. Returns the page. */
async function visit(id: string, form?: Record<string, string>): Promise<string> {
  const ticket = auth0.tickets.find((one) => one.id === id);
  const post = form && { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(linkTo({ id: ticket?.id ?? id }, auth0), post);
  return response.text();
}

async function submitAll(id: string, ...names: string[]): Promise<string> {
  let page = '';
  for (const step of names) page = await visit(id, { step, provider: 'okta' });
  return page;
}

describe('the log has an event', () => {
  test('for each step of a new connection', async () => {
    const id = await createTicket({ ...newConnection, ...verified, provisioning_config: { scopes: scim } });
    auth0.open(id);
    auth0.configure(id, 'okta');
    auth0.trySignIn(id, { ends: false });
    auth0.trySignIn(id, { ends: true });
    auth0.addDomain(id);
    auth0.verifyDomain(id, false);
    auth0.verifyDomain(id, true);
    auth0.enable(id);
    auth0.leave(id);
    expect(written()).toEqual([
      'ticket_generation',
      'ticket_consumption',
      'connection_creation',
      'provisioning_token_creation',
      'try_connection_start',
      'try_connection_start',
      'try_connection_end',
      'add_domain',
      'domain_verification_unsuccessful',
      'domain_verification_successful',
      'enable_connection',
      'flow_end',
    ]);
    for (const { event } of auth0.logEvents) {
      expect(event.details).toMatchObject({
        connection_name: 'globex',
        flow_type: 'create',
        enabled_features: { sso: true, domainVerification: true, provisioning: true },
      });
    }
    expect(auth0.connections.at(-1)).toMatchObject({
      enabled_clients: [portal],
      options: { domain_aliases: ['globex.example'] },
    });
  });

  test('for each step if a ticket is completed in one call', async () => {
    const id = await createTicket({ connection_id: hooli, enabled_features: { sso: true } });
    auth0.complete(id, 'okta');
    expect(written()).toEqual(['ticket_generation', 'ticket_consumption', 'connection_update', 'flow_end']);
    expect(auth0.logEvents.at(-1)?.event.details).toMatchObject({
      connection_name: 'hooli-okta',
      flow_type: 'update',
      enabled_features: { sso: true, domainVerification: false, provisioning: false },
    });
    auth0.complete(await createTicket(), 'okta');
    expect(written().slice(-4)).toEqual([
      'ticket_consumption',
      'connection_creation',
      'enable_connection',
      'flow_end',
    ]);
  });

  test('for a refused opening of a known ticket, without details', async () => {
    const id = await createTicket();
    const ticket = auth0.tickets[0];
    if (ticket) ticket.expiresAt = Date.now() - 1;
    expect(await visit(id)).toContain('has expired');
    await visit('nobody');
    expect(written()).toEqual(['ticket_generation', 'ticket_consumption']);
    const event = auth0.logEvents.at(-1)?.event;
    expect(event).toMatchObject({ type: 'ss_sso_failure' });
    expect(event?.details).toEqual({ ss_sso_event_name: 'ss_sso_ticket_consumption' });
  });

  test('with the tracing ID of the ticket or of the session', async () => {
    const id = await createTicket();
    auth0.open(id);
    auth0.open(id);
    expect(new Set(traces()).size).toBe(1);
    auth0.tracingPer = 'session';
    const other = await createTicket();
    auth0.open(other);
    auth0.open(other);
    auth0.leave(other);
    const [generated, first, second, end] = traces().slice(-4);
    expect(new Set([generated, first, second]).size).toBe(3);
    expect(end).toBe(second);
  });

  const all = (['success', 'info', 'failure'] as const).flatMap((type) =>
    eventNames[type].map((name): [EventType, EventName] => [type, name]),
  );
  test.skipIf(!judge).each(all)('%s %s that follows the published schema', async (type, name) => {
    for (const body of [newConnection, { connection_id: hooli }]) {
      const event = auth0.logEvent(await createTicket(body), name, { type });
      expect(judge?.checkLogEvent(event)).toEqual([]);
    }
    for (const { event } of auth0.logEvents) expect(judge?.checkLogEvent(event)).toEqual([]);
  });

  test('only with a name from the schema', async () => {
    const id = await createTicket();
    expect(() => auth0.logEvent(id, 'flow_end', { type: 'failure' })).toThrow('no failure named flow_end');
  });
});

describe('the setup assistant', () => {
  test('asks for the provider, settings, a test, and a domain, and enables the connection', async () => {
    const id = await createTicket({ ...newConnection, ...verified });
    expect(await visit(id)).toContain('Choose your identity provider');
    expect(await submitAll(id, 'choose')).toContain('asks for the settings of Okta');
    expect(await submitAll(id, 'configure')).toContain('Start a test sign-in');
    expect(await submitAll(id, 'start-test')).toContain('Finish the test sign-in');
    expect(await submitAll(id, 'finish-test')).toContain('globex.example');
    expect(await submitAll(id, 'verify-later')).toContain('once the domain is verified');
    expect(await submitAll(id, 'verify-now')).toContain('Enable and finish');
    expect(await submitAll(id, 'enable')).toContain('Single sign-on is ready');
    expect(written()).toEqual([
      'ticket_generation',
      'ticket_consumption',
      'connection_creation',
      'try_connection_start',
      'try_connection_end',
      'add_domain',
      'domain_verification_unsuccessful',
      'domain_verification_successful',
      'enable_connection',
      'flow_end',
    ]);
  });

  test('continues where the customer left off', async () => {
    const id = await createTicket();
    await visit(id);
    expect(await submitAll(id, 'choose', 'configure', 'leave')).toContain('You have left the setup');
    expect(await visit(id)).toContain('Test the connection');
    expect(await submitAll(id, 'skip-test', 'enable')).toContain('is set up');
    expect(written().slice(2)).toEqual([
      'connection_creation',
      'flow_end',
      'ticket_consumption',
      'enable_connection',
      'flow_end',
    ]);
  });

  test('skips the provider in an edit, and asks only for the features of the ticket', async () => {
    const all = await createTicket({ connection_id: hooli });
    expect(await visit(all)).toContain('Configure the connection');
    const { domain_aliases_config } = verified;
    const domain = { domain_aliases_config, enabled_features: { domain_verification: true } };
    const id = await createTicket({ connection_id: hooli, ...domain });
    expect(await visit(id)).toContain('Verify your domain');
    expect(await submitAll(id, 'verify-now')).toContain('The company that sent you the link enables it');
  });

  test.each(['', 'enable', 'start-test', 'configure', '__proto__'])(
    'rejects “%s” as the first step',
    async (step) => {
      const id = await createTicket();
      expect(await visit(id, { step })).toContain('This link can’t be used');
      expect(auth0.connections.map(({ name }) => name)).not.toContain('globex');
    },
  );
});

describe('GET /logs', () => {
  test('requires the scope read:logs', async () => {
    auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:logs');
    const { status, body } = await search({});
    expect({ status, message: body.message }).toEqual({
      status: 403,
      message: 'Insufficient scope, expected any of: read:logs, read:logs_users',
    });
  });

  test('finds events by type and date', async () => {
    const id = await createTicket();
    const before = auth0.logOther('s', { description: 'A sign-in' });
    before.date = '2026-01-01T00:00:00.000Z';
    auth0.complete(id, 'okta');
    const names = async (q: string) => (await found({ q })).map(nameOf).toSorted();
    expect(await names('type:s')).toEqual(['undefined']);
    expect(await names('type:ss_sso_info')).toEqual(['flow_end']);
    expect(await names('type:(ss_sso_info OR s)')).toEqual(['flow_end', 'undefined']);
    expect(await names('date:[2026-01-01T00:00:00.000Z TO 2026-01-01T00:00:00Z]')).toEqual(['undefined']);
    expect(await names('type:ss_sso_success AND date:[2026-01-02 TO *]')).toEqual([
      'connection_creation',
      'enable_connection',
      'ticket_consumption',
      'ticket_generation',
    ]);
    expect(await found({ q: 'type:ss_sso_info', search: 'glob' })).toEqual([]);
  });

  test('returns pages, newest first unless sorted, with the requested fields', async () => {
    const id = await createTicket();
    for (let day = 1; day <= 4; day += 1) auth0.leave(id);
    auth0.logEvents.forEach(({ event }, index) => {
      event.date = `2026-01-0${index + 1}T00:00:00.000Z`;
    });
    const days = (events: LogEvent[]) => events.map(({ date }) => Number(date.slice(8, 10)));
    expect(days(await found())).toEqual([6, 5, 4, 3, 2, 1]);
    expect(days(await found({ sort: 'date:1', per_page: '4', page: '1' }))).toEqual([5, 6]);
    expect(await found({ fields: 'type', per_page: '1' })).toEqual([{ type: 'ss_sso_info' }]);
    const [rest] = await found({ fields: 'type,details', include_fields: 'false', per_page: '1' });
    expect(rest).toMatchObject({ log_id: auth0.logEvents.at(-1)?.event.log_id });
    expect(rest).not.toHaveProperty('details');
    const { body } = await search({ include_totals: 'true', per_page: '4', page: '1' });
    expect(body).toMatchObject({ start: 4, limit: 4, length: 2, total: 6 });
    expect(days(body.logs)).toEqual([2, 1]);
  });

  test('returns the events after a checkpoint, and ignores the query, sort, and page', async () => {
    const id = await createTicket();
    auth0.logOther('s');
    auth0.leave(id);
    const from = auth0.logEvents[0]?.event.log_id ?? '';
    const rest = { q: 'type:ss_sso_failure', sort: 'type:1', include_totals: 'true', page: '3' };
    const types = (await found({ from, ...rest })).map(({ type }) => type);
    expect(types).toEqual(['s', 'ss_sso_success', 'ss_sso_info']);
    expect(await found({ from, take: '1' })).toHaveLength(1);
    expect((await search({ from: 'nothing' })).status).toBe(400);
  });

  test('can return an event late and out of order', async () => {
    auth0.logDelay = () => 150;
    const id = await createTicket();
    auth0.logDelay = () => 0;
    auth0.open(id);
    expect((await found()).map(nameOf)).toEqual(['ticket_consumption']);
    await expect
      .poll(async () => (await found({ sort: 'date:1' })).map(nameOf))
      .toEqual(['ticket_generation', 'ticket_consumption']);
    const from = auth0.logEvents[1]?.event.log_id ?? '';
    expect((await found({ from })).map(nameOf)).toEqual(['ticket_generation']);
  });

  test('can return some events twice', async () => {
    auth0.logRepeats = true;
    const id = await createTicket();
    for (let times = 1; times <= 8; times += 1) auth0.leave(id);
    const ids = (await found()).map(({ log_id }) => log_id);
    expect(new Set(ids).size).toBe(10);
    expect(ids.length).toBeGreaterThan(10);
  });

  test('returns 100 events per page, and 1,000 per search', async () => {
    const id = await createTicket();
    for (let times = 1; times <= 1_100; times += 1) auth0.leave(id);
    expect(await found({ per_page: '100', page: '9' })).toHaveLength(100);
    const { status, body } = await search({ per_page: '100', page: '10' });
    expect(status).toBe(400);
    expect(body.errorCode).toBe('invalid_paging');
  });

  test.each<Record<string, string>>([
    { q: '' },
    { q: 'ss_sso_info' },
    { q: 'type:ss_sso*' },
    { q: 'type:(s, f)' },
    { q: 'type:s OR type:f' },
    { q: 'type:s AND' },
    { q: 'connection:globex' },
    { q: 'date:[yesterday TO *]' },
    { q: 'date:[2026-01-01T00:00:00Z TO ]' },
    { q: 'date:{2026-01-01T00:00:00Z TO *}' },
    { sort: 'date' },
    { sort: 'log_id:1' },
    { fields: 'log_id' },
    { page: '-1' },
    { per_page: '101' },
    { take: '101', from: 'x' },
    { include_totals: 'yes' },
    { query: 'type:s' },
  ])('rejects %j', async (parameters) => {
    const { status, body } = await search(parameters);
    expect(status).toBe(400);
    expect(body.errorCode).toBe('invalid_query_string');
  });

  test.skipIf(!judge)('follows the contract', async () => {
    auth0.complete(await createTicket(), 'okta');
    const parameters = { q: 'type:ss_sso_info AND date:[2026-01-01 TO *]', sort: 'date:1', per_page: '100' };
    for (const totals of ['true', 'false']) {
      const { status, body } = await search({ ...parameters, include_totals: totals });
      const request = auth0.requests.at(-1);
      expect(request && judge?.checkRequest(request)).toEqual([]);
      expect(request && judge?.checkResponse(request, status, body)).toEqual([]);
    }
  });
});
