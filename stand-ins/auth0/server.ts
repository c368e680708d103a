import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Certificate, createCertificate } from '../certificate.ts';
import { FaultQueue } from '../fault-queue.ts';
import { type Fault, type Match, matchesRequest, send } from './faults.ts';
import { type EndpointLimit, type RateLimit, RateLimiter } from './limits.ts';
import { parseForm, parseJson, type RecordedRequest, record } from './requests.ts';
import { ApiError, type ApiResponse } from './response.ts';
import { defaultScopes, type Endpoint, findRoute } from './routes.ts';
import { openAssistant, submitStep } from './setup-assistant.ts';
import { defaultTenant, type TenantData } from './tenant.ts';
import { TenantState } from './tenant-state.ts';
import { AuthorizationServer, type TokenSettings } from './tokens.ts';

export type { RecordedRequest } from './requests.ts';
export { defaultScopes } from './routes.ts';

const MAX_CORRELATION_ID_LENGTH = 64;

export interface Auth0Options extends Partial<Certificate> {
  /** By default, a free port. */
  port?: number;
  /** Replaces parts of the default data. */
  tenant?: Partial<TenantData>;
}

/** Starts a stand-in for an Auth0 tenant on 127.0.0.1, over TLS. */
export async function startAuth0({ port = 0, cert, key, tenant }: Auth0Options = {}): Promise<Auth0> {
  const certificate = cert && key ? { cert, key } : await createCertificate();
  const server = createServer(certificate);
  await listen(server, port);
  return new Auth0(server, certificate.cert, { ...defaultTenant(), ...tenant });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

// A server that listens on a port has an address.
const hostOf = (server: Server) => `localhost:${(server.address() as AddressInfo).port}`;

/** The path of the setup assistant. */
const ASSISTANT = '/self-service/connections-flow';

/** A stand-in for an Auth0 tenant. Tests can change its data and settings at any time. */
export class Auth0 extends TenantState implements TokenSettings {
  /** The value for AUTH0_DOMAIN: `localhost:<port>`. */
  readonly domain: string;
  /** The certificate that clients must trust, as PEM. */
  readonly cert: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PKCS8 PEM, for `private_key_jwt`. */
  readonly clientPrivateKey: string;
  readonly requests: RecordedRequest[] = [];

  // See TokenSettings.
  scopes = [...defaultScopes];
  tokenLifetime = 86_400;
  grantDisabled = false;
  installationProblem: TokenSettings['installationProblem'];
  clockOffset = 0;
  tokenQuotaReset: TokenSettings['tokenQuotaReset'];
  publicKey: TokenSettings['publicKey'];

  /** The endpoints that the tenant's subscription doesn't include. */
  notEntitled: Endpoint[] = [];
  /** The limit of the whole Management API. */
  rateLimit: RateLimit | undefined;
  /** Additional limits of single endpoints. */
  endpointLimits: Partial<Record<Endpoint, EndpointLimit>> = {};
  /** Delays every response, in milliseconds. */
  latency = 0;

  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #authorization: AuthorizationServer;
  readonly #faults = new FaultQueue<Match, RecordedRequest, Fault>(matchesRequest);
  readonly #rateLimiter = new RateLimiter();

  /** How many TCP connections there have been. */
  connectionCount = 0;

  /** @internal Use `startAuth0`. */
  constructor(server: Server, cert: string, data: TenantData) {
    super(data, `https://${hostOf(server)}`);
    this.domain = hostOf(server);
    this.cert = cert;
    this.#authorization = new AuthorizationServer(this.domain);
    this.clientId = this.#authorization.clientId;
    this.clientSecret = this.#authorization.clientSecret;
    this.clientPrivateKey = this.#authorization.clientPrivateKey;
    server.on('connection', () => {
      this.connectionCount += 1;
    });
    this.#add(server);
  }

  /** Serves the setup assistant over plain HTTP too, and creates links that open there without a warning. */
  async openLinksOverHttp(): Promise<void> {
    const server = createHttpServer();
    await listen(server, 0);
    this.#add(server, ASSISTANT);
    this.linkOrigin = `http://${hostOf(server)}`;
  }

  /** @param only the beginning of the paths that this server has */
  #add(server: Server, only = '/'): void {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      if (!request.url?.startsWith(only)) return response.writeHead(404).end();
      this.#serve(request, response).catch((error: unknown) => {
        // Clients may disconnect while they send a request.
        if (!request.destroyed) console.error('The Auth0 stand-in failed:', error);
        response.destroy();
      });
    });
  }

  /** Invalidates all tokens issued so far. */
  dropTokens(): void {
    this.#authorization.dropTokens();
  }

  /** Makes the next `times` matching requests fail, by default all: `auth0.fail({ path: '/clients' }, 'hang', 2)`. */
  fail(match: Match, fault: Fault, times?: number): void {
    this.#faults.add(match, fault, times);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Closes all connections, and keeps accepting new ones. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Stops the server and closes all connections. */
  stop(): Promise<unknown> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.dropConnections();
    return Promise.all(closed);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const raw = await text(request);
    const recorded = record(request, raw, at);
    this.requests.push(recorded);
    response.once('finish', () => {
      recorded.ms = Date.now() - at;
    });
    response.once('close', () => {
      if (!response.headersSent) recorded.lost = true;
    });
    const fault = this.#faults.take(recorded);
    if (this.latency > 0) await sleep(this.latency);
    if (fault === 'hang') return;
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    if (typeof fault === 'object' && 'delay' in fault) await sleep(fault.delay);
    if (typeof fault === 'object' && 'status' in fault) send(response, fault);
    else send(response, await this.#handle(request, recorded, raw), fault);
    recorded.status = response.headersSent ? response.statusCode : 0;
  }

  async #handle(request: IncomingMessage, recorded: RecordedRequest, raw: string): Promise<ApiResponse> {
    const { method, path, query } = recorded;
    if (path.startsWith('/api/v2/')) return this.#handleApi(request, recorded, raw);
    if (path === '/oauth/token' && method === 'POST') {
      return this.#authorization.issue(parseForm(request, raw), this);
    }
    if (path === ASSISTANT) {
      const ticketId = String(query.ticket ?? '');
      if (method === 'POST') return submitStep(this, ticketId, parseForm(request, raw));
      if (method === 'GET' || method === 'HEAD') return openAssistant(this, ticketId);
    }
    return new ApiError(404, 'Not Found').response;
  }

  async #handleApi(request: IncomingMessage, recorded: RecordedRequest, raw: string): Promise<ApiResponse> {
    const { method, path, query, headers } = recorded;
    const route = findRoute(method, path);
    const endpointLimits: Record<string, EndpointLimit | undefined> = this.endpointLimits;
    const limit = this.#rateLimiter.check([this.rateLimit, route && endpointLimits[route.name]]);
    const response = await errorsAsResponses(async () => {
      if (!limit.allowed) throw new ApiError(429, 'Global limit has been reached', 'too_many_requests');
      const scopes = await this.#authorization.check(request.headers.authorization);
      if (!route) throw new ApiError(404, 'Not Found');
      if ((headers['x-correlation-id'] ?? '').length > MAX_CORRELATION_ID_LENGTH) {
        throw new ApiError(400, 'X-Correlation-ID must have at most 64 characters', 'invalid_headers');
      }
      if (this.notEntitled.some((endpoint) => endpoint === route.name)) {
        const message = 'Please upgrade your subscription to use self-service enterprise configuration';
        throw new ApiError(403, message, 'insufficient_entitlement');
      }
      const body = method === 'GET' ? undefined : parseJson(request, raw);
      const customDomain = headers['auth0-custom-domain'];
      return route.handle({ tenant: this, scopes, query, customDomain, body });
    });
    return { ...response, headers: { ...response.headers, ...limit.headers } };
  }
}

async function errorsAsResponses(handle: () => Promise<ApiResponse>): Promise<ApiResponse> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof ApiError) return error.response;
    throw error;
  }
}
