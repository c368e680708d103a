/**
 * Tells whether something has been seen within so many milliseconds, and remembers it from now on. Each instance
 * knows what it has seen itself.
 */
export function createSeen(ms: number): (what: string) => boolean {
  /** When each was seen, oldest first. */
  const seen = new Map<string, number>();
  return (what) => {
    const now = Date.now();
    for (const [old, at] of seen) {
      if (now - at <= ms) break;
      seen.delete(old);
    }
    if (seen.has(what)) return true;
    seen.set(what, now);
    return false;
  };
}
