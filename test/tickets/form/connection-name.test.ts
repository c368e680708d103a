import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionNameProblem, deriveConnectionName } from '../../../src/tickets/form/connection-name.ts';

describe('connectionNameProblem', () => {
  it.each(['a', '7', 'acme', 'Acme-Corp-2', 'a'.repeat(128)])('takes %s', (name) => {
    expect(connectionNameProblem(name)).toBeUndefined();
  });

  it.each(['', '-acme', 'acme-', 'acme--corp', 'acme corp', 'acme_corp', 'acmé', 'acme.com', 'a\n'])(
    'refuses %j',
    (name) => {
      expect(connectionNameProblem(name)).toEqual({ code: 'connection_name_invalid' });
    },
  );

  it('says how long a name that is too long is', () => {
    expect(connectionNameProblem('a'.repeat(129))).toEqual({
      code: 'connection_name_too_long',
      max: 128,
      length: 129,
    });
  });
});

describe('deriveConnectionName', () => {
  it.each([
    ['Acme & Söhne GmbH', 'acme-soehne-gmbh'],
    ['Globex Inc', 'globex-inc'],
    ["O'Reilly, Media", 'oreilly-media'],
    ['  Café — Zürich  ', 'cafe-zuerich'],
    ['ООО Ромашка', 'ooo-romashka'],
    ['株式会社', ''],
    ['😀', ''],
  ])('makes of %j the name %j', async (text, name) => {
    expect(await deriveConnectionName(text)).toBe(name);
  });

  it('makes a valid name of any text, or none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), async (text) => {
        const name = await deriveConnectionName(text);
        return name === '' || connectionNameProblem(name) === undefined;
      }),
    );
  });
});
