/** Why the database can't be used. */
export type DatabaseErrorCode =
  /** The folder, the file or the database doesn't allow writing. */
  | 'not_writable'
  /** The disk is full. */
  | 'full'
  /** Another process holds the lock for longer than the bot waits. */
  | 'locked'
  | 'credentials_rejected'
  | 'unreachable'
  /** A newer version of the bot has changed the tables. */
  | 'schema_too_new'
  /** Anything else. */
  | 'failed';

/** The database could not be used. Nothing was stored, unless PostgreSQL's response to the commit was lost. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  constructor(code: DatabaseErrorCode, options?: ErrorOptions & { message?: string }) {
    super(options?.message ?? `Database: ${code}`, options);
    this.code = code;
  }
}

/** Codes of Node, SQLite and PostgreSQL, and ours for each. */
const CODES: Record<string, DatabaseErrorCode> = {
  // Node, about the folder
  EACCES: 'not_writable',
  EEXIST: 'not_writable',
  EISDIR: 'not_writable',
  ENOENT: 'not_writable',
  ENOTDIR: 'not_writable',
  EPERM: 'not_writable',
  EROFS: 'not_writable',
  ENOSPC: 'full',
  EDQUOT: 'full',
  // Node, about the network
  EAI_AGAIN: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  // SQLite, without the extension of a code such as SQLITE_BUSY_SNAPSHOT
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_CANTOPEN: 'not_writable',
  SQLITE_PERM: 'not_writable',
  SQLITE_READONLY: 'not_writable',
  SQLITE_FULL: 'full',
  // PostgreSQL
  '25006': 'not_writable', // read_only_sql_transaction
  '42501': 'not_writable', // insufficient_privilege
  '53100': 'full', // disk_full
  '40001': 'locked', // serialization_failure
  '40P01': 'locked', // deadlock_detected
  '55P03': 'locked', // lock_not_available
  '28000': 'credentials_rejected', // invalid_authorization_specification
  '28P01': 'credentials_rejected', // invalid_password
  '53300': 'unreachable', // too_many_connections
  '57P01': 'unreachable', // admin_shutdown
  '57P02': 'unreachable', // crash_shutdown
  '57P03': 'unreachable', // cannot_connect_now
};

/** What OpenSSL and Node say about a certificate or a handshake. */
const TLS_CODE = /^(CERT|CRL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|ERR_TLS|ERR_SSL)_?/;
/** SQLite's, PostgreSQL's, and those of Node's system calls, such as EMFILE. */
const DRIVER_CODE = /^(SQLITE_.+|[0-9A-Z]{5}|E[A-Z0-9]+)$/;

/** Errors of the drivers without a code. */
const MESSAGES: [RegExp, DatabaseErrorCode][] = [
  [/^ConnectionFailed\(/, 'not_writable'], // libsql: the file can't be opened
  [/^SASL: |password must be/, 'credentials_rejected'],
  [/[Cc]onnection terminated|timeout exceeded|Query read timeout|not queryable/, 'unreachable'],
];

/** Turns an error of a driver into a `DatabaseError`. Undefined for any other error. */
export function toDatabaseError(error: unknown): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // libsql's code may be empty.
  const known = code ? codeOf(code, error) : codeOfMessage(error.message);
  return known && new DatabaseError(known, { cause: error, message: error.message });
}

function codeOf(code: string, error: Error): DatabaseErrorCode | undefined {
  // If the socket's folder doesn't exist, the server isn't running.
  if ('syscall' in error && error.syscall === 'connect') return 'unreachable';
  const [base = ''] = /^SQLITE_[A-Z]+/.exec(code) ?? [code];
  if (/^08.../.test(code) || TLS_CODE.test(code)) return 'unreachable';
  return CODES[base] ?? (DRIVER_CODE.test(code) ? 'failed' : undefined);
}

function codeOfMessage(message: string): DatabaseErrorCode | undefined {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
}
