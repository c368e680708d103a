import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCertificate } from '../certificate.ts';
import { type Answer, invalidBody, Refusal } from './answer.ts';
import { type Endpoint, findRoute } from './api.ts';
import { completeTicket, finishTicket, openTicket } from './assistant.ts';
import { type Behaviour, createFaults, type Match, send } from './faults.ts';
import { createLimiter, type EndpointLimit, type RateLimit } from './limits.ts';
import { type Query, toQuery } from './lists.ts';
import { type Connection, defaultTenant, type TenantData } from './tenant.ts';
import type { Tenant } from './ticket.ts';
import { createAuthorization } from './tokens.ts';

export interface Auth0Options {
  /** A free one by default. */
  port?: number;
  /** PEM, together with `key`; by default a certificate of its own is made. */
  cert?: string;
  key?: string;
  /** What the tenant holds in place of the default. */
  tenant?: Partial<TenantData>;
}

/** A request, as the tenant saw it. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Query;
  headers: {
    'x-correlation-id'?: string;
    'auth0-custom-domain'?: string;
    'auth0-client'?: string;
    /** Whether there was one. */
    authorization: boolean;
  };
  /** Parsed if JSON or a form; client secrets are left out. */
  body: unknown;
  /** 0 until answered, and if the connection was closed instead. */
  status: number;
  /** When it came, in milliseconds since 1970. */
  at: number;
  /** How long the answer took to leave. */
  ms: number;
  /** Set once the connection was closed without an answer. */
  lost?: true;
}

/** A running stand-in of an Auth0 tenant. Its data and settings may be changed at any time. */
export interface Auth0 extends Tenant {
  /** For AUTH0_DOMAIN: `localhost:<port>`. */
  readonly domain: string;
  /** The certificate to trust, PEM. */
  readonly cert: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PKCS8 PEM, for private_key_jwt. */
  readonly clientPrivateKey: string;
  /** What the application may do; goes into the tokens issued from now on. */
  scopes: string[];
  /** Of the tokens issued from now on, in seconds. */
  tokenLifetime: number;
  /** Whether the application's client credentials grant is switched off. */
  grantDisabled: boolean;
  readonly requests: RecordedRequest[];
  /** One bucket for the whole Management API. */
  rateLimit: RateLimit | undefined;
  /** Buckets of single endpoints, in addition. */
  endpointLimits: Partial<Record<Endpoint, EndpointLimit>>;
  /** Delay of every answer, in milliseconds. */
  latency: number;
  /** Refuses every token issued so far. */
  dropTokens(): void;
  /** Lets matching calls go wrong: `auth0.fail({ path: '/clients' }, 'hang', 2)`. */
  fail(match: Match, behaviour: Behaviour, times?: number): void;
  /** Ends all faults. */
  heal(): void;
  /** Does what a customer's admin does with the link. Throws if the ticket cannot be used. */
  complete(ticketId: string, provider: string): Connection;
  /** Closes every connection at once; new ones are taken. */
  dropConnections(): void;
  /** Closes the server and every connection at once. */
  stop(): Promise<void>;
}

/** What the application may do from the start. */
export const defaultScopes: readonly string[] = [
  'read:self_service_profiles',
  'create:sso_access_tickets',
  'delete:sso_access_tickets',
  'read:clients',
  'read:organizations',
  'read:connections',
];

/** Starts a stand-in of an Auth0 tenant on 127.0.0.1, over TLS. */
export async function startAuth0(options: Auth0Options = {}): Promise<Auth0> {
  const { cert, key } =
    options.cert && options.key ? { cert: options.cert, key: options.key } : await createCertificate();
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const domain = `localhost:${address.port}`;

  const authorization = createAuthorization(domain);
  const faults = createFaults();
  const auth0: Auth0 = {
    ...defaultTenant(),
    ...options.tenant,
    domain,
    cert,
    clientId: authorization.clientId,
    clientSecret: authorization.clientSecret,
    clientPrivateKey: authorization.clientPrivateKey,
    tickets: [],
    scopes: [...defaultScopes],
    tokenLifetime: 86_400,
    grantDisabled: false,
    requests: [],
    rateLimit: undefined,
    endpointLimits: {},
    latency: 0,
    dropTokens: authorization.dropTokens,
    fail: faults.fail,
    heal: faults.heal,
    complete: (ticketId, provider) => completeTicket(auth0, ticketId, provider),
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        auth0.dropConnections();
      }),
  };
  const pass = createLimiter();

  async function answerApi(
    request: IncomingMessage,
    recorded: RecordedRequest,
    raw: string,
  ): Promise<Answer> {
    const route = findRoute(recorded.method, recorded.path);
    const limits: Record<string, EndpointLimit | undefined> = auth0.endpointLimits;
    const limit = route && limits[route.name];
    const { allowed, headers } = pass([auth0.rateLimit, limit]);
    const answer = await refusalsAsAnswers(async () => {
      if (!allowed) throw new Refusal(429, 'Global limit has been reached', 'too_many_requests');
      const scopes = await authorization.check(request.headers.authorization);
      if (!route) throw new Refusal(404, 'Not Found');
      if ((recorded.headers['x-correlation-id'] ?? '').length > 64) {
        throw new Refusal(400, 'X-Correlation-ID must have at most 64 characters', 'invalid_headers');
      }
      const body = recorded.method === 'POST' ? readJson(request, raw) : undefined;
      return route.answer({ domain, tenant: auth0, scopes, query: recorded.query, body });
    });
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }

  async function answer(request: IncomingMessage, recorded: RecordedRequest, raw: string): Promise<Answer> {
    const { method, path, query } = recorded;
    if (path.startsWith('/api/v2/')) return answerApi(request, recorded, raw);
    if (path === '/oauth/token' && method === 'POST') {
      return authorization.issue(readForm(request, raw), auth0);
    }
    if (path === '/self-service/connections-flow') {
      const ticketId = String(query.ticket ?? '');
      if (method === 'POST') return finishTicket(auth0, ticketId, String(readForm(request, raw).provider));
      if (method === 'GET' || method === 'HEAD') return openTicket(auth0, ticketId);
    }
    return new Refusal(404, 'Not Found').answer;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const raw = await text(request);
    const recorded = record(request, raw, at);
    auth0.requests.push(recorded);
    response.once('finish', () => {
      recorded.ms = Date.now() - at;
    });
    response.once('close', () => {
      if (!response.headersSent) recorded.lost = true;
    });
    const fault = faults.take(recorded.method, recorded.path);
    if (auth0.latency > 0) await sleep(auth0.latency);
    if (fault === 'hang') return;
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    if (typeof fault === 'object' && 'delay' in fault) await sleep(fault.delay);
    const planned = typeof fault === 'object' && 'status' in fault;
    send(response, planned ? fault : await answer(request, recorded, raw), planned ? undefined : fault);
    recorded.status = response.headersSent ? response.statusCode : 0;
  }

  server.on('request', (request, response) => {
    // A client that leaves in the middle of its own request is no failure of ours.
    serve(request, response).catch((error: unknown) => {
      if (!request.destroyed) console.error('The Auth0 stand-in failed:', error);
      response.destroy();
    });
  });
  return auth0;
}

async function refusalsAsAnswers(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function readJson(request: IncomingMessage, raw: string): unknown {
  if (raw === '') return undefined;
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw invalidBody('Expected content type application/json');
  }
  try {
    return JSON.parse(raw, (key, value: unknown) => {
      // Libraries drop such a key in silence, and what it holds would escape the rules.
      if (key === '__proto__') throw new SyntaxError(key);
      return value;
    });
  } catch {
    throw invalidBody('The body is not JSON');
  }
}

function readForm(request: IncomingMessage, raw: string): Record<string, unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return toQuery(new URLSearchParams(raw));
  }
  const value = parse(raw);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** JSON, or else the text itself. */
function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

const secrets = ['client_secret', 'client_assertion'];

function record(request: IncomingMessage, raw: string, at: number): RecordedRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
  const headers: RecordedRequest['headers'] = { authorization: request.headers.authorization !== undefined };
  for (const name of ['x-correlation-id', 'auth0-custom-domain', 'auth0-client'] as const) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const form = () =>
    Object.fromEntries(Object.entries(readForm(request, raw)).filter(([name]) => !secrets.includes(name)));
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: toQuery(searchParams),
    headers,
    body: raw === '' ? undefined : pathname.startsWith('/api/v2/') ? parse(raw) : form(),
    status: 0,
    at,
    ms: 0,
  };
}
