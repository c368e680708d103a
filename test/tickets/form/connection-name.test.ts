import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionNameProblem, deriveConnectionName } from '../../../src/tickets/form/connection-name.ts';

describe('connectionNameProblem', () => {
  it.each(['a', '7', 'acme', 'Acme-Corp-2', 'a'.repeat(128)])('accepts %s', (name) => {
    expect(connectionNameProblem(name)).toBeUndefined();
  });

  it.each(['', '-acme', 'acme-', 'acme--corp', 'acme corp', 'acme_corp', 'acmé', 'acme.com', 'a\n'])(
    'rejects %j',
    (name) => {
      expect(connectionNameProblem(name)).toEqual({ code: 'connection_name_invalid' });
    },
  );

  it('reports the length of a name that is too long', () => {
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
  ])('turns %j into the name %j', async (text, name) => {
    expect(await deriveConnectionName(text)).toBe(name);
  });

  it('returns a valid or empty name for any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), async (text) => {
        const name = await deriveConnectionName(text);
        return name === '' || connectionNameProblem(name) === undefined;
      }),
    );
  });
});
