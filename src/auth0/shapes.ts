import { z } from 'zod';
import type { Client, Connection, Organization, Profile } from '../ticket/tenant.ts';

/**
 * What the bot reads of Auth0's answers. An answer must hold what was asked for: HTML or an empty body, which
 * the SDK lets through as success, is not an empty list.
 */
const profileShape = z
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

/** Machine-to-machine applications and APIs sign in nobody. */
const SIGNS_NOBODY_IN = new Set(['non_interactive', 'resource_server']);

/** An application, or nothing where it is one that signs in nobody. */
export const clientShape = z
  .object({ client_id: z.string(), name: z.string().default(''), app_type: z.string().default('') })
  .transform((client): Client | undefined =>
    SIGNS_NOBODY_IN.has(client.app_type)
      ? undefined
      : { id: client.client_id, name: client.name || client.client_id },
  );
export const CLIENT_FIELDS = 'client_id,name,app_type';

export const organizationShape = z
  .object({ id: z.string(), name: z.string().default(''), display_name: z.string().default('') })
  .transform(
    ({ id, name, display_name }): Organization => ({ id, name: name || id, displayName: display_name }),
  );

export const connectionShape = z
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

/** One page of a list, and where the next one begins. */
export interface Page<T> {
  entries: T[];
  next: string | undefined;
}

const next = z.string().nullish();

export const profilePage = z
  .object({ self_service_profiles: z.array(profileShape) })
  .transform((page): Page<Profile> => ({ entries: page.self_service_profiles, next: undefined }));

export const clientPage = z.object({ clients: z.array(clientShape), next }).transform(
  (page): Page<Client> => ({
    entries: page.clients.filter((client) => client !== undefined),
    next: page.next ?? undefined,
  }),
);

export const organizationPage = z
  .object({ organizations: z.array(organizationShape), next })
  .transform((page): Page<Organization> => ({ entries: page.organizations, next: page.next ?? undefined }));

export const connectionPage = z
  .object({ connections: z.array(connectionShape), next })
  .transform((page): Page<Connection> => ({ entries: page.connections, next: page.next ?? undefined }));

/** The answer to a create call: a ticket is a link to Auth0 that ends in the ticket's ID. */
export const ticketShape = z
  .object({ ticket: z.url({ protocol: /^https$/ }) })
  .transform(({ ticket }, context) => {
    const id = new URL(ticket).searchParams.get('ticket');
    if (id) return { id, url: ticket };
    context.addIssue({ code: 'custom', message: 'no ticket ID in the link' });
    return z.NEVER;
  });
