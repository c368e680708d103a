import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject } from './check.ts';
import type { Delivery, Json } from './types.ts';

const PING_EVERY_MS = 10_000;
const GOODBYE_MS = 200;

export type EnvelopeType = 'slash_commands' | 'interactive';

/** Undefined takes a header away. */
export type RawRequest = { body: string; headers?: Record<string, string | undefined> };

// ------------------------------------------------------------------------------------------------- HTTP

/** Slack's signature of a request body at a time in seconds since 1970. */
function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** A request as it is, signed for the timestamp it has, but for the headers that are given. */
export async function postRaw(
  url: string,
  secret: string,
  patienceMs: number,
  { body, headers = {} }: RawRequest,
) {
  const timestamp = headers['x-slack-request-timestamp'] ?? String(Math.floor(Date.now() / 1000));
  const all = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, body),
    ...headers,
  };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: Object.fromEntries(sent),
    signal: AbortSignal.timeout(patienceMs),
  });
  return { status: response.status, body: await response.text() };
}

/** Delivers over HTTP: a command as form fields, anything else as JSON in the field `payload`. */
export async function deliverOverHttp(
  url: string,
  secret: string,
  patienceMs: number,
  type: EnvelopeType,
  payload: Json,
): Promise<Delivery> {
  const fields = type === 'slash_commands' ? payload : { payload: JSON.stringify(payload) };
  const body = new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  const since = performance.now();
  const passed = () => performance.now() - since;
  try {
    const answer = await postRaw(url, secret, patienceMs, { body });
    if (answer.status !== 200) {
      const error = answer.status >= 500 ? 'http_service_error' : 'http_client_error';
      return { ok: false, error, ms: passed() };
    }
    return delivered(parsed(answer.body || '{}'), passed());
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, error: late ? 'operation_timeout' : 'dispatch_failed', ms: passed() };
  }
}

/** Bolt acknowledges with nothing or with `{}` where it has nothing to say. */
function delivered(ack: unknown, ms: number): Delivery {
  const empty = ack === undefined || (isObject(ack) && Object.keys(ack).length === 0);
  return { ok: true, ms, ...(!empty && { ack }) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { text: body };
  }
}

// ------------------------------------------------------------------------------------------ Socket Mode

interface Waiting {
  socket: WebSocket;
  settle(result: { ack: unknown } | { error: string }): void;
}

/** The Socket Mode connections of the bot's instances. */
export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  #open: WebSocket[] = [];
  #turn = 0;

  /** How many connections stand. */
  get count(): number {
    return this.#open.length;
  }

  /** A ticket for one connection, part of its URL. */
  ticket(): string {
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.add(ticket);
    return ticket;
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'ws://stand-in').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      stream.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket));
  }

  #welcome(socket: WebSocket): void {
    const pings = setInterval(() => socket.ping(), PING_EVERY_MS);
    socket.on('message', (data) => this.#acknowledged(socket, String(data)));
    // A connection that goes takes its envelopes along: Slack never delivers them again.
    socket.on('close', () => {
      clearInterval(pings);
      this.#open = this.#open.filter((one) => one !== socket);
      for (const waiting of this.#waiting.values())
        if (waiting.socket === socket) waiting.settle({ error: 'dispatch_failed' });
    });
    socket.on('error', () => socket.terminate());
    this.#open.push(socket);
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.count, connection_info: {} }));
  }

  #acknowledged(socket: WebSocket, data: string): void {
    const message = parsed(data);
    if (!isObject(message)) return;
    const waiting = this.#waiting.get(String(message.envelope_id));
    if (waiting?.socket === socket) waiting.settle({ ack: message.payload });
  }

  /** Delivers an envelope to one of the connections, each in its turn, and waits for its acknowledgement. */
  deliver(patienceMs: number, type: EnvelopeType, payload: Json): Promise<Delivery> {
    const since = performance.now();
    const socket = this.#open[this.#turn++ % Math.max(this.count, 1)];
    if (!socket) return Promise.resolve({ ok: false, error: 'dispatch_failed', ms: 0 });
    const id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ error: 'operation_timeout' }), patienceMs);
      const settle: Waiting['settle'] = (result) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        const ms = performance.now() - since;
        if ('error' in result) resolve({ ok: false, error: result.error, ms });
        else resolve(delivered(result.ack, ms));
      };
      this.#waiting.set(id, { socket, settle });
      socket.send(JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: true }));
    });
  }

  /** Breaks every connection, without a word. */
  drop(): void {
    for (const socket of this.#open) socket.terminate();
  }

  /** Says goodbye, so that a bot that is just stopping can do so in peace, and does not wait for long. */
  async close(): Promise<void> {
    const closed = this.#open.map((socket) => once(socket, 'close'));
    for (const socket of this.#open) socket.close(1001);
    await Promise.race([Promise.all(closed), sleep(GOODBYE_MS)]);
    this.drop();
    this.#server.close();
  }
}
