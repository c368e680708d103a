import { createServer, type Server } from 'node:http';
import { HTTPReceiver, type Logger, LogLevel, SocketModeReceiver, webApi } from '@slack/bolt';
import { createAudit } from './audit.ts';
import { createDirectory } from './auth0/directory.ts';
import { connectTenant, SCOPES } from './auth0/tenant.ts';
import { errorFields, type Log } from './log.ts';
import { createSeal } from './seal.ts';
import { type Settings, StartError } from './settings.ts';
import { createAccess } from './slack/access.ts';
import { API_OPTIONS, wholeWithin } from './slack/api.ts';
import type { Bot } from './slack/bot.ts';
import { listen } from './slack/listeners.ts';
import { createPeople } from './slack/people.ts';
import { Pipeline } from './slack/pipeline.ts';

/** The bot, tied together; nothing runs before `start`. */
export interface BotApp {
  /**
   * Opens the port and connects to Slack. Auth0 need not be there yet, nor Slack's connection.
   *
   * @returns the port of `/healthz` (and of `/slack/events` over HTTP)
   * @throws StartError with a readable sentence if the port is taken or Slack does not know the token
   */
  start(): Promise<{ port: number }>;
  /** Lets nothing new begin, and waits for what is under way, up to 25 seconds: a create call may take 15. */
  stop(): Promise<void>;
}

const STOP_MS = 25_000;
/** How often Slack is asked whether it still knows the bot, over HTTP. */
const HEALTH_CHECK_MS = 30_000;
/** When, after the start, Auth0 is asked for the permissions. */
const SCOPE_CHECK_MS = 500;
/** Slack's payloads stay far below this; Bolt answers 413 above it. */
const BODY_LIMIT = '1mb';
/** Slack waits 3 seconds for an answer. */
const ANSWER_MS = 10_000;
/** The answers of Slack's that no waiting mends. */
const TOKEN_REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
]);

export function createApp(settings: Settings, log: Log): BotApp {
  const stop = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const work = {
    stopping: stop.signal,
    track<T>(promise: Promise<T>): Promise<T> {
      underWay.add(promise);
      return promise.finally(() => underWay.delete(promise));
    },
  };

  const { connection, botToken, apiUrl } = settings.slack;
  const logger = boltLogger(log);
  const clientOptions = { ...API_OPTIONS, slackApiUrl: apiUrl, logger };
  const slack = new webApi.WebClient(botToken, clientOptions);
  const tenant = connectTenant(settings.auth0, log, stop.signal);
  const audit = createAudit(log);
  const people = createPeople(slack, log);
  const bot: Bot = {
    settings,
    tenant,
    directory: createDirectory(tenant, settings.policy),
    slack,
    people,
    access: createAccess(settings.access, settings.slack.command, people, audit, log),
    seal: createSeal(settings.sealKey),
    audit,
    log,
  };

  let healthy = false;
  const http = connection.mode === 'http' ? httpReceiver(connection.signingSecret, logger, log) : undefined;
  const socket =
    connection.mode === 'socket' ? socketReceiver(connection.appToken, apiUrl, logger) : undefined;
  const receiver = http ?? socket;
  if (!receiver) throw new Error('Slack reaches the bot either over HTTP or over Socket Mode');
  listen(new Pipeline(bot, work, receiver, { logger, clientOptions }), bot);

  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/healthz') {
      const ok = healthy && !stop.signal.aborted;
      response
        .writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' })
        .end(ok ? 'ok\n' : 'not connected to Slack\n');
    } else if (http && request.method === 'POST' && request.url === '/slack/events') {
      // Should nothing ever answer it, as with a payload that Bolt itself stumbles over.
      response.setTimeout(ANSWER_MS, () => response.destroy());
      http.requestListener(request, response);
    } else response.writeHead(404).end();
  });

  /** @throws StartError if Slack will never accept the token */
  async function checkToken(): Promise<void> {
    try {
      await slack.auth.test();
      healthy = true;
    } catch (error) {
      healthy = false;
      const refused = error instanceof webApi.WebAPIPlatformError ? error.data.error : '';
      log.error(errorFields(error), 'Slack did not answer auth.test with ok');
      if (TOKEN_REFUSED.has(refused)) throw new StartError(`Slack refuses SLACK_BOT_TOKEN (${refused}).`);
    }
  }

  /** Names in the log what will not work; the bot starts all the same, also while Auth0 cannot be reached. */
  async function checkScopes(): Promise<void> {
    try {
      for (const scope of await tenant.missingScopes()) {
        log.warn({ scope }, `The Auth0 application lacks the permission ${scope}: ${SCOPES[scope]}`);
      }
    } catch (error) {
      log.warn(errorFields(error), 'The permissions of the Auth0 application could not be checked');
    }
  }

  let healthCheck: NodeJS.Timeout | undefined;
  let scopeCheck: NodeJS.Timeout | undefined;
  return {
    async start() {
      const port = await listenOn(server, settings.port);
      try {
        await checkToken();
        if (socket) {
          healthy = false;
          socket.client.on('connected', () => {
            healthy = true;
            log.info('Connected to Slack over Socket Mode');
          });
          for (const lost of ['reconnecting', 'disconnected', 'close']) {
            socket.client.on(lost, () => {
              healthy = false;
            });
          }
          await startSocket(socket, log);
        } else {
          healthCheck = setInterval(() => checkToken().catch(() => undefined), HEALTH_CHECK_MS).unref();
        }
      } catch (error) {
        server.close();
        throw error;
      }
      // Whoever is waiting for the bot already goes first.
      scopeCheck = setTimeout(checkScopes, SCOPE_CHECK_MS).unref();
      log.info({ port, mode: connection.mode, tenant: settings.tenantLabel }, 'The bot is ready');
      return { port };
    },
    async stop() {
      clearInterval(healthCheck);
      clearTimeout(scopeCheck);
      stop.abort();
      server.close();
      const deadline = new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
      while (underWay.size > 0) {
        const over = await Promise.race([Promise.allSettled(underWay), deadline.then(() => 'over')]);
        if (over === 'over') {
          log.warn({ count: underWay.size }, 'Stopped before everything under way was finished');
          break;
        }
      }
      await socket?.stop();
      server.closeAllConnections();
    },
  };
}

function httpReceiver(signingSecret: string, logger: Logger, log: Log): HTTPReceiver {
  return new HTTPReceiver({
    signingSecret,
    logger,
    bodyLimit: BODY_LIMIT,
    // By which the pipeline knows a request that has been here before: the part that Bolt verifies, and no more.
    customPropertiesExtractor: ({ headers }) => ({
      signature: String(headers['x-slack-signature']).split('=')[1],
    }),
    processEventErrorHandler: async ({ error, response }) => {
      log.warn(errorFields(error), 'A request was refused');
      if (!response.headersSent) response.writeHead(401).end();
      return false;
    },
  });
}

function socketReceiver(appToken: string, slackApiUrl: string, logger: Logger): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger,
    installerOptions: {
      // An object of its own: the receiver changes it. It never gives up, since an end to the tries would end
      // in an unhandled rejection, and so in the end of the process.
      clientOptions: {
        slackApiUrl,
        fetch: wholeWithin(10_000),
        retryConfig: { forever: true, factor: 1.5, minTimeout: 500, maxTimeout: 15_000 },
      },
    },
  });
}

/** Waits for the first connection; a token that Slack refuses is the end, anything else is tried again. */
async function startSocket(socket: SocketModeReceiver, log: Log): Promise<void> {
  const connected = socket.start().catch((error: unknown) => {
    const refused = error instanceof webApi.WebAPIPlatformError ? error.data.error : String(error);
    throw new StartError(`Slack refuses SLACK_APP_TOKEN (${refused}).`);
  });
  const patience = new Promise((resolve) => setTimeout(resolve, 5_000, 'slow').unref());
  if ((await Promise.race([connected, patience])) === 'slow') {
    log.warn('Slack has not answered yet; the bot keeps trying to connect');
    connected.catch((error: unknown) => log.error(errorFields(error), 'The bot cannot connect to Slack'));
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use. Set PORT to another one, or stop what uses it.`
          : error.code === 'EACCES'
            ? `Port ${port} may not be opened by this user. Set PORT to one above 1023.`
            : `Port ${port} cannot be opened (${error.code}).`;
      reject(new StartError(reason));
    });
    server.listen(port, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/**
 * Bolt's log lines among ours. Its debug lines are left out, whatever the level: they hold payloads as they
 * came, with `response_url`s and what people typed.
 */
function boltLogger(log: Log): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level](
        { from: 'bolt' },
        parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '),
      );
  return {
    debug: () => undefined,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
