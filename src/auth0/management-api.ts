import type { Management } from 'auth0/management';
import * as z from 'zod';
import {
  ApiClient,
  type ApiClientOptions,
  type Endpoint,
  type PageRequest,
  pageAnswer,
  type Request,
} from './api-client.ts';
import type { WaitOptions } from './call-queue.ts';
import type { Permission } from './permissions.ts';
import { ProfilesApi } from './profiles-api.ts';
import type { Client, Connection, Organization, Profile } from './resources.ts';
import {
  CLIENT_FIELDS,
  CONNECTION_FIELDS,
  type CreatedTicket,
  clientPage,
  clientSchema,
  connectionClientPage,
  connectionPage,
  connectionSchema,
  type OrganizationConnection,
  organizationConnectionPage,
  organizationPage,
  organizationSchema,
  type Page,
  profilePage,
  ticketSchema,
} from './schemas.ts';
import { LOG_PAGE_SIZE, type SetupEventPage, setupEventPage, setupEventQuery } from './setup-events.ts';
import { FORM_RATE_LIMIT_WAIT_MS, SUBMISSION_RATE_LIMIT_WAIT_MS } from './timeouts.ts';

/** The body of Auth0's create call. */
export type TicketBody = Management.CreateSelfServiceProfileSsoTicketRequestContent;

/** How a call of a submitted form waits for the rate limit. All calls of one form share the deadline. */
export type SubmissionWait = Pick<WaitOptions, 'deadline' | 'onWait'>;

export interface CreateTicketOptions extends SubmissionWait {
  /** At most 64 characters. The tenant's log shows it as `references.correlation_id`. */
  correlationId: string;
  /** The custom domain that the link opens on. */
  customDomain?: string | undefined;
}

/** How a call waits: for a person, or in the background. */
export type CallWait = SubmissionWait | 'background';

/** Auth0's maximum. */
const PAGE_SIZE = 100;

/** The calls that the bot makes to the Auth0 Management API. All of them throw `Auth0Error`. */
export class ManagementApi {
  readonly #client: ApiClient;
  readonly #ticketSchema: z.ZodType<CreatedTicket>;
  readonly #stopping: AbortSignal;
  /** Creating and editing self-service profiles. */
  readonly profiles: ProfilesApi;

  /** @param stopping once aborted, nothing is created and no call waits for the rate limit */
  constructor({ stopping, ...options }: ApiClientOptions & { stopping: AbortSignal }) {
    this.#client = new ApiClient(options);
    this.#ticketSchema = ticketSchema(options.config.domain);
    this.#stopping = stopping;
    this.profiles = new ProfilesApi({ client: this.#client, stopping });
  }

  /** The number of calls that people are waiting for and that haven't started. */
  get queueLength(): number {
    return this.#client.queueLength;
  }

  missingPermissions(): Promise<Permission[]> {
    return this.#client.missingPermissions();
  }

  /** All profiles: a tenant has at most 20. Always urgent, because no form opens without them. */
  async listProfiles(): Promise<Page<Profile>> {
    const page = await this.#page('GET self-service-profiles', profilePage, true, (sdk, options) =>
      sdk.profiles.list({ per_page: PAGE_SIZE }, options),
    );
    if (page.entries.every(({ attributeProfile }) => !attributeProfile)) return page;
    const names = await this.profiles.attributeProfileNames();
    return {
      ...page,
      entries: page.entries.map((profile) => ({
        ...profile,
        attributeProfile: names.get(profile.attributeProfile) || profile.attributeProfile,
      })),
    };
  }

  listClients(from: string | undefined, urgent: boolean): Promise<Page<Client>> {
    return this.#page('GET clients', clientPage, urgent, (sdk, options) =>
      sdk.clients.list(
        // The SDK supports only offset paging, which ends at 1,000. Null leaves out its parameters.
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
    );
  }

  listOrganizations(from: string | undefined, urgent: boolean): Promise<Page<Organization>> {
    return this.#page('GET organizations', organizationPage, urgent, (sdk, options) =>
      sdk.organizations.list({ take: PAGE_SIZE, ...(from && { from }) }, options),
    );
  }

  listConnections(from: string | undefined, urgent: boolean): Promise<Page<Connection>> {
    return this.#page('GET connections', connectionPage, urgent, (sdk, options) =>
      sdk.connections.list(
        { take: PAGE_SIZE, fields: CONNECTION_FIELDS, include_fields: true, ...(from && { from }) },
        options,
      ),
    );
  }

  clientById(id: string, wait?: SubmissionWait): Promise<Client | undefined> {
    return this.#client.find(
      'GET clients/{id}',
      clientSchema,
      (sdk, options) =>
        sdk.clients.get(id, { fields: CLIENT_FIELDS, include_fields: true }, options).withRawResponse(),
      this.#submissionWait(wait),
    );
  }

  organizationById(id: string, wait?: SubmissionWait): Promise<Organization | undefined> {
    return this.#client.find(
      'GET organizations/{id}',
      organizationSchema,
      (sdk, options) => sdk.organizations.get(id, options).withRawResponse(),
      this.#submissionWait(wait),
    );
  }

  organizationByName(name: string): Promise<Organization | undefined> {
    return this.#client.find('GET organizations/name/{name}', organizationSchema, (sdk, options) =>
      sdk.organizations.getByName(name, options).withRawResponse(),
    );
  }

  /** The connections that are enabled for an organization. Auth0 allows 10. */
  async organizationConnections(id: string, wait?: CallWait): Promise<OrganizationConnection[]> {
    const { entries } = await this.#call(
      'GET organizations/{id}/enabled_connections',
      organizationConnectionPage,
      pageAnswer((sdk, options) =>
        sdk.organizations.enabledConnections.list(id, { per_page: PAGE_SIZE, include_totals: true }, options),
      ),
      wait,
    );
    return entries;
  }

  /** The IDs of the applications that a connection is enabled for. */
  async connectionClients(id: string, wait?: CallWait): Promise<string[]> {
    const ids: string[] = [];
    let from: string | undefined;
    do {
      const { entries, next } = await this.#call(
        'GET connections/{id}/clients',
        connectionClientPage,
        pageAnswer((sdk, options) =>
          sdk.connections.clients.get(id, { take: PAGE_SIZE, ...(from && { from }) }, options),
        ),
        wait,
      );
      ids.push(...entries);
      from = next;
    } while (from);
    return ids;
  }

  connectionById(id: string, wait?: SubmissionWait): Promise<Connection | undefined> {
    return this.#client.find(
      'GET connections/{id}',
      connectionSchema,
      (sdk, options) =>
        sdk.connections
          .get(id, { fields: CONNECTION_FIELDS, include_fields: true }, options)
          .withRawResponse(),
      this.#submissionWait(wait),
    );
  }

  /** @param wait for a form that is opening; by default, the call doesn't wait */
  async connectionByName(name: string, wait: CallWait = { deadline: 0 }): Promise<Connection | undefined> {
    const { entries } = await this.#call(
      'GET connections',
      connectionPage,
      pageAnswer((sdk, options) =>
        sdk.connections.list({ name, fields: CONNECTION_FIELDS, include_fields: true }, options),
      ),
      wait,
    );
    return entries[0];
  }

  /**
   * The events of the setup assistant in the tenant's log, oldest first. An event can appear a few seconds late, out of
   * order, and twice.
   *
   * @param since in milliseconds since 1970
   * @param page from 0 to 9: a search has at most 1,000 results
   */
  setupEvents(since: number, page: number): Promise<SetupEventPage> {
    return this.#client.callInBackground(
      'GET logs',
      setupEventPage,
      pageAnswer((sdk, options) =>
        sdk.logs.list(
          { page, per_page: LOG_PAGE_SIZE, sort: 'date:1', include_totals: false },
          // The SDK has no field for the search.
          { ...options, queryParams: { q: setupEventQuery(since) } },
        ),
      ),
    );
  }

  /**
   * Creates a ticket. Retries only a 401 (once, with a new token) and a 429 (until the deadline), because Auth0 then
   * created nothing. The call isn't idempotent, so other failures aren't retried.
   */
  createTicket(
    profileId: string,
    body: TicketBody,
    { correlationId, customDomain, ...wait }: CreateTicketOptions,
  ): Promise<CreatedTicket> {
    const headers = {
      'X-Correlation-ID': correlationId,
      ...(customDomain && { 'auth0-custom-domain': customDomain }),
    };
    return this.#client.call(
      'POST sso-ticket',
      this.#ticketSchema,
      (sdk, options) =>
        sdk.profiles.ssoTicket.create(profileId, body, { ...options, headers }).withRawResponse(),
      this.#submissionWait(wait),
    );
  }

  /** Revokes a ticket and ends the sessions that it started. Auth0 accepts this for an unknown ticket too. */
  async revokeTicket(profileId: string, ticketId: string, correlationId: string): Promise<void> {
    const headers = { 'X-Correlation-ID': correlationId };
    await this.#client.call(
      'POST revoke',
      z.unknown(),
      (sdk, options) =>
        sdk.profiles.ssoTicket.revoke(profileId, ticketId, { ...options, headers }).withRawResponse(),
      { deadline: Date.now() + SUBMISSION_RATE_LIMIT_WAIT_MS },
    );
  }

  #submissionWait(wait: SubmissionWait = {}): WaitOptions {
    return { ...wait, signal: this.#stopping };
  }

  #call<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request, wait?: CallWait): Promise<T> {
    return wait === 'background'
      ? this.#client.callInBackground(endpoint, schema, request)
      : this.#client.call(endpoint, schema, request, this.#submissionWait(wait));
  }

  #page<T>(
    endpoint: Endpoint,
    schema: z.ZodType<Page<T>>,
    urgent: boolean,
    request: PageRequest,
  ): Promise<Page<T>> {
    if (!urgent) return this.#client.callInBackground(endpoint, schema, pageAnswer(request));
    const wait = { deadline: Date.now() + FORM_RATE_LIMIT_WAIT_MS, signal: this.#stopping };
    return this.#client.call(endpoint, schema, pageAnswer(request), wait);
  }
}
