/** What a promise gives within so many milliseconds, else undefined. If it fails in that time, so does this. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does some work that may take so many milliseconds, and fails with a `TimeoutError` after that. The signal ends the
 * work too, where it can: Node's `fetch` may miss it once the headers are there, and read on without end.
 */
export async function timeLimited<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException('It took too long', 'TimeoutError')), ms);
  try {
    return await before(limit.signal, work(limit.signal));
  } finally {
    clearTimeout(timer);
  }
}

/** What a promise gives, unless the signal comes first: then this fails with its reason. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
}
