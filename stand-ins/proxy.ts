import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** An HTTP proxy that tunnels with CONNECT, like a company's proxy to the internet. */
export class HttpProxy {
  /** The target of each CONNECT, such as `localhost:443`, in order. */
  readonly connects: string[] = [];
  /** The Basic credentials that each CONNECT must have, as in a URL. */
  readonly #credentials: string | undefined;
  readonly #server: Server;
  readonly #streams = new Set<Duplex>();

  constructor(credentials?: string) {
    this.#credentials = credentials;
    this.#server = createServer((_, response) => response.writeHead(405).end());
    this.#server.on('connect', ({ url = '', headers }, client) => {
      const expected =
        this.#credentials && `Basic ${Buffer.from(decodeURIComponent(this.#credentials)).toString('base64')}`;
      if (headers['proxy-authorization'] !== expected) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      this.connects.push(url);
      this.#tunnel(url, client);
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The value for HTTPS_PROXY. */
  get url(): string {
    // A server that listens on a port has an address.
    const { port } = this.#server.address() as AddressInfo;
    return `http://${this.#credentials ? `${this.#credentials}@` : ''}127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #tunnel(url: string, client: Duplex): void {
    const { hostname, port } = new URL(`tcp://${url}`);
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const stream of [client, target]) {
      this.#streams.add(stream);
      stream.on('error', () => undefined);
      stream.once('close', () => {
        this.#streams.delete(stream);
        client.destroy();
        target.destroy();
      });
    }
  }
}

/** Starts a proxy on 127.0.0.1. @param credentials `user:password` as in a URL, if it asks for them */
export async function startProxy(credentials?: string): Promise<HttpProxy> {
  const proxy = new HttpProxy(credentials);
  await proxy.listen();
  return proxy;
}
