import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { LogOutput } from '../../src/lib/log-output.ts';

const LINE = `${'x'.repeat(999)}\n`;

/** A stream whose reader is blocked until `release` is called, and the output to it. */
function stalled() {
  const received: string[] = [];
  const gaps: number[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => {
      void released.then(() => {
        received.push(line);
        done();
      });
    },
  });
  const output = new LogOutput({ stream, onGap: (count) => gaps.push(count) });
  return { stream, output, received, gaps, release };
}

/** The output to a file on a disk, whose writes fail while `state.error` is set. */
function disk() {
  const written: string[] = [];
  const gaps: number[] = [];
  const state: { error: string | undefined } = { error: undefined };
  const stream: Writable & { _undestroy?: () => void } = new Writable({
    decodeStrings: false,
    // The stream stays usable after an error, like Node's standard output.
    destroy: (error, done) => {
      done(error);
      stream._undestroy?.();
    },
    write: (line: string, _, done) => {
      if (!state.error) written.push(line);
      done(state.error ? Object.assign(new Error(state.error), { code: state.error }) : null);
    },
  });
  const output = new LogOutput({ stream, onGap: (count) => gaps.push(count) });
  return { output, written, gaps, state };
}

it('the output keeps a million characters for a slow reader, drops the rest, and counts the dropped lines', async () => {
  const { stream, output, received, gaps, release } = stalled();
  for (let count = 0; count < 1_500; count += 1) output.write(LINE);
  expect(stream.writableLength).toBe(1_000_000);
  release();
  await new Promise((resolve) => stream.write('', resolve));
  expect(received.join('')).toBe(LINE.repeat(1_000));
  expect(gaps).toEqual([500]);
});

it('the output ends a line that a full disk cut off before it writes the next one', async () => {
  const { output, written, gaps, state } = disk();
  output.write('one\n');
  state.error = 'ENOSPC';
  output.write('two\n');
  await new Promise(setImmediate);
  state.error = undefined;
  output.write('three\n');
  await new Promise(setImmediate);
  output.write('four\n');
  expect(written).toEqual(['one\n', '\nthree\n', 'four\n']);
  expect(gaps).toEqual([1]);
});

it.each([
  ['ENOSPC', false],
  ['EDQUOT', false],
  ['EPIPE', true],
  ['ECONNRESET', true],
  ['EIO', true],
])('after %s, the output is broken: %s', async (error, isBroken) => {
  const { output, state } = disk();
  state.error = error;
  let broken: Error | undefined;
  void output.broken.then((reason) => {
    broken = reason;
  });
  output.write('one\n');
  await new Promise(setImmediate);
  expect(broken !== undefined).toBe(isBroken);
});
