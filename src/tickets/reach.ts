import { Auth0Error } from '../auth0/errors.ts';
import { EDITABLE_STRATEGIES, isEnterprise } from '../auth0/identity-providers.ts';
import type { SubmissionWait } from '../auth0/management-api.ts';
import type { ProtectedResources } from '../auth0/protected-resources.ts';
import type { Connection } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { PROTECTED_VARIABLES, type ProtectedKind } from '../config/config.ts';
import { TicketError } from './errors.ts';
import type { Choice } from './form/field.ts';

/** The number of organizations that a person who isn't an editor may choose, because the bot asks Auth0 about each. */
export const MAX_ORGANIZATIONS = 10;

/** What a link gives access to. */
export interface Reach {
  /** The connection that is edited. Undefined for a new one. */
  connectionId: string | undefined;
  /** The connection's name. */
  connection: string;
  organizations: Choice[];
  clients: Choice[];
}

/** Why no link may edit this connection. Undefined if one may. */
export function editProblem(
  connection: Connection,
  protectedResources: Pick<ProtectedResources, 'includes'>,
) {
  const { name, strategy } = connection;
  if (protectedResources.includes('connections', connection)) {
    return { code: 'resource_protected', name } as const;
  }
  if (!EDITABLE_STRATEGIES.has(strategy)) return { code: 'connection_not_editable', name, strategy } as const;
  return undefined;
}

/**
 * Checks what a link gives access to, and whether this person may give it:
 *
 * - No link reaches what is protected. An edit also reaches the organizations and applications of its connection.
 * - Only editors may add a connection to an organization that has one, because that changes an existing customer.
 *
 * The form has checked what is in memory. This asks Auth0 about the rest.
 *
 * @throws TicketError
 */
export async function checkReach(
  tenant: Tenant,
  reach: Reach,
  { isEditor, ...wait }: { isEditor: boolean } & SubmissionWait,
): Promise<void> {
  try {
    await Promise.all([
      checkEdited(tenant, reach, wait),
      checkChosen(tenant, 'organizations', reach.organizations, wait),
      checkChosen(tenant, 'clients', reach.clients, wait),
      isEditor ? undefined : checkExistingCustomers(tenant, reach.organizations, wait),
    ]);
  } catch (error) {
    if (!(error instanceof Auth0Error)) throw error;
    throw new TicketError({ code: 'reach_unknown' }, { cause: error });
  }
}

/** The name that people know. */
export const peopleName = ({ name, displayName = '' }: { name: string; displayName?: string }) =>
  displayName || name;

/**
 * Refuses what is protected. An entry that matches nothing may be a typo, so then everything of its kind is refused.
 */
async function checkProtected(
  { protected: protectedResources }: Tenant,
  kind: ProtectedKind,
  resources: { id: string; name: string; displayName?: string }[],
): Promise<void> {
  const check = () => {
    const found = resources.find((resource) => protectedResources.includes(kind, resource));
    if (found) throw new TicketError({ code: 'resource_protected', name: peopleName(found) });
  };
  check();
  const unresolved = await protectedResources.resolve(kind);
  // An entry may have been split.
  check();
  if (unresolved.length > 0) {
    throw new TicketError({ code: 'protection_unresolved', variable: PROTECTED_VARIABLES[kind] });
  }
}

async function checkEdited(
  tenant: Tenant,
  { connectionId: id, connection: name }: Reach,
  wait: SubmissionWait,
): Promise<void> {
  if (!id) return;
  const connection = tenant.connection(id) ?? (await tenant.api.connectionById(id, wait));
  if (!connection) throw new TicketError({ code: 'connection_gone', name });
  const problem = editProblem(connection, tenant.protected);
  if (problem) throw new TicketError(problem);
  await checkProtected(tenant, 'connections', [connection]);
  await Promise.all([
    checkOrganizationsOf(tenant, connection, wait),
    checkClientsOf(tenant, connection, wait),
  ]);
}

/** Whether the connection is enabled for a protected organization. */
async function checkOrganizationsOf(
  tenant: Tenant,
  { id, name }: Connection,
  wait: SubmissionWait,
): Promise<void> {
  if (!tenant.protected.any('organizations') || !(await canReadOrganizationConnections(tenant))) return;
  await checkProtected(tenant, 'organizations', []);
  const organizations = tenant.protected.ids('organizations');
  const connections = await Promise.all(
    organizations.map((each) => tenant.organizationConnections(each, wait)),
  );
  if (connections.flat().some((connection) => connection.id === id)) {
    throw new TicketError({ code: 'resource_protected', name });
  }
}

/** Whether the connection is enabled for a protected application. */
async function checkClientsOf(tenant: Tenant, { id, name }: Connection, wait: SubmissionWait): Promise<void> {
  if (!tenant.protected.any('clients')) return;
  await checkProtected(tenant, 'clients', []);
  const protectedIds = tenant.protected.ids('clients');
  const clients = await tenant.api.connectionClients(id, wait);
  if (clients.some((client) => protectedIds.includes(client))) {
    throw new TicketError({ code: 'resource_protected', name });
  }
}

/** Whether one of the chosen organizations or applications is protected. */
async function checkChosen(
  tenant: Tenant,
  kind: 'organizations' | 'clients',
  chosen: Choice[],
  wait: SubmissionWait,
): Promise<void> {
  if (chosen.length === 0 || !tenant.protected.any(kind)) return;
  const find = (id: string) =>
    kind === 'clients'
      ? (tenant.client(id) ?? tenant.api.clientById(id, wait))
      : (tenant.organization(id) ?? tenant.api.organizationById(id, wait));
  const resources = await Promise.all(chosen.map(async (choice) => (await find(choice.id)) ?? choice));
  await checkProtected(tenant, kind, resources);
}

/** Whether one of the chosen organizations has an enterprise connection already. */
async function checkExistingCustomers(
  tenant: Tenant,
  organizations: Choice[],
  wait: SubmissionWait,
): Promise<void> {
  if (organizations.length === 0 || !(await canReadOrganizationConnections(tenant))) return;
  await Promise.all(
    organizations.map(async ({ id, name }) => {
      const connections = await tenant.organizationConnections(id, wait);
      if (connections.some(({ strategy }) => isEnterprise(strategy))) {
        throw new TicketError({ code: 'organization_has_connection', name });
      }
    }),
  );
}

/** Without this permission the check is off. The start and the doctor say so. */
async function canReadOrganizationConnections({ api }: Tenant): Promise<boolean> {
  return !(await api.missingPermissions()).includes('read:organization_connections');
}
