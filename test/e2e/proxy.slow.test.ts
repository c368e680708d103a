import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkTitle } from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess } from '../../stand-ins/bot-process.ts';
import { addPeople } from '../../stand-ins/people.ts';
import { type HttpProxy, startProxy } from '../../stand-ins/proxy.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import {
  botSettings,
  expectClean,
  fillNew,
  MODES,
  type Mode,
  message,
  modal,
  RESPONSE_TIMEOUT_MS,
  type World,
} from '../harness.ts';
import { testCertificate } from '../setup.ts';

/** A folder without a .env, for the bot to start in. */
const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-proxy-'));

let slack: Slack;
let auth0: Auth0;
let proxy: HttpProxy;
let bot: BotProcess | undefined;

beforeEach(async () => {
  [slack, auth0, proxy] = await Promise.all([
    startSlack(),
    startAuth0(testCertificate()),
    startProxy('bot:p%40ss'),
  ]);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
});
afterEach(async () => {
  await bot?.kill();
  await Promise.all([slack.stop(), auth0.stop(), proxy.stop()]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the built bot, because proxy settings apply to the whole process. */
async function start(mode: Mode, env: Record<string, string>): Promise<World> {
  const settings = { ...botSettings(slack, auth0, mode), LOG_LEVEL: 'debug', ...env };
  const started = new BotProcess(
    { NODE_EXTRA_CA_CERTS: process.env.TEST_TLS_CERT ?? '', ...settings },
    { cwd: folder },
  );
  bot = started;
  const { port } = JSON.parse(await started.waitForLine(/The bot is ready/));
  if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const nothing = () => Promise.resolve();
  return {
    slack,
    auth0,
    database: {},
    port,
    app: { start: async () => ({ port }), stop: nothing },
    ...addPeople(slack),
    log: started.log,
    stop: nothing,
  };
}

/** Creates a link, which takes every kind of request: to Slack, Auth0, and a response_url. */
async function createLink(world: World): Promise<void> {
  const { maria, sales } = world;
  await fillNew(world);
  await maria.submit();
  const link = await message(world, maria, sales.id, linkTitle('acme-corp'));
  expect(link.via).toBe('response_url');
  await modal(world, maria, /Your link is ready/);
  expect(auth0.requests.map(({ path }) => path)).toContain('/oauth/token');
  expectClean(world);
  expect(world.log.join('\n')).not.toContain('p%40ss');
}

const slackHost = () => new URL(slack.apiUrl).host;

describe.each(MODES)('a proxy (%s)', (mode) => {
  it('gets every request', async () => {
    const world = await start(mode, { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
    await createLink(world);
    expect(new Set(proxy.connects)).toEqual(new Set([slackHost(), auth0.domain]));
    // Every connection goes through a tunnel.
    expect(proxy.connects.filter((host) => host === slackHost())).toHaveLength(slack.connectionCount);
    expect(proxy.connects.filter((host) => host === auth0.domain)).toHaveLength(auth0.connectionCount);
    if (mode === 'socket') expect(slack.socketCount).toBe(1);
  });

  it('can be set in lowercase variables if the uppercase ones are empty', async () => {
    const empty = { HTTPS_PROXY: '', HTTP_PROXY: '', NO_PROXY: '' };
    const world = await start(mode, { ...empty, https_proxy: proxy.url, http_proxy: proxy.url });
    await createLink(world);
    expect(new Set(proxy.connects)).toEqual(new Set([slackHost(), auth0.domain]));
  });

  it('can be set in uppercase variables if the lowercase ones are empty', async () => {
    const empty = { https_proxy: '', http_proxy: '', no_proxy: '' };
    const world = await start(mode, { ...empty, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
    await createLink(world);
    expect(new Set(proxy.connects)).toEqual(new Set([slackHost(), auth0.domain]));
  });

  it.each(['NO_PROXY', 'no_proxy'])('gets no requests for the hosts in %s', async (name) => {
    const proxies = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    const world = await start(mode, { ...proxies, [name]: 'localhost' });
    await createLink(world);
    // Auth0 is at localhost, Slack at 127.0.0.1.
    expect(new Set(proxy.connects)).toEqual(new Set([slackHost()]));
  });

  it('gets no requests if NO_PROXY is *', async () => {
    const world = await start(mode, { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '*' });
    await createLink(world);
    expect(proxy.connects).toEqual([]);
  });
});

it('replaces a connection through a proxy when Slack refreshes it', async () => {
  await start('socket', { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
  await slack.refreshSockets('refresh_requested');
  await slack.until(() => slack.socketCount === 1);
  expect(slack.socketCounts).toEqual([1, 2, 1]);
});

it('explains that HTTPS_PROXY must be a URL, and exits with code 1', async () => {
  const env = { ...botSettings(slack, auth0, 'socket'), HTTPS_PROXY: 'bot:p%40ss@proxy' };
  bot = new BotProcess(env, { cwd: folder });
  expect(await bot.exit).toBe(1);
  expect(bot.output).toContain(
    '- HTTPS_PROXY must be the URL of a proxy, such as http://proxy.example.com:3128',
  );
  expect(bot.output).not.toContain('p%40ss');
});
