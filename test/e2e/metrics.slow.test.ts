import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/environment.ts';
import { Metrics } from '../../src/metrics.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess } from '../../stand-ins/bot-process.ts';
import { startSlack } from '../../stand-ins/slack/server.ts';
import {
  audits,
  botSettings,
  CONTEXT,
  cause,
  expectClean,
  fillNew,
  linkIn,
  MODES,
  message,
  modal,
  startWorld,
  type World,
  warm,
} from '../harness.ts';
import { testCertificate } from '../setup.ts';

const TOKEN = 'metrics-token-of-the-tests';
const authorization = `Bearer ${TOKEN}`;

const get = ({ port }: Pick<World, 'port'>, headers: Record<string, string> = { authorization }) =>
  fetch(`http://127.0.0.1:${port}/metrics`, { headers });

/** The metrics, as Prometheus reads them. */
async function scrape(world: Pick<World, 'port'>) {
  const response = await get(world);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseMetrics(await response.text());
}

/** Reads the samples of a histogram as metrics of their own, because the parser drops their labels. */
function parseMetrics(text: string) {
  expect(parsePrometheusTextFormat(text).length).toBeGreaterThan(10);
  return parsePrometheusTextFormat(text.replace(/^# TYPE \w+ histogram$/gm, ''));
}
type Families = Awaited<ReturnType<typeof scrape>>;

/** The only sample of a metric with these labels. */
function sample(families: Families, name: string, labels: Record<string, string> = {}) {
  const samples = families.filter((each) => each.name === name).flatMap(({ metrics }) => metrics);
  const matching = samples.filter((each) =>
    Object.entries(labels).every(([label, value]) => each.labels?.[label] === value),
  );
  expect(matching.length, `${name} ${JSON.stringify(labels)}`).toBeLessThanOrEqual(1);
  return matching[0];
}

const value = (families: Families, name: string, labels?: Record<string, string>) =>
  Number(sample(families, `sso_bot_${name}`, labels)?.value ?? 0);
/** The number of calls in a histogram. */
const count = (families: Families, name: string, labels?: Record<string, string>) =>
  value(families, `${name}_count`, labels);

/** The number of recorded events of each type. */
function eventsIn(dataDir: string): Record<string, number> {
  const database = new Libsql(join(dataDir, 'tickets.db'));
  // The driver's types don't know the columns.
  const rows = database.prepare('SELECT type, count(*) AS count FROM events GROUP BY type').all() as {
    type: string;
    count: number;
  }[];
  database.close();
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
}

describe.each(MODES)('/metrics (%s)', (mode) => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ mode, env: { METRICS: 'true', METRICS_TOKEN: TOKEN } });
  });
  afterEach(async () => {
    world.slack.clearFaults();
    world.auth0.clearFaults();
    expectClean(world);
    await world.stop();
  });

  it('requires the token', async () => {
    const others = ['', 'Bearer', 'Bearer other', TOKEN, `Basic ${TOKEN}`, `${authorization}x`];
    for (const each of others) {
      const response = await get(world, { authorization: each });
      expect(response.status).toBe(401);
      expect(await response.text()).toBe('Send METRICS_TOKEN as a bearer token.\n');
    }
    expect((await get(world, {})).status).toBe(401);
  });

  it('counts links that are created, delivered, and revoked', async () => {
    const { maria, sales } = world;
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    const before = await scrape(world);
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revoked('acme-corp', CONTEXT));
    const after = await scrape(world);
    const counts = (families: Families) => ({
      created: value(families, 'links_created_total'),
      delivered: value(families, 'links_delivered_total'),
      requested: value(families, 'links_revoked_total', { reason: 'requested' }),
      live: value(families, 'live_links', { status: 'delivered' }),
    });
    expect(counts(before)).toEqual({ created: 1, delivered: 1, requested: 0, live: 1 });
    expect(counts(after)).toEqual({ created: 1, delivered: 1, requested: 1, live: 0 });
  });

  it('counts a link that could not be delivered, and its revocation', async () => {
    const { maria, slack } = world;
    for (const method of ['response_url', 'chat.postEphemeral'])
      slack.fail(method, { error: 'channel_not_found' });
    await fillNew(world);
    await maria.submit();
    await slack.until(() => audits(world, 'ticket_revoked').length > 0);
    const families = await scrape(world);
    expect(value(families, 'links_created_total')).toBe(1);
    expect(value(families, 'links_delivered_total')).toBe(0);
    expect(value(families, 'links_failed_total', { reason: 'not_delivered' })).toBe(1);
    expect(value(families, 'links_revoked_total', { reason: 'not_delivered' })).toBe(1);
    const refused = { method: 'response_url', outcome: 'refused' };
    expect(count(families, 'slack_call_seconds', refused)).toBeGreaterThan(0);
    const notFound = { method: 'chat.postEphemeral', outcome: 'channel_not_found' };
    expect(count(families, 'slack_call_seconds', notFound)).toBeGreaterThan(0);
  });

  it('counts denied requests', async () => {
    const { slack, sales } = world;
    const gil = slack.as(slack.addUser({ name: 'Gil', guest: true }).id);
    sales.members.add(gil.id);
    for (let times = 0; times < 2; times += 1) await gil.command(sales.id, 'help');
    const families = await scrape(world);
    const [denied] = families.find(({ name }) => name === 'sso_bot_requests_denied_total')?.metrics ?? [];
    // The second denial is counted with a later audit line.
    expect(denied).toEqual({ labels: { reason: expect.stringMatching(/^[a-z_]+$/) }, value: '1' });
  });

  it('measures calls to Auth0, Slack, and the database by method and outcome', async () => {
    const { auth0, maria } = world;
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { status: 500 }, 1);
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, cause('failed', { status: 500, mayHaveHappened: true }));
    const families = await scrape(world);
    const calls = (method: string, outcome: string) =>
      count(families, 'auth0_call_seconds', { method, outcome });
    expect(calls('POST oauth/token', 'ok')).toBe(1);
    expect(calls('GET self-service-profiles', 'ok')).toBe(1);
    expect(calls('POST sso-ticket', 'failed')).toBe(1);
    expect(calls('POST sso-ticket', 'ok')).toBe(0);
    const seconds = value(families, 'auth0_call_seconds_sum', { method: 'POST sso-ticket' });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(15);
    const bucket = { method: 'POST sso-ticket', outcome: 'failed', le: '15' };
    expect(value(families, 'auth0_call_seconds_bucket', bucket)).toBe(1);
    expect(count(families, 'slack_call_seconds', { method: 'views.open', outcome: 'ok' })).toBe(1);
    expect(count(families, 'auth0_queue_wait_seconds')).toBeGreaterThan(1);
    expect(count(families, 'database_call_seconds', { method: 'write', outcome: 'ok' })).toBeGreaterThan(1);
    expect(value(families, 'auth0_queue_length')).toBe(0);
  });

  it('shows the age of each list and whether the bot is healthy', async () => {
    const before = await scrape(world);
    expect(before.find(({ name }) => name === 'sso_bot_list_age_seconds')?.metrics).toEqual([]);
    expect(value(before, 'healthy')).toBe(1);
    await fillNew(world);
    await warm(world);
    const after = await scrape(world);
    for (const list of ['profiles', 'clients', 'organizations', 'connections']) {
      expect(sample(after, 'sso_bot_list_age_seconds', { list }), list).toBeDefined();
      expect(value(after, 'list_age_seconds', { list })).toBeLessThan(60);
    }
  });

  it('shows the queue during a burst, and matches Auth0 and the database afterward', async () => {
    const { auth0, slack, sales } = world;
    const people = Array.from({ length: 12 }, (_, index) =>
      slack.as(slack.addUser({ name: `P${index}` }).id),
    );
    for (const person of people) sales.members.add(person.id);
    for (const [index, person] of people.entries()) await fillNew(world, { person, name: `burst-${index}` });
    // Ten calls run at a time.
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 3_000 }, 10);
    await Promise.all(people.map((person) => person.submit()));
    await expect.poll(async () => value(await scrape(world), 'auth0_queue_length')).toBe(2);
    await slack.until(() => people.every((person) => person.sees(sales.id).some((each) => linkIn(each))));
    await slack.until(() => people.every(({ modal }) => modal?.title.text === sentences.DONE_TITLE));
    const families = await scrape(world);
    expect(auth0.tickets).toHaveLength(12);
    expect(value(families, 'auth0_queue_length')).toBe(0);
    expect(value(families, 'links_created_total')).toBe(12);
    const { DATA_DIR } = world.database;
    if (DATA_DIR) expect(eventsIn(DATA_DIR)).toEqual({ requested: 12, created: 12, delivered: 12 });
    expect(value(families, 'links_delivered_total')).toBe(12);
    const failed = families.find(({ name }) => name === 'sso_bot_links_failed_total');
    expect(failed?.metrics).toEqual([]);
  });

  it('has no name, ID, or URL in a label', async () => {
    const { maria, sales, slack } = world;
    slack.fail('chat.postMessage', { error: 'not_in_channel' }, 1);
    await fillNew(world);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle(''));
    await modal(world, maria, sentences.DONE_TITLE);
    for (const { name, metrics } of (await scrape(world)).filter((each) =>
      each.name.startsWith('sso_bot_'),
    )) {
      for (const { labels = {} } of metrics) {
        const { le: _, ...others } = labels;
        expect(['method', 'outcome', 'reason', 'list', 'status']).toEqual(
          expect.arrayContaining(Object.keys(others)),
        );
        for (const each of Object.values(others)) {
          expect(each, name).toMatch(/^[a-z_]+$|^(GET|POST) [a-z{}/-]+$|^[a-z]+(\.[a-zA-Z]+)+$/);
        }
      }
    }
  });
});

it('/metrics matches Auth0 and the database after a burst of 200 links', async () => {
  const BURST = 200;
  const world = await startWorld({ mode: 'http', env: { METRICS: 'true', METRICS_TOKEN: TOKEN } });
  const { auth0, slack, sales } = world;
  const people = Array.from({ length: BURST }, (_, index) =>
    slack.as(slack.addUser({ name: `P${index}` }).id),
  );
  for (const person of people) sales.members.add(person.id);
  for (const [index, person] of people.entries()) await fillNew(world, { person, name: `burst-${index}` });
  auth0.rateLimit = { perSecond: 10, burst: 10 };
  await Promise.all(people.map((person) => person.submit()));
  // A form that waits too long returns.
  await slack.until(() =>
    people.every(({ modal }) => modal?.submit || modal?.title.text === sentences.DONE_TITLE),
  );
  auth0.rateLimit = undefined;
  await slack.until(() => audits(world, 'ticket_delivered').length === auth0.tickets.length);
  const families = await scrape(world);
  const created = auth0.tickets.length;
  expect(created).toBeGreaterThan(BURST / 2);
  expect(value(families, 'links_created_total')).toBe(created);
  expect(value(families, 'links_delivered_total')).toBe(created);
  const failed = audits(world, 'ticket_failed').length;
  const { metrics: reasons = [] } = families.find(({ name }) => name === 'sso_bot_links_failed_total') ?? {};
  expect(reasons.reduce((sum, each) => sum + Number('value' in each ? each.value : 0), 0)).toBe(failed);
  const { DATA_DIR } = world.database;
  const events = { requested: created + failed, created, delivered: created };
  if (DATA_DIR) expect(eventsIn(DATA_DIR)).toEqual(failed > 0 ? { ...events, failed } : events);
  expectClean(world);
  await world.stop();
});

it('/metrics shows the number of Socket Mode connections', async () => {
  const world = await startWorld({ mode: 'socket', env: { METRICS: 'true' } });
  const open = async () => {
    const families = parseMetrics(await (await get(world, {})).text());
    return value(families, 'socket_mode_connections');
  };
  expect(await open()).toBe(1);
  void world.slack.refreshSockets('warning', 3_600_000);
  await world.slack.until(() => world.slack.socketCount === 2);
  await expect.poll(open).toBe(2);
  await world.stop();
});

it('/metrics shows no Socket Mode connections over HTTP', async () => {
  const world = await startWorld({ mode: 'http', env: { METRICS: 'true', METRICS_TOKEN: TOKEN } });
  expect((await scrape(world)).map(({ name }) => name)).not.toContain('sso_bot_socket_mode_connections');
  await world.stop();
});

describe('the counters', () => {
  const page = async (metrics: Metrics) => {
    const read = async () => ({
      isHealthy: true,
      queueLength: 0,
      listAges: {},
      socketConnections: undefined,
      liveLinks: undefined,
    });
    // Without a token, the request is not read.
    const { body } = await metrics.page({ headers: {} } as never, undefined, read);
    return parseMetrics(body);
  };

  it.each(['resource_protected', 'organization_has_connection', 'connection_not_editable'])(
    'count %s as a refusal',
    async (reason) => {
      const metrics = new Metrics();
      metrics.onEvent('ticket_failed', { reason });
      const families = await page(metrics);
      expect(value(families, 'links_refused_total', { reason })).toBe(1);
      expect(value(families, 'links_failed_total', { reason })).toBe(0);
    },
  );

  it.each(['rate_limited', 'no_answer', 'reach_unknown', 'not recorded'])(
    'count %s as a failure',
    async (reason) => {
      const metrics = new Metrics();
      metrics.onEvent('ticket_failed', { reason });
      const families = await page(metrics);
      expect(value(families, 'links_failed_total', { reason: reason.replace(' ', '_') })).toBe(1);
      expect(families.find(({ name }) => name === 'sso_bot_links_refused_total')?.metrics).toEqual([]);
    },
  );

  it('include limits, events with several denials, and refused seals', async () => {
    const metrics = new Metrics();
    metrics.onEvent('limit_reached', {});
    metrics.onEvent('access_denied', { reason: 'guest' });
    metrics.onEvent('access_denied', { reason: 'guest', count: 41 });
    metrics.onEvent('seal_refused', { reason: 'expired' });
    const families = await page(metrics);
    expect(value(families, 'links_refused_total', { reason: 'limit_reached' })).toBe(1);
    expect(value(families, 'requests_denied_total', { reason: 'guest' })).toBe(42);
    expect(value(families, 'requests_denied_total', { reason: 'seal_expired' })).toBe(1);
  });
});

describe('the METRICS setting', () => {
  it('is off by default, so /metrics returns 404', async () => {
    const world = await startWorld({ env: { METRICS_TOKEN: TOKEN } });
    expect((await get(world)).status).toBe(404);
    await world.stop();
  });

  it.each([
    ['false', false],
    ['true', true],
  ])('loads prom-client only if it is true (METRICS=%s)', async (METRICS, loaded) => {
    const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-metrics-'));
    const hook = join(folder, 'hook.cjs');
    writeFileSync(
      hook,
      "process.on('exit', () => console.log('loaded:', Object.keys(require.cache).some((path) => path.includes('prom-client'))));",
    );
    const [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
    const settings = { ...botSettings(slack, auth0, 'socket'), METRICS, NODE_OPTIONS: `--require ${hook}` };
    const bot = new BotProcess(settings, { cwd: folder });
    try {
      await bot.waitForLine(/The bot is ready/);
      await bot.stop();
      expect(bot.output).toContain(`loaded: ${loaded}`);
    } finally {
      await bot.kill();
      await Promise.all([slack.stop(), auth0.stop()]);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the settings', () => {
  const settings = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'a signing secret',
    AUTH0_DOMAIN: 'acme.eu.auth0.com',
    AUTH0_CLIENT_ID: 'id',
    AUTH0_CLIENT_SECRET: 'secret',
    ALLOWED: 'everyone',
    EDITORS: 'nobody',
    METRICS: 'true',
  };
  const problems = (more: Record<string, string>) => {
    try {
      readConfig({ ...settings, ...more });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems;
    }
  };

  it('require a token only over HTTP', () => {
    expect(problems({})).toEqual([
      'METRICS_TOKEN is not set: over HTTP the port is public, so METRICS=true needs it',
    ]);
    expect(problems({ METRICS_TOKEN: TOKEN })).toEqual([]);
    expect(problems({ SLACK_APP_TOKEN: 'xapp-1' })).toEqual([]);
    expect(problems({ METRICS: 'false' })).toEqual([]);
  });

  it('reject a short token', () => {
    expect(problems({ METRICS_TOKEN: 'short' })).toEqual([
      'METRICS_TOKEN must have at least 16 characters; `openssl rand -hex 16` generates one',
    ]);
  });
});
