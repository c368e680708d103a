/** Something picked by name: what a person reads, and the ID that Auth0 knows it by. */
export interface Choice {
  id: string;
  name: string;
}

/** A form makes a new connection, or lets the customer's admin change an existing one. */
export type TicketKind = 'new' | 'edit';

/** What stands in a form: a text for each text field, the choices for every other one. */
export interface Values {
  conversation: Choice[];
  profile: Choice[];
  connectionName: string;
  displayName: string;
  connection: Choice[];
  features: Choice[];
  clients: Choice[];
  organizations: Choice[];
  membership: Choice[];
  lifetime: Choice[];
  showAsButton: Choice[];
  iconUrl: string;
  domainVerification: Choice[];
  pendingDomains: string;
  verifiedDomains: string;
  organizationDiscovery: Choice[];
  idpInitiated: Choice[];
  idpClient: Choice[];
  idpProtocol: Choice[];
  idpQuery: string;
  scim: Choice[];
  scimScopes: Choice[];
  tokenLifetime: Choice[];
  googleSync: Choice[];
  thirdParty: Choice[];
  metadata: string;
  customDomain: Choice[];
  /** Metadata that the house requires, by its key. */
  [required: `required:${string}`]: string;
}

type IdOf<V> = { [Id in keyof Values]: Values[Id] extends V ? Id : never }[keyof Values];
export type TextId = IdOf<string>;
export type ChoiceId = IdOf<Choice[]>;

/** A form in which nothing stands. */
export const emptyValues = (): Values => ({
  conversation: [],
  profile: [],
  connectionName: '',
  displayName: '',
  connection: [],
  features: [],
  clients: [],
  organizations: [],
  membership: [],
  lifetime: [],
  showAsButton: [],
  iconUrl: '',
  domainVerification: [],
  pendingDomains: '',
  verifiedDomains: '',
  organizationDiscovery: [],
  idpInitiated: [],
  idpClient: [],
  idpProtocol: [],
  idpQuery: '',
  scim: [],
  scimScopes: [],
  tokenLifetime: [],
  googleSync: [],
  thirdParty: [],
  metadata: '',
  customDomain: [],
});
