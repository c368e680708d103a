import type { IncomingMessage } from 'node:http';
import { jsonOrText } from '../json.ts';
import { type Query, toQuery } from './lists.ts';
import { invalidBody } from './response.ts';

/** A request that the tenant received. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Query;
  headers: {
    'x-correlation-id'?: string;
    'auth0-custom-domain'?: string;
    'auth0-client'?: string;
    /** Whether the header was set. */
    authorization: boolean;
  };
  /** Parsed JSON or form fields, without client secrets. */
  body: unknown;
  /** 0 until there is a response. */
  status: number;
  /** The time of arrival, in milliseconds since 1970. */
  at: number;
  /** How long the response took. */
  ms: number;
  /** Set if the connection closed without a response. */
  lost?: true;
}

const secretFields = ['client_secret', 'client_assertion'];

export function record(request: IncomingMessage, raw: string, at: number): RecordedRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
  const headers: RecordedRequest['headers'] = { authorization: request.headers.authorization !== undefined };
  for (const name of ['x-correlation-id', 'auth0-custom-domain', 'auth0-client'] as const) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const form = () =>
    Object.fromEntries(
      Object.entries(parseForm(request, raw)).filter(([name]) => !secretFields.includes(name)),
    );
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: toQuery(searchParams),
    headers,
    body: raw === '' ? undefined : pathname.startsWith('/api/v2/') ? jsonOrText(raw) : form(),
    status: 0,
    at,
    ms: 0,
  };
}

/** Parses a JSON body. Throws an `ApiError` if it is not JSON. */
export function parseJson(request: IncomingMessage, raw: string): unknown {
  if (raw === '') return undefined;
  if (!isJson(request)) throw invalidBody('Expected content type application/json');
  try {
    return JSON.parse(raw, (key, value: unknown) => {
      // Zod ignores this key, so its value would not be validated.
      if (key === '__proto__') throw new SyntaxError(key);
      return value;
    });
  } catch {
    throw invalidBody('The body is not JSON');
  }
}

/** Parses form fields, or the properties of a JSON body. */
export function parseForm(request: IncomingMessage, raw: string): Record<string, unknown> {
  if (!isJson(request)) return toQuery(new URLSearchParams(raw));
  const value = jsonOrText(raw);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isJson({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('application/json') ?? false;
}
