import * as z from 'zod';
import type { Client, Connection, Organization, ProfileDetails } from './resources.ts';

// The parts of Auth0's responses that the bot reads. A response must contain what the bot asked for, because the SDK
// treats HTML or an empty body as a success. One odd record must not break a list: a missing, null or wrong value
// becomes a default, and a record without an ID is left out.

const text = z.string().catch('');

export const profileSchema = z
  .object({
    id: z.string(),
    name: text,
    description: text,
    allowed_strategies: z.array(z.string()).catch([]),
    user_attributes: z
      .array(z.object({ name: z.string(), description: text, is_optional: z.boolean().catch(false) }))
      .catch([]),
    user_attribute_profile_id: text,
    branding: z
      .looseObject({
        logo_url: z.string().optional().catch(undefined),
        colors: z.looseObject({ primary: z.string() }).optional().catch(undefined),
      })
      .catch({}),
  })
  .transform(
    (profile): ProfileDetails => ({
      id: profile.id,
      name: profile.name || profile.id,
      description: profile.description,
      providers: profile.allowed_strategies,
      attributes: profile.user_attributes.map(({ name, description, is_optional }) => ({
        name,
        description,
        optional: is_optional,
      })),
      attributeProfile: profile.user_attribute_profile_id,
      branding: profile.branding,
    }),
  );

/** The text of the setup assistant's first page. The SDK parses HTML as an object with other values. */
export const customTextSchema = z
  .record(z.string(), z.string())
  .transform(({ introduction = '' }) => introduction);

/** Types of applications that nobody signs in to, or that a connection can't be enabled for. */
const WITHOUT_SIGN_IN = new Set(['non_interactive', 'resource_server', 'express_configuration']);

/** An application, or undefined if nobody signs in to it. */
export const clientSchema = z
  .object({ client_id: z.string(), name: text, app_type: text })
  .transform((client): Client | undefined =>
    WITHOUT_SIGN_IN.has(client.app_type)
      ? undefined
      : { id: client.client_id, name: client.name || client.client_id },
  );
export const CLIENT_FIELDS = 'client_id,name,app_type';

export const organizationSchema = z
  .object({ id: z.string(), name: text, display_name: text })
  .transform(
    ({ id, name, display_name }): Organization => ({ id, name: name || id, displayName: display_name }),
  );

export const connectionSchema = z
  .object({ id: z.string(), name: text, display_name: text, strategy: text })
  .transform(
    ({ id, name, display_name, strategy }): Connection => ({
      id,
      name: name || id,
      displayName: display_name,
      strategy,
    }),
  );
export const CONNECTION_FIELDS = 'id,name,display_name,strategy';

/** One page of a list. */
export interface Page<T> {
  entries: T[];
  /** The checkpoint of the next page. */
  next: string | undefined;
  /** The number of unreadable records that were left out. */
  dropped?: number;
}

/** A page whose records are under `key`. Undefined results of `schema` are left out without counting as unreadable. */
function pageOf<T>(key: string, schema: z.ZodType<T | undefined>): z.ZodType<Page<T>> {
  const page = z.object({ [key]: z.array(z.unknown()) }).and(z.object({ next: z.string().nullish() }));
  return page.transform(({ next, [key]: records = [] }): Page<T> => {
    const parsed = records.map((record) => schema.safeParse(record, { jitless: true }));
    return {
      entries: parsed.flatMap(({ data }) => (data === undefined ? [] : [data])),
      next: next ?? undefined,
      dropped: parsed.filter(({ success }) => !success).length,
    };
  });
}

export const profilePage = pageOf('self_service_profiles', profileSchema);
export const clientPage = pageOf('clients', clientSchema);
export const organizationPage = pageOf('organizations', organizationSchema);
export const connectionPage = pageOf('connections', connectionSchema);

/** A user attribute profile: a set of attributes that self-service profiles can share. */
export const attributeProfilePage = pageOf(
  'user_attribute_profiles',
  z.object({ id: z.string(), name: text }),
);

/** The parts of an organization's connection that the bot needs. */
export interface OrganizationConnection {
  id: string;
  strategy: string;
}

export const organizationConnectionPage = pageOf(
  'enabled_connections',
  z
    .object({ connection_id: z.string(), connection: z.object({ strategy: text }).catch({ strategy: '' }) })
    .transform(
      ({ connection_id, connection }): OrganizationConnection => ({
        id: connection_id,
        strategy: connection.strategy,
      }),
    ),
);

/** The IDs of the applications that a connection is enabled for. */
export const connectionClientPage = pageOf(
  'clients',
  z.object({ client_id: z.string() }).transform(({ client_id }) => client_id),
);

/** A ticket as Auth0 creates it. Its URL ends in its ID. Both grant access, so never log them. */
export interface CreatedTicket {
  id: string;
  url: string;
}

/** A host on this machine. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * The response to a create call. A link over plain HTTP is refused, except between hosts on this machine: the
 * playground's Auth0 has no certificate that a browser trusts.
 *
 * @param domain the tenant's host, with its port if it has one
 */
export const ticketSchema = (domain: string) =>
  z.object({ ticket: z.url({ protocol: /^https?$/ }) }).transform(({ ticket }, context): CreatedTicket => {
    const { protocol, host, username, password, searchParams } = new URL(ticket);
    const isLocal = LOOPBACK.test(domain) && LOOPBACK.test(host) && !username && !password;
    const id = searchParams.get('ticket');
    if (protocol === 'http:' && !isLocal) {
      context.addIssue({ code: 'custom', message: 'the link is not HTTPS' });
    } else if (id) return { id, url: ticket };
    else context.addIssue({ code: 'custom', message: 'no ticket ID in the link' });
    return z.NEVER;
  });
