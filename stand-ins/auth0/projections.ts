import type * as z from 'zod';
import { type Call, insufficientScope } from './call.ts';
import type { Selection } from './lists.ts';
import type { queries } from './queries.ts';
import type { Client, Connection, Organization, OrganizationConnection } from './tenant.ts';
import type { Tenant } from './ticket.ts';

// Which records of a list an operation returns, in which order, and with which fields.

const summary = ['client_id', 'app_type', 'name', 'description'];

/** Limits the fields of an application to those that the scopes allow. */
export function readableClientFields(scopes: readonly string[], selection: Selection): Selection {
  if (scopes.includes('read:clients')) return selection;
  const { fields, include_fields = true } = selection;
  if (!fields) return { fields: summary };
  if (!include_fields) return { fields: summary.filter((name) => !fields.includes(name)) };
  if (!fields.every((name) => summary.includes(name))) throw insufficientScope(['read:clients']);
  return selection;
}

export function clientFilter(query: z.output<typeof queries.clients>): (client: Client) => boolean {
  const types = query.app_type?.split(',');
  return ({ global = false, is_first_party = false, app_type }) =>
    (query.is_global ?? global) === global &&
    (query.is_first_party ?? is_first_party) === is_first_party &&
    (!types || (app_type !== undefined && types.includes(app_type)));
}

/** A connection as the API returns it. Lists leave out the applications. */
export function connectionResponse(connection: Connection, { scopes }: Call, listed: boolean): object {
  const { options, enabled_clients, ...rest } = connection;
  return {
    ...rest,
    ...(scopes.includes('read:connections_options') && { options }),
    ...(!listed && { enabled_clients }),
  };
}

export function sortBy(
  organizations: readonly Organization[],
  order: string | undefined,
): readonly Organization[] {
  const [field, direction] = order?.split(':') ?? [];
  if (field !== 'name' && field !== 'display_name') return organizations;
  const sign = Number(direction);
  return organizations.toSorted((one, other) => sign * (one[field] ?? '').localeCompare(other[field] ?? ''));
}

/** A checkpoint of organizations contains a date and the ID. All of them have the same date here. */
export function organizationCheckpoint(id: string): string {
  return `2026-03-02 09:30:00.000000UTC,${id}`;
}

/** A connection of an organization as the API returns it. */
export function enabledConnection(
  { organization_id: _, ...enabled }: OrganizationConnection,
  { connections }: Tenant,
): object {
  const connection = connections.find(({ id }) => id === enabled.connection_id);
  return { ...enabled, connection: { name: connection?.name, strategy: connection?.strategy } };
}
