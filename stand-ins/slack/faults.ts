import type { ServerResponse } from 'node:http';

/** How a request of the bot fails. */
export type Fault =
  /** Slack returns this error with status 200. A `response_url` returns it as text with status 404. */
  | { error: string }
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The request is executed after this many milliseconds. */
  | { delay: number }
  /** No response. The request is not executed. */
  | 'hang'
  /** The connection is reset. The request is not executed. */
  | 'reset'
  /** Status 200 with HTML, or with an empty body. The request is not executed. */
  | 'html'
  | 'empty'
  /** The request is executed, and the connection closes within the body. */
  | 'cut'
  /** The request is executed, and the body never arrives. */
  | 'stall';

/** The method's name, or `response_url`. */
export type Target = string | RegExp;

export function matchesMethod(target: Target, method: string): boolean {
  return typeof target === 'string' ? target === method : method.search(target) >= 0;
}

/** Whether the request is executed despite the fault. */
export function isExecuted(fault: Fault | undefined): boolean {
  if (fault === undefined || fault === 'cut' || fault === 'stall') return true;
  return typeof fault === 'object' && 'delay' in fault;
}

/** Sends the response of a fault. `body` is the response without the fault. */
export function sendFault(fault: Fault, response: ServerResponse, body: string): void {
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
