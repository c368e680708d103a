import { createServer, type RequestListener, type Server } from 'node:http';
import { StartError } from './config/config.ts';
import { HTTP_RESPONSE_TIMEOUT_MS } from './slack/timeouts.ts';

/** The HTTP server: `GET /healthz`, and `POST /slack/events` if Slack reaches the bot over HTTP. */
export class HttpServer {
  readonly #server: Server;

  /** @param isHealthy for `/healthz` @param slackEvents undefined in Socket Mode */
  constructor({
    isHealthy,
    slackEvents,
  }: { isHealthy: () => boolean; slackEvents: RequestListener | undefined }) {
    this.#server = createServer((request, response) => {
      const { method, url } = request;
      if (method === 'GET' && url === '/healthz') {
        const healthy = isHealthy();
        response
          .writeHead(healthy ? 200 : 503, { 'content-type': 'text/plain' })
          .end(healthy ? 'ok\n' : 'not connected to Slack\n');
      } else if (slackEvents && method === 'POST' && url === '/slack/events') {
        response.setTimeout(HTTP_RESPONSE_TIMEOUT_MS, () => response.destroy());
        slackEvents(request, response);
      } else response.writeHead(404).end();
    });
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
