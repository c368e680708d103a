/** The lists of the Management API. */
export type ListName =
  | 'profiles'
  | 'attributeProfiles'
  | 'clients'
  | 'organizations'
  | 'connections'
  | 'organizationConnections';

/** What is unusual about a tenant. */
export interface TenantSettings {
  /** Where links open: a URL without a path. */
  linkOrigin: string;
  /** The tenant's verified custom domains. If there are several, the create call must name one. */
  customDomains: string[];
  /**
   * Records at the end of a list that don't have the usual form, such as `{ name: null }`. A list that is filtered by
   * name or strategy leaves them out.
   */
  oddRecords: Partial<Record<ListName, object[]>>;
  /** The number of records of a page that the next page repeats. */
  pageOverlap: number;
  /** Whether every page returns the second page as the next one. */
  repeatCheckpoint: boolean;
  /** How long an event is in the log before `GET /logs` returns it, in milliseconds. Called for each event. */
  logDelay: () => number;
  /** Whether `GET /logs` returns some events twice. */
  logRepeats: boolean;
  /** What a tracing ID identifies. Auth0's documentation doesn't say. */
  tracingPer: 'ticket' | 'session';
}
