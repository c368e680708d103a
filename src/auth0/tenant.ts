import { z } from 'zod';
import type { Log } from '../log.ts';
import { timeLimited } from '../patience.ts';
import type { Settings } from '../settings.ts';
import type { TicketBody } from '../ticket/field.ts';
import type { Client, Connection, Organization, Profile } from '../ticket/tenant.ts';
import { Auth0Problem, tokenProblem, toProblem } from './problem.ts';
import type { Sdk } from './sdk.ts';
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
import { createToken } from './token.ts';
import { createTurns, type Waiting } from './turns.ts';

/** A ticket as Auth0 made it. Whoever has the URL or the ID has the ticket: neither is ever logged. */
export interface Ticket {
  id: string;
  url: string;
}

/**
 * One page of a list, from a checkpoint or from the beginning. `waitedFor`: a person cannot go on without it, so it
 * does not stand back.
 */
export type ListPage<T> = (from: string | undefined, waitedFor: boolean) => Promise<Page<T>>;

/** The calls that the bot makes to the Auth0 Management API; each fails with an `Auth0Problem`. */
export interface Tenant {
  /** The permissions of `SCOPES` that the bot's application lacks, by the token that Auth0 gives it. */
  missingScopes(): Promise<Scope[]>;
  profiles(): Promise<Page<Profile>>;
  clients: ListPage<Client>;
  organizations: ListPage<Organization>;
  connections: ListPage<Connection>;
  /** Exact look-ups, for what is in no list yet; undefined where Auth0 knows none. */
  clientById(id: string): Promise<Client | undefined>;
  organizationById(id: string): Promise<Organization | undefined>;
  organizationByName(name: string): Promise<Organization | undefined>;
  /** `onWait`: somebody waits for the answer, as they would for the ticket itself. */
  connectionById(id: string, onWait?: Waiting['onWait']): Promise<Connection | undefined>;
  connectionByName(name: string): Promise<Connection | undefined>;
  /**
   * Makes one ticket. A 401 (with a fresh token, once) and a 429 (for up to `RATE_LIMIT_BUDGET_MS`) are tried
   * again, since nothing was made; nothing else is, because the call is not idempotent.
   *
   * @param correlationId at most 64 characters; the tenant's log keeps it as `references.correlation_id`
   * @param customDomain the custom domain that the link opens on
   * @param onWait told before each wait for the rate limit how it stands, and undefined once the call is under way
   */
  createTicket(
    profileId: string,
    body: TicketBody,
    options: {
      correlationId: string;
      customDomain?: string | undefined;
      onWait?: Waiting['onWait'];
    },
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

/** The calls that the bot makes, each with an allowance of its own at Auth0, and the permission that each needs. */
const CALLS = {
  'POST sso-ticket': 'create:sso_access_tickets',
  'POST revoke': 'delete:sso_access_tickets',
  'GET self-service-profiles': 'read:self_service_profiles',
  'GET clients': 'read:clients',
  'GET clients/{id}': 'read:clients',
  'GET organizations': 'read:organizations',
  'GET organizations/{id}': 'read:organizations',
  'GET organizations/name/{name}': 'read:organizations',
  'GET connections': 'read:connections',
  'GET connections/{id}': 'read:connections',
} as const satisfies Record<string, Scope>;
type Call = keyof typeof CALLS;

/** How long one call may take, to the end of its body, a fresh token and a second try with it included. */
const CALL_TIMEOUT_MS = 15_000;
/** How long a create or revoke may wait, in all, for the rate limit to let it through. */
const RATE_LIMIT_BUDGET_MS = 30_000;
/** The same for a list that a form waits for. */
const FORM_BUDGET_MS = 5_000;
const PAGE_SIZE = 100;

/** A request's options, as the SDK takes them. */
interface RequestOptions {
  abortSignal: AbortSignal;
  maxRetries: number;
  timeoutInSeconds: number;
}

/** An answer as the SDK gives it, not yet looked at. */
interface Answer {
  data: unknown;
  rawResponse: { headers: Headers };
}

type Work = (sdk: Sdk, request: RequestOptions) => Promise<Answer>;

/** A page as the SDK gives it. */
interface RawPage {
  response: unknown;
  rawResponse: { headers: Headers };
}

/**
 * Connects to the tenant; makes no call yet.
 *
 * @param stopping once aborted, no ticket is begun and no one waits for the rate limit
 */
export function connectTenant(settings: Settings['auth0'], log: Log, stopping: AbortSignal): Tenant {
  const token = createToken(settings);
  const turns = createTurns();
  let loaded: Promise<Sdk> | undefined;
  const load = () => {
    loaded ??= import('./sdk.ts').then(({ createSdk }) => createSdk(settings.domain, () => token.get()));
    return loaded;
  };

  /** One call, once more with a fresh token if Auth0 has taken the token back. */
  async function attempt(scope: Scope, work: Work, limit: AbortSignal): Promise<Answer> {
    const sdk = await load();
    const request = {
      // The SDK's own time limit ends at the headers.
      abortSignal: limit,
      timeoutInSeconds: (2 * CALL_TIMEOUT_MS) / 1000,
      // The SDK would repeat a POST too, on 429 and 5xx.
      maxRetries: 0,
    };
    for (let tries = 0; ; tries += 1) {
      const used = await token.get();
      try {
        return await work(sdk, request);
      } catch (error) {
        const problem = toProblem(error, scope);
        if (problem.status !== 401 || tries > 0) throw problem;
        token.drop(used);
      }
    }
  }

  /** One call, and what its answer holds; a failure is logged. */
  async function make<T>(name: Call, shape: z.ZodType<T>, work: Work): Promise<T> {
    const scope = CALLS[name];
    try {
      const { data, rawResponse } = await timeLimited(CALL_TIMEOUT_MS, (limit) =>
        attempt(scope, work, limit),
      );
      turns.heard(name, rawResponse.headers);
      const parsed = shape.safeParse(data, { jitless: true });
      if (!parsed.success) throw new Auth0Problem('failed', { scope, mayHaveHappened: true });
      return parsed.data;
    } catch (error) {
      const problem = toProblem(error, scope);
      const { kind, status, reason } = problem;
      // That one look-up finds nothing is no failure.
      const level = status === 404 && name.startsWith('GET ') && name.includes('{') ? 'debug' : 'warn';
      log[level]({ call: name, kind, status, reason }, 'Auth0 call failed');
      throw problem;
    }
  }

  /** A call that a person waits for. */
  const call = <T>(name: Call, shape: z.ZodType<T>, work: Work, waiting?: Waiting): Promise<T> =>
    turns.person(name, () => make(name, shape, work), waiting);

  /** A look-up of one: undefined where Auth0 has none, or where the text cannot be an ID or a name at all. */
  async function find<T>(
    name: Call,
    shape: z.ZodType<T>,
    work: Work,
    waiting?: Waiting,
  ): Promise<T | undefined> {
    try {
      return await call(name, shape, work, waiting);
    } catch (error) {
      if (error instanceof Auth0Problem && (error.status === 404 || error.status === 400)) return undefined;
      throw error;
    }
  }

  /** What the SDK gives of a list, as of anything else. */
  const answerOf =
    (work: (...args: Parameters<Work>) => Promise<RawPage>): Work =>
    async (sdk, request) => {
      const { response, rawResponse } = await work(sdk, request);
      return { data: response, rawResponse };
    };

  /** One page of a list. */
  const page = <T>(
    name: Call,
    shape: z.ZodType<Page<T>>,
    waitedFor: boolean,
    work: (...args: Parameters<Work>) => Promise<RawPage>,
  ): Promise<Page<T>> =>
    waitedFor
      ? call(name, shape, answerOf(work), { patienceMs: FORM_BUDGET_MS, signal: stopping })
      : turns.page(name, () => make(name, shape, answerOf(work)));

  return {
    async missingScopes() {
      try {
        const { decodeJwt } = await import('jose');
        const { scope } = decodeJwt<{ scope?: string }>(await token.get());
        const granted = new Set(scope?.split(' '));
        // The lesser of the two permissions that let clients be listed.
        if (granted.has('read:client_summary')) granted.add('read:clients');
        return SCOPE_NAMES.filter((name) => !granted.has(name));
      } catch (error) {
        throw tokenProblem(error);
      }
    },
    // At most 20 in a tenant: one page holds them all. No form opens without them.
    profiles: () =>
      page('GET self-service-profiles', profilePage, true, (sdk, request) =>
        sdk.profiles.list({ per_page: PAGE_SIZE }, request),
      ),
    clients: (from, waitedFor) =>
      page('GET clients', clientPage, waitedFor, (sdk, request) =>
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
          { ...request, queryParams: { take: PAGE_SIZE, ...(from && { from }) } },
        ),
      ),
    organizations: (from, waitedFor) =>
      page('GET organizations', organizationPage, waitedFor, (sdk, request) =>
        sdk.organizations.list({ take: PAGE_SIZE, ...(from && { from }) }, request),
      ),
    connections: (from, waitedFor) =>
      page('GET connections', connectionPage, waitedFor, (sdk, request) =>
        sdk.connections.list(
          { take: PAGE_SIZE, fields: CONNECTION_FIELDS, include_fields: true, ...(from && { from }) },
          request,
        ),
      ),
    clientById: (id) =>
      find('GET clients/{id}', clientShape, (sdk, request) =>
        sdk.clients.get(id, { fields: CLIENT_FIELDS, include_fields: true }, request).withRawResponse(),
      ),
    organizationById: (id) =>
      find('GET organizations/{id}', organizationShape, (sdk, request) =>
        sdk.organizations.get(id, request).withRawResponse(),
      ),
    organizationByName: (name) =>
      find('GET organizations/name/{name}', organizationShape, (sdk, request) =>
        sdk.organizations.getByName(name, request).withRawResponse(),
      ),
    connectionById: (id, onWait) =>
      find(
        'GET connections/{id}',
        connectionShape,
        (sdk, request) =>
          sdk.connections
            .get(id, { fields: CONNECTION_FIELDS, include_fields: true }, request)
            .withRawResponse(),
        onWait && { patienceMs: RATE_LIMIT_BUDGET_MS, signal: stopping, onWait },
      ),
    async connectionByName(name) {
      const { entries } = await call(
        'GET connections',
        connectionPage,
        answerOf((sdk, request) =>
          sdk.connections.list({ name, fields: CONNECTION_FIELDS, include_fields: true }, request),
        ),
      );
      return entries[0];
    },
    createTicket(profileId, body, { correlationId, customDomain, onWait }) {
      const headers = {
        'X-Correlation-ID': correlationId,
        ...(customDomain && { 'auth0-custom-domain': customDomain }),
      };
      return call(
        'POST sso-ticket',
        ticketShape,
        (sdk, request) =>
          sdk.profiles.ssoTicket.create(profileId, body, { ...request, headers }).withRawResponse(),
        { patienceMs: RATE_LIMIT_BUDGET_MS, signal: stopping, onWait },
      );
    },
    async revokeTicket(profileId, ticketId, { correlationId }) {
      const headers = { 'X-Correlation-ID': correlationId };
      await call(
        'POST revoke',
        z.unknown(),
        (sdk, request) =>
          sdk.profiles.ssoTicket.revoke(profileId, ticketId, { ...request, headers }).withRawResponse(),
        { patienceMs: RATE_LIMIT_BUDGET_MS },
      );
    },
  };
}
