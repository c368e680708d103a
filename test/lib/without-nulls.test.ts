import { expect, it } from 'vitest';
import { withoutNulls } from '../../src/lib/without-nulls.ts';

it('withoutNulls removes null at any depth', () => {
  const json = { a: null, b: [null, { c: null, d: 0 }], e: { f: { g: null } }, h: '', i: false };
  expect(withoutNulls(json)).toEqual({ b: [{ d: 0 }], e: { f: {} }, h: '', i: false });
  expect(withoutNulls(null)).toBeUndefined();
  expect(withoutNulls('null')).toBe('null');
});
