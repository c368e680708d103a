import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import type { DestinationStream } from 'pino';

/** In characters. */
const MAX_PENDING_LENGTH = 1_000_000;
/** The errors of a disk that is full. It may have space again later. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Writes log lines to standard output. Up to a million characters wait for a slow reader. Beyond these, and while the
 * disk is full, lines are dropped.
 */
export class LogOutput implements DestinationStream {
  /** Resolves with the error if nothing can be written again, because the reader is gone. */
  readonly broken: Promise<Error>;
  readonly #stream: Writable;
  readonly #onGap: (count: number) => void;
  #dropped = 0;
  #isCut = false;

  /** @param onGap called with the number of lines that were dropped, once lines can be written again */
  constructor({ stream, onGap }: { stream: Writable; onGap: (count: number) => void }) {
    this.#stream = stream;
    this.#onGap = onGap;
    this.broken = new Promise((resolve) => {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (!FULL.has(error.code ?? '')) resolve(error);
      });
    });
    if (stream instanceof WriteStream) unblock(stream);
  }

  write(line: string): void {
    if (this.#stream.writableLength + line.length > MAX_PENDING_LENGTH) {
      this.#dropped += 1;
      return;
    }
    // If the disk is full, only the first part of a line may have been written.
    this.#stream.write(this.#isCut ? `\n${line}` : line, (error) => this.#onWritten(error));
  }

  #onWritten(error: Error | null | undefined): void {
    this.#isCut = Boolean(error);
    if (error) {
      this.#dropped += 1;
    } else if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.#onGap(count);
    }
  }
}

/** Node blocks while it writes to a terminal, so a paused one (Ctrl+S) would block the process. */
function unblock(terminal: WriteStream): void {
  // No public option changes it.
  const { _handle } = terminal as WriteStream & { _handle?: { setBlocking?: (blocking: boolean) => void } };
  _handle?.setBlocking?.(false);
}
