/** Remembers keys for a time, to recognize what arrives twice. In memory: each instance has its own. */
export class RecentKeys {
  readonly #ms: number;
  /** When each key was added, in milliseconds since 1970; oldest first. */
  readonly #added = new Map<string, number>();

  /** @param ms how long a key is remembered, in milliseconds */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Adds a key. Returns false if it was already there. */
  add(key: string): boolean {
    const now = Date.now();
    for (const [old, at] of this.#added) {
      if (now - at <= this.#ms) break;
      this.#added.delete(old);
    }
    if (this.#added.has(key)) return false;
    this.#added.set(key, now);
    return true;
  }
}
