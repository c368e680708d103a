import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { expect, vi } from 'vitest';
import { type BotApp, createApp } from '../src/app.ts';
import { Auth0Error, type Auth0ErrorCode } from '../src/auth0/errors.ts';
import { readConfig } from '../src/config/environment.ts';
import { createLog } from '../src/lib/log.ts';
import type { SentenceContext } from '../src/slack/sentences.ts';
import * as sentences from '../src/slack/sentences.ts';
import { toNotice } from '../src/slack/views/options.ts';
import { type Auth0, startAuth0 } from '../stand-ins/auth0/server.ts';
import { botSettings, type Mode } from '../stand-ins/bot-settings.ts';
import { addPeople, type People } from '../stand-ins/people.ts';
import { type Message, type Person, type Slack, startSlack, type View } from '../stand-ins/slack/server.ts';
import { contracts } from './contracts.ts';
import { createDatabase } from './postgres.ts';
import { testCertificate } from './setup.ts';

export { botSettings, MODES, type Mode } from '../stand-ins/bot-settings.ts';

/**
 * How long the stand-in of Slack waits, so that a busy machine doesn't miss deadlines in unrelated tests. A test about
 * Slack's 3 seconds sets `slack.responseTimeoutMs` itself.
 */
export const RESPONSE_TIMEOUT_MS = 60_000;

/** A workspace, a tenant and the bot, connected by real sockets on this machine. */
export interface World extends People {
  slack: Slack;
  auth0: Auth0;
  app: BotApp;
  /** The port of `/healthz`. */
  port: number;
  /** Every line logged so far. */
  log: string[];
  /** The settings of the database, for another bot that shares it. */
  database: Record<string, string>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  mode?: Mode;
  /** Settings beyond those that connect the bot. */
  env?: Record<string, string> | ((auth0: Auth0, slack: Slack) => Record<string, string>);
  /** Changes the tenant before the bot starts. */
  tenant?: (auth0: Auth0) => void;
  /** Changes the workspace before the bot starts. */
  workspace?: (slack: Slack) => void;
  /** The slash command, if it isn't `/sso-ticket`. */
  commandName?: string;
  /** The time between two calls to Auth0 that follow links. */
  followIntervalMs?: number;
  /** The time between two reads of the tenant's log. */
  logIntervalMs?: number;
  /** The time between two checks of the home tabs. */
  homeIntervalMs?: number;
}

const starts = new PQueue({ concurrency: 1 });
/** If timers are at most this late, the process keeps up with its work. */
const PROMPT_MS = 50;
/** A scenario starts after this time anyway. */
const MAX_START_DELAY_MS = 1_000;

/**
 * Waits until another scenario may start: one at a time, and only while this process keeps up. If too many started
 * together, the bots would miss their own deadlines.
 */
export function calm(): Promise<void> {
  return starts.add(async () => {
    const from = performance.now();
    for (let late = true; late && performance.now() < from + MAX_START_DELAY_MS; ) {
      const before = performance.now();
      await sleep(10);
      late = performance.now() - before > PROMPT_MS;
    }
  });
}

/** SQLite in a folder, or a new database if TEST_DATABASE is `postgres`. */
export async function databaseSettings(dataDir: string): Promise<Record<string, string>> {
  if (process.env.TEST_DATABASE !== 'postgres') return { DATA_DIR: dataDir };
  return { DATABASE_URL: await createDatabase(), SEAL_KEY: 'a key that all instances of a test share' };
}

export async function startWorld({
  mode = 'http',
  env,
  tenant,
  workspace,
  commandName = '/sso-ticket',
  followIntervalMs,
  logIntervalMs,
  homeIntervalMs,
}: WorldOptions = {}): Promise<World> {
  const [slack, auth0] = await Promise.all([startSlack({ commandName }), startAuth0(testCertificate())]);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
  tenant?.(auth0);
  workspace?.(slack);
  const people = addPeople(slack);
  const log: string[] = [];
  const dataDir = await mkdtemp(join(tmpdir(), 'sso-ticket-bot-world-'));
  const database = await databaseSettings(dataDir);
  const settings = readConfig({
    ...botSettings(slack, auth0, mode),
    ...database,
    LOG_LEVEL: 'debug',
    ...(typeof env === 'function' ? env(auth0, slack) : env),
  });
  const app = createApp(settings, createLog(settings.logLevel, { write: (line) => log.push(line) }), {
    followIntervalMs,
    logIntervalMs,
    homeIntervalMs,
  });
  const { port } = await app.start();
  if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  return {
    slack,
    auth0,
    app,
    port,
    ...people,
    log,
    database,
    async stop() {
      await app.stop();
      await Promise.all([slack.stop(), auth0.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Expects after every scenario that the bot kept Slack's rules and Auth0's contract, and leaked no secret. */
export function expectClean({ slack, auth0, log }: World): void {
  expect(slack.violations).toEqual([]);
  const published = contracts();
  if (published) {
    for (const request of auth0.requests.filter(({ path }) => path.startsWith('/api/v2')))
      expect(published.checkRequest(request), `${request.method} ${request.path}`).toEqual([]);
  }
  const secrets = [
    ...auth0.tickets.map(({ id }) => id),
    auth0.clientSecret,
    slack.botToken,
    slack.appToken,
    slack.signingSecret,
    '/response/',
  ];
  const seenByAll = slack.messages.filter(({ visibleTo }) => visibleTo === undefined);
  const views = slack.calls.filter(({ method }) => method.startsWith('views.'));
  const places = { log: log.join('\n'), views: JSON.stringify(views), stored: JSON.stringify(seenByAll) };
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) {
      if (text.includes(secret))
        throw new Error(`A secret (${secret.slice(0, 12)}…) appears in the ${place}`);
    }
  }
}

/** All text of a view or message, as a person reads it. */
export function textOf(shown: { blocks: unknown } | undefined): string {
  const parts: string[] = [];
  const walk = (value: unknown, key = ''): void => {
    if (typeof value === 'string') {
      if (key === 'text' || key === 'fallback') parts.push(value);
    } else if (Array.isArray(value)) for (const each of value) walk(each);
    else if (typeof value === 'object' && value) {
      for (const [name, each] of Object.entries(value)) walk(each, name);
    }
  };
  walk(shown?.blocks);
  return parts.join(' ');
}

/** The link in a message. */
export function linkIn(message: Message | undefined): string | undefined {
  return /https:\/\/localhost:\d+\/self-service\/connections-flow\?ticket=\w+/.exec(
    JSON.stringify(message?.blocks ?? ''),
  )?.[0];
}

/** All text of a view or message with single spaces, so that a sentence of several elements reads as one. */
export function readingOf(shown: { blocks: unknown } | undefined): string {
  return textOf(shown).replace(/\s+/g, ' ');
}

/** A text to find, such as a sentence from `slack/sentences.ts`, or a pattern. */
export type Words = string | RegExp;

export function says(text: string, words: Words): boolean {
  if (words instanceof RegExp) return words.test(text);
  return text.replace(/\s+/g, ' ').includes(words.replace(/\s+/g, ' ').trim());
}

/** In a sentence for `like`: any text. */
export const ANY = '{any text}';
/** In a sentence for `like`: any number. */
export const ANY_NUMBER = 987_654_321;

/** Matches any of these sentences, with any text for `ANY` and any number for `ANY_NUMBER`. */
export function like(...alternatives: string[]): RegExp {
  const patterns = alternatives.map((sentence) =>
    sentence
      .trim()
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll('\\{any text\\}', '.*')
      .replaceAll(String(ANY_NUMBER), '\\d+')
      .replace(/\s+/g, '\\s+'),
  );
  return new RegExp(patterns.join('|'), 's');
}

/** What sentences mention with the default settings. */
export const CONTEXT: SentenceContext = { command: '/sso-ticket', contact: undefined };

/** What an editor reads instead of a link. */
export const whyNoLink = (error: unknown, { receipt = true } = {}) =>
  sentences.createSentence(error, { ...CONTEXT, isEditor: true, receipt });

/** The beginning of the sentence about an error from Auth0, after any call. */
export const cause = (code: Auth0ErrorCode, details: ConstructorParameters<typeof Auth0Error>[1] = {}) =>
  sentences.auth0Cause(new Auth0Error(code, details));

/** The part of the sentence that says whether Auth0 created no link or may have created one. */
export const NOTHING_MADE = sentences.auth0Consequence(new Auth0Error('rejected'), 'create');
export const MAYBE_MADE = sentences.auth0Consequence(
  new Auth0Error('no_answer', { mayHaveHappened: true }),
  'create',
);

/** The suggestion that says that the list is still loading: the first part of the sentence. */
export const STILL_LOADING = toNotice(sentences.LIST_LOADING)[0]?.text.text;

/** Waits until the person sees a message in a conversation that says this. */
export function message({ slack }: World, person: Person, channel: string, words: Words): Promise<Message> {
  return slack.until(() => person.sees(channel).findLast((each) => says(textOf(each), words)));
}

/** Waits until the person's modal says this, in its title or below. */
export async function modal({ slack }: World, person: Person, words: Words, timeoutMs?: number) {
  const read = (view: View) => `${view.title.text} ${textOf(view)}`;
  try {
    return await slack.until(() => {
      const view = person.modal;
      return view && says(read(view), words) ? view : undefined;
    }, timeoutMs);
  } catch (error) {
    const shown = person.modal ? `The modal says: ${read(person.modal)}` : 'There is no modal';
    throw new Error(shown, { cause: error });
  }
}

const OPEN_ATTEMPTS = 4;
const OPEN_TIMEOUT_MS = 15_000;

/** Opens the form. On a busy machine, the bot may miss Slack's deadline. Then the person types the command again. */
async function openForm(world: World, person: Person, channel: string): Promise<View> {
  for (let attempt = 1; ; attempt += 1) {
    await person.command(channel, '');
    try {
      return await modal(world, person, sentences.FORM_TITLE.new, OPEN_TIMEOUT_MS);
    } catch (error) {
      if (attempt === OPEN_ATTEMPTS) throw error;
      if (person.modal) await person.close();
    }
  }
}

/** Opens the form for a new connection and fills in what it needs. */
export async function fillNew(
  world: World,
  { person = world.maria, channel = world.sales.id, name = 'acme-corp' } = {},
): Promise<View> {
  const view = await openForm(world, person, channel);
  await person.type('connectionName', name);
  await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
  return view;
}

/** Creates a link for a new connection, and returns the message with it. */
export async function createLink(
  world: World,
  { person = world.maria, channel = world.sales.id, name = 'acme-corp' } = {},
): Promise<Message> {
  await fillNew(world, { person, channel, name });
  await person.submit();
  const link = await message(world, person, channel, sentences.linkTitle(name));
  await modal(world, person, sentences.DONE_TITLE);
  await person.close();
  return link;
}

/** Waits until all four lists of the tenant have arrived. Something must have requested them before. */
export async function warm({ auth0, slack }: World): Promise<void> {
  const lists = ['self-service-profiles', 'clients', 'organizations', 'connections'];
  await slack.until(() =>
    lists.every((list) =>
      auth0.requests.some(({ path, status, ms }) => path === `/api/v2/${list}` && status === 200 && ms >= 0),
    ),
  );
  await settled();
}

/**
 * Waits until everything that was sent is read. Both ends of every connection are in this process, so some turns of
 * its event loop are enough.
 */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await turn();
}

/** The create calls that Auth0 received. */
export function creates({ auth0 }: World) {
  return auth0.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/sso-ticket'));
}

/** The revoke calls that Auth0 received. */
export function revokes({ auth0 }: World) {
  return auth0.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/revoke'));
}

/** The tickets that still work. */
export function live({ auth0 }: World) {
  return auth0.tickets.filter(({ state }) => state === 'live' || state === 'opened');
}

/** The labels of a form's inputs, in the order of the screen. */
export function labelsOf(view: View): (string | undefined)[] {
  return view.blocks.filter(({ type }) => type === 'input').map(({ label }) => label?.text);
}

/** The texts of an input's options. */
export function optionsIn(view: View, blockId: string): string[] {
  const element = view.blocks.find(({ block_id }) => block_id === blockId)?.element;
  return element?.options?.map(({ text }) => text.text) ?? [];
}

/** The texts of the buttons of a message or view. */
export function buttonsIn(shown: { blocks: View['blocks'] } | undefined): string[] {
  return (shown?.blocks ?? [])
    .flatMap(({ elements = [] }) => elements)
    .flatMap(({ type, text }) => (type === 'button' && text ? [text.text] : []));
}

/** Expects that nothing in a message or view can notify anyone or be clicked as a link. */
export function expectInert(shown: { blocks: unknown; text?: string } | undefined): void {
  const live = ['mrkdwn', 'link', 'user', 'usergroup', 'channel', 'broadcast'];
  const json = JSON.stringify(shown?.blocks);
  for (const type of live) expect(json).not.toContain(`"type":"${type}"`);
  expect(shown?.text ?? '').not.toMatch(/<[!@#]|<https?:/);
}

/** The audit lines written so far, or those of one event, oldest first. */
export function audits({ log }: Pick<World, 'log'>, event?: string): Record<string, unknown>[] {
  return log
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => line.audit === true && (!event || line.event === event));
}

/**
 * Freezes the date, so that `pass` can change it, until `vi.useRealTimers`. Timers, sockets and `performance.now`
 * continue, and so does the date of the Socket Mode client, which would miss its pongs.
 */
export function holdDate(): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  const held = Date.now;
  Date.now = () =>
    callers().includes('SlackWebSocket') ? performance.timeOrigin + performance.now() : held();
}

/** The files in the call stack. The stack as text, with its source maps, takes far longer to create. */
function callers(): string {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName()).join();
  try {
    return String(new Error().stack);
  } finally {
    Error.prepareStackTrace = prepare;
  }
}

/** Moves a frozen date forward. */
export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}
