import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { StartError } from './config/config.ts';
import {
  HTTP_REQUEST_TIMEOUT_MS,
  HTTP_RESPONSE_TIMEOUT_MS,
  HTTP_TIMEOUT_CHECK_INTERVAL_MS,
} from './slack/timeouts.ts';

/** Connections without a complete request. When there are more, the oldest is closed, so a new one can always open. */
const MAX_WAITING_CONNECTIONS = 500;
/** All connections, including those with a request in progress. Node refuses more. */
const MAX_CONNECTIONS = 2 * MAX_WAITING_CONNECTIONS;

/** The response to a GET request. Plain text, unless it has another type. */
export interface Page {
  status: number;
  body: string;
  type?: string;
}

/** What answers GET requests, by path. */
export type Pages = Map<string, (request: IncomingMessage) => Page | Promise<Page>>;

/** The HTTP server: some pages, and `POST /slack/events` if Slack reaches the bot over HTTP. */
export class HttpServer {
  readonly #server: Server;
  /** Connections without a complete request, oldest first. */
  readonly #waiting = new Set<Socket>();

  /** @param pages by path @param slackEvents undefined in Socket Mode */
  constructor({
    pages,
    slackEvents,
  }: {
    pages: Pages;
    slackEvents: RequestListener | undefined;
  }) {
    const timeouts = {
      headersTimeout: HTTP_REQUEST_TIMEOUT_MS,
      requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: HTTP_TIMEOUT_CHECK_INTERVAL_MS,
    };
    this.#server = createServer(timeouts, (request, response) => {
      const { method, url, socket } = request;
      const page = method === 'GET' ? pages.get(url ?? '') : undefined;
      if (page) {
        void sendPage(response, async () => page(request));
      } else if (slackEvents && method === 'POST' && url === '/slack/events') {
        response.setTimeout(HTTP_RESPONSE_TIMEOUT_MS, () => response.destroy());
        request.once('end', () => this.#waiting.delete(socket));
        response.once('finish', () => this.#addWaiting(socket));
        slackEvents(request, response);
      } else response.writeHead(404, { connection: 'close' }).end();
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket) => {
      this.#addWaiting(socket);
      socket.once('close', () => this.#waiting.delete(socket));
    });
  }

  /** Adds a connection that waits for its first or next request. */
  #addWaiting(socket: Socket): void {
    if (socket.destroyed) return;
    this.#waiting.add(socket);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > MAX_WAITING_CONNECTIONS) oldest?.destroy();
  }

  /** Opens the port, and returns it. @param port 0 for any free one @throws StartError if it can't be opened */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new StartError(portProblem(port, error.code))),
      );
      this.#server.listen(port, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Accepts no more connections. */
  close(): void {
    this.#server.close();
  }

  closeAllConnections(): void {
    this.#server.closeAllConnections();
  }
}

async function sendPage(response: ServerResponse, page: () => Promise<Page>): Promise<void> {
  try {
    const { status, body, type = 'text/plain' } = await page();
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  } catch {
    response.writeHead(500).end();
  }
}

function portProblem(port: number, code: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Set PORT to another one, or stop what uses it.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Set PORT to one above 1023.`;
    default:
      return `Port ${port} cannot be opened (${code}).`;
  }
}
