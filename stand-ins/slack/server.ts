import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverOverHttp, type EnvelopeType, postRaw, type RawRequest, Sockets } from './delivery.ts';
import { answerWith, type Fault, Faults, isDoneDespite } from './faults.ts';
import { argumentsOf, callMethod } from './methods.ts';
import { Person } from './person.ts';
import { respond } from './responses.ts';
import type { Channel, Delivery, Json, NewChannel, NewUser, User } from './types.ts';
import { World } from './world.ts';

export type { Fault } from './faults.ts';
export type { Person } from './person.ts';
export type * from './types.ts';

export interface SlackOptions {
  /** A free one by default. */
  port?: number;
  /** The slash command that people use, `/sso-ticket` by default. */
  commandName?: string;
}

/**
 * Starts a Slack of our own on 127.0.0.1.
 *
 * @example
 * const slack = await startSlack();
 * const ann = slack.addUser({ name: 'Ann' });
 * const sales = slack.addChannel({ kind: 'public', members: [ann.id] });
 * // … start the bot with slack.apiUrl, slack.botToken and slack.appToken
 * await slack.as(ann.id).command(sales.id, '');
 * const modal = await slack.until(() => slack.as(ann.id).modal);
 */
export async function startSlack({
  port = 0,
  commandName = '/sso-ticket',
}: SlackOptions = {}): Promise<Slack> {
  const slack = new Slack(commandName);
  await slack.listen(port);
  return slack;
}

/** A strict stand-in of Slack: it refuses what Slack refuses, and can fail as Slack can. */
export class Slack {
  /** Where interactions are delivered over HTTP; without it they go over Socket Mode. */
  requestUrl: string | undefined;
  /** The scopes that the bot was granted. */
  scopes = [
    'commands',
    'chat:write',
    'im:write',
    'users:read',
    'usergroups:read',
    'channels:read',
    'groups:read',
  ];
  /** Whether the app's messages tab is enabled. */
  messagesTab = true;
  /** Answers `apps.connections.open` with 503. */
  refuseSockets = false;

  readonly #world = new World();
  readonly #commandName: string;
  readonly #faults = new Faults();
  readonly #sockets = new Sockets();
  readonly #people = new Map<string, Person>();
  readonly #server: Server;

  readonly botToken = this.#world.botToken;
  readonly appToken = this.#world.appToken;
  readonly signingSecret = this.#world.signingSecret;
  readonly botUserId = this.#world.botUserId;
  readonly teamId = this.#world.teamId;
  readonly users = this.#world.users;
  readonly channels = this.#world.channels;
  /** The members of each user group, by its ID. */
  readonly userGroups = this.#world.userGroups;
  /** Every message the bot posted, in order. */
  readonly messages = this.#world.messages;
  /** Every request the bot made; posts to a `response_url` stand under that name. */
  readonly calls = this.#world.calls;
  /** What the bot did that it should not have, although Slack might let it pass. */
  readonly complaints = this.#world.complaints;

  constructor(commandName: string) {
    this.#commandName = commandName;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.complaints.push(`The stand-in of Slack failed: ${String(error)}`);
        response.writeHead(500).end();
      });
    });
    this.#server.on('upgrade', (request, stream, head) => this.#sockets.accept(request, stream, head));
  }

  /** @internal `startSlack` does it */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
  }

  /** Stops, whatever is under way. */
  async stop(): Promise<void> {
    await this.#sockets.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** How long a trigger is valid, and how long Slack waits for an acknowledgement: 3 seconds, as Slack has it. */
  get patienceMs(): number {
    return this.#world.patienceMs;
  }

  set patienceMs(ms: number) {
    this.#world.patienceMs = ms;
  }

  /** The address for the Web API client's `slackApiUrl`. */
  get apiUrl(): string {
    return `${this.#origin}/api/`;
  }

  get #origin(): string {
    // Listening on a port, the address is neither a path nor null.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many Socket Mode connections stand. */
  get socketCount(): number {
    return this.#sockets.count;
  }

  addUser(user: NewUser): User {
    return this.#world.addUser(user);
  }

  addChannel(channel: NewChannel): Channel {
    return this.#world.addChannel(channel);
  }

  /** The driver of one person; the same each time. */
  as(userId: string): Person {
    const known = this.#people.get(userId);
    if (known) return known;
    const person = new Person(userId, {
      world: this.#world,
      commandName: this.#commandName,
      origin: () => this.#origin,
      deliver: (type, payload) => this.#deliver(type, payload),
    });
    this.#people.set(userId, person);
    return person;
  }

  /** Lets requests of the bot go wrong, by method or `response_url`: so many times, or until `heal`. */
  fail(target: string | RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.add(target, fault, times);
  }

  heal(): void {
    this.#faults.heal();
  }

  /** Breaks all Socket Mode connections; envelopes without an acknowledgement are lost. */
  disconnectSockets(): void {
    this.#sockets.drop();
  }

  /** Closes every connection of the Web API at once; new ones are taken. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  /** Waits until something is so, and gives it. Looks every 10 ms, and less often the longer it waits. */
  async until<T>(predicate: () => T | undefined | false | null, timeoutMs = 30_000): Promise<T> {
    const from = performance.now();
    const deadline = from + timeoutMs;
    while (performance.now() < deadline) {
      const found = predicate();
      if (found !== undefined && found !== false && found !== null) return found;
      await sleep(Math.min(Math.max(10, (performance.now() - from) / 20), 100));
    }
    const calls = this.calls.slice(-5).map(({ method, response }) => `${method} → ${summary(response)}`);
    throw new Error(
      [
        `Not so within ${timeoutMs} ms: ${predicate.toString()}`,
        `Last calls: ${calls.join('; ') || 'none'}`,
        `Complaints: ${this.complaints.join('; ') || 'none'}`,
      ].join('\n'),
    );
  }

  /** A `response_url` such as a command of this person's would bring. */
  responseUrl(channel: string, user: string): string {
    return this.#origin + this.#world.newResponseUrl(channel, user);
  }

  /** Posts any request to `requestUrl`, signed unless the headers given say otherwise. */
  deliverRaw(request: RawRequest): Promise<{ status: number; body: string }> {
    if (!this.requestUrl) throw new Error('There is no requestUrl to deliver to');
    return postRaw(this.requestUrl, this.signingSecret, this.patienceMs, request);
  }

  #deliver(type: EnvelopeType, payload: Json): Promise<Delivery> {
    return this.requestUrl
      ? deliverOverHttp(this.requestUrl, this.signingSecret, this.patienceMs, type, payload)
      : this.#sockets.deliver(this.patienceMs, type, payload);
  }

  // ---------------------------------------------------------------------------------- the bot's requests

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, name] = /^\/(api|response)\/([\w./]+)/.exec(request.url ?? '') ?? [];
    const body = await text(request);
    if (!kind || !name || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const method = kind === 'api' ? name : 'response_url';
    const { token, ...args } = argumentsOf(body, request.headers['content-type'] ?? '');
    const fault = this.#faults.take(method) ?? this.#closedDoor(method);
    if (typeof fault === 'object' && 'delay' in fault) await sleep(fault.delay, undefined, { ref: false });

    const answer = isDoneDespite(fault)
      ? this.#carryOut(
          kind,
          name,
          request.headers.authorization?.replace(/^Bearer /, '') ?? asToken(token),
          args,
        )
      : refused(kind, fault);
    this.calls.push({ method, args, response: answer && parsed(answer.body), at: Date.now() });
    if (answer && (!fault || typeof fault === 'object')) {
      const type = kind === 'api' ? 'application/json; charset=utf-8' : 'text/plain';
      response
        .writeHead(answer.status, { 'content-type': type, 'x-oauth-scopes': this.scopes.join(',') })
        .end(answer.body);
    } else if (fault) {
      answerWith(fault, response, answer?.body ?? '');
    }
  }

  #closedDoor(method: string): Fault | undefined {
    return this.refuseSockets && method === 'apps.connections.open' ? { status: 503 } : undefined;
  }

  #carryOut(kind: string, name: string, token: string | undefined, args: Json) {
    if (kind === 'response') return respond(this.#world, name, args);
    const answer = callMethod(name, token, args, {
      world: this.#world,
      scopes: this.scopes,
      messagesTab: this.messagesTab,
      socketUrl: () => `${this.#origin.replace('http', 'ws')}/link/?ticket=${this.#sockets.ticket()}`,
    });
    return { status: 200, body: JSON.stringify(answer) };
  }
}

/** The answer of a fault that is a refusal; any other has none. */
function refused(kind: string, fault: Fault | undefined) {
  if (typeof fault !== 'object' || !('error' in fault)) return undefined;
  return kind === 'api'
    ? { status: 200, body: JSON.stringify({ ok: false, error: fault.error }) }
    : { status: 404, body: fault.error };
}

function asToken(token: unknown): string | undefined {
  return typeof token === 'string' ? token : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function summary(response: unknown): string {
  return JSON.stringify(response)?.slice(0, 200) ?? 'no answer';
}
