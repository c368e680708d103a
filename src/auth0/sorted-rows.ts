import { setImmediate as yieldToOtherWork } from 'node:timers/promises';
import { type Row, SEGMENT_ROWS, type Segment } from './list-segment.ts';

/** The number of steps before other work runs. Each takes less than a microsecond. */
const STEPS_PER_SLICE = 10_000;

/** Whether the rows of all segments are sorted by text. */
export async function isSorted(segments: readonly Segment[]): Promise<boolean> {
  let previous: Segment | undefined;
  for (const segment of segments) {
    if (previous && previous.compare(previous.size - 1, segment, 0) > 0) return false;
    for (let row = 1; row < segment.size; row += 1) {
      if (segment.compare(row - 1, segment, row) > 0) return false;
    }
    previous = segment;
    await yieldToOtherWork();
  }
  return true;
}

/**
 * The rows of all segments by text, `SEGMENT_ROWS` at a time. Rows with the same text keep their order.
 *
 * A merge sort, because it can pause at any step: the built-in sort would block the process for a second with a million
 * rows. Parts that are in order already cost one comparison.
 */
export async function* sortedRows(segments: readonly Segment[]): AsyncGenerator<Row[]> {
  let from = placesOf(segments);
  let to = new Uint32Array(from.length);
  let steps = 0;
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      const isBefore = (left: number, right: number) =>
        compare(segments, from[left] ?? 0, from[right] ?? 0) <= 0;
      if (middle === end || isBefore(middle - 1, middle)) {
        to.set(from.subarray(start, end), start);
        steps += 1;
      } else {
        for (let [left, right, at] = [start, middle, start]; at < end; at += 1) {
          const takeLeft = right === end || (left < middle && isBefore(left, right));
          to[at] = from[takeLeft ? left++ : right++] ?? 0;
          steps += 1;
          if (steps % STEPS_PER_SLICE === 0) await yieldToOtherWork();
        }
      }
      if (steps % STEPS_PER_SLICE === 0) await yieldToOtherWork();
    }
    [from, to] = [to, from];
  }
  for (let start = 0; start < from.length; start += SEGMENT_ROWS) {
    yield Array.from(from.subarray(start, start + SEGMENT_ROWS), (place) =>
      segmentAt(segments, place).row(place % SEGMENT_ROWS),
    );
    await yieldToOtherWork();
  }
}

/** Where each row is: its segment times `SEGMENT_ROWS`, and its index there. */
function placesOf(segments: readonly Segment[]) {
  const places = new Uint32Array(segments.reduce((sum, { size }) => sum + size, 0));
  let count = 0;
  for (const [index, { size }] of segments.entries()) {
    for (let row = 0; row < size; row += 1) places[count++] = index * SEGMENT_ROWS + row;
  }
  return places;
}

function compare(segments: readonly Segment[], place: number, other: number): number {
  const [segment, otherSegment] = [segmentAt(segments, place), segmentAt(segments, other)];
  return segment.compare(place % SEGMENT_ROWS, otherSegment, other % SEGMENT_ROWS);
}

function segmentAt(segments: readonly Segment[], place: number): Segment {
  const segment = segments[Math.floor(place / SEGMENT_ROWS)];
  if (!segment) throw new RangeError('There is no such segment');
  return segment;
}
