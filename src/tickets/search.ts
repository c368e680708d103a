import { identityProviderName } from '../auth0/identity-providers.ts';
import type { Client, Connection, Organization, SearchSource } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import type { Choice } from './form/field.ts';
import { editProblem } from './reach.ts';

/** A choice with what tells it apart from others of the same name. */
export interface DetailedChoice extends Choice {
  detail: string;
}

/** The choices that match what was typed, best first, at most `limit`. See `SearchIndex.search`. */
export function findChoices(
  { lists, protected: protectedResources }: Pick<Tenant, 'lists' | 'protected'>,
  source: SearchSource,
  typed: string,
  limit: number,
): DetailedChoice[] {
  switch (source) {
    case 'clients':
      return lists.clients.search(typed, limit).map(clientChoice);
    case 'organizations':
      return lists.organizations.search(typed, limit).map(organizationChoice);
    case 'connections':
      // Filtered before the limit: a tenant may have many connections that no link can edit.
      return lists.connections
        .search(typed, Number.POSITIVE_INFINITY)
        .filter((connection) => !editProblem(connection, protectedResources))
        .slice(0, limit)
        .map(connectionChoice);
  }
}

const clientChoice = ({ id, name }: Client): DetailedChoice => ({ id, name, detail: id });

/** An organization by the name that people know. */
export const organizationChoice = ({ id, name, displayName }: Organization): DetailedChoice => ({
  id,
  name: displayName || name,
  detail: [id, displayName && name].filter(Boolean).join(' · '),
});

const connectionChoice = ({ id, name, displayName, strategy }: Connection): DetailedChoice => ({
  id,
  name,
  detail: [id, displayName, identityProviderName(strategy)].filter(Boolean).join(' · '),
});
