import { expect, it } from 'vitest';
import { toDatabaseError } from '../../src/database/errors.ts';

it.each([
  ['ENOSPC', 'full'],
  ['SQLITE_BUSY_SNAPSHOT', 'locked'],
  ['SQLITE_CORRUPT', 'failed'],
  ['08006', 'unreachable'],
  ['23505', 'failed'],
  ['EMFILE', 'failed'],
  ['EHOSTDOWN', 'failed'],
  ['CERT_HAS_EXPIRED', 'unreachable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
  ['ERR_INVALID_ARG_TYPE', undefined],
  ['', undefined],
])('the driver error code %s becomes %s', (code, expected) => {
  expect(toDatabaseError(Object.assign(new Error('x'), { code }))?.code).toBe(expected);
});

it('an error while connecting becomes unreachable, even if its code means something else', () => {
  const error = Object.assign(new Error('x'), { code: 'EMFILE', syscall: 'connect' });
  expect(toDatabaseError(error)?.code).toBe('unreachable');
});
