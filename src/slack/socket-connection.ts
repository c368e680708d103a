import type { Logger, ReceiverEvent } from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import type { Dispatcher } from 'undici';
import { within, withTimeout } from '../lib/timeouts.ts';
import {
  SOCKET_ATTEMPT_TIMEOUT_MS,
  SOCKET_CLOSE_TIMEOUT_MS,
  SOCKET_STATE_CHECK_INTERVAL_MS,
} from './timeouts.ts';
import { fetchWithin } from './web-api.ts';

export interface SocketOptions {
  appToken: string;
  slackApiUrl: string;
  logger: Logger;
  /** For the WebSocket, which ignores the global dispatcher. Undefined if no proxy is used. */
  proxy: Dispatcher | undefined;
}

/** What Slack sends over a connection, to be acknowledged over the same one. */
export interface Envelope {
  envelope_id: string;
  body: ReceiverEvent['body'];
  ack: (response?: unknown) => Promise<void>;
  retry_num?: number;
  retry_reason?: string;
}

/**
 * One WebSocket to Slack. It never reconnects, because the client of @slack/socket-mode 3.1 would wait for seconds, or
 * give up. Replace this and `SocketMode` with the client's own reconnection when 3.2 is released.
 */
export class SocketConnection extends SocketModeClient {
  readonly #onEnd: (reason: string) => void;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #announced: string | undefined;
  #stateCheck: NodeJS.Timeout | undefined;

  /** @param onEnd called if an open connection is about to be closed by Slack, or is lost */
  constructor(
    { appToken, slackApiUrl, logger, proxy }: SocketOptions,
    { onEnvelope, onEnd }: { onEnvelope: (envelope: Envelope) => void; onEnd: (reason: string) => void },
  ) {
    super({
      appToken,
      logger,
      autoReconnectEnabled: false,
      // The client changes this object, so it must not be shared.
      clientOptions: {
        slackApiUrl,
        fetch: fetchWithin(SOCKET_ATTEMPT_TIMEOUT_MS),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
      ...(proxy && { dispatcher: proxy }),
    });
    this.#onEnd = onEnd;
    this.on('connected', () => this.#opened());
    this.on('close', () => this.#ended('closed'));
    this.on('slack_event', onEnvelope);
  }

  /** Whether Slack can send envelopes over it. Also true while Slack is about to close it. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Resolves when Slack is ready to send. @throws if it isn't within ten seconds, or refuses */
  async open(): Promise<void> {
    try {
      await withTimeout(SOCKET_ATTEMPT_TIMEOUT_MS, () => this.start());
    } catch (error) {
      void this.close();
      // The client gives no reason for a connection that closes before Slack's hello.
      throw error ?? new Error(`Slack closed the connection before it was open (${this.#announced ?? '-'})`);
    }
  }

  /** Slack may leave the TCP connection open after the closing handshake, so this waits for a second at most. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearInterval(this.#stateCheck);
    const closed = await within(
      SOCKET_CLOSE_TIMEOUT_MS,
      this.disconnect().then(() => true),
    );
    // The second time, the client drops the connection.
    if (!closed) this.websocket?.disconnect();
  }

  /** The client closes a connection that Slack is about to close, although listeners still need it. */
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    const reason = isBinary ? undefined : disconnectReason(String(data));
    if (reason === undefined) {
      await super.onWebSocketMessage(data, isBinary);
      return;
    }
    const isNew = this.#announced === undefined;
    this.#announced = reason;
    if (!this.isOpen) void this.disconnect();
    else if (isNew) this.#onEnd(reason);
  }

  #opened(): void {
    // Slack's hello can come after `open` has given up.
    if (this.#state === 'closed') {
      void this.close();
      return;
    }
    this.#state = 'open';
    // The client doesn't say when Slack begins the closing handshake, and nothing arrives from then on.
    this.#stateCheck = setInterval(() => {
      if (!this.websocket?.isActive()) this.websocket?.disconnect();
    }, SOCKET_STATE_CHECK_INTERVAL_MS).unref();
  }

  #ended(reason: string): void {
    clearInterval(this.#stateCheck);
    const wasOpen = this.isOpen;
    this.#state = 'closed';
    if (wasOpen && this.#announced === undefined) this.#onEnd(reason);
  }
}

/** Why Slack is about to close the connection. Undefined for every other message. */
function disconnectReason(message: string): string | undefined {
  // The client parses the message too, so only these few are parsed twice.
  if (!message.includes('"disconnect"')) return undefined;
  try {
    const { type, reason } = JSON.parse(message);
    return type === 'disconnect' ? String(reason) : undefined;
  } catch {
    return undefined;
  }
}
