/** Hexadecimal digits of a hash that are kept: 52 bits, which fit exactly in a number. */
const DIGITS = 13;
const FIRST_CAPACITY = 1_024;

/**
 * Remembers hashes for a time, to recognize what arrives twice. Each takes about 16 bytes, outside the heap. There are
 * two generations, and the older one is dropped as a whole, so a hash is remembered for up to twice the time.
 */
export class RecentHashes {
  readonly #ms: number;
  readonly #now: () => number;
  #current = new NumberSet();
  #former = new NumberSet();
  /** When the current generation began, in milliseconds since 1970. */
  #since: number;

  /** @param ms the minimum time to remember a hash, in milliseconds */
  constructor(ms: number, now: () => number = Date.now) {
    this.#ms = ms;
    this.#now = now;
    this.#since = now();
  }

  /**
   * Adds a hash. Returns false if it was already there.
   *
   * @param hash in hexadecimal digits. Nobody may be able to choose it, because only the first 52 bits are compared.
   */
  add(hash: string): boolean {
    const now = this.#now();
    if (now - this.#since > this.#ms) {
      // After a long pause, both are too old.
      this.#former = now - this.#since > 2 * this.#ms ? new NumberSet() : this.#current;
      this.#current = new NumberSet();
      this.#since = now;
    }
    // Never zero, which marks a free slot.
    const key = Number.parseInt(hash.slice(0, DIGITS), 16) + 1;
    return !this.#former.has(key) && this.#current.add(key);
  }
}

/** A set of positive numbers in one buffer, with open addressing. */
class NumberSet {
  /** Zero marks a free slot. The length is a power of two. */
  #slots = new Float64Array(FIRST_CAPACITY);
  #size = 0;

  has(key: number): boolean {
    return this.#slots[this.#slotOf(key)] === key;
  }

  /** Returns false if it was already there. */
  add(key: number): boolean {
    const slot = this.#slotOf(key);
    if (this.#slots[slot] === key) return false;
    this.#slots[slot] = key;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  /** The slot of the number, or the free slot where it belongs. */
  #slotOf(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = key % this.#slots.length;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#slots.filter((key) => key !== 0);
    this.#slots = new Float64Array(this.#slots.length * 2);
    for (const key of keys) this.#slots[this.#slotOf(key)] = key;
  }
}
