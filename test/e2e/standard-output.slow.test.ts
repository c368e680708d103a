import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess, freePort } from '../../stand-ins/bot-process.ts';
import { addPeople } from '../../stand-ins/people.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import { botSettings, creates, fillNew, live, message, RESPONSE_TIMEOUT_MS, type World } from '../harness.ts';
import { testCertificate } from '../setup.ts';

const BUILT_BOT = resolve(import.meta.dirname, '../../dist/main.js');
/** The capacity of a pipe. */
const PIPE_BYTES = 64 * 1024;

let folder: string;
let slack: Slack;
let auth0: Auth0;
let bot: BotProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-output-'));
  [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
});
afterEach(async () => {
  await bot?.kill();
  await Promise.all([slack.stop(), auth0.stop()]);
  rmSync(folder, { recursive: true });
});

/** Opens a pipe that this process reads. Node would give the bot a socket, which holds more. */
function pipe(): { reader: number; writer: number } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, 'w') };
}

/** Starts the built bot, or a script that does, with this standard output, and waits until it is healthy. */
async function start(stdout: number, script?: string): Promise<World & { bot: BotProcess }> {
  const port = await freePort();
  const env = { NODE_EXTRA_CA_CERTS: process.env.TEST_TLS_CERT ?? '', PORT: String(port) };
  const started = new BotProcess(
    { ...botSettings(slack, auth0, 'http'), ...env },
    { cwd: folder, stdout, ...(script && { script }) },
  );
  bot = started;
  closeSync(stdout);
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const isHealthy = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (started.ended === undefined && !(await isHealthy())) await sleep(20);
  const nothing = () => Promise.resolve();
  const app = { start: async () => ({ port }), stop: nothing };
  return {
    bot: started,
    slack,
    auth0,
    app,
    port,
    ...addPeople(slack),
    log: started.log,
    database: {},
    stop: nothing,
  };
}

async function createLink(world: World): Promise<void> {
  const { maria, sales } = world;
  await fillNew(world);
  await maria.submit();
  await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
}

/** The start of the log line about a request that isn't from Slack. */
const UNSIGNED = 'Failed to parse and verify the request data';

/** Makes the bot log this many lines of 200 bytes or more. */
async function fillLog(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    await fetch(slack.requestUrl ?? '', { method: 'POST', body: '{}' });
  }
}

/** Reads a pipe until all writers have closed it. */
async function readAll(reader: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd: reader, readable: true, writable: false })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the built bot', () => {
  it('finishes a pending link and exits with code 1 if its standard output is closed', async () => {
    const { reader, writer } = pipe();
    const world = await start(writer);
    const { maria, sales } = world;
    await fillNew(world);
    auth0.latency = 1_000;
    closeSync(reader);
    // The audit line before the create call can't be written.
    await maria.submit();
    await slack.until(() => creates(world).length > 0);
    await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    expect(await world.bot.exit).toBe(1);
    expect(live(world)).toHaveLength(1);
    expect(world.bot.output).toMatch(/^Standard output is closed \(.*EPIPE.*\)\. The bot stops/m);
  });

  it('creates links and stops normally if nobody reads its standard output', async () => {
    const { reader, writer } = pipe();
    const world = await start(writer);
    await fillLog(400);
    await createLink(world);
    const began = performance.now();
    expect(await world.bot.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(live(world)).toHaveLength(1);
    // The pipe was full.
    expect((await readAll(reader)).length).toBeGreaterThan(PIPE_BYTES - 4096);
  });

  it.runIf(existsSync('/dev/full'))(
    'creates links and stops normally if its standard output is a full device',
    async () => {
      const world = await start(openSync('/dev/full', 'w'));
      await fillLog(10);
      await createLink(world);
      const began = performance.now();
      expect(await world.bot.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(live(world)).toHaveLength(1);
    },
  );

  it('writes all log lines before it stops, even if they waited for a reader', async () => {
    const { reader, writer } = pipe();
    const world = await start(writer);
    await fillLog(400);
    const stopped = world.bot.stop();
    const lines = (await readAll(reader))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(await stopped).toBe(0);
    expect(lines.filter((line) => line.startsWith(UNSIGNED))).toHaveLength(400);
    expect(lines.at(-1)).toBe('Stopping');
  });

  it.runIf(existsSync('/usr/bin/script'))(
    'creates links and stops normally in a paused terminal',
    async () => {
      const { reader, writer } = pipe();
      const [pid, code] = [join(folder, 'pid'), join(folder, 'code')];
      const bin = JSON.stringify(process.execPath);
      const inTerminal = `sh -c 'echo $$ >${pid}; exec ${bin} ${BUILT_BOT}'; echo $? >${code}`;
      // `script` gives the bot a terminal, and stops reading from it when nobody reads its own output.
      const launcher = join(folder, 'launcher.cjs');
      writeFileSync(
        launcher,
        `require('node:child_process').spawn('script', ['-qfc', ${JSON.stringify(inTerminal)}, '/dev/null'], { stdio: 'inherit' });`,
      );
      const world = await start(writer, launcher);
      await fillLog(1_000);
      await createLink(world);
      process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
      await slack.until(() => existsSync(code) && readFileSync(code, 'utf8') !== '', 10_000);
      expect(readFileSync(code, 'utf8')).toBe('0\n');
      // `script` ends only after its output is read.
      await readAll(reader);
    },
  );
});
