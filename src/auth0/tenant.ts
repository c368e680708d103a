import { setTimeout as sleep } from 'node:timers/promises';
import { createManagementAuth, ManagementClient, ManagementError } from 'auth0/management';
import { decodeJwt } from 'jose';
import PQueue from 'p-queue';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import type { TicketBody } from '../ticket/field.ts';
import type { Client, Connection, Organization, Profile } from '../ticket/tenant.ts';
import { Auth0Problem, toProblem } from './problem.ts';
import {
  CLIENT_FIELDS,
  CONNECTION_FIELDS,
  clientPage,
  clientShape,
  connectionPage,
  connectionShape,
  organizationPage,
  organizationShape,
  type Page,
  profilePage,
  ticketShape,
} from './shapes.ts';

/** A ticket as Auth0 made it. Whoever has the URL or the ID has the ticket: neither is ever logged. */
export interface Ticket {
  id: string;
  url: string;
}

/** One page of a list, from a checkpoint or from the beginning. */
export type ListPage<T> = (from?: string) => Promise<Page<T>>;

/** The calls that the bot makes to the Auth0 Management API; each fails with an `Auth0Problem`. */
export interface Tenant {
  /** The permissions of `SCOPES` that the bot's application lacks, by the token that Auth0 gives it. */
  missingScopes(): Promise<Scope[]>;
  profiles: ListPage<Profile>;
  clients: ListPage<Client>;
  organizations: ListPage<Organization>;
  connections: ListPage<Connection>;
  /** Exact look-ups, for what is in no list yet; undefined where Auth0 knows none. */
  clientById(id: string): Promise<Client | undefined>;
  organizationById(id: string): Promise<Organization | undefined>;
  organizationByName(name: string): Promise<Organization | undefined>;
  connectionById(id: string): Promise<Connection | undefined>;
  connectionByName(name: string): Promise<Connection | undefined>;
  /**
   * Makes one ticket. A 401 (with a fresh token, once) and a 429 (for up to `RATE_LIMIT_BUDGET_MS`) are tried
   * again, since nothing was made; nothing else is, because the call is not idempotent.
   *
   * @param correlationId at most 64 characters; the tenant's log keeps it as `references.correlation_id`
   * @param customDomain the custom domain that the link opens on
   * @param onWait told before each wait for the rate limit, with its length in seconds
   */
  createTicket(
    profileId: string,
    body: TicketBody,
    options: { correlationId: string; customDomain?: string | undefined; onWait?: (seconds: number) => void },
  ): Promise<Ticket>;
  /** Ends a ticket, and the sessions begun with it. Auth0 accepts this also for a ticket it does not know. */
  revokeTicket(profileId: string, ticketId: string, options: { correlationId: string }): Promise<void>;
}

/** The permissions that the bot uses, and what does not work without each. */
export const SCOPES = {
  'create:sso_access_tickets': 'no link can be made',
  'delete:sso_access_tickets': 'no link can be revoked, not even one that could not be delivered',
  'read:self_service_profiles': 'no form opens',
  'read:clients': 'applications cannot be found',
  'read:organizations': 'organizations cannot be found',
  'read:connections': 'connections cannot be found, and only Auth0 notices that a name is taken',
} as const;
type Scope = keyof typeof SCOPES;
const SCOPE_NAMES = Object.keys(SCOPES) as Scope[]; // the keys of an object without others

/** How long one call may take, to the end of its body. */
const CALL_TIMEOUT_MS = 15_000;
/** How long a create or revoke may wait, in all, for the rate limit to let it through. */
const RATE_LIMIT_BUDGET_MS = 30_000;
const PAGE_SIZE = 100;

/** A request's options, as the SDK takes them. */
interface RequestOptions {
  abortSignal: AbortSignal;
  maxRetries: number;
  timeoutInSeconds: number;
}

type Work<T> = (options: RequestOptions) => Promise<T>;

/** How many calls are under way at once, at most. */
const CONCURRENCY = 10;
const BACKGROUND = 0;
const WAITED_FOR = 1;

/** At most five pages a second. */
const PAGE_PAUSE_MS = 200;
/** Background listing leaves this share of an endpoint's allowance to the tenant's own backends. */
const LEFT_TO_OTHERS = 3 / 4;

/**
 * Connects to the tenant; makes no call yet.
 *
 * @param stopping once aborted, no ticket is begun and no one waits for the rate limit
 */
export function connectTenant(settings: Settings['auth0'], log: Log, stopping: AbortSignal): Tenant {
  const { domain, clientId, credential } = settings;
  const authenticate = () =>
    createManagementAuth({
      domain,
      clientId,
      ...('privateKey' in credential
        ? { clientAssertionSigningKey: credential.privateKey }
        : { clientSecret: credential.clientSecret }),
    });
  // The SDK keeps a token until it expires; only a new one of these drops it.
  let auth = authenticate();
  const sdk = new ManagementClient({ domain, token: () => auth.getToken() });

  const queue = new PQueue({ concurrency: CONCURRENCY });

  async function once<T>(scope: Scope, work: Work<T>): Promise<T> {
    try {
      await auth.getToken();
    } catch (error) {
      throw tokenProblem(error, scope);
    }
    return work({
      // The SDK's own time limit ends at the headers; the signal holds to the end of the body.
      abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      timeoutInSeconds: (2 * CALL_TIMEOUT_MS) / 1000,
      // The SDK would repeat a POST too, on 429 and 5xx.
      maxRetries: 0,
    });
  }

  /** One call; once more with a fresh token if Auth0 has taken the token back. */
  async function callNow<T>(scope: Scope, work: Work<T>): Promise<T> {
    const used = auth;
    try {
      return await once(scope, work).catch((error: unknown) => {
        if (!(error instanceof ManagementError) || error.statusCode !== 401) throw error;
        // Of many calls that find the token gone, one gets the new one for all.
        if (auth === used) auth = authenticate();
        return once(scope, work);
      });
    } catch (error) {
      const problem = toProblem(error, scope);
      const { kind, status, reason } = problem;
      log.warn({ scope, kind, status, reason }, 'Auth0 call failed');
      throw problem;
    }
  }

  /** One call in its turn: what a person waits for comes before what is fetched in the background. */
  const call = <T>(scope: Scope, work: Work<T>, priority = WAITED_FOR): Promise<T> =>
    queue.add(() => callNow(scope, work), { priority });

  /** A call that is worth waiting for: once more when the rate limit allows it. */
  async function patiently<T>(
    scope: Scope,
    work: Work<T>,
    wait: { signal?: AbortSignal; onWait?: ((seconds: number) => void) | undefined },
  ): Promise<T> {
    const deadline = Date.now() + RATE_LIMIT_BUDGET_MS;
    for (let tries = 0; ; tries += 1) {
      if (wait.signal?.aborted) throw new Auth0Problem('stopping', scope);
      try {
        return await call(scope, work);
      } catch (error) {
        if (!(error instanceof Auth0Problem) || error.kind !== 'rate_limited') throw error;
        const pause = untilRetry(error, tries);
        if (Date.now() + pause > deadline) throw error;
        wait.onWait?.(Math.ceil(pause / 1000));
        await sleep(pause, undefined, { ...(wait.signal && { signal: wait.signal }) }).catch(() => undefined);
      }
    }
  }

  /** A look-up of one: undefined where Auth0 has none, or where the text cannot be an ID or a name at all. */
  async function find<T>(scope: Scope, shape: z.ZodType<T>, work: Work<unknown>): Promise<T | undefined> {
    try {
      return parse(shape, await call(scope, work), scope);
    } catch (error) {
      if (error instanceof Auth0Problem && (error.status === 404 || error.status === 400)) return undefined;
      throw error;
    }
  }

  /** One page of a list, and how long to leave the tenant's own backends alone before the next. */
  async function list<T>(
    scope: Scope,
    shape: z.ZodType<Page<T>>,
    work: Work<{ response: unknown; rawResponse: { headers: Headers } }>,
    priority = BACKGROUND,
  ): Promise<Page<T>> {
    const { response, rawResponse } = await call(scope, work, priority);
    return { ...parse(shape, response, scope), pauseMs: pauseAfter(rawResponse.headers) };
  }

  return {
    async missingScopes() {
      try {
        const { scope } = decodeJwt<{ scope?: string }>(await auth.getToken());
        const granted = new Set(scope?.split(' '));
        // The lesser of the two permissions that let clients be listed.
        if (granted.has('read:client_summary')) granted.add('read:clients');
        return SCOPE_NAMES.filter((name) => !granted.has(name));
      } catch (error) {
        throw tokenProblem(error, 'create:sso_access_tickets');
      }
    },
    profiles: () =>
      // At most 20 in a tenant: one page holds them all.
      list(
        'read:self_service_profiles',
        profilePage,
        (options) => sdk.selfServiceProfiles.list({ per_page: PAGE_SIZE }, options),
        // No form opens without them.
        WAITED_FOR,
      ),
    clients: (from) =>
      list('read:clients', clientPage, (options) =>
        sdk.clients.list(
          // The SDK knows only offset paging here, which ends at 1,000: null keeps its own parameters out.
          {
            fields: CLIENT_FIELDS,
            include_fields: true,
            is_global: false,
            page: null,
            per_page: null,
            include_totals: null,
          },
          { ...options, queryParams: { take: PAGE_SIZE, ...(from && { from }) } },
        ),
      ),
    organizations: (from) =>
      list('read:organizations', organizationPage, (options) =>
        sdk.organizations.list({ take: PAGE_SIZE, ...(from && { from }) }, options),
      ),
    connections: (from) =>
      list('read:connections', connectionPage, (options) =>
        sdk.connections.list(
          { take: PAGE_SIZE, fields: CONNECTION_FIELDS, include_fields: true, ...(from && { from }) },
          options,
        ),
      ),
    clientById: (id) =>
      find('read:clients', clientShape, (options) =>
        sdk.clients.get(id, { fields: CLIENT_FIELDS, include_fields: true }, options),
      ),
    organizationById: (id) =>
      find('read:organizations', organizationShape, (options) => sdk.organizations.get(id, options)),
    organizationByName: (name) =>
      find('read:organizations', organizationShape, (options) => sdk.organizations.getByName(name, options)),
    connectionById: (id) =>
      find('read:connections', connectionShape, (options) =>
        sdk.connections.get(id, { fields: CONNECTION_FIELDS, include_fields: true }, options),
      ),
    async connectionByName(name) {
      const named = await list(
        'read:connections',
        connectionPage,
        (options) => sdk.connections.list({ name, fields: CONNECTION_FIELDS, include_fields: true }, options),
        WAITED_FOR,
      );
      return named.entries[0];
    },
    async createTicket(profileId, body, { correlationId, customDomain, onWait }) {
      const scope = 'create:sso_access_tickets';
      const headers = {
        'X-Correlation-ID': correlationId,
        ...(customDomain && { 'auth0-custom-domain': customDomain }),
      };
      const created = await patiently(
        scope,
        (options) => sdk.selfServiceProfiles.ssoTicket.create(profileId, body, { ...options, headers }),
        { signal: stopping, onWait },
      );
      return parse(ticketShape, created, scope);
    },
    async revokeTicket(profileId, ticketId, { correlationId }) {
      const headers = { 'X-Correlation-ID': correlationId };
      await patiently(
        'delete:sso_access_tickets',
        (options) => sdk.selfServiceProfiles.ssoTicket.revoke(profileId, ticketId, { ...options, headers }),
        {},
      );
    },
  };
}

function parse<T>(shape: z.ZodType<T>, answer: unknown, scope: Scope): T {
  const parsed = shape.safeParse(answer, { jitless: true });
  if (!parsed.success) throw new Auth0Problem('failed', scope, { mayHaveHappened: true });
  return parsed.data;
}

/** Whatever went wrong at the token endpoint, the call itself was never made. */
function tokenProblem(error: unknown, scope: Scope): Auth0Problem {
  const { status, kind } = toProblem(error, scope);
  if (kind === 'rate_limited') return new Auth0Problem(kind, scope, { status });
  // Auth0 answers wrong credentials with 401, and an application without access to the API with 403.
  const refused = status !== undefined && status < 500 && status !== 408;
  return new Auth0Problem(refused ? 'credentials' : 'unreachable', scope, { status });
}

/** How long to wait after a page, in ms: longer where its endpoint's allowance gets low. */
function pauseAfter(headers: Headers): number {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
  );
  if (!limit || remaining === undefined || !reset || remaining >= limit * LEFT_TO_OTHERS)
    return PAGE_PAUSE_MS;
  return Math.max(PAGE_PAUSE_MS, reset * 1000 - Date.now());
}

/** How long to wait for the rate limit, in ms: as Auth0 says, else longer each time; never all in step. */
function untilRetry({ retryAt }: Auth0Problem, tries: number): number {
  const told = (retryAt ?? 0) - Date.now();
  return (told > 0 ? told : 500 * 2 ** Math.min(tries, 4)) + Math.random() * 500;
}
