import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { jsonOrText } from '../json.ts';
import { isObject } from './check.ts';
import type { Delivery, Json } from './types.ts';

const PING_INTERVAL_MS = 10_000;
const CLOSE_TIMEOUT_MS = 200;

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

export interface RawRequest {
  body: string;
  /** Undefined removes a header. */
  headers?: Record<string, string | undefined>;
}

/** Signs a request body. The timestamp is in seconds since 1970. */
function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Posts a body with Slack's headers. Given headers replace them. */
export async function postRaw(
  url: string,
  secret: string,
  responseTimeoutMs: number,
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
    signal: AbortSignal.timeout(responseTimeoutMs),
  });
  return { status: response.status, body: await response.text() };
}

/** Posts a command as form fields, an event as JSON, and other payloads as JSON in the field `payload`. */
export async function deliverOverHttp(
  url: string,
  secret: string,
  responseTimeoutMs: number,
  type: EnvelopeType,
  payload: Json,
): Promise<Delivery> {
  const fields = type === 'slash_commands' ? payload : { payload: JSON.stringify(payload) };
  // A form has no null.
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const form = new URLSearchParams(present.map(([name, value]): [string, string] => [name, String(value)]));
  const request: RawRequest =
    type === 'events_api'
      ? { body: JSON.stringify(payload), headers: { 'content-type': 'application/json' } }
      : { body: form.toString() };
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  try {
    const response = await postRaw(url, secret, responseTimeoutMs, request);
    if (response.status !== 200) {
      const error = response.status >= 500 ? 'http_service_error' : 'http_client_error';
      return { ok: false, error, ms: elapsed() };
    }
    const ack = jsonOrText(response.body || '{}');
    return delivered(typeof ack === 'string' ? { text: ack } : ack, elapsed());
  } catch (error) {
    const timeout = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, error: timeout ? 'operation_timeout' : 'dispatch_failed', ms: elapsed() };
  }
}

/** Bolt sends an empty acknowledgement as nothing or as `{}`. */
function delivered(ack: unknown, ms: number): Delivery {
  const empty = ack === undefined || (isObject(ack) && Object.keys(ack).length === 0);
  return { ok: true, ms, ...(!empty && { ack }) };
}

interface Envelope {
  socket: WebSocket;
  settle(result: { ack: unknown } | { error: string }): void;
}

/** The Socket Mode connections of all bot instances. */
export class Sockets {
  /** How many connections there can be at the same time. */
  max = 10;
  /** How many of the next requests to open a WebSocket never get a response. */
  hangUpgrades = 0;
  /** Whether TCP connections stay open after the closing handshake, as those to the real Slack do. */
  leaveTcpOpen = false;
  /** Whether each envelope goes to all connections, instead of one. */
  duplicate = false;
  /** The number of open connections after each change. */
  readonly counts: number[] = [];
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #pending = new Map<string, Envelope>();
  #open: WebSocket[] = [];
  /** Those of the open connections that are about to close. */
  readonly #closing = new WeakSet<WebSocket>();
  #next = 0;

  get count(): number {
    return this.#open.length;
  }

  /** Creates the ticket in the URL of one connection. */
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
    if (this.hangUpgrades > 0) {
      this.hangUpgrades -= 1;
      stream.resume().once('end', () => stream.destroy());
      return;
    }
    if (this.leaveTcpOpen)
      Object.assign(
        stream.once('end', () => stream.destroy()),
        { end: () => stream },
      );
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#register(socket));
  }

  #register(socket: WebSocket): void {
    if (this.count >= this.max) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: {} }));
      socket.close(1000);
      return;
    }
    const pings = setInterval(() => socket.ping(), PING_INTERVAL_MS);
    socket.on('message', (data) => this.#acknowledge(socket, String(data)));
    socket.on('close', () => {
      clearInterval(pings);
      this.#remove(socket);
    });
    socket.on('error', () => socket.terminate());
    this.#change([...this.#open, socket]);
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.count, connection_info: {} }));
  }

  /** Slack does not redeliver the envelopes of a closed connection. */
  #remove(socket: WebSocket): void {
    if (!this.#open.includes(socket)) return;
    this.#change(this.#open.filter((one) => one !== socket));
    for (const envelope of this.#pending.values())
      if (envelope.socket === socket) envelope.settle({ error: 'dispatch_failed' });
  }

  #change(open: WebSocket[]): void {
    this.#open = open;
    this.counts.push(open.length);
  }

  #acknowledge(socket: WebSocket, data: string): void {
    const message = jsonOrText(data);
    if (!isObject(message)) return;
    const envelope = this.#pending.get(String(message.envelope_id));
    // The bot acknowledges a duplicate over the connection that was first.
    if (envelope && (this.duplicate || envelope.socket === socket)) envelope.settle({ ack: message.payload });
  }

  /**
   * Sends an envelope to one connection, round robin, and waits for the acknowledgement. Connections that are about to
   * close get none while there are others.
   */
  deliver(responseTimeoutMs: number, type: EnvelopeType, payload: Json): Promise<Delivery> {
    const start = performance.now();
    const staying = this.#open.filter((one) => !this.#closing.has(one));
    const candidates = staying.length > 0 ? staying : this.#open;
    const socket = candidates[this.#next++ % Math.max(candidates.length, 1)];
    if (!socket) return Promise.resolve({ ok: false, error: 'dispatch_failed', ms: 0 });
    const id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ error: 'operation_timeout' }), responseTimeoutMs);
      const settle: Envelope['settle'] = (result) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        const ms = performance.now() - start;
        if ('error' in result) resolve({ ok: false, error: result.error, ms });
        else resolve(delivered(result.ack, ms));
      };
      this.#pending.set(id, { socket, settle });
      const envelope = JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: true });
      for (const to of this.duplicate ? this.#open : [socket]) to.send(envelope);
    });
  }

  /** Announces that the open connections will close, if there is a reason, and closes them after this time. */
  async refresh(reason: string | undefined, closeAfterMs: number): Promise<void> {
    const announced = this.#open;
    for (const socket of reason === undefined ? [] : announced) {
      this.#closing.add(socket);
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: {} }));
    }
    await sleep(closeAfterMs, undefined, { ref: false });
    for (const socket of announced) {
      this.#remove(socket);
      socket.close(1000);
    }
  }

  /** Terminates all connections without a closing handshake. */
  terminate(): void {
    for (const socket of this.#open) socket.terminate();
  }

  /** Closes all connections, and terminates those that stay open. */
  async close(): Promise<void> {
    const closed = this.#open.map((socket) => once(socket, 'close'));
    for (const socket of this.#open) socket.close(1001);
    await Promise.race([Promise.all(closed), sleep(CLOSE_TIMEOUT_MS)]);
    this.terminate();
    this.#server.close();
  }
}
