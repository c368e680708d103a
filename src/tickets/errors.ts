/** Why a ticket can't be created. Errors of Auth0 are `Auth0Error`s. */
export type TicketErrorDetails =
  /** A variable such as PROTECTED_CONNECTIONS lists something that the link reaches. */
  | { code: 'resource_protected'; name: string }
  /** A variable such as PROTECTED_CONNECTIONS has an entry that matches nothing, so it may be a typo. */
  | { code: 'protection_unresolved'; variable: string }
  /** Only editors may add a connection to an organization that has one. */
  | { code: 'organization_has_connection'; name: string }
  /** Not an enterprise connection that a link can edit. */
  | { code: 'connection_not_editable'; name: string; strategy: string }
  | { code: 'connection_gone'; name: string }
  /** Auth0 could not say what the link reaches. `cause` says why. */
  | { code: 'reach_unknown' }
  /** The link that it replaces could not be revoked. `cause` says why. */
  | { code: 'not_replaced'; customer: string }
  /** Slack could not deliver the link in any way. `revoked`: whether the ticket was revoked. */
  | { code: 'not_delivered'; revoked: boolean; correlationId: string }
  /** The link could not be recorded after Auth0 had created it. Nobody has seen it. */
  | { code: 'not_recorded'; revoked: boolean; correlationId: string }
  /** MAX_LINKS_PER_HOUR. `nextAt`: when the person can create the next one, in milliseconds since 1970. */
  | { code: 'too_many_links'; max: number; nextAt: number };

export class TicketError extends Error {
  override name = 'TicketError';
  readonly code: TicketErrorDetails['code'];
  readonly details: TicketErrorDetails;
  constructor(details: TicketErrorDetails, options?: ErrorOptions) {
    super(`Ticket: ${details.code}`, options);
    this.code = details.code;
    this.details = details;
  }
}

/** What is wrong with the value of a form's field. `slack/sentences.ts` has a sentence for each code. */
export type FieldProblem =
  // Missing
  | { code: 'text_missing'; label: string }
  /** One of two fields must have a text. */
  | { code: 'one_text_missing'; labels: readonly [string, string] }
  | { code: 'choice_missing' }
  | { code: 'checkbox_missing' }
  | { code: 'application_missing' }
  // Out of bounds. A client other than Slack's own may not enforce them.
  | { code: 'text_too_long'; max: number; length: number }
  | { code: 'not_a_choice' }
  | { code: 'no_longer_offered' }
  | { code: 'editors_only' }
  /** A field that the form didn't show has a problem: its rule is newer than the form. */
  | { code: 'form_outdated'; label: string }
  // Connection
  | { code: 'connection_name_too_long'; max: number; length: number }
  | { code: 'connection_name_invalid' }
  /** The display name has no letter to create the connection name from. */
  | { code: 'connection_name_underivable' }
  | { code: 'connection_name_against_policy'; name: string; hint?: string | undefined }
  /** `customer`: the display name of the existing connection, if it has one. */
  | { code: 'connection_name_taken'; name: string; customer: string; isEditor: boolean }
  | { code: 'resource_protected'; name: string }
  | { code: 'too_many_organizations'; max: number; count: number }
  | { code: 'connection_not_editable'; name: string; strategy: string }
  // Metadata
  | { code: 'metadata_pattern_mismatch'; label: string; hint?: string | undefined }
  | { code: 'metadata_not_a_pair'; line: string }
  | { code: 'metadata_key_reserved'; key: string }
  | { code: 'metadata_key_twice'; key: string; hasOwnField: boolean }
  | { code: 'metadata_too_many'; max: number; count: number }
  | { code: 'metadata_too_long'; key: string; max: number }
  // Login page
  | { code: 'not_an_https_url' }
  // Domains
  | { code: 'domains_invalid'; texts: string[] }
  | { code: 'domains_public'; domains: string[] }
  /** On a list of email providers, which also contains domains of companies and universities. */
  | { code: 'domains_maybe_public'; domains: string[] }
  | { code: 'domains_too_many'; max: number; count: number; oneOrganization: boolean }
  | { code: 'discovery_domains_too_many'; max: number; count: number }
  | { code: 'domains_feature_off' }
  | { code: 'domain_verification_off' }
  | { code: 'discovery_needs_domains' }
  | { code: 'discovery_needs_one_organization'; count: number }
  // Login from the identity provider
  | { code: 'idp_login_needs_application' }
  | { code: 'idp_login_off' }
  | { code: 'idp_query_needs_oidc' }
  | { code: 'idp_query_unknown_parameters'; unknown: string[]; allowed: readonly string[] }
  // Provisioning
  | { code: 'scim_needs_user_scopes' }
  /** `onlySync`: the provider has directory sync instead. */
  | { code: 'scim_not_supported'; provider: string; onlySync: boolean }
  | { code: 'sync_not_supported'; provider: string }
  | { code: 'provisioning_is_empty' }
  | { code: 'provisioning_feature_off' }
  | { code: 'google_not_offered'; profile: string };
