import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './settings.ts';

export type Log = Logger;

/**
 * What must never stand in a log, should it slip into an error text: ticket links and IDs, response URLs,
 * and tokens. The code does not log these in the first place; this is the second net.
 */
const SECRETS: [RegExp, string][] = [
  [/([?&]ticket=)[^\s&"'<>]+/gi, '$1[redacted]'],
  [/(\/sso-ticket\/)[^\s/"'<>]+/gi, '$1[redacted]'],
  [/https?:\/\/hooks\.[^\s"'<>]+/gi, '[response_url]'],
  [/xox[a-z]-[\w-]+|xapp-[\w-]+/gi, '[token]'],
  [/eyJ[\w-]+\.[\w.-]+/g, '[token]'],
  [/(Bearer\s+)[\w.~+/-]+=*/gi, '$1[token]'],
];

/** A text without the secrets that can be told by their form. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
}

/** What of an error may be logged: its kind and message, not its request, its response or its cause. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: redact(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    error: redact(error.message),
    type: error.name,
    ...(code && { code }),
    // The place in our code, without the first line, which repeats the message.
    at: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 4)
      .map((line) => line.trim().slice(3)),
  };
}

/** Structured logs, a JSON object a line, on standard output. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      streamWrite: redact,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
