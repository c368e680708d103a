import { describe, expect, it } from 'vitest';
import { parseRequiredMetadata } from '../../../src/config/required-metadata.ts';
import { metadataProblem, parseMetadata } from '../../../src/tickets/form/metadata.ts';

describe('parseRequiredMetadata', () => {
  it('reads keys, labels, and patterns', () => {
    expect(parseRequiredMetadata('crm_account_id: CRM account ID /^001\\w{15}$/; region: Region ;')).toEqual([
      {
        key: 'crm_account_id',
        label: 'CRM account ID',
        pattern: expect.objectContaining({ source: '^001\\w{15}$' }),
      },
      { key: 'region', label: 'Region', pattern: undefined },
    ]);
    expect(parseRequiredMetadata('')).toEqual([]);
  });

  it.each(['region', 'region:', ': Region', 'a: A; a: B', 'a: A /(/', 'a b: A', '__proto__: P'])(
    'rejects %j',
    (text) => {
      expect(() => parseRequiredMetadata(text)).toThrow();
    },
  );

  it('rejects more pairs than Auth0 allows', () => {
    const eleven = Array.from({ length: 11 }, (_, index) => `k${index}: K`).join(';');
    expect(() => parseRequiredMetadata(eleven)).toThrow('more than 10');
  });
});

describe('metadata', () => {
  it('has one “key: value” per line, and a value can contain colons', () => {
    expect(parseMetadata(' a: 1 \n\nurl: https://x.y ')).toEqual([
      ['a', '1'],
      ['url', 'https://x.y'],
    ]);
  });

  it.each([
    ['a: 1', [], undefined],
    ['a', [], { code: 'metadata_not_a_pair', line: 'a' }],
    ['a:', [], { code: 'metadata_not_a_pair', line: 'a:' }],
    [': 1', [], { code: 'metadata_not_a_pair', line: ': 1' }],
    ['a: 1\n__proto__: 2', [], { code: 'metadata_key_reserved', key: '__proto__' }],
    ['constructor: 1\nprototype: 2\ntoString: 3', [], undefined],
    ['a: 1\na: 2', [], { code: 'metadata_key_twice', key: 'a', hasOwnField: false }],
    ['region: x', ['region'], { code: 'metadata_key_twice', key: 'region', hasOwnField: true }],
    [`a: ${'x'.repeat(256)}`, [], { code: 'metadata_too_long', key: 'a', max: 255 }],
    [
      Array.from({ length: 10 }, (_, index) => `k${index}: v`).join('\n'),
      ['region'],
      { code: 'metadata_too_many', max: 10, count: 11 },
    ],
  ])('is checked for problems, case %#', (text, required, problem) => {
    expect(metadataProblem(text, required)).toEqual(problem);
  });
});
