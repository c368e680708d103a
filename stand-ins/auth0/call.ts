import type { Query } from './lists.ts';
import { ApiError, type ApiResponse } from './response.ts';
import type { Connection, Organization, Profile } from './tenant.ts';
import type { Tenant } from './ticket.ts';

/** A call with a valid token. */
export interface Call {
  tenant: Tenant;
  scopes: readonly string[];
  /** The path parameter `{id}` or `{name}`. */
  id: string;
  profileId: string;
  query: Query;
  /** The header `auth0-custom-domain`. */
  customDomain: string | undefined;
  body: unknown;
}

export interface Operation {
  /** The token must have one of these. */
  scopes: readonly string[];
  /** Set if a new application doesn't have them. */
  optional?: true;
  handle(call: Call): ApiResponse;
}

export function insufficientScope(expected: readonly string[]): ApiError {
  const message = `Insufficient scope, expected any of: ${expected.join(', ')}`;
  return new ApiError(403, message, 'insufficient_scope');
}

export function required<Item>(item: Item | undefined, message: string, errorCode?: string): Item {
  if (item === undefined) throw new ApiError(404, message, errorCode);
  return item;
}

export function connectionOf({ id, tenant }: Call): Connection {
  const connection = tenant.connections.find((connection) => connection.id === id);
  return required(connection, 'The connection does not exist', 'inexistent_connection');
}

export function organizationOf(
  { tenant }: Call,
  isMatch: (organization: Organization) => boolean,
): Organization {
  return required(tenant.organizations.find(isMatch), 'No organization found by that id or name');
}

export function profileOf({ id, tenant }: Call): Profile {
  const profile = tenant.profiles.find((profile) => profile.id === id);
  return required(profile, `Profile with ID: ${id} not found`);
}
