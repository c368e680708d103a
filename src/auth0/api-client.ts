import type * as z from 'zod';
import type { Config } from '../config/config.ts';
import type { Log } from '../lib/log.ts';
import { once } from '../lib/memoize.ts';
import { type CallObserver, observe } from '../lib/observe.ts';
import { retry } from '../lib/retry.ts';
import { withTimeout } from '../lib/timeouts.ts';
import { withoutNulls } from '../lib/without-nulls.ts';
import { AccessToken } from './access-token.ts';
import { CallQueue, type WaitOptions } from './call-queue.ts';
import { Auth0Error, codeOf, toAuth0Error } from './errors.ts';
import { missingPermissions, type Permission } from './permissions.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Sdk } from './sdk.ts';
import { CALL_TIMEOUT_MS } from './timeouts.ts';

/** The endpoints that the bot calls, and the permission that each needs. Each has its own rate limit. */
const ENDPOINTS = {
  'POST sso-ticket': 'create:sso_access_tickets',
  'POST revoke': 'delete:sso_access_tickets',
  'GET self-service-profiles': 'read:self_service_profiles',
  'POST self-service-profiles': 'create:self_service_profiles',
  'GET self-service-profiles/{id}': 'read:self_service_profiles',
  'PATCH self-service-profiles/{id}': 'update:self_service_profiles',
  'GET self-service-profiles/{id}/custom-text': 'read:self_service_profile_custom_texts',
  'PUT self-service-profiles/{id}/custom-text': 'update:self_service_profile_custom_texts',
  'GET user-attribute-profiles': 'read:user_attribute_profiles',
  'GET clients': 'read:clients',
  'GET clients/{id}': 'read:clients',
  'GET organizations': 'read:organizations',
  'GET organizations/{id}': 'read:organizations',
  'GET organizations/name/{name}': 'read:organizations',
  'GET organizations/{id}/enabled_connections': 'read:organization_connections',
  'GET connections': 'read:connections',
  'GET connections/{id}': 'read:connections',
  'GET connections/{id}/clients': 'read:connections',
  'GET logs': 'read:logs',
} as const satisfies Record<string, Permission>;
export type Endpoint = keyof typeof ENDPOINTS;

/** Request options in the SDK's format. */
interface RequestOptions {
  abortSignal: AbortSignal;
  maxRetries: number;
  timeoutInSeconds: number;
  headers?: Record<string, string>;
}

/** A response from the SDK, not validated yet. */
interface RawAnswer {
  data: unknown;
  rawResponse: { headers: Headers };
}

export type Request = (sdk: Sdk, options: RequestOptions) => Promise<RawAnswer>;

/** A page from the SDK. */
interface RawPage {
  response: unknown;
  rawResponse: { headers: Headers };
}
export type PageRequest = (...args: Parameters<Request>) => Promise<RawPage>;

/** The SDK returns pages in a different format from other responses. */
export function pageAnswer(request: PageRequest): Request {
  return async (sdk, options) => {
    const { response, rawResponse } = await request(sdk, options);
    return { data: response, rawResponse };
  };
}

export interface ApiClientOptions {
  config: Config['auth0'];
  log: Log;
  /** Called after each call and each token request. */
  onCall?: CallObserver | undefined;
  /** Called when a call ends, with the time that it waited in the queue, in seconds. */
  onQueueWait?: ((seconds: number) => void) | undefined;
}

/**
 * Makes single calls to the Management API. Adds a token and a time limit, validates the response, and follows the
 * order of `CallQueue`. The SDK's retries are off, because the SDK would repeat a POST too.
 */
export class ApiClient {
  readonly #token: AccessToken;
  readonly #log: Log;
  readonly #onCall: CallObserver | undefined;
  readonly #limiter = new RateLimiter();
  readonly #queue: CallQueue;
  readonly #sdk: () => Promise<Sdk>;

  constructor({ config, log, onCall, onQueueWait }: ApiClientOptions) {
    this.#token = new AccessToken(config, onCall);
    this.#log = log;
    this.#onCall = onCall;
    this.#queue = new CallQueue(this.#limiter, onQueueWait);
    // Loading the SDK takes a third of the startup time, so it loads on the first call.
    this.#sdk = once(async () => {
      const { createSdk } = await import('./sdk.ts');
      return createSdk(config.domain, () => this.#token.get());
    });
  }

  /** The number of calls that people are waiting for and that haven't started. */
  get queueLength(): number {
    return this.#queue.length;
  }

  /** The permissions that the application lacks, according to its token. @throws Auth0Error */
  async missingPermissions(): Promise<Permission[]> {
    return missingPermissions(await this.#token.permissions());
  }

  /** A call that a person is waiting for. @throws Auth0Error */
  call<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request, wait?: WaitOptions): Promise<T> {
    return this.#queue.interactive(endpoint, () => this.#send(endpoint, schema, request), wait);
  }

  /** A call in the background. @throws Auth0Error */
  callInBackground<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request): Promise<T> {
    return this.#queue.background(endpoint, () => this.#send(endpoint, schema, request));
  }

  /** Looks up one entry. Undefined if Auth0 has none, or if the text can't be an ID or a name. @throws Auth0Error */
  async find<T>(
    endpoint: Endpoint,
    schema: z.ZodType<T>,
    request: Request,
    wait?: WaitOptions,
  ): Promise<T | undefined> {
    try {
      return await this.call(endpoint, schema, request, wait);
    } catch (error) {
      if (error instanceof Auth0Error && (error.status === 404 || error.status === 400)) return undefined;
      throw error;
    }
  }

  #send<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request): Promise<T> {
    return observe(this.#onCall, endpoint, () => this.#sendInTime(endpoint, schema, request), codeOf);
  }

  async #sendInTime<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request): Promise<T> {
    const permission = ENDPOINTS[endpoint];
    try {
      const answer = await withTimeout(CALL_TIMEOUT_MS, (signal) =>
        this.#sendWithToken(permission, request, signal),
      );
      this.#limiter.observe(endpoint, answer.rawResponse.headers);
      const parsed = schema.safeParse(withoutNulls(answer.data), { jitless: true });
      if (!parsed.success) throw new Auth0Error('failed', { permission, mayHaveHappened: true });
      const dropped = droppedIn(parsed.data);
      if (dropped > 0) this.#log.warn({ call: endpoint, dropped }, 'Auth0 sent unreadable records');
      return parsed.data;
    } catch (error) {
      const failure = toAuth0Error(error, permission);
      const { code, status, reason, network } = failure;
      // A lookup that finds nothing isn't a failure.
      const level =
        status === 404 && endpoint.startsWith('GET ') && endpoint.includes('{') ? 'debug' : 'warn';
      this.#log[level]({ call: endpoint, code, status, reason, network }, 'Auth0 call failed');
      throw failure;
    }
  }

  /** Retries a 401 once with a new token, because Auth0 may have revoked the old one. */
  async #sendWithToken(permission: Permission, request: Request, signal: AbortSignal): Promise<RawAnswer> {
    const sdk = await this.#sdk();
    const options = {
      // The SDK's own time limit ends at the headers, so it is only a fallback.
      abortSignal: signal,
      timeoutInSeconds: (2 * CALL_TIMEOUT_MS) / 1000,
      maxRetries: 0,
    };
    let token = '';
    return retry(
      async () => {
        token = await this.#token.get();
        return request(sdk, options).catch((error: unknown) => {
          throw toAuth0Error(error, permission);
        });
      },
      (error, failures) => {
        if (!isUnauthorized(error) || failures > 1) return undefined;
        this.#token.drop(token);
        return 0;
      },
    );
  }
}

/** The number of records that were left out of a page. */
function droppedIn(data: unknown): number {
  return typeof data === 'object' && data !== null && 'dropped' in data ? Number(data.dropped) : 0;
}

/** The 401 of a token request doesn't count. Its error has no permission. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof Auth0Error && error.status === 401 && error.permission !== undefined;
}
