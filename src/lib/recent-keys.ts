/** Remembers keys for a time, to recognize what arrives twice. In memory: each instance has its own. */
export class RecentKeys {
  readonly #ms: number;
  readonly #max: number;
  /** When each key was added, in milliseconds since 1970; oldest first. */
  readonly #added = new Map<string, number>();

  /**
   * @param ms how long a key is remembered, in milliseconds
   * @param max how many keys are remembered. For another one, the oldest is forgotten.
   */
  constructor(ms: number, max = Number.POSITIVE_INFINITY) {
    this.#ms = ms;
    this.#max = max;
  }

  has(key: string): boolean {
    const at = this.#added.get(key);
    return at !== undefined && Date.now() - at <= this.#ms;
  }

  /** Adds a key. Returns false if it was already there. */
  add(key: string): boolean {
    const now = Date.now();
    for (const [old, at] of this.#added) {
      if (now - at <= this.#ms) break;
      this.#added.delete(old);
    }
    if (this.#added.has(key)) return false;
    const [oldest] = this.#added.keys();
    if (oldest !== undefined && this.#added.size >= this.#max) this.#added.delete(oldest);
    this.#added.set(key, now);
    return true;
  }
}
