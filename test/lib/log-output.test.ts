import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { LogOutput } from '../../src/lib/log-output.ts';

const LINE = `${'x'.repeat(999)}\n`;

/** A stream whose reader takes nothing until it is released, and the output to it. */
function stalled() {
  const taken: string[] = [];
  const gaps: number[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => {
      void released.then(() => {
        taken.push(line);
        done();
      });
    },
  });
  const output = new LogOutput({ stream, onGap: (count) => gaps.push(count) });
  return { stream, output, taken, gaps, release };
}

/** A disk, and the output to a file on it. */
function disk() {
  const written: string[] = [];
  const gaps: number[] = [];
  const state: { error: string | undefined } = { error: undefined };
  const stream: Writable & { _undestroy?: () => void } = new Writable({
    decodeStrings: false,
    // Standard output stays usable after an error. This is how Node does it.
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

it('keeps a million characters for a slow reader, drops the rest, and says how many lines that were', async () => {
  const { stream, output, taken, gaps, release } = stalled();
  for (let count = 0; count < 1_500; count += 1) output.write(LINE);
  expect(stream.writableLength).toBe(1_000_000);
  release();
  await new Promise((resolve) => stream.write('', resolve));
  expect(taken.join('')).toBe(LINE.repeat(1_000));
  expect(gaps).toEqual([500]);
});

it('ends a line that a full disk cut, before the next one', async () => {
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
])('after %s is broken: %s', async (error, isBroken) => {
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
