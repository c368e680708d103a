/** A list as it was stored. */
interface StoredList<T> {
  /** Its entries, some thousands at a time. Each is there once. */
  parts: AsyncIterable<T[]>;
  /** When it was loaded from Auth0, in milliseconds since 1970. */
  loadedAt: number;
}

/** Keeps a list for the next start and for other instances. */
export interface ListSnapshot<T> {
  /** Reads the list if it was loaded after a time, in milliseconds since 1970. */
  load(after: number): Promise<StoredList<T> | undefined>;
  /** Takes the entries as it stores them, because all of them together may be too many for the memory. */
  save(entries: Iterable<T>, loadedAt: number): Promise<void>;
  /** Whether this instance loads the list from Auth0. Called before each page. False while another one does. */
  claim(): Promise<boolean>;
  /** Ends the claim. */
  release(): Promise<void>;
}
