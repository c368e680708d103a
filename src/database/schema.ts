/** The tables. Times are milliseconds since 1970, and lists and objects are JSON. */
export interface Schema {
  tickets: TicketsTable;
  events: EventsTable;
  leases: LeasesTable;
  log_cursors: LogCursorsTable;
  list_snapshots: ListSnapshotsTable;
}

/** What a row belongs to. Each query stays within one scope. */
export interface Scope {
  auth0Domain: string;
  /** The ID of the Slack workspace. */
  team: string;
}

interface Scoped {
  auth0_domain: string;
  team: string;
}

export interface TicketsTable extends Scoped {
  id: string;
  /** The submission that it comes from, unique in its scope. */
  submission: string;
  kind: string;
  /** The requester's Slack user ID. */
  requester: string;
  channel: string | null;
  customer: string;
  /** The connection's name. */
  connection: string;
  connection_id: string | null;
  profile_id: string;
  /** The profile's name. */
  profile: string;
  clients: string;
  organizations: string;
  /** The options that were used, as people see them. */
  options: string;
  /** The values of the form, to create the ticket again. */
  form: string;
  /** The names of the customer, the connection and the organizations, for the search. */
  search: string;
  correlation_id: string;
  /** Auth0's ticket ID, encrypted. */
  auth0_ticket: string | null;
  fingerprint: string | null;
  expires_at: number | null;
  receipt_channel: string | null;
  receipt_ts: string | null;
  /** When the receipt must be updated just because time passes. Null once it was. */
  receipt_due_at: number | null;
  /** The ID of the process that works on it. */
  instance: string;
  created_at: number;
  /** When its creation ended, with or without a link. */
  finished_at: number | null;
  /** When it must be checked next. Null if it is not followed. */
  check_at: number | null;
  /** When Auth0 was last asked for the state of its connection. */
  asked_at: number | null;
  /** When the link was first opened, according to Auth0's log. */
  opened_at: number | null;
  /** When it stopped working before it expired, or was not created. */
  ended_at: number | null;
}

export interface EventsTable extends Scoped {
  id: string;
  /** Null for an event that isn't about a ticket on record. */
  ticket: string | null;
  at: number;
  type: string;
  /** The Slack user ID of the person who acted. Null for the bot. */
  actor: string | null;
  channel: string | null;
  details: string;
  /** Makes an event unique if several instances may see it. */
  source_id: string | null;
}

interface LeasesTable extends Scoped {
  name: string;
  holder: string;
  expires_at: number;
}

interface LogCursorsTable extends Scoped {
  /** The time up to which Auth0's log has been read. */
  read_until: number;
}

interface ListSnapshotsTable extends Scoped {
  list: string;
  part: number;
  data: string;
  loaded_at: number;
}
