import * as z from 'zod';

/** Something that a customer's admin did, or tried, in Auth0's setup assistant, from the tenant's log. */
export interface SetupEvent {
  /** Its ID in the log. The same if the log sends it twice. */
  id: string;
  /** In milliseconds since 1970. */
  at: number;
  outcome: 'success' | 'failure' | 'info';
  /** Auth0's name of the event, without its prefix, such as `ticket_consumption`. */
  name: string;
  /** The connection's name. May be missing if Auth0 refused to open the link. */
  connection: string | undefined;
  /** `create` for a link to set up a connection, `update` for one to edit it. */
  flow: string | undefined;
  /** The same for all events of a ticket, or of a session. */
  tracingId: string | undefined;
}

const TYPES = {
  ss_sso_success: 'success',
  ss_sso_failure: 'failure',
  ss_sso_info: 'info',
} as const;
const NAME_PREFIX = /^ss_sso_/;

const optionalText = z.string().optional().catch(undefined);

/** An event of the setup assistant. Undefined for any other, in case the search finds one. */
const setupEvent = z
  .object({
    log_id: z.string(),
    date: z.string(),
    type: z.string(),
    details: z
      .object({
        ss_sso_event_name: z.string().catch(''),
        connection_name: optionalText,
        flow_type: optionalText,
        ss_sso_tracing_id: optionalText,
      })
      .catch({ ss_sso_event_name: '' }),
  })
  .transform(({ log_id, date, type, details }): SetupEvent | undefined => {
    const at = Date.parse(date);
    if (!Object.hasOwn(TYPES, type) || !details.ss_sso_event_name || Number.isNaN(at)) return undefined;
    return {
      id: log_id,
      at,
      outcome: TYPES[type as keyof typeof TYPES], // hasOwn
      name: details.ss_sso_event_name.replace(NAME_PREFIX, ''),
      connection: details.connection_name,
      flow: details.flow_type,
      tracingId: details.ss_sso_tracing_id,
    };
  });

/** One page of a search in the log. */
export interface SetupEventPage {
  events: SetupEvent[];
  /** The number of entries that Auth0 sent. Fewer than a full page on the last page. */
  size: number;
  /** The number of unreadable ones. */
  dropped: number;
}

export const setupEventPage = z.array(z.unknown()).transform((entries): SetupEventPage => {
  const parsed = entries.map((entry) => setupEvent.safeParse(entry, { jitless: true }));
  return {
    events: parsed.flatMap(({ data }) => (data === undefined ? [] : [data])),
    size: entries.length,
    dropped: parsed.filter(({ success }) => !success).length,
  };
});

/** Auth0's maximum. */
export const LOG_PAGE_SIZE = 100;
/** A search returns at most this many pages (Auth0's limit of 1,000 results). */
export const MAX_LOG_PAGES = 10;

/** The search for the assistant's events, in Auth0's query syntax. @param since in milliseconds since 1970 */
export const setupEventQuery = (since: number) =>
  `type:(${Object.keys(TYPES).join(' OR ')}) AND date:[${new Date(since).toISOString()} TO *]`;
