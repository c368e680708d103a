import { ClientsClient } from 'auth0/clients';
import { ConnectionsClient } from 'auth0/connections';
import { LogsClient } from 'auth0/logs';
import { OrganizationsClient } from 'auth0/organizations';
import { SelfServiceProfilesClient } from 'auth0/selfServiceProfiles';
import { UserAttributeProfilesClient } from 'auth0/userAttributeProfiles';

/** The SDK's clients for the resources that the bot uses. In its own file, so that it can load later. */
export function createSdk(domain: string, token: () => Promise<string>) {
  const options = { baseUrl: `https://${domain}/api/v2`, token };
  return {
    profiles: new SelfServiceProfilesClient(options),
    attributeProfiles: new UserAttributeProfilesClient(options),
    clients: new ClientsClient(options),
    organizations: new OrganizationsClient(options),
    connections: new ConnectionsClient(options),
    logs: new LogsClient(options),
  };
}

export type Sdk = ReturnType<typeof createSdk>;
