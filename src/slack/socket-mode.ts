import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type Receiver, webApi } from '@slack/bolt';
import { StartError } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { type CallObserver, observe } from '../lib/observe.ts';
import { RecentKeys } from '../lib/recent-keys.ts';
import { within } from '../lib/timeouts.ts';
import { type Envelope, SocketConnection, type SocketOptions } from './socket-connection.ts';
import {
  ENVELOPE_TTL_MS,
  FIRST_CONNECTION_TIMEOUT_MS,
  SOCKET_REPLACED_MS,
  SOCKET_RETRY_MAX_MS,
  SOCKET_RETRY_MIN_MS,
  SOCKET_STABLE_MS,
} from './timeouts.ts';
import { TOKEN_REFUSED } from './token-check.ts';
import { slackErrorCode, slackOutcome } from './web-api.ts';

/** Slack's error codes for an app token that will never work. */
const APP_TOKEN_REFUSED = new Set([
  ...TOKEN_REFUSED,
  'not_allowed_token_type',
  'missing_scope',
  'user_removed_from_team',
  'team_disabled',
]);

/**
 * Receives payloads over Socket Mode. When Slack is about to close the connection, a new one opens first, so there is
 * always a connection. A lost connection is opened again right away, and then with growing delays.
 */
export class SocketMode implements Receiver {
  readonly #options: SocketOptions;
  readonly #log: Log;
  readonly #onCall: CallObserver | undefined;
  readonly #connections = new Set<SocketConnection>();
  readonly #envelopes = new RecentKeys(ENVELOPE_TTL_MS);
  readonly #stopping = new AbortController();
  #app: App | undefined;
  #isStarting = true;
  /** The number of connections in a row that ended soon after they opened. */
  #shortLived = 0;

  /** @param deps.onCall called after each attempt to open a connection, as `apps.connections.open` */
  constructor({ log, onCall, ...options }: SocketOptions & { log: Log; onCall?: CallObserver | undefined }) {
    this.#options = options;
    this.#log = log;
    this.#onCall = onCall;
  }

  /** How many connections are open: two while one replaces the other. */
  get openConnections(): number {
    return [...this.#connections].filter(({ isOpen }) => isOpen).length;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Waits for the first connection, but not forever. @throws StartError if Slack refuses the app token */
  async start(): Promise<void> {
    await within(FIRST_CONNECTION_TIMEOUT_MS, this.#connect());
    this.#isStarting = false;
  }

  /** Closes all connections, and opens no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  /** Opens a connection. Tries until it works, even if Slack refuses, except at the start. @throws StartError */
  async #connect(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      const connection = new SocketConnection(this.#options, {
        onEnvelope: (envelope) => void this.#deliver(envelope),
        onEnd: (reason) => void this.#replace(connection, openedAt, reason),
      });
      let openedAt = 0;
      this.#connections.add(connection);
      try {
        await observe(this.#onCall, 'apps.connections.open', () => connection.open(), slackOutcome);
        openedAt = performance.now();
        this.#isStarting = false;
        this.#log.info('Connected to Slack over Socket Mode');
        void this.#closeOthers(connection);
        return;
      } catch (error) {
        this.#connections.delete(connection);
        const code = slackErrorCode(error);
        if (this.#isStarting && code && APP_TOKEN_REFUSED.has(code)) {
          throw new StartError(`Slack refuses SLACK_APP_TOKEN (${code}).`);
        }
        failures += 1;
        if (!this.#stopping.signal.aborted) {
          this.#log.error(
            { ...errorFields(error), failures },
            'The Socket Mode connection could not be opened',
          );
        }
        await this.#pause(Math.max(retryDelay(failures), rateLimitDelay(error)));
      }
    }
  }

  /** Opens a connection in place of one that ends. */
  async #replace(connection: SocketConnection, openedAt: number, reason: string): Promise<void> {
    if (!connection.isOpen) this.#connections.delete(connection);
    if (this.#stopping.signal.aborted) return;
    this.#log.info({ reason }, 'The Socket Mode connection is ending. The bot opens a new one');
    this.#shortLived = performance.now() - openedAt < SOCKET_STABLE_MS ? this.#shortLived + 1 : 0;
    await this.#pause(retryDelay(this.#shortLived - 1));
    await this.#connect();
  }

  /** Slack closes a replaced connection itself. Until then, listeners may still acknowledge over it. */
  async #closeOthers(current: SocketConnection): Promise<void> {
    const others = [...this.#connections].filter((connection) => connection !== current);
    if (others.length === 0) return;
    await this.#pause(SOCKET_REPLACED_MS);
    await Promise.all(
      others.map(async (connection) => {
        await connection.close();
        this.#connections.delete(connection);
      }),
    );
  }

  async #deliver({ envelope_id, body, ack, retry_num, retry_reason }: Envelope): Promise<void> {
    if (!this.#envelopes.add(envelope_id)) {
      this.#log.info({ envelope_id }, 'An envelope arrived a second time');
      return;
    }
    const acknowledge: typeof ack = async (response) => {
      try {
        await ack(response);
      } catch (error) {
        // To the person, a submission without an acknowledgement has failed, so it must not create a ticket. Everything
        // else continues: its trigger or `response_url` still works.
        if (body.type === 'view_submission') throw error;
        this.#log.warn(
          errorFields(error),
          'The connection ended before an acknowledgement. The work goes on',
        );
      }
    };
    try {
      await this.#app?.processEvent({
        body,
        ack: acknowledge,
        ...(retry_num !== undefined && { retryNum: retry_num }),
        ...(retry_reason !== undefined && { retryReason: retry_reason }),
      });
    } catch (error) {
      this.#log.error(errorFields(error), 'A payload could not be acknowledged');
    }
  }

  /** Ends early when the bot stops. */
  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await sleep(ms, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => undefined);
  }
}

function retryDelay(failures: number): number {
  return failures < 1 ? 0 : Math.min(SOCKET_RETRY_MIN_MS * 2 ** (failures - 1), SOCKET_RETRY_MAX_MS);
}

function rateLimitDelay(error: unknown): number {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;
}
