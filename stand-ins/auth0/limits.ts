/** How fast a bucket fills, and how much it holds. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

export interface EndpointLimit {
  perMinute: number;
  burst: number;
}

/** What a request meets: whether it may pass, and the numbers for its answer's headers. */
export interface Passage {
  allowed: boolean;
  headers: Record<string, string>;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Shown where no limit is set. */
const unlimited = 1000;

/**
 * Token buckets. Each belongs to the limit object that describes it, so that setting a new object starts
 * with a full bucket.
 */
export function createLimiter(): (limits: readonly (RateLimit | EndpointLimit | undefined)[]) => Passage {
  const buckets = new WeakMap<object, Bucket>();

  function fill(limit: RateLimit | EndpointLimit): Bucket {
    const now = Date.now();
    const { tokens, at } = buckets.get(limit) ?? { tokens: limit.burst, at: now };
    const bucket = { tokens: Math.min(limit.burst, tokens + ((now - at) / 1000) * pace(limit)), at: now };
    buckets.set(limit, bucket);
    return bucket;
  }

  return (limits) => {
    const filled = limits
      .filter((limit) => limit !== undefined)
      .map((limit) => ({ limit, bucket: fill(limit) }));
    const allowed = filled.every(({ bucket }) => bucket.tokens >= 1);
    if (allowed) for (const { bucket } of filled) bucket.tokens -= 1;
    // The headers tell of the bucket that will refuse first.
    const [tightest] = filled.sort((one, other) => one.bucket.tokens - other.bucket.tokens);
    const missing = tightest ? Math.max(0, 1 - tightest.bucket.tokens) : 0;
    const wait = tightest ? missing / pace(tightest.limit) : 0;
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

function pace(limit: RateLimit | EndpointLimit): number {
  return 'perSecond' in limit ? limit.perSecond : limit.perMinute / 60;
}
