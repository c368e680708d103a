/** The refill rate and the size of a token bucket. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

export interface EndpointLimit {
  perMinute: number;
  burst: number;
}

export interface LimitResult {
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
export function createRateLimiter(): (
  limits: readonly (RateLimit | EndpointLimit | undefined)[],
) => LimitResult {
  const buckets = new WeakMap<object, Bucket>();

  function refill(limit: RateLimit | EndpointLimit): Bucket {
    const now = Date.now();
    const { tokens, updatedAt } = buckets.get(limit) ?? { tokens: limit.burst, updatedAt: now };
    const added = ((now - updatedAt) / 1000) * ratePerSecond(limit);
    const bucket = { tokens: Math.min(limit.burst, tokens + added), updatedAt: now };
    buckets.set(limit, bucket);
    return bucket;
  }

  return (limits) => {
    const filled = limits
      .filter((limit) => limit !== undefined)
      .map((limit) => ({ limit, bucket: refill(limit) }));
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
  };
}

function ratePerSecond(limit: RateLimit | EndpointLimit): number {
  return 'perSecond' in limit ? limit.perSecond : limit.perMinute / 60;
}
