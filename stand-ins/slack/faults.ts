import type { ServerResponse } from 'node:http';

/** What goes wrong with a request of the bot. */
export type Fault =
  /** Slack refuses, with status 200 and this error (a `response_url`: status 404 and this text). */
  | { error: string }
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The request is done after so many milliseconds. */
  | { delay: number }
  /** No answer ever; the request is not done. */
  | 'hang'
  /** The connection breaks before an answer; the request is not done. */
  | 'reset'
  /** Status 200 with a web page, or with nothing; the request is not done. */
  | 'html'
  | 'empty'
  /** The request is done, and the connection breaks in the middle of the answer. */
  | 'cut'
  /** The request is done, and the answer stops after its headers. */
  | 'stall';

type Target = string | RegExp;

/** The faults that are set, looked up by the method's name. */
export class Faults {
  #set: { target: Target; fault: Fault; left: number }[] = [];

  add(target: Target, fault: Fault, times: number): void {
    this.#set.push({ target, fault, left: times });
  }

  clearFaults(): void {
    this.#set = [];
  }

  /** The fault that this request meets, if any; counts it. */
  take(method: string): Fault | undefined {
    const found = this.#set.find(
      ({ target, left }) =>
        left > 0 && (typeof target === 'string' ? target === method : method.search(target) >= 0),
    );
    if (found) found.left -= 1;
    return found?.fault;
  }
}

/** Whether a request that meets this fault is carried out all the same. */
export function isDoneDespite(fault: Fault | undefined): boolean {
  if (fault === undefined || fault === 'cut' || fault === 'stall') return true;
  return typeof fault === 'object' && 'delay' in fault;
}

/** Answers the way the fault has it. `body` is what the answer would have been. */
export function answerWith(fault: Fault, response: ServerResponse, body: string): void {
  switch (fault) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sorry</title>');
      return;
    case 'empty':
      response.writeHead(200, { 'content-type': 'application/json' }).end();
      return;
    case 'cut':
    case 'stall':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 100 });
      response.flushHeaders();
      if (fault === 'cut') response.write(body.slice(0, body.length / 2), () => response.destroy());
      return;
  }
  if ('status' in fault) response.writeHead(fault.status, fault.headers).end(fault.body);
}
