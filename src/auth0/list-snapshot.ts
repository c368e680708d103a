/** A stored list. */
interface StoredList<T> {
  /** Its entries, a few thousand at a time. Each appears once. */
  parts: AsyncIterable<T[]>;
  /** When it was loaded from Auth0, in milliseconds since 1970. */
  loadedAt: number;
}

/** Keeps a list for the next start and for other instances. */
export interface ListSnapshot<T> {
  /** Reads the list if it was loaded after a time, in milliseconds since 1970. */
  load(after: number): Promise<StoredList<T> | undefined>;
  /** Reads the entries while it stores them, because all of them may not fit in memory. */
  save(entries: Iterable<T>, loadedAt: number): Promise<void>;
  /** Claims the load from Auth0 for this instance. Called before each page. Returns false while another one has it. */
  claim(): Promise<boolean>;
  /** Ends the claim. */
  release(): Promise<void>;
}
