/** Time limits of everything that involves Slack, in milliseconds unless the name says otherwise. */

/** Slack waits this long for an acknowledgement, and a `trigger_id` is valid this long. */
export const SLACK_DEADLINE_MS = 3_000;

// These share the deadline: a test checks that they fit.
/** Asking Slack who someone is. After this time, they have no access. */
export const ACCESS_CHECK_TIMEOUT_MS = 1_200;
/** Waiting for what a form needs. After this time a loading view opens instead. */
export const FORM_CONTENT_TIMEOUT_MS = 1_000;
/** Looking up the links for a submitted form's connection, while Slack is asked who the person is. */
export const LIVE_LINKS_TIMEOUT_MS = 1_000;
/** Waiting for a list or a lookup that suggestions need. */
export const SUGGESTION_TIMEOUT_MS = 1_200;

/** One Web API call. A failed one is made once more. */
export const WEB_API_TIMEOUT_MS = 2_500;
export const WEB_API_RETRY_DELAY_MS = 200;
export const RESPONSE_URL_TIMEOUT_MS = 3_000;

/** One attempt to open a Socket Mode connection, from `apps.connections.open` to Slack's hello. */
export const SOCKET_ATTEMPT_TIMEOUT_MS = 10_000;
/** The wait after a failed attempt. It doubles with each failure. */
export const SOCKET_RETRY_MIN_MS = 500;
export const SOCKET_RETRY_MAX_MS = 30_000;
/** A connection that ends sooner than this counts as a failure. */
export const SOCKET_STABLE_MS = 10_000;
/** A connection that has been replaced is closed after this time, if Slack hasn't closed it. */
export const SOCKET_REPLACED_MS = 10_000;
/** The closing handshake. Slack may never end it. */
export const SOCKET_CLOSE_TIMEOUT_MS = 1_000;
/** How often to check whether Slack has begun the closing handshake. */
export const SOCKET_STATE_CHECK_INTERVAL_MS = 500;
/** How long an envelope is remembered, in case it also arrives over another connection. */
export const ENVELOPE_TTL_MS = 5 * 60_000;
/** The start continues without a Socket Mode connection after this time. */
export const FIRST_CONNECTION_TIMEOUT_MS = 5_000;
/** The headers of an HTTP request must be complete after this time, and so must the whole request. */
export const HTTP_REQUEST_TIMEOUT_MS = 10_000;
/** How often these two are checked. */
export const HTTP_TIMEOUT_CHECK_INTERVAL_MS = 1_000;
/** An HTTP request without a response is closed after this time. */
export const HTTP_RESPONSE_TIMEOUT_MS = 10_000;

/** How often people who wait see the progress. With many of them, it is still at least every 10 seconds. */
export const PROGRESS_INTERVAL_MS = 7_000;
/** How long a person who opens a link's details waits for the state of its connection. */
export const LOOK_TIMEOUT_MS = 8_000;
/** After this time, people see that the bot is asking Auth0. */
export const QUIET_TIMEOUT_MS = 2_000;
/** Asking Slack whether a person is in the conversation they chose. The form is acknowledged by then. */
export const MEMBERSHIP_TIMEOUT_MS = 10_000;
/** The wait before a message to AUDIT_CHANNEL is tried again. It doubles with each failure. */
export const ANNOUNCEMENT_RETRY_DELAY_MS = 5_000;
/** A home tab is redrawn this long after it was opened, if something changes. */
export const HOME_TTL_MS = 60 * 60_000;
/** How often it is compared with the record: another instance may have changed a link, or it has expired. */
export const HOME_CHECK_INTERVAL_MS = 60_000;
/** The wait before the home tabs are redrawn, because several changes often follow each other. */
export const HOME_REDRAW_DELAY_MS = 500;
/** Waiting for Slack to say whether a channel is shared. */
export const CHANNEL_INFO_TIMEOUT_MS = 2_000;
/** A form waits this long for an optional list. */
export const OPTIONAL_LIST_TIMEOUT_MS = 2_500;
/** Waiting for all connections: only the whole list has their display names. */
export const WHOLE_LIST_TIMEOUT_MS = 8_000;
/** The modal says that the link is ready after this time, even if the receipt is not posted yet. */
export const RECEIPT_TIMEOUT_MS = 2_500;
/** A message or view that no other attempt follows waits this long for Slack's rate limit. */
export const LAST_ATTEMPT_WAIT_MS = 15_000;

/** One person's typing asks Auth0 at most this often. */
export const LOOK_UP_INTERVAL_MS = 1_000;
/** What Slack says about people is kept this long. */
export const PEOPLE_TTL_MS = 60_000;
/** A person without access has one audit line, and one message after a click, in this time. */
export const DENIAL_INTERVAL_MS = 60_000;
/**
 * A signed request may be this old, as Slack recommends. Its clock and the bot's may differ, so also this far ahead.
 */
export const SIGNATURE_MAX_AGE_MS = 5 * 60_000;
/** A signature is remembered longer than twice that, so that no replay is accepted. */
export const SIGNATURE_TTL_MS = 2 * SIGNATURE_MAX_AGE_MS + 60_000;
/**
 * A request may have been signed this long before the process started. An older one may have been handled by the
 * previous process, and the list of its signatures is lost.
 */
export const SIGNED_BEFORE_START_MS = 5_000;
/** Slack is asked this often whether the bot token is still valid. */
export const HEALTH_CHECK_INTERVAL_MS = 30_000;

/** How long a form can stay open. */
export const FORM_LIFETIME_SECONDS = 7 * 24 * 3600;

/** A submitted profile is remembered this long: longer than saving it can take. */
export const PROFILE_SUBMISSION_TTL_MS = 10 * 60_000;
/** How long after its submission a form must not be brought back by a late change. */
export const SUBMITTED_VIEW_TTL_MS = 60_000;
