import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/slack/command.ts';
import { anyCharacter } from '../arbitrary.ts';

describe('readCommand', () => {
  it.each([
    ['', { wish: 'form', kind: 'new', text: undefined }],
    ['   ', { wish: 'form', kind: 'new', text: undefined }],
    ['acme-corp', { wish: 'form', kind: 'new', text: 'acme-corp' }],
    [' Acme &amp;  Söhne GmbH ', { wish: 'form', kind: 'new', text: 'Acme & Söhne GmbH' }],
    ['edit', { wish: 'form', kind: 'edit', text: undefined }],
    ['\tEDIT\n', { wish: 'form', kind: 'edit', text: undefined }],
    ['Edit   con_abc ', { wish: 'form', kind: 'edit', text: 'con_abc' }],
    ['editor', { wish: 'form', kind: 'new', text: 'editor' }],
    ['profiles', { wish: 'profiles' }],
    [' Profiles', { wish: 'profiles' }],
    ['Profiles Inc', { wish: 'form', kind: 'new', text: 'Profiles Inc' }],
    ['HELP ', { wish: 'help' }],
    ['Help AG', { wish: 'form', kind: 'new', text: 'Help AG' }],
    ['&amp;lt;', { wish: 'form', kind: 'new', text: '&lt;' }],
  ])('understands %j', (typed, wish) => {
    expect(readCommand(typed)).toEqual(wish);
  });

  it('understands any text, and keeps what is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 4000 }), (typed) => {
        const wish = readCommand(typed);
        expect(['form', 'profiles', 'help']).toContain(wish.wish);
      }),
    );
  });
});
