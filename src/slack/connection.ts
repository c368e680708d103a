import type { RequestListener } from 'node:http';
import { HTTPReceiver, type Logger, type Receiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import type { Config } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { CallObserver } from '../lib/observe.ts';
import { RequestReader } from './request-reader.ts';
import { SocketMode } from './socket-mode.ts';
import { SIGNED_BEFORE_START_MS } from './timeouts.ts';
import type { TokenCheck } from './token-check.ts';

/** How Slack reaches the bot: over HTTP, or over Socket Mode. */
export class SlackConnection {
  /** For Bolt. */
  readonly receiver: Receiver;
  /** Handles `POST /slack/events`. Undefined in Socket Mode. */
  readonly http: RequestListener | undefined;
  readonly #socket: SocketMode | undefined;
  readonly #token: TokenCheck;

  constructor(deps: {
    config: Config['slack'];
    token: TokenCheck;
    /** Undefined if no proxy is used. */
    proxy: Dispatcher | undefined;
    /** When the process started, in milliseconds since 1970. */
    startedAt: number;
    logger: Logger;
    log: Log;
    onCall?: CallObserver | undefined;
  }) {
    const { config, token, proxy, startedAt, logger, log, onCall } = deps;
    this.#token = token;
    const { connection, apiUrl: slackApiUrl } = config;
    if (connection.mode === 'http') {
      const receiver = httpReceiver(connection.signingSecret, startedAt, logger, log);
      this.http = new RequestReader({ handle: receiver.requestListener, log }).listener;
      this.receiver = receiver;
    } else {
      this.#socket = new SocketMode({
        appToken: connection.appToken,
        slackApiUrl,
        proxy,
        logger,
        log,
        onCall,
      });
      this.receiver = this.#socket;
    }
  }

  /** Whether Slack accepts the bot token; in Socket Mode, also whether the bot is connected. */
  get healthy(): boolean {
    return this.#token.isAccepted && this.openSockets !== 0;
  }

  /** How many Socket Mode connections are open. Undefined over HTTP. */
  get openSockets(): number | undefined {
    return this.#socket?.openConnections;
  }

  /** Slack doesn't have to be reachable yet. @throws StartError if Slack refuses a token */
  async start(): Promise<void> {
    await this.#token.start();
    await this.#socket?.start();
  }

  stopHealthCheck(): void {
    this.#token.stop();
  }

  async stop(): Promise<void> {
    await this.#socket?.stop();
  }
}

function httpReceiver(signingSecret: string, startedAt: number, logger: Logger, log: Log): HTTPReceiver {
  return new HTTPReceiver({
    signingSecret,
    logger,
    // To recognize a replayed request: only the part of the header that Bolt verifies.
    customPropertiesExtractor: ({ headers }) => ({
      signature: String(headers['x-slack-signature']).split('=')[1],
      isOutdated: Number(headers['x-slack-request-timestamp']) * 1000 < startedAt - SIGNED_BEFORE_START_MS,
    }),
    processEventErrorHandler: async ({ error, response }) => {
      log.warn(errorFields(error), 'A request was refused');
      if (!response.headersSent) response.writeHead(401).end();
      // Otherwise Bolt waits for an acknowledgement, and logs that it is missing.
      return true;
    },
  });
}
