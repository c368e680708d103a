import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/**
 * How a call goes wrong.
 *
 * Nothing is done: `{ status }`, `hang` (no answer ever), `reset` (the socket is closed).
 * It is done, and the answer suffers: `{ delay }` (comes late, in milliseconds), `html` and `empty` (a
 * success with such a body), `cut` (the body ends early), `stall` (the body never ends), `reset-after`.
 */
export type Behaviour =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { delay: number }
  | 'hang'
  | 'reset'
  | 'html'
  | 'empty'
  | 'cut'
  | 'stall'
  | 'reset-after';

/** Which calls: by method, and by path: exactly (the `/api/v2` may be left out), or by pattern. */
export interface Match {
  method?: string;
  path?: string | RegExp;
}

export interface Faults {
  /** Lets the next matching calls go wrong, `times` of them or all. The fault set first comes first. */
  fail(match: Match, behaviour: Behaviour, times?: number): void;
  /** Ends all faults. */
  heal(): void;
  /** The fault of this call; counts it. */
  take(method: string, path: string): Behaviour | undefined;
}

export function createFaults(): Faults {
  let faults: { match: Match; behaviour: Behaviour; times: number }[] = [];
  return {
    fail(match, behaviour, times = Number.POSITIVE_INFINITY) {
      faults.push({ match, behaviour, times });
    },
    heal() {
      faults = [];
    },
    take(method, path) {
      const fault = faults.find(({ match, times }) => times > 0 && isMatch(match, method, path));
      if (fault) fault.times -= 1;
      return fault?.behaviour;
    },
  };
}

function isMatch(match: Match, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  if (typeof match.path === 'string') return match.path === path || `/api/v2${match.path}` === path;
  // search() starts at the beginning every time, whatever the flags of the pattern.
  return path.search(match.path) !== -1;
}

/** Sends the answer, as the fault leaves it. */
export function send(response: ServerResponse, answer: Answer, fault?: Behaviour): void {
  if (response.destroyed) return;
  if (fault === 'reset-after') {
    response.destroy();
    return;
  }
  const type = answer.html === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  const content = answer.html ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const status = fault === 'html' || fault === 'empty' ? Math.min(answer.status, 202) : answer.status;
  const text = fault === 'empty' ? '' : fault === 'html' ? '<html><body>Welcome</body></html>' : content;
  response.statusCode = status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (text) response.setHeader('content-type', fault === 'html' ? 'text/html; charset=utf-8' : type);
  if (fault !== 'cut' && fault !== 'stall') {
    response.end(text);
    return;
  }
  // One byte is promised that never comes, so that an empty body can be cut too.
  response.setHeader('content-length', Buffer.byteLength(text) + 1);
  response.flushHeaders();
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => {
    if (fault === 'cut') response.destroy();
  });
}
