import type { RequestListener } from 'node:http';
import { HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { type Config, StartError } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { RequestReader } from './request-reader.ts';
import {
  CONNECTIONS_OPEN_TIMEOUT_MS,
  FIRST_CONNECTION_TIMEOUT_MS,
  HEALTH_CHECK_INTERVAL_MS,
} from './timeouts.ts';
import { fetchWithin, type SlackApi, slackErrorCode } from './web-api.ts';

/** Slack's error codes for a token that will never work. */
const TOKEN_REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
]);

/** How Slack reaches the bot: over HTTP, or over Socket Mode. */
export class SlackConnection {
  /** For Bolt. */
  readonly receiver: Receiver;
  /** Handles `POST /slack/events`. Undefined in Socket Mode. */
  readonly http: RequestListener | undefined;
  readonly #socket: SocketModeReceiver | undefined;
  readonly #slack: SlackApi;
  readonly #log: Log;
  #healthCheck: NodeJS.Timeout | undefined;
  #healthy = false;

  constructor(deps: { config: Config['slack']; slack: SlackApi; logger: Logger; log: Log }) {
    const { config, slack, logger, log } = deps;
    this.#slack = slack;
    this.#log = log;
    const { connection, apiUrl } = config;
    if (connection.mode === 'http') {
      const receiver = httpReceiver(connection.signingSecret, logger, log);
      this.http = new RequestReader({ handle: receiver.requestListener, log }).listener;
      this.receiver = receiver;
    } else {
      this.#socket = socketReceiver(connection.appToken, apiUrl, logger);
      this.receiver = this.#socket;
    }
  }

  /** Whether the bot is connected to Slack; over HTTP, whether Slack accepts the bot token. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Slack need not be reachable yet. @throws StartError if Slack refuses a token */
  async start(): Promise<void> {
    await this.#checkToken();
    if (this.#socket) {
      this.#healthy = false;
      await this.#startSocket(this.#socket);
    } else {
      const check = () => this.#checkToken().catch(() => undefined);
      this.#healthCheck = setInterval(check, HEALTH_CHECK_INTERVAL_MS).unref();
    }
  }

  stopHealthCheck(): void {
    clearInterval(this.#healthCheck);
  }

  async stop(): Promise<void> {
    await this.#socket?.stop();
  }

  /** @throws StartError if Slack will never accept the bot token */
  async #checkToken(): Promise<void> {
    try {
      await this.#slack.auth.test();
      this.#healthy = true;
    } catch (error) {
      this.#healthy = false;
      this.#log.error(errorFields(error), 'The call of auth.test failed');
      const code = slackErrorCode(error) ?? '';
      if (TOKEN_REFUSED.has(code)) throw new StartError(`Slack refuses SLACK_BOT_TOKEN (${code}).`);
    }
  }

  /** Waits for the first connection. A refused token ends the start; anything else is tried again. */
  async #startSocket(socket: SocketModeReceiver): Promise<void> {
    socket.client.on('connected', () => {
      this.#healthy = true;
      this.#log.info('Connected to Slack over Socket Mode');
    });
    for (const event of ['reconnecting', 'disconnected', 'close']) {
      socket.client.on(event, () => {
        this.#healthy = false;
      });
    }
    const connected = socket.start().catch((error: unknown) => {
      throw new StartError(`Slack refuses SLACK_APP_TOKEN (${slackErrorCode(error) ?? String(error)}).`);
    });
    const slow = new Promise((resolve) => setTimeout(resolve, FIRST_CONNECTION_TIMEOUT_MS, 'slow').unref());
    if ((await Promise.race([connected, slow])) === 'slow') {
      this.#log.warn('Slack has not answered yet. The bot keeps trying to connect');
      connected.catch((error: unknown) =>
        this.#log.error(errorFields(error), 'The bot cannot connect to Slack'),
      );
    }
  }
}

function httpReceiver(signingSecret: string, logger: Logger, log: Log): HTTPReceiver {
  return new HTTPReceiver({
    signingSecret,
    logger,
    // To recognize a replayed request: only the part of the header that Bolt verifies.
    customPropertiesExtractor: ({ headers }) => ({
      signature: String(headers['x-slack-signature']).split('=')[1],
    }),
    processEventErrorHandler: async ({ error, response }) => {
      log.warn(errorFields(error), 'A request was refused');
      if (!response.headersSent) response.writeHead(401).end();
      // Otherwise Bolt waits for an acknowledgement, and logs that it is missing.
      return true;
    },
  });
}

function socketReceiver(appToken: string, slackApiUrl: string, logger: Logger): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger,
    installerOptions: {
      // The receiver changes this object, so it must not be shared. It never gives up: the end of the retries would
      // be an unhandled rejection, which ends the process.
      clientOptions: {
        slackApiUrl,
        fetch: fetchWithin(CONNECTIONS_OPEN_TIMEOUT_MS),
        retryConfig: { forever: true, factor: 1.5, minTimeout: 500, maxTimeout: 15_000 },
      },
    },
  });
}
