/** The tenant as the subject sees it: what can be chosen, by name and ID. */
export interface Profile {
  id: string;
  name: string;
  description: string;
  /** Strategies; empty means all. */
  providers: string[];
  attributes: { name: string; optional: boolean }[];
}

export interface Client {
  id: string;
  name: string;
}

export interface Organization {
  id: string;
  /** Auth0's `name`: lower case, unique. */
  name: string;
  displayName: string;
}

export interface Connection {
  id: string;
  name: string;
  displayName: string;
  strategy: string;
}

/** What the field rules may ask of the tenant: answered at once, from what is already known. */
export interface KnownTenant {
  profiles(): readonly Profile[];
  /** A client by its ID; undefined also while the list is not there yet. */
  client(id: string): Client | undefined;
  connection(id: string): Connection | undefined;
  connectionNamed(name: string): Connection | undefined;
}
