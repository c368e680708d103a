/** Bolt refuses a request that was signed longer ago than this, so no signature needs to be remembered for longer. */
const VALID_MS = 5 * 60_000;

/** A request that Slack signed once and somebody sent again. */
export class ReplayError extends Error {
  override name = 'ReplayError';
  constructor() {
    super('A signed request came a second time');
  }
}

/**
 * Tells whether a signature has been seen before. Slack signs each request with its body and the second, and never
 * delivers a command or an interaction twice, so the same signature again is somebody else's doing. Each instance
 * knows of its own requests only.
 */
export function createReplayGuard(): (signature: string) => boolean {
  /** When each was seen, oldest first. */
  const seen = new Map<string, number>();
  return (signature) => {
    const now = Date.now();
    for (const [old, at] of seen) {
      if (now - at <= VALID_MS) break;
      seen.delete(old);
    }
    if (seen.has(signature)) return true;
    seen.set(signature, now);
    return false;
  };
}
