import type { ServerResponse } from 'node:http';
import type { ApiResponse } from './response.ts';

/**
 * How a request fails.
 *
 * The request is not executed: `{ status }`, `hang` (no response), `reset` (the connection closes).
 * The request is executed: `{ delay }` (a late response, in milliseconds), `html` and `empty` (a success with
 * such a body), `cut` (the connection closes within the body), `stall` (the body never ends), `reset-after`
 * (the connection closes before the response).
 */
export type Fault =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { delay: number }
  | 'hang'
  | 'reset'
  | 'html'
  | 'empty'
  | 'cut'
  | 'stall'
  | 'reset-after';

/** Which requests fail. A string path matches with or without `/api/v2`. */
export interface Match {
  method?: string;
  path?: string | RegExp;
}

export function matchesRequest(match: Match, { method, path }: { method: string; path: string }): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  if (typeof match.path === 'string') return match.path === path || `/api/v2${match.path}` === path;
  // Unlike test(), search() ignores the state of a global pattern.
  return path.search(match.path) !== -1;
}

/** Sends a response, changed by the fault. */
export function send(
  response: ServerResponse,
  { status, headers = {}, html, body }: ApiResponse,
  fault?: Fault,
): void {
  if (response.destroyed) return;
  if (fault === 'reset-after') {
    response.destroy();
    return;
  }
  const content = html ?? (body === undefined ? '' : JSON.stringify(body));
  const text = fault === 'empty' ? '' : fault === 'html' ? '<html><body>Welcome</body></html>' : content;
  response.statusCode = fault === 'html' || fault === 'empty' ? Math.min(status, 202) : status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const type = html !== undefined || fault === 'html' ? 'text/html' : 'application/json';
  if (text) response.setHeader('content-type', `${type}; charset=utf-8`);
  if (fault !== 'cut' && fault !== 'stall') {
    response.end(text);
    return;
  }
  // Announce one byte too many, so that an empty body can be cut too.
  response.setHeader('content-length', Buffer.byteLength(text) + 1);
  response.flushHeaders();
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => {
    if (fault === 'cut') response.destroy();
  });
}
