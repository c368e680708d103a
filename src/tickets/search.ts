import { identityProviderName } from '../auth0/identity-providers.ts';
import type { Client, Connection, Organization, SearchSource } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import type { Choice } from './form/field.ts';
import { editProblem } from './reach.ts';

/** A choice with a detail that distinguishes it from others with the same name. */
export interface DetailedChoice extends Choice {
  detail: string;
}

/** The choices that match what was typed, best first, at most `limit`. See `SearchIndex.search`. */
export async function findChoices(
  { lists, protected: protectedResources }: Pick<Tenant, 'lists' | 'protected'>,
  source: SearchSource,
  typed: string,
  limit: number,
): Promise<DetailedChoice[]> {
  switch (source) {
    case 'clients':
      return (await lists.clients.search(typed, limit)).map(clientChoice);
    case 'organizations':
      return (await lists.organizations.search(typed, limit)).map(organizationChoice);
    case 'connections':
      // Filtered before the limit: a tenant may have many connections that no link can edit.
      return (
        await lists.connections.search(typed, limit, (entry) => !editProblem(entry, protectedResources))
      ).map(connectionChoice);
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
