/** The refill rate and the size of a token bucket. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

export interface EndpointLimit {
  perMinute: number;
  burst: number;
}

type Limit = RateLimit | EndpointLimit;

interface LimitResult {
  allowed: boolean;
  headers: Record<string, string>;
}

interface Bucket {
  tokens: number;
  updatedAt: number;
}

/** The `x-ratelimit-limit` header if no limit is set. */
const unlimited = 1000;

/**
 * Checks requests against token buckets. Buckets are stored by limit object, so a new object starts with a
 * full bucket.
 */
export class RateLimiter {
  readonly #buckets = new WeakMap<object, Bucket>();

  /** Takes a token from each bucket if all have one. */
  check(limits: readonly (Limit | undefined)[]): LimitResult {
    const filled = limits
      .filter((limit) => limit !== undefined)
      .map((limit) => ({ limit, bucket: this.#refill(limit) }));
    const allowed = filled.every(({ bucket }) => bucket.tokens >= 1);
    if (allowed) for (const { bucket } of filled) bucket.tokens -= 1;
    // The headers describe the bucket with the fewest tokens.
    const [tightest] = filled.sort((one, other) => one.bucket.tokens - other.bucket.tokens);
    const missing = tightest ? Math.max(0, 1 - tightest.bucket.tokens) : 0;
    const wait = tightest ? missing / ratePerSecond(tightest.limit) : 0;
    return {
      allowed,
      headers: {
        'x-ratelimit-limit': String(tightest?.limit.burst ?? unlimited),
        'x-ratelimit-remaining': String(tightest ? Math.floor(tightest.bucket.tokens) : unlimited - 1),
        'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000 + wait)),
      },
    };
  }

  #refill(limit: Limit): Bucket {
    const now = Date.now();
    const { tokens, updatedAt } = this.#buckets.get(limit) ?? { tokens: limit.burst, updatedAt: now };
    const added = ((now - updatedAt) / 1000) * ratePerSecond(limit);
    const bucket = { tokens: Math.min(limit.burst, tokens + added), updatedAt: now };
    this.#buckets.set(limit, bucket);
    return bucket;
  }
}

function ratePerSecond(limit: Limit): number {
  return 'perSecond' in limit ? limit.perSecond : limit.perMinute / 60;
}
