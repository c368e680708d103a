import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { afterAll, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess, freePort } from '../../stand-ins/bot-process.ts';
import { addPeople } from '../../stand-ins/people.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import {
  ANY_NUMBER,
  botSettings,
  CONTEXT,
  creates,
  databaseSettings,
  expectClean,
  fillNew,
  like,
  live,
  MODES,
  type Mode,
  message,
  modal,
  RESPONSE_TIMEOUT_MS,
  type World,
  whyNoLink,
} from '../harness.ts';
import { testCertificate } from '../setup.ts';

const project = resolve(import.meta.dirname, '../..');
/** A folder without a .env, for the bot to start in. */
const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-cwd-'));

async function health(port: number, page = 'healthz'): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/${page}`).then(
    ({ status }) => status,
    () => 0,
  );
}

async function untilHealth(port: number, wanted: number, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while ((await health(port)) !== wanted && performance.now() < deadline) await sleep(20);
  expect(await health(port)).toBe(wanted);
}

afterAll(() => rmSync(folder, { recursive: true }));

/** The stand-ins of one test, and a function that starts the bot. */
interface Setup {
  slack: Slack;
  auth0: Auth0;
  run(env: Record<string, string>): BotProcess;
  database: Record<string, string>;
}

/** The tests mostly wait, but a process needs a whole core while it starts. */
const testQueue = new PQueue({ concurrency: 2 * availableParallelism() });

/** Runs a test with its own stand-ins. */
function withSetup(test: (setup: Setup) => Promise<void>): Promise<void> {
  return testQueue.add(async () => {
    const [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
    slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
    const bots: BotProcess[] = [];
    const database = await databaseSettings(mkdtempSync(join(folder, 'data-')));
    const run = (env: Record<string, string>) => {
      const bot = new BotProcess(
        { NODE_EXTRA_CA_CERTS: process.env.TEST_TLS_CERT ?? '', ...database, ...env },
        { cwd: folder },
      );
      bots.push(bot);
      return bot;
    };
    try {
      await test({ slack, auth0, run, database });
    } finally {
      await Promise.all(bots.map((bot) => bot.kill()));
      await Promise.all([slack.stop(), auth0.stop()]);
    }
  });
}

/** Starts the bot with the stand-ins, and waits until it is ready. */
async function start(
  { slack, auth0, run, database }: Setup,
  mode: Mode,
  more: Record<string, string> = {},
): Promise<World & { bot: BotProcess }> {
  const bot = run({ ...botSettings(slack, auth0, mode), LOG_LEVEL: 'debug', ...more });
  const { port } = JSON.parse(await bot.waitForLine(/The bot is ready/));
  if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const nothing = () => Promise.resolve();
  return {
    bot,
    slack,
    auth0,
    port,
    // The bot runs in the process, so there is no app to start or stop.
    app: { start: async () => ({ port }), stop: nothing },
    ...addPeople(slack),
    log: bot.log,
    database,
    stop: nothing,
  };
}

describe.concurrent.each(MODES)('the built bot (%s)', (mode) => {
  it('is healthy, creates and revokes a link, and stops with exit code 0', () =>
    withSetup(async (setup) => {
      const world = await start(setup, mode);
      const { bot, maria, tom, secret, port } = world;
      await untilHealth(port, 200);
      await fillNew(world, { channel: secret.id });
      await maria.submit();
      const link = await message(world, maria, secret.id, sentences.linkTitle('acme-corp'));
      expect(tom.sees(secret.id)).toEqual([]);
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();
      await maria.press(sentences.REVOKE_LINK, link);
      await message(world, maria, secret.id, sentences.revoked('acme-corp', CONTEXT));
      expect(live(world)).toEqual([]);
      expect(await bot.stop()).toBe(0);
      expectClean(world);
      expect(bot.output).not.toMatch(/Unhandled|Warning|\n {4}at /);
    }));

  it('stops within 10 seconds with exit code 0 when idle', () =>
    withSetup(async (setup) => {
      const { bot } = await start(setup, mode);
      const began = performance.now();
      expect(await bot.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(10_000);
    }));

  it('finishes a pending link before it stops', () =>
    withSetup(async (setup) => {
      const { auth0, slack } = setup;
      const world = await start(setup, mode);
      const { bot, maria, sales, port } = world;
      await fillNew(world);
      auth0.latency = 1_500;
      await maria.submit();
      await slack.until(() => creates(world).length > 0);
      expect(await health(port, 'livez')).toBe(200);
      const stopped = bot.stop();
      await bot.waitForLine(/"Stopping"/);
      expect(await health(port, 'livez')).not.toBe(200);
      await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
      expect(await stopped).toBe(0);
      expect(live(world)).toHaveLength(1);
      expect(maria.modal?.title.text).toBe(sentences.DONE_TITLE);
      expectClean(world);
    }));

  it.runIf(mode === 'http')('waits for a create call of 11 seconds before it stops', () =>
    withSetup(async (setup) => {
      const { slack, auth0 } = setup;
      const world = await start(setup, mode);
      const { bot, maria, sales } = world;
      await fillNew(world);
      auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 11_000 });
      await maria.submit();
      await slack.until(() => creates(world).length > 0);
      const stopped = bot.stop();
      await slack.until(() => maria.sees(sales.id).length);
      expect(await stopped).toBe(0);
      expect(live(world)).toHaveLength(1);
      expect(maria.modal?.title.text).toBe(sentences.DONE_TITLE);
    }),
  );

  it('returns a form that waits for the rate limit before it stops', () =>
    withSetup(async (setup) => {
      const { auth0 } = setup;
      const world = await start(setup, mode);
      const { bot, maria } = world;
      await fillNew(world);
      await maria.type('displayName', 'Acme Corp');
      const reset = String(Math.ceil(Date.now() / 1000) + 20);
      auth0.fail(
        { method: 'POST', path: /sso-ticket$/ },
        { status: 429, headers: { 'x-ratelimit-reset': reset } },
      );
      await maria.submit();
      await modal(
        world,
        maria,
        like(sentences.progressSentence({ step: 'rate_limited', ahead: 0 }, ANY_NUMBER)),
      );
      const began = performance.now();
      expect(await bot.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(12_000);
      await modal(world, maria, whyNoLink(new Auth0Error('stopping')));
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(maria.value('displayName').value).toBe('Acme Corp');
      expect(auth0.tickets).toEqual([]);
      expectClean(world);
    }));

  it('starts while Auth0 is unreachable, and reaches it later', () =>
    withSetup(async (setup) => {
      const { auth0 } = setup;
      const port = Number(auth0.domain.split(':')[1]);
      await auth0.stop();
      const world = await start(setup, mode);
      const { maria, sales } = world;
      await maria.command(sales.id, '');
      await modal(world, maria, sentences.auth0Sentence(new Auth0Error('unreachable'), 'read', CONTEXT));
      const back = await startAuth0({ ...testCertificate(), port });
      try {
        await maria.press(sentences.TRY_AGAIN);
        // The new stand-in has other credentials. The bot says so and keeps running.
        await modal(
          world,
          maria,
          sentences.auth0Sentence(new Auth0Error('credentials_rejected'), 'read', CONTEXT),
        );
      } finally {
        await back.stop();
      }
    }));

  it('explains that Slack rejects the bot token, and exits with code 1', () =>
    withSetup(async ({ slack, auth0, run }) => {
      const token = `xoxb-${'1'.repeat(40)}`;
      const bot = run({ ...botSettings(slack, auth0, mode), SLACK_BOT_TOKEN: token });
      expect(await bot.exit).toBe(1);
      expect(bot.output).toContain('Slack refuses SLACK_BOT_TOKEN (invalid_auth).');
      expect(bot.output).not.toContain(token);
      expect(bot.output).not.toMatch(/\n {4}at /);
    }));
});

describe.concurrent('invalid settings', () => {
  it('stop the bot within 10 seconds with a message that names every variable', () =>
    withSetup(async ({ run }) => {
      const started = performance.now();
      const bot = run({
        SLACK_BOT_TOKEN: 'not-a-token-0123456789',
        SLACK_APP_TOKEN: '',
        SLACK_API_URL: 'nonsense',
        PORT: '99999',
        AUTH0_DOMAIN: 'https://acme.auth0.com/',
        APPLICATIONS_OPTIONAL: 'perhaps',
        LOG_LEVEL: 'chatty',
      });
      expect(await bot.exit).toBe(1);
      expect(performance.now() - started).toBeLessThan(10_000);
      for (const variable of [
        'SLACK_BOT_TOKEN',
        'SLACK_API_URL',
        'PORT',
        'AUTH0_DOMAIN',
        'AUTH0_CLIENT_ID',
        'APPLICATIONS_OPTIONAL',
        'LOG_LEVEL',
        'SLACK_APP_TOKEN',
        'AUTH0_CLIENT_SECRET',
      ]) {
        expect(bot.output).toMatch(new RegExp(`^ +- ${variable} `, 'm'));
      }
      expect(bot.output).not.toContain('not-a-token-0123456789');
      expect(bot.output).not.toMatch(/\n {4}at |Error:/);
    }));

  it('are listed for an empty environment, with the command that creates a .env', () =>
    withSetup(async ({ run }) => {
      const bot = run({});
      expect(await bot.exit).toBe(1);
      for (const variable of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'AUTH0_DOMAIN', 'AUTH0_CLIENT_ID']) {
        expect(bot.output).toMatch(new RegExp(`^ +- ${variable} is not set`, 'm'));
      }
      expect(bot.output).toMatch(/^ +- \.env is missing: run `cp \.env\.example \.env`, and fill it in$/m);
    }));
});

describe.concurrent('a port in use', () => {
  it('is reported with exit code 1', () =>
    withSetup(async ({ slack, auth0, run }) => {
      const server = createServer().listen(0);
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const bot = run({ ...botSettings(slack, auth0, 'socket'), PORT: String(port) });
      expect(await bot.exit).toBe(1);
      expect(bot.output).toContain(`Port ${port} is in use.`);
      expect(bot.output).not.toMatch(/\n {4}at /);
      server.close();
    }));
});

describe.concurrent('a bot without a connection to Slack', () => {
  it('keeps running after the start, and connects over Socket Mode later', () =>
    withSetup(async ({ slack, auth0, run }) => {
      slack.refuseSockets = true;
      const port = await freePort();
      const bot = run({ ...botSettings(slack, auth0, 'socket'), PORT: String(port) });
      await untilHealth(port, 503);
      await bot.waitForLine(/Not connected to Slack yet; trying again/);
      expect(bot.output).not.toContain('The bot is ready');
      expect(bot.child.exitCode).toBeNull();
      slack.refuseSockets = false;
      await bot.waitForLine(/The bot is ready/);
      await untilHealth(port, 200);
      expect(slack.socketCount).toBe(1);
      expect(await bot.stop()).toBe(0);
    }));

  it('can be stopped within 10 seconds', () =>
    withSetup(async ({ slack, auth0, run }) => {
      slack.refuseSockets = true;
      const port = await freePort();
      const bot = run({ ...botSettings(slack, auth0, 'socket'), PORT: String(port) });
      await untilHealth(port, 503);
      const began = performance.now();
      expect(await bot.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(10_000);
    }));

  it('keeps running over HTTP, but is not healthy, if auth.test fails', () =>
    withSetup(async ({ slack, auth0, run }) => {
      slack.fail('auth.test', { status: 500 });
      const bot = run(botSettings(slack, auth0, 'http'));
      const { port } = JSON.parse(await bot.waitForLine(/Not connected to Slack yet; trying again/));
      expect(await health(port)).toBe(503);
      expect(bot.output).not.toContain('The bot is ready');
      expect(bot.child.exitCode).toBeNull();
    }));

  it('reconnects over Socket Mode after an interruption', () =>
    withSetup(async (setup) => {
      const { slack } = setup;
      const world = await start(setup, 'socket');
      const { maria, sales, port } = world;
      slack.refuseSockets = true;
      slack.disconnectSockets();
      await untilHealth(port, 503);
      slack.refuseSockets = false;
      await untilHealth(port, 200);
      await maria.command(sales.id, 'help');
      await message(world, maria, sales.id, sentences.HELP_INTRO);
    }));

  it('explains that Slack rejects the app token, and exits with code 1', () =>
    withSetup(async ({ slack, auth0, run }) => {
      const bot = run({
        ...botSettings(slack, auth0, 'socket'),
        SLACK_APP_TOKEN: `xapp-1-${'2'.repeat(40)}`,
      });
      expect(await bot.exit).toBe(1);
      expect(bot.output).toContain('Slack refuses SLACK_APP_TOKEN (invalid_auth).');
      expect(bot.output).not.toMatch(/\n {4}at /);
    }));
});

describe.concurrent('npm run', () => {
  /** A copy of the project without its code. */
  function copy(): string {
    const copied = mkdtempSync(join(folder, 'copy-'));
    for (const file of ['package.json', 'run.js']) copyFileSync(join(project, file), join(copied, file));
    return copied;
  }

  /** Runs a script of package.json, with no settings. */
  async function npm(script: string, cwd: string): Promise<{ code: number | null; output: string }> {
    const { PATH = '' } = process.env;
    const child = spawn('npm', ['run', '--silent', script], { cwd, env: { PATH, npm_config_cache: cwd } });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => output.push(String(data)));
    const [code] = await once(child, 'close');
    return { code, output: output.join('') };
  }

  it.each(['start', 'doctor'])('%s says how to build the bot first', async (script) => {
    expect(await npm(script, copy())).toEqual({
      code: 1,
      output: 'The bot is not built yet. Run: npm ci && npm run build\n',
    });
  });

  it.each(['start', 'doctor'])('%s runs the built bot', async (script) => {
    const cwd = copy();
    symlinkSync(join(project, 'dist'), join(cwd, 'dist'));
    const { code, output } = await npm(script, cwd);
    expect(code).toBe(1);
    expect(output).toContain('SLACK_BOT_TOKEN is not set');
  });
});
