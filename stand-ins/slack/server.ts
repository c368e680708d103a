import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultQueue } from '../fault-queue.ts';
import { jsonOrText } from '../json.ts';
import { deliverOverHttp, type EnvelopeType, postRaw, type RawRequest, Sockets } from './delivery.ts';
import { escaped } from './escape.ts';
import { type Fault, isExecuted, matchesMethod, sendFault, type Target } from './faults.ts';
import { argumentsOf, callMethod } from './methods.ts';
import { Person } from './person.ts';
import { respond } from './responses.ts';
import type { Channel, Delivery, Json, NewChannel, NewUser, User } from './types.ts';
import { Workspace } from './workspace.ts';

export type { Fault } from './faults.ts';
export type { Person } from './person.ts';
export type * from './types.ts';

/** The bot scopes in `manifest.yml`. */
export const botScopes: readonly string[] = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'usergroups:read',
  'channels:read',
  'groups:read',
];

export interface SlackOptions {
  /** By default, a free port. */
  port?: number;
  /** The slash command, by default `/sso-ticket`. */
  commandName?: string;
}

/**
 * Starts a stand-in for Slack on 127.0.0.1.
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

/** A strict stand-in for a Slack workspace. It validates requests as Slack does, and can simulate failures. */
export class Slack {
  /** The URL that receives interactions over HTTP. If unset, they use Socket Mode. */
  requestUrl: string | undefined;
  /** The scopes of the bot token. */
  scopes = [...botScopes];
  /** Whether the app's messages tab is enabled. */
  messagesTab = true;
  /** Whether `&`, `<` and `>` come back escaped in what is typed in forms, and in the text of chosen options. */
  escapesText = true;
  /** Changes what the bot gets: a command or an interaction, as another workspace or a forger would send it. */
  alter: (payload: Json) => Json = (payload) => payload;
  /** Whether `apps.connections.open` fails with status 503. */
  refuseSockets = false;
  /** How many TCP connections there have been. */
  connectionCount = 0;

  readonly #workspace = new Workspace();
  readonly #commandName: string;
  readonly #faults = new FaultQueue<Target, string, Fault>(matchesMethod);
  readonly #sockets = new Sockets();
  readonly #people = new Map<string, Person>();
  readonly #server: Server;

  readonly botToken = this.#workspace.botToken;
  readonly appToken = this.#workspace.appToken;
  readonly signingSecret = this.#workspace.signingSecret;
  readonly botUserId = this.#workspace.botUserId;
  readonly teamId = this.#workspace.teamId;
  readonly users = this.#workspace.users;
  readonly channels = this.#workspace.channels;
  /** The members of each user group, by its ID. */
  readonly userGroups = this.#workspace.userGroups;
  /** All messages of the bot, in order. */
  readonly messages = this.#workspace.messages;
  /** All requests of the bot. The method of a post to a `response_url` is `response_url`. */
  readonly calls = this.#workspace.calls;
  /** What the bot did wrong, although Slack may accept it. */
  readonly violations = this.#workspace.violations;

  constructor(commandName: string) {
    this.#commandName = commandName;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(`The Slack stand-in failed: ${String(error)}`);
        response.writeHead(500).end();
      });
    });
    this.#server.on('connection', () => {
      this.connectionCount += 1;
    });
    this.#server.on('upgrade', (request, stream, head) => this.#sockets.accept(request, stream, head));
  }

  /** @internal Use `startSlack`. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
  }

  async stop(): Promise<void> {
    await this.#sockets.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** How long a trigger is valid, and how long Slack waits for an acknowledgement. The real Slack: 3 seconds. */
  get responseTimeoutMs(): number {
    return this.#workspace.responseTimeoutMs;
  }

  set responseTimeoutMs(ms: number) {
    this.#workspace.responseTimeoutMs = ms;
  }

  /** The value for SLACK_API_URL. */
  get apiUrl(): string {
    return `${this.#origin}/api/`;
  }

  get #origin(): string {
    // A server that listens on a port has an address.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The number of open Socket Mode connections. */
  get socketCount(): number {
    return this.#sockets.count;
  }

  /** The number of open Socket Mode connections after each change, oldest first. */
  get socketCounts(): readonly number[] {
    return this.#sockets.counts;
  }

  /** How many of the next requests to open a WebSocket never get a response. */
  get hangUpgrades(): number {
    return this.#sockets.hangUpgrades;
  }

  set hangUpgrades(times: number) {
    this.#sockets.hangUpgrades = times;
  }

  /** How many Socket Mode connections there can be at the same time, by default 10. */
  set maxSockets(max: number) {
    this.#sockets.max = max;
  }

  /** Whether TCP connections stay open after the closing handshake, as those to the real Slack do. */
  set leaveTcpOpen(leave: boolean) {
    this.#sockets.leaveTcpOpen = leave;
  }

  /** Whether each envelope goes to all Socket Mode connections, instead of one. */
  set duplicateEnvelopes(duplicate: boolean) {
    this.#sockets.duplicate = duplicate;
  }

  /** Whether the app is installed to an organization instead of a workspace. */
  set orgWide(orgWide: boolean) {
    this.#workspace.orgWide = orgWide;
  }

  /** The ID of the Enterprise Grid that the workspace belongs to, if it belongs to one. */
  set enterpriseId(id: string | undefined) {
    this.#workspace.enterpriseId = id;
  }

  addUser(user: NewUser): User {
    return this.#workspace.addUser(user);
  }

  addChannel(channel: NewChannel): Channel {
    return this.#workspace.addChannel(channel);
  }

  /** Returns the driver of a user, always the same one. */
  as(userId: string): Person {
    const known = this.#people.get(userId);
    if (known) return known;
    const person = new Person(userId, {
      workspace: this.#workspace,
      commandName: this.#commandName,
      origin: () => this.#origin,
      deliver: (type, sent) => this.deliver(type, this.alter(this.escapesText ? escaped(sent) : sent)),
    });
    this.#people.set(userId, person);
    return person;
  }

  /** Makes the next `times` requests with this method fail, by default all. */
  fail(target: Target, fault: Fault, times?: number): void {
    this.#faults.add(target, fault, times);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /**
   * Announces that all Socket Mode connections will close, for example with the reason `refresh_requested`, and
   * closes them after this time. Resolves then. Without a reason, it closes them without saying so before.
   */
  refreshSockets(reason: string | undefined, closeAfterMs = 10_000): Promise<void> {
    return this.#sockets.refresh(reason, closeAfterMs);
  }

  /** Terminates all Socket Mode connections. Envelopes without an acknowledgement are lost. */
  disconnectSockets(): void {
    this.#sockets.terminate();
  }

  /** Closes all Web API connections, and keeps accepting new ones. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  /** Waits for a value. Checks every 10 ms, and less often the longer it waits. */
  async until<T>(predicate: () => T | undefined | false | null, timeoutMs = 60_000): Promise<T> {
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
        `Timed out after ${timeoutMs} ms: ${predicate.toString()}`,
        `Last calls: ${calls.join('; ') || 'none'}`,
        `Violations: ${this.violations.join('; ') || 'none'}`,
      ].join('\n'),
    );
  }

  /** Creates a `response_url` like that of a user's command. */
  responseUrl(channel: string, user: string): string {
    return this.#origin + this.#workspace.newResponseUrl(channel, user);
  }

  /** Posts a signed request to `requestUrl`. */
  deliverRaw(request: RawRequest): Promise<{ status: number; body: string }> {
    if (!this.requestUrl) throw new Error('requestUrl is not set');
    return postRaw(this.requestUrl, this.signingSecret, this.responseTimeoutMs, request);
  }

  /** Sends the bot any payload, as it is. */
  deliver(type: EnvelopeType, payload: Json): Promise<Delivery> {
    return this.requestUrl
      ? deliverOverHttp(this.requestUrl, this.signingSecret, this.responseTimeoutMs, type, payload)
      : this.#sockets.deliver(this.responseTimeoutMs, type, payload);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, name] = /^\/(api|response)\/([\w./]+)/.exec(request.url ?? '') ?? [];
    const body = await text(request);
    if (!kind || !name || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const method = kind === 'api' ? name : 'response_url';
    const { token, ...args } = argumentsOf(body, request.headers['content-type'] ?? '');
    const fault = this.#faults.take(method) ?? this.#socketFault(method);
    if (typeof fault === 'object' && 'delay' in fault) await sleep(fault.delay, undefined, { ref: false });

    const result = isExecuted(fault)
      ? this.#execute(
          kind,
          name,
          request.headers.authorization?.replace(/^Bearer /, '') ?? asToken(token),
          args,
        )
      : errorResponse(kind, fault);
    this.calls.push({ method, args, response: result && jsonOrText(result.body), at: Date.now() });
    if (result && (!fault || typeof fault === 'object')) {
      const type = kind === 'api' ? 'application/json; charset=utf-8' : 'text/plain';
      response
        .writeHead(result.status, { 'content-type': type, 'x-oauth-scopes': this.scopes.join(',') })
        .end(result.body);
    } else if (fault) {
      sendFault(fault, response, result?.body ?? '');
    }
  }

  #socketFault(method: string): Fault | undefined {
    return this.refuseSockets && method === 'apps.connections.open' ? { status: 503 } : undefined;
  }

  #execute(kind: string, name: string, token: string | undefined, args: Json) {
    if (kind === 'response') return respond(this.#workspace, name, args);
    const result = callMethod(name, token, args, {
      workspace: this.#workspace,
      scopes: this.scopes,
      messagesTab: this.messagesTab,
      socketUrl: () => `${this.#origin.replace('http', 'ws')}/link/?ticket=${this.#sockets.ticket()}`,
    });
    return { status: 200, body: JSON.stringify(result) };
  }
}

/** The response of a fault with an error. */
function errorResponse(kind: string, fault: Fault | undefined) {
  if (typeof fault !== 'object' || !('error' in fault)) return undefined;
  return kind === 'api'
    ? { status: 200, body: JSON.stringify({ ok: false, error: fault.error }) }
    : { status: 404, body: fault.error };
}

function asToken(token: unknown): string | undefined {
  return typeof token === 'string' ? token : undefined;
}

function summary(response: unknown): string {
  return JSON.stringify(response)?.slice(0, 200) ?? 'no response';
}
