import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RecentHashes } from '../../src/lib/recent-hashes.ts';

const MINUTE_MS = 60_000;
const hash = (text: string | number) => createHash('sha256').update(String(text)).digest('hex');

describe('RecentHashes', () => {
  it('recognizes each of many hashes, and no others', () => {
    const recent = new RecentHashes(MINUTE_MS, () => 0);
    const hashes = Array.from({ length: 20_000 }, (_, index) => hash(index));
    expect(hashes.every((each) => recent.add(each))).toBe(true);
    expect(hashes.some((each) => recent.add(each))).toBe(false);
    expect(recent.add(hash('another'))).toBe(true);
  });

  it('remembers a hash for the whole period, no matter when it was added', () => {
    for (const at of [0, 1, MINUTE_MS / 2, MINUTE_MS, MINUTE_MS + 1]) {
      let now = 0;
      const recent = new RecentHashes(MINUTE_MS, () => now);
      now = at;
      expect(recent.add(hash('one'))).toBe(true);
      now = at + MINUTE_MS;
      expect(recent.add(hash('one')), String(at)).toBe(false);
    }
  });

  it('forgets a hash after twice the period, even if no other hash was added', () => {
    let now = 0;
    const recent = new RecentHashes(MINUTE_MS, () => now);
    recent.add(hash('one'));
    now = 2 * MINUTE_MS + 1;
    expect(recent.add(hash('one'))).toBe(true);
  });

  it('accepts any hash, even one that is all zeros', () => {
    const recent = new RecentHashes(MINUTE_MS, () => 0);
    const zeros = '0'.repeat(64);
    expect(recent.add(zeros)).toBe(true);
    expect(recent.add(zeros)).toBe(false);
  });
});
