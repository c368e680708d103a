import { describe, expect, it } from 'vitest';
import { metadataProblem, readMetadata, readRequiredMetadata } from '../../src/ticket/metadata.ts';

describe('readRequiredMetadata', () => {
  it('reads keys, labels and patterns', () => {
    expect(readRequiredMetadata('crm_account_id: CRM account ID /^001\\w{15}$/; region: Region ;')).toEqual([
      { key: 'crm_account_id', label: 'CRM account ID', pattern: /^001\w{15}$/u },
      { key: 'region', label: 'Region', pattern: undefined },
    ]);
    expect(readRequiredMetadata('')).toEqual([]);
  });

  it.each(['region', 'region:', ': Region', 'a: A; a: B', 'a: A /(/', 'a b: A'])('refuses %j', (text) => {
    expect(() => readRequiredMetadata(text)).toThrow();
  });

  it('refuses more than Auth0 keeps', () => {
    const eleven = Array.from({ length: 11 }, (_, index) => `k${index}: K`).join(';');
    expect(() => readRequiredMetadata(eleven)).toThrow('more than 10');
  });
});

describe('metadata', () => {
  it('is one “key: value” a line; values may hold colons', () => {
    expect(readMetadata(' a: 1 \n\nurl: https://x.y ')).toEqual([
      ['a', '1'],
      ['url', 'https://x.y'],
    ]);
  });

  it.each([
    ['a: 1', [], undefined],
    ['a', [], '“a”'],
    ['a:', [], '“a:”'],
    [': 1', [], '“: 1”'],
    ['a: 1\na: 2', [], '“a” stands there twice'],
    ['region: x', ['region'], 'it has a field of its own'],
    [`a: ${'x'.repeat(256)}`, [], 'at most 255'],
    [
      Array.from({ length: 10 }, (_, index) => `k${index}: v`).join('\n'),
      ['region'],
      'at most 10 pairs; there are 11',
    ],
  ])('%#', (text, required, problem) => {
    if (problem) expect(metadataProblem(text, required)).toContain(problem);
    else expect(metadataProblem(text, required)).toBeUndefined();
  });
});
