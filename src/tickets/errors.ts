/** Why a ticket can't be created. Errors of Auth0's are `Auth0Error`s. */
export type TicketErrorDetails =
  /** PROTECTED_CONNECTIONS has this connection. */
  | { code: 'connection_protected'; name: string }
  /** Not an enterprise connection that a link can edit. */
  | { code: 'connection_not_editable'; name: string; strategy: string }
  | { code: 'connection_gone'; name: string }
  /** Auth0 could not say whether the connection may be edited. `cause` says why. */
  | { code: 'connection_unknown' }
  /** Slack took the link in none of the possible ways. `revoked` tells whether the ticket was revoked. */
  | { code: 'not_delivered'; revoked: boolean; correlationId: string };

export class TicketError extends Error {
  override name = 'TicketError';
  readonly details: TicketErrorDetails;
  constructor(details: TicketErrorDetails, options?: ErrorOptions) {
    super(`Ticket: ${details.code}`, options);
    this.details = details;
  }
}

/** What is wrong with the value of a form's field. `slack/sentences.ts` has a sentence for each code. */
export type FieldProblem =
  // Missing
  | { code: 'text_missing'; label: string }
  | { code: 'choice_missing' }
  | { code: 'checkbox_missing' }
  | { code: 'application_missing' }
  // Out of bounds. A client other than Slack's own may not enforce them.
  | { code: 'text_too_long'; max: number; length: number }
  | { code: 'not_a_choice' }
  | { code: 'no_longer_offered' }
  | { code: 'editors_only' }
  // Connection
  | { code: 'connection_name_too_long'; max: number; length: number }
  | { code: 'connection_name_invalid' }
  | { code: 'connection_name_against_policy'; pattern: string; hint: string | undefined }
  | { code: 'connection_name_taken'; name: string }
  | { code: 'connection_protected'; name: string }
  | { code: 'connection_not_editable'; name: string; strategy: string }
  // Metadata
  | { code: 'metadata_pattern_mismatch'; label: string; pattern: string }
  | { code: 'metadata_not_a_pair'; line: string }
  | { code: 'metadata_key_twice'; key: string; hasOwnField: boolean }
  | { code: 'metadata_too_many'; max: number; count: number }
  | { code: 'metadata_too_long'; key: string; max: number }
  // Login page
  | { code: 'not_an_https_url' }
  // Domains
  | { code: 'domains_invalid'; texts: string[] }
  | { code: 'domains_public'; domains: string[] }
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
  | { code: 'provisioning_is_empty' }
  | { code: 'provisioning_feature_off' }
  | { code: 'google_not_offered'; profile: string };
