import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Log } from '../lib/log.ts';
import { SIGNATURE_MAX_AGE_MS } from './timeouts.ts';

/**
 * Twice the largest body that was measured: 237 KB for a form with every field filled in, with 99 applications and 99
 * organizations whose names have 75 letters (`test/trust/http-limits.slow.test.ts`).
 */
export const MAX_BODY_BYTES = 512 * 1024;
/** Slack's `ssl_check` is the only request without a signature. It has about 50 bytes. */
const MAX_UNSIGNED_BODY_BYTES = 128;
/** All bodies that are being read, together. */
const MAX_READING_BYTES = 16 * 1024 * 1024;

interface Reading {
  request: IncomingMessage;
  bytes: number;
}

/**
 * Reads the bodies of requests that Bolt verifies. Anyone can send one, so the headers are checked first, and memory
 * is limited: for each body, and for all bodies together.
 */
export class RequestReader {
  readonly #handle: RequestListener;
  readonly #log: Log;
  /** Oldest first. */
  readonly #readings = new Set<Reading>();
  #bytes = 0;

  /** @param handle gets each request with its body in `rawBody`, where Bolt looks for it */
  constructor({ handle, log }: { handle: RequestListener; log: Log }) {
    this.#handle = handle;
    this.#log = log;
  }

  readonly listener: RequestListener = (request, response) => {
    const limit = bodyLimit(request.headers);
    if (limit === 0) this.#refuse(response, 401, 'headers');
    else if (Number(request.headers['content-length']) > limit) this.#refuse(response, 413, 'size');
    else void this.#receive(request, response, limit);
  };

  async #receive(request: IncomingMessage, response: ServerResponse, limit: number): Promise<void> {
    const reading: Reading = { request, bytes: 0 };
    this.#readings.add(reading);
    const rawBody = await this.#read(reading, limit).catch(() => 'incomplete' as const);
    this.#forget(reading);
    if (rawBody === 'too large') this.#refuse(response, 413, 'size');
    else if (rawBody === 'incomplete') this.#log.warn('A request ended before its body was complete');
    else this.#handle(Object.assign(request, { rawBody }), response);
  }

  /** @throws Error if the connection ends */
  async #read(reading: Reading, limit: number): Promise<Buffer | 'too large'> {
    const chunks: Buffer[] = [];
    // Without this option, the connection would close before the response.
    for await (const chunk of reading.request.iterator({ destroyOnReturn: false })) {
      reading.bytes += chunk.length;
      this.#bytes += chunk.length;
      if (reading.bytes > limit) return 'too large';
      chunks.push(chunk);
      this.#limitMemory();
    }
    return Buffer.concat(chunks);
  }

  /** Slack sends a body within milliseconds, so the oldest incomplete one isn't from Slack. */
  #limitMemory(): void {
    for (const oldest of this.#readings) {
      if (this.#bytes <= MAX_READING_BYTES) return;
      this.#forget(oldest);
      oldest.request.destroy();
    }
  }

  #forget(reading: Reading): void {
    if (this.#readings.delete(reading)) this.#bytes -= reading.bytes;
  }

  #refuse(response: ServerResponse, status: 401 | 413, reason: string): void {
    this.#log.warn({ status, reason }, 'A request was refused');
    // The rest of the body is not read.
    response.writeHead(status, { connection: 'close' }).end();
  }
}

/** How many bytes of a body are read. 0 if the headers are not those of a request from Slack. */
function bodyLimit(headers: IncomingHttpHeaders): number {
  const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
  if (signature === undefined && timestamp === undefined) {
    return Number(headers['content-length']) <= MAX_UNSIGNED_BODY_BYTES ? MAX_UNSIGNED_BODY_BYTES : 0;
  }
  const isSigned = /^v0=[0-9a-f]{64}$/.test(String(signature)) && /^\d{1,12}$/.test(String(timestamp));
  const isFresh = Math.abs(Date.now() - Number(timestamp) * 1000) <= SIGNATURE_MAX_AGE_MS;
  return isSigned && isFresh ? MAX_BODY_BYTES : 0;
}
