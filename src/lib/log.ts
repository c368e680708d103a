import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Secrets that could appear in an error message: ticket links and IDs, response URLs, tokens, and a proxy's
 * credentials. No code logs them on purpose; this is the second line of defense.
 */
const SECRETS: [RegExp, string][] = [
  [/([?&]ticket=)[^\s&"'<>]+/gi, '$1[redacted]'],
  [/(\/sso-ticket\/)[^\s/"'<>]+/gi, '$1[redacted]'],
  [/https?:\/\/hooks\.[^\s"'<>]+/gi, '[response_url]'],
  [/xox[a-z]-[\w-]+|xapp-[\w-]+/gi, '[token]'],
  // The credentials in a URL, such as a proxy's.
  [/(:\/\/)[^\s/@"'<>]+@/g, '$1[credentials]@'],
  [/(Bearer\s+)[\w.~+/-]+=*/gi, '$1[token]'],
];

/** Removes everything that has the form of a secret. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), redactJwts(text));
}

/**
 * Removes JWTs: `eyJ…` up to a dot, and what follows it. Not one regular expression, because its time would grow with
 * the square of the length for `eyJeyJeyJ…`.
 */
function redactJwts(text: string): string {
  return text.replace(/[\w.-]+/g, (word) => {
    for (let at = word.indexOf('eyJ'); at !== -1; at = word.indexOf('eyJ', at + 1)) {
      const dot = word.indexOf('.', at + 3);
      if (dot === -1 || dot === word.length - 1) break;
      if (dot > at + 3) return `${word.slice(0, at)}[token]`;
    }
    return word;
  });
}

/** The parts of an error that are safe to log. Its request, response and cause may contain secrets. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: redact(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    error: redact(error.message),
    type: error.name,
    ...(code && { code }),
    // Without the first line, which repeats the message.
    at: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 4)
      .map((line) => line.trim().slice(3)),
  };
}

/** Structured logs: one JSON object per line. */
export function createLog(level: LogLevel, destination: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      streamWrite: redact,
    },
  };
  return pino(options, destination);
}
