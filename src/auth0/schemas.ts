import { z } from 'zod';
import type { Client, Connection, Organization, Profile } from './resources.ts';

// What the bot reads in Auth0's answers. An answer must have what was asked for: the SDK takes HTML or an empty body
// for success, and that is not an empty list.

const profileSchema = z
  .object({
    id: z.string(),
    name: z.string().default(''),
    description: z.string().default(''),
    allowed_strategies: z.array(z.string()).default([]),
    user_attributes: z.array(z.object({ name: z.string(), is_optional: z.boolean() })).default([]),
  })
  .transform(
    (profile): Profile => ({
      id: profile.id,
      name: profile.name || profile.id,
      description: profile.description,
      providers: profile.allowed_strategies,
      attributes: profile.user_attributes.map(({ name, is_optional }) => ({ name, optional: is_optional })),
    }),
  );

/** Machine-to-machine applications and APIs: nobody signs in to them. */
const WITHOUT_SIGN_IN = new Set(['non_interactive', 'resource_server']);

/** An application, or undefined if nobody signs in to it. */
export const clientSchema = z
  .object({ client_id: z.string(), name: z.string().default(''), app_type: z.string().default('') })
  .transform((client): Client | undefined =>
    WITHOUT_SIGN_IN.has(client.app_type)
      ? undefined
      : { id: client.client_id, name: client.name || client.client_id },
  );
export const CLIENT_FIELDS = 'client_id,name,app_type';

export const organizationSchema = z
  .object({ id: z.string(), name: z.string().default(''), display_name: z.string().default('') })
  .transform(
    ({ id, name, display_name }): Organization => ({ id, name: name || id, displayName: display_name }),
  );

export const connectionSchema = z
  .object({
    id: z.string(),
    name: z.string().default(''),
    display_name: z.string().default(''),
    strategy: z.string().default(''),
  })
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
}

const next = z.string().nullish();

export const profilePage = z
  .object({ self_service_profiles: z.array(profileSchema) })
  .transform((page): Page<Profile> => ({ entries: page.self_service_profiles, next: undefined }));

export const clientPage = z.object({ clients: z.array(clientSchema), next }).transform(
  (page): Page<Client> => ({
    entries: page.clients.filter((client) => client !== undefined),
    next: page.next ?? undefined,
  }),
);

export const organizationPage = z
  .object({ organizations: z.array(organizationSchema), next })
  .transform((page): Page<Organization> => ({ entries: page.organizations, next: page.next ?? undefined }));

export const connectionPage = z
  .object({ connections: z.array(connectionSchema), next })
  .transform((page): Page<Connection> => ({ entries: page.connections, next: page.next ?? undefined }));

/** The connections of an organization, as far as the bot needs to know them. */
export interface OrganizationConnection {
  id: string;
  strategy: string;
}

export const organizationConnectionPage = z
  .object({
    enabled_connections: z.array(
      z.object({
        connection_id: z.string(),
        connection: z.object({ strategy: z.string().default('') }).default({ strategy: '' }),
      }),
    ),
  })
  .transform(({ enabled_connections }): OrganizationConnection[] =>
    enabled_connections.map(({ connection_id, connection }) => ({
      id: connection_id,
      strategy: connection.strategy,
    })),
  );

/** The IDs of the applications that a connection is enabled for. */
export const connectionClientPage = z
  .object({ clients: z.array(z.object({ client_id: z.string() })), next })
  .transform(
    (page): Page<string> => ({
      entries: page.clients.map(({ client_id }) => client_id),
      next: page.next ?? undefined,
    }),
  );

/** A ticket as Auth0 creates it. Its URL ends in its ID. Both grant access, so never log them. */
export interface CreatedTicket {
  id: string;
  url: string;
}

/** The answer to a create call. */
export const ticketSchema = z
  .object({ ticket: z.url({ protocol: /^https$/ }) })
  .transform(({ ticket }, context): CreatedTicket => {
    const id = new URL(ticket).searchParams.get('ticket');
    if (id) return { id, url: ticket };
    context.addIssue({ code: 'custom', message: 'no ticket ID in the link' });
    return z.NEVER;
  });
