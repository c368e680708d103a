/** Error codes of a connection that fails before a request is sent. */
const CONNECT_ERRORS = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Error codes of TLS: OpenSSL's verification errors, and Node's own. */
const TLS_ERROR =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|INVALID_|HOSTNAME_MISMATCH$)/;

interface NetworkError extends Error {
  code?: unknown;
  syscall?: unknown;
}

/** The innermost errors: a connection that is tried over IPv6 and IPv4 fails with an error for each. */
function innermost(error: unknown): NetworkError[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(innermost);
  const causes = innermost(error.cause);
  return causes.length > 0 ? causes : [error];
}

/** Whether it is certain that no request was sent. */
export function neverConnected(error: unknown): boolean {
  const errors = innermost(error);
  return errors.length > 0 && errors.every(isConnectError);
}

function isConnectError({ code, syscall, message }: NetworkError): boolean {
  const text = String(code);
  return (
    CONNECT_ERRORS.has(text) ||
    TLS_ERROR.test(text) ||
    (text === 'ETIMEDOUT' && syscall === 'connect') ||
    // Node's message for a reset during the TLS handshake.
    (text === 'ECONNRESET' && /before secure TLS connection was established/.test(message))
  );
}

/** The innermost error code, for the log. Undefined if there is none. */
export function networkErrorCode(error: unknown): string | undefined {
  const code = innermost(error).find(({ code }) => typeof code === 'string')?.code;
  return typeof code === 'string' ? code : undefined;
}
