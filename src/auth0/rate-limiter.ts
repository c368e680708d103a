import { rateLimitReset } from './errors.ts';
import {
  MAX_PACED_RESET_MS,
  MAX_RATE_LIMIT_PAUSE_MS,
  RATE_LIMIT_BACKOFF_MS,
  RATE_LIMIT_JITTER_MS,
} from './timeouts.ts';

/** Background calls leave this share of an endpoint's allowance to the tenant's own systems. */
const RESERVED_SHARE = 3 / 4;

/** The state of one endpoint. Times are in milliseconds since 1970. */
interface EndpointState {
  /** Until when Auth0 refuses all calls (429). */
  closedUntil: number;
  /** Until when background calls pause because little of the allowance is left. */
  backgroundPausedUntil: number;
  /** The number of responses in a row that reported a low allowance. */
  lowAnswers: number;
  allowance: Allowance | undefined;
}

/** What the latest response says about the calls that an endpoint accepts. */
export interface Allowance {
  /** The number of calls that it accepts now. May or may not count calls in progress. */
  remaining: number;
  /** When it accepts at least one more, in milliseconds since 1970. */
  resetsAt: number;
}

/** Tracks Auth0's rate limits. Each endpoint has its own allowance. */
export class RateLimiter {
  readonly #endpoints = new Map<string, EndpointState>();
  readonly #random: () => number;

  /** @param random returns a number from 0 to 1, for the jitter */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Until when an endpoint refuses calls, in milliseconds since 1970. In the past if it is open. */
  closedUntil(endpoint: string): number {
    return this.#state(endpoint).closedUntil;
  }

  isClosed(endpoint: string): boolean {
    return this.closedUntil(endpoint) > Date.now();
  }

  /**
   * Closes an endpoint after a 429: until `retryAt` (at most one minute), or with a growing delay if Auth0 doesn't
   * say. Returns false if it is already closed.
   */
  close(endpoint: string, retryAt: number | undefined, failures: number): boolean {
    if (this.isClosed(endpoint)) return false;
    const now = Date.now();
    const reopensAt =
      retryAt && retryAt > now
        ? Math.min(retryAt, now + MAX_RATE_LIMIT_PAUSE_MS)
        : now + RATE_LIMIT_BACKOFF_MS * 2 ** Math.min(failures, 4);
    this.#state(endpoint).closedUntil = reopensAt + this.#random() * RATE_LIMIT_JITTER_MS;
    return true;
  }

  /** Reads a response's rate limit headers, to pace the next calls. */
  observe(endpoint: string, headers: Headers): void {
    const state = this.#state(endpoint);
    state.allowance = allowanceIn(headers);
    const limit = numberIn(headers, 'x-ratelimit-limit');
    const remaining = numberIn(headers, 'x-ratelimit-remaining');
    const low = remaining < limit * RESERVED_SHARE;
    state.lowAnswers = low ? state.lowAnswers + 1 : 0;
    // The reset may bring only one more token, so the pause grows while the allowance stays low.
    const now = Date.now();
    const backoff = RATE_LIMIT_BACKOFF_MS * 2 ** Math.min(state.lowAnswers, 10);
    const pause = Math.max((rateLimitReset(headers) ?? 0) - now, backoff);
    state.backgroundPausedUntil = low ? now + Math.min(pause, MAX_RATE_LIMIT_PAUSE_MS) : 0;
  }

  /** When the next background call may start, in milliseconds since 1970. */
  nextBackgroundCallAt(endpoint: string): number {
    const { closedUntil, backgroundPausedUntil } = this.#state(endpoint);
    return Math.max(closedUntil, backgroundPausedUntil);
  }

  /** Undefined if the latest response doesn't have it, or if it makes no sense. */
  allowance(endpoint: string): Allowance | undefined {
    return this.#state(endpoint).allowance;
  }

  #state(endpoint: string): EndpointState {
    const state = this.#endpoints.get(endpoint) ?? {
      closedUntil: 0,
      backgroundPausedUntil: 0,
      lowAnswers: 0,
      allowance: undefined,
    };
    this.#endpoints.set(endpoint, state);
    return state;
  }
}

/** NaN if the header is missing: no comparison with it is true. */
function numberIn(headers: Headers, name: string): number {
  return Number(headers.get(name) ?? Number.NaN);
}

/**
 * Undefined unless the reset is near: otherwise the wait is unknown, so Auth0 decides about each call. The reset can be
 * in the past, because Auth0 set it when it wrote the response.
 */
function allowanceIn(headers: Headers): Allowance | undefined {
  const remaining = numberIn(headers, 'x-ratelimit-remaining');
  const resetsAt = rateLimitReset(headers) ?? 0;
  const isNear = Math.abs(resetsAt - Date.now()) <= MAX_PACED_RESET_MS;
  return isNear && Number.isInteger(remaining) && remaining >= 0 ? { remaining, resetsAt } : undefined;
}
