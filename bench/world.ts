import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type Auth0, startAuth0 } from '../stand-ins/auth0/server.ts';
import { BotProcess, freePort } from '../stand-ins/bot-process.ts';
import { botSettings, type Mode } from '../stand-ins/bot-settings.ts';
import { createCertificate } from '../stand-ins/certificate.ts';
import { type Channel, type Person, type Slack, startSlack } from '../stand-ins/slack/server.ts';

/** The stand-ins, shared by all bots of a run. */
export interface World {
  slack: Slack;
  auth0: Auth0;
  channel: Channel;
  certificate: string;
}

/** A bot in a child process, with audit lines as its only log. */
export interface Bot extends BotProcess {
  /** The time until the bot responds to a command (HTTP) or is connected (Socket Mode), in milliseconds. */
  startMs: number;
  /** Where Slack sends its requests for this bot. */
  requestUrl: string;
}

/** The options of Node in production: package.json sets them for `npm start`, before those of the environment. */
export const NODE_OPTIONS = readNodeOptions();

function readNodeOptions(): string {
  const { start } = z
    .object({ scripts: z.object({ start: z.string() }) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8'))).scripts;
  const [, options] = /^NODE_OPTIONS="(.+?) \$NODE_OPTIONS"/.exec(start) ?? [];
  if (!options) throw new Error('package.json sets no NODE_OPTIONS for npm start');
  return options;
}

/** Both are compiled, for a fair start-up time. */
const ENTRY = { bot: 'dist/main.js', minimal: 'dist-bench/minimal.js' };
export type BotName = keyof typeof ENTRY;

/**
 * Restarts this script in a process that trusts a new certificate, because Node reads NODE_EXTRA_CA_CERTS only
 * at start-up. Returns the directory of the certificate in the new process, and never returns in the first.
 */
export async function restartWithCertificate(): Promise<string> {
  const folder = process.env.BENCH_CERTIFICATE;
  if (folder) return folder;
  const made = mkdtempSync(join(tmpdir(), 'sso-bench-'));
  const { cert, key } = await createCertificate();
  writeFileSync(join(made, 'cert.pem'), cert);
  writeFileSync(join(made, 'key.pem'), key, { mode: 0o600 });
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, BENCH_CERTIFICATE: made, NODE_EXTRA_CA_CERTS: join(made, 'cert.pem') },
  });
  rmSync(made, { recursive: true });
  process.exit(status ?? 1);
}

export async function startWorld(folder: string): Promise<World> {
  const certificate = join(folder, 'cert.pem');
  const pair = {
    cert: readFileSync(certificate, 'utf8'),
    key: readFileSync(join(folder, 'key.pem'), 'utf8'),
  };
  const [slack, auth0] = await Promise.all([startSlack(), startAuth0(pair)]);
  const channel = slack.addChannel({ name: 'bench', kind: 'public', members: [] });
  return { slack, auth0, channel, certificate };
}

/** Starts a bot, with the heap limit of production. Over HTTP, Slack then sends its requests to this bot. */
export async function startBot(
  { slack, auth0, certificate }: World,
  which: BotName,
  mode: Mode = 'http',
  env: Record<string, string> = {},
): Promise<Bot> {
  const port = await freePort();
  const sockets = slack.socketCount;
  const start = performance.now();
  const settings = {
    ...botSettings(slack, auth0, mode),
    NODE_EXTRA_CA_CERTS: certificate,
    LOG_LEVEL: 'error',
    PORT: String(port),
    NODE_OPTIONS,
    DATA_DIR: join(dirname(certificate), 'data'),
    ...env,
  };
  const bot = new BotProcess(settings, { script: ENTRY[which] });
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  if (mode === 'http') {
    slack.requestUrl = requestUrl;
    const { id } = slack.addUser({ name: 'First' });
    const command = { command: '/sso-ticket', text: 'help', user_id: id, channel_id: 'C0FIRST' };
    const body = new URLSearchParams(command).toString();
    for (let ready = false; !ready; ) {
      ready = await slack.deliverRaw({ body }).then(
        ({ status }) => status === 200,
        () => false,
      );
      // Another process may have taken the port.
      if (bot.ended) throw new Error(`The bot did not start (${bot.ended}):\n${bot.output}`);
      if (!ready) await sleep(5);
    }
  } else {
    slack.requestUrl = undefined;
    await slack.until(() => slack.socketCount > sockets, 20_000);
  }
  return Object.assign(bot, { startMs: performance.now() - start, requestUrl });
}

/** Resident memory of a process, in megabytes (Linux). */
export async function residentMb({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Adds a user to the channel. */
export function newPerson({ slack, channel }: World, name: string): Person {
  const { id } = slack.addUser({ name, tz: 'Europe/Berlin' });
  channel.members.add(id);
  return slack.as(id);
}

/** The last link of each user, with its time from `performance.now`. */
export type Links = Map<string, { at: number; message: { text: string; blocks: unknown } }>;

export function watchLinks({ slack }: World): Links {
  const links: Links = new Map();
  const { messages } = slack;
  const push = messages.push.bind(messages);
  messages.push = (...added) => {
    for (const message of added) {
      if (message.visibleTo && JSON.stringify(message.blocks).includes('connections-flow?ticket=')) {
        links.set(message.visibleTo, { at: performance.now(), message });
      }
    }
    return push(...added);
  };
  return links;
}

/** Opens the form and fills it in. */
export async function fillIn(world: World, person: Person, name: string): Promise<void> {
  await person.command(world.channel.id, '');
  await world.slack.until(() => person.modal?.submit && person.modal, 20_000);
  await person.type('connectionName', name);
  await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
}

/** Clears the history of the stand-ins, which slows them down as it grows. */
export function reset({ slack, auth0 }: World): void {
  for (const list of [slack.calls, slack.messages, auth0.requests, auth0.tickets]) list.length = 0;
}

let names = 0;
/** Returns a new connection name. */
export function newName(): string {
  names += 1;
  return `bench-${names}`;
}

/** Fills in forms for new users. */
export async function fillForms(world: World, count: number): Promise<{ person: Person; name: string }[]> {
  const people: { person: Person; name: string }[] = [];
  for (let index = 0; index < count; index += 1) {
    const person = newPerson(world, `User ${index}`);
    const name = newName();
    await fillIn(world, person, name);
    people.push({ person, name });
  }
  return people;
}

export const median = (values: number[]) => quantile(values, 0.5);

export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
