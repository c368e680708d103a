/** An entry of a list: its searchable text, and the entry itself as JSON. Both in UTF-8. */
export interface Row {
  text: Buffer;
  entry: Buffer;
}

/** The maximum number of rows in a segment. Scanning a segment of typical rows takes about 10 microseconds. */
export const SEGMENT_ROWS = 256;

/**
 * Some rows of a list, packed in one buffer outside the JavaScript heap. It never changes.
 *
 * A filter records which sequences of three and five bytes the texts may contain, so that most searches skip most
 * segments. It has one or two bits for each byte of text.
 */
export class Segment {
  readonly #texts: Buffer;
  readonly #entries: Buffer;
  /** Where each text ends, then where each entry ends, in bytes. */
  readonly #ends: Uint32Array;
  readonly #filter: Uint32Array;
  /** A key that is shifted by this has as many bits as the filter needs. */
  readonly #shift: number;

  /** @param rows at most `SEGMENT_ROWS` */
  constructor(rows: readonly Row[]) {
    const size = (part: keyof Row) => rows.reduce((sum, row) => sum + row[part].length, 0);
    const [textBytes, entryBytes] = [size('text'), size('entry')];
    const words = 2 ** Math.max(3, Math.ceil(Math.log2(textBytes / 32)));
    const textsFrom = 4 * (words + 2 * rows.length);
    const memory = new ArrayBuffer(textsFrom + textBytes + entryBytes);
    this.#filter = new Uint32Array(memory, 0, words);
    this.#shift = Math.clz32(32 * words - 1);
    this.#ends = new Uint32Array(memory, 4 * words, 2 * rows.length);
    this.#texts = Buffer.from(memory, textsFrom, textBytes);
    this.#entries = Buffer.from(memory, textsFrom + textBytes, entryBytes);
    let [textEnd, entryEnd] = [0, 0];
    for (const [index, { text, entry }] of rows.entries()) {
      this.#texts.set(text, textEnd);
      this.#entries.set(entry, entryEnd);
      this.#ends[index] = textEnd += text.length;
      this.#ends[rows.length + index] = entryEnd += entry.length;
    }
    eachKey(this.#texts, (key) => {
      const bit = key >>> this.#shift;
      this.#filter[bit >>> 5] = this.#filterWord(bit) | (1 << (bit & 31));
    });
  }

  get size(): number {
    return this.#ends.length / 2;
  }

  /** A view of a row, without copying. */
  row(index: number): Row {
    return {
      text: this.#texts.subarray(this.textStart(index), this.textEnd(index)),
      entry: this.#entries.subarray(this.#entryEnd(index - 1), this.#entryEnd(index)),
    };
  }

  rows(): Row[] {
    return Array.from({ length: this.size }, (_, index) => this.row(index));
  }

  /** The entry as JSON. */
  entry(index: number): string {
    return this.#entries.toString('utf8', this.#entryEnd(index - 1), this.#entryEnd(index));
  }

  /** In bytes, as `find` counts. */
  textStart(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  textEnd(index: number): number {
    return this.#ends[index] ?? 0;
  }

  /** The row that a byte of the texts belongs to. */
  rowAt(at: number): number {
    let [low, high] = [0, this.size - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.textEnd(middle) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether the texts may contain all byte sequences of a needle. If false, they don't. */
  mayHave({ keys }: Needle): boolean {
    for (const key of keys) {
      const bit = key >>> this.#shift;
      if ((this.#filterWord(bit) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  /** The next position of a needle, in bytes of all texts. -1 if there is none. */
  find({ bytes }: Needle, from: number): number {
    return this.#texts.indexOf(bytes, from);
  }

  /** Negative if the text of a row comes before another one, in the order of JavaScript's strings. */
  compare(index: number, other: Segment, otherIndex: number): number {
    const [a, b] = [this.#texts, other.#texts];
    let [i, j] = [this.textStart(index), other.textStart(otherIndex)];
    const [aEnd, bEnd] = [this.textEnd(index), other.textEnd(otherIndex)];
    while (i < aEnd && j < bEnd && a[i] === b[j]) {
      i += 1;
      j += 1;
    }
    if (i === aEnd || j === bEnd) return aEnd - i - (bEnd - j);
    return utf16Order(a[i] ?? 0) - utf16Order(b[j] ?? 0);
  }

  #entryEnd(index: number): number {
    return index < 0 ? 0 : (this.#ends[this.size + index] ?? 0);
  }

  #filterWord(bit: number): number {
    return this.#filter[bit >>> 5] ?? 0;
  }
}

/** Bytes to find, with their filter keys. */
export interface Needle {
  bytes: Buffer;
  keys: number[];
}

export function toNeedle(text: string): Needle {
  const bytes = Buffer.from(text);
  const keys: number[] = [];
  eachKey(bytes, (key) => keys.push(key));
  return { bytes, keys };
}

/**
 * UTF-16 sorts characters beyond U+FFFF (first byte in UTF-8: 0xf0 and more) before U+E000 to U+FFFF (0xee and 0xef).
 * UTF-8 sorts them last.
 */
const utf16Order = (byte: number) => (byte === 0xee || byte === 0xef ? byte + 0x100 : byte);

/** The mark of a word's start, `WORD_START`. */
const MARK = 1;

/** Calls back with a 32-bit key for each three and each five bytes, and for each mark with the byte after it. */
function eachKey(bytes: Buffer, use: (key: number) => void): void {
  /** The last five bytes: the latest four, and the one before them. */
  let [latest, before] = [0, 0];
  for (let index = 0; index < bytes.length; index += 1) {
    before = latest >>> 24;
    latest = (latest << 8) | (bytes[index] ?? 0);
    if (((latest >>> 8) & 0xff) === MARK) use(hash(latest & 0xffff));
    if (index >= 2) use(hash(latest & 0xffffff));
    if (index >= 4) use(hash(hash(latest) + before));
  }
}

/** Spreads the bits. The upper bits of the result depend on all bits of `value`. */
const hash = (value: number) => Math.imul(value, 0x9e3779b1) >>> 0;
