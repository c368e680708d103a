import type { Connection } from '../auth0/resources.ts';
import { isConnectionName } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { FORM_RATE_LIMIT_WAIT_MS } from '../auth0/timeouts.ts';
import { within } from '../lib/timeouts.ts';
import { deriveConnectionName } from '../tickets/form/connection-name.ts';
import type { Choice } from '../tickets/form/field.ts';
import type { Values } from '../tickets/form/form.ts';
import { peopleName } from '../tickets/reach.ts';
import { organizationChoice } from '../tickets/search.ts';
import { OPTIONAL_LIST_TIMEOUT_MS, WHOLE_LIST_TIMEOUT_MS } from './timeouts.ts';

/** What a customer's name fills in: the display name, the connection name, and the organization. */
export async function valuesFrom(tenant: Tenant, text: string): Promise<Partial<Values>> {
  const organization = await findOrganization(tenant, text);
  const isName = isConnectionName(text) && text === text.toLowerCase();
  return {
    displayName: text,
    connectionName: isName ? text : await deriveConnectionName(text),
    ...(organization && { organizations: [organization] }),
  };
}

/** The maximum number of similar connections to check. */
const MAX_SIMILAR = 5;

/** The connection that a customer already has, if it is in memory. */
export async function existingConnection(
  tenant: Tenant,
  customer: string,
  connectionName: string,
): Promise<Connection | undefined> {
  return (
    tenant.connectionNamed(connectionName) ??
    tenant.connectionCalled(customer) ??
    // “Globex” for “Globex Inc”.
    (await tenant.lists.connections.search(customer, MAX_SIMILAR)).find((connection) =>
      peopleName(connection).toLowerCase().startsWith(customer.toLowerCase()),
    )
  );
}

/** The organization with exactly this name. Auth0 is asked while the list is loading. */
async function findOrganization(tenant: Tenant, text: string): Promise<Choice | undefined> {
  const { organizations } = tenant.lists;
  if (!organizations.isComplete()) await ifAvailable(organizations.load());
  let found = tenant.organizationCalled(text);
  if (!found && !organizations.isComplete()) {
    found = await ifAvailable(tenant.lookUp('organizations', text));
  }
  if (!found) return undefined;
  const { id, name } = organizationChoice(found);
  return { id, name };
}

/**
 * The connection with exactly this ID, name or display name. Auth0 is asked if the list doesn't have it.
 *
 * @throws Auth0Error
 */
export async function findConnection(tenant: Tenant, text: string): Promise<Connection | undefined> {
  const found =
    tenant.connectionCalled(text) ??
    (await tenant.lookUp('connections', text, { deadline: Date.now() + FORM_RATE_LIMIT_WAIT_MS }));
  if (found) return found;
  await within(WHOLE_LIST_TIMEOUT_MS, tenant.lists.connections.load());
  return tenant.connectionCalled(text);
}

/** For optional parts of a form. Undefined if it fails or takes too long. */
export function ifAvailable<T>(promise: Promise<T>): Promise<T | undefined> {
  return within(
    OPTIONAL_LIST_TIMEOUT_MS,
    promise.catch(() => undefined),
  );
}
