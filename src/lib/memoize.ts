/**
 * Remembers each result of an async function for `ms` milliseconds. Concurrent calls with the same key share one
 * call. Failures are not remembered.
 */
export function memoize<T, Rest extends unknown[]>(
  ms: number,
  load: (key: string, ...rest: Rest) => Promise<T>,
): (key: string, ...rest: Rest) => Promise<T> {
  const entries = new Map<string, { result: Promise<T>; expiresAt: number }>();
  return (key, ...rest) => {
    const now = Date.now();
    const known = entries.get(key);
    if (known && now < known.expiresAt) return known.result;
    for (const [old, { expiresAt }] of entries) if (now >= expiresAt) entries.delete(old);
    const result = load(key, ...rest);
    entries.set(key, { result, expiresAt: now + ms });
    result.catch(() => entries.delete(key));
    return result;
  };
}

/** Calls an async function once and shares its result. A failure is not kept: the next call tries again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= load().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
