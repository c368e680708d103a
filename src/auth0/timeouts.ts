/** Time limits of calls to Auth0, in milliseconds unless the name says otherwise. */

/** One call, from the first byte to the end of the response, including a new token and a second try with it. */
export const CALL_TIMEOUT_MS = 15_000;
export const TOKEN_TIMEOUT_MS = 10_000;
/** A token is renewed this long before it expires, because it could expire in transit. */
export const TOKEN_LEEWAY_MS = 10_000;
/** How long a signed assertion (private_key_jwt) is valid, in seconds. */
export const ASSERTION_LIFETIME_SECONDS = 180;

/** How long a submitted form, with all its calls, or a revocation may wait for the rate limit. */
export const SUBMISSION_RATE_LIMIT_WAIT_MS = 30_000;
/** How long a form that is opening may wait for the rate limit of a list. */
export const FORM_RATE_LIMIT_WAIT_MS = 5_000;
/** How long a call that a person is waiting for may stay in the queue. */
export const QUEUE_TIMEOUT_MS = 30_000;

/** Background pages: at least this long apart. */
export const BACKGROUND_INTERVAL_MS = 200;
/** An endpoint is tried again after this time at the latest, even if its reset is further away. */
export const MAX_RATE_LIMIT_PAUSE_MS = 60_000;
/** Spreads the first calls after a pause, so that several instances don't come back at the same moment. */
export const RATE_LIMIT_JITTER_MS = 250;
/** The first pause after a 429 without a reset, and after a low allowance. It doubles each time. */
export const RATE_LIMIT_BACKOFF_MS = 500;

/** Calls wait for a reset only if it is at most this far from now, in either direction. Auth0 sends whole seconds. */
export const MAX_PACED_RESET_MS = 5_000;
/** How long a reported allowance counts, because the call that would bring the next one may hang. */
export const ALLOWANCE_LIFETIME_MS = 2_000;

/** A list is refreshed when it is older than this. A long list costs many requests, so it is refreshed less often. */
export const LIST_MAX_AGE_MS = 5 * 60_000;
export const LONG_LIST_MAX_AGE_MS = 60 * 60_000;
/** The first delay before a failed page is read again. It doubles each time. */
export const PAGE_RETRY_DELAY_MS = 1_000;
/** Whether an organization has a connection is asked again after this time. */
export const ORGANIZATION_CONNECTIONS_TTL_MS = 60_000;
/** A protected entry that matches nothing is looked up again after this time at the earliest. */
export const PROTECTION_RETRY_MS = 60_000;

/** How often to check for a list's snapshot, while another instance loads the list for the first time. */
export const SNAPSHOT_POLL_INTERVAL_MS = 500;
/** A list waits this long for the database. It works without one, and someone may be waiting for it. */
export const SNAPSHOT_TIMEOUT_MS = 400;
/** A search lets other work run after this time. The step in progress takes less than 5 ms more. */
export const SEARCH_SLICE_MS = 4;
