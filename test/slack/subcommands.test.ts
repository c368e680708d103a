import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/slack/subcommands.ts';
import { anyCharacter } from '../arbitrary.ts';

describe('parseCommand', () => {
  it.each([
    ['', { subcommand: 'new', text: undefined }],
    ['   ', { subcommand: 'new', text: undefined }],
    ['acme-corp', { subcommand: 'new', text: 'acme-corp' }],
    [' Acme &amp;  Söhne GmbH ', { subcommand: 'new', text: 'Acme & Söhne GmbH' }],
    ['edit', { subcommand: 'edit', text: undefined }],
    ['\tEDIT\n', { subcommand: 'edit', text: undefined }],
    ['Edit   con_abc ', { subcommand: 'edit', text: 'con_abc' }],
    ['editor', { subcommand: 'new', text: 'editor' }],
    ['profiles', { subcommand: 'profiles', text: undefined }],
    [' Profiles', { subcommand: 'profiles', text: undefined }],
    ['Profiles Inc', { subcommand: 'help', text: 'Profiles Inc' }],
    ['profile', { subcommand: 'help', text: 'profile' }],
    ['HELP ', { subcommand: 'help', text: undefined }],
    ['Help AG', { subcommand: 'help', text: 'Help AG' }],
    ['help me', { subcommand: 'help', text: 'help me' }],
    ['Help! now', { subcommand: 'help', text: 'Help! now' }],
    ['?', { subcommand: 'help', text: undefined }],
    ['-h', { subcommand: 'help', text: undefined }],
    ['my links', { subcommand: 'help', text: 'my links' }],
    ['list', { subcommand: 'list', text: undefined }],
    ['revoke Globex', { subcommand: 'revoke', text: 'Globex' }],
    ['status globex', { subcommand: 'list', text: 'globex' }],
    ['Helpful Inc', { subcommand: 'new', text: 'Helpful Inc' }],
    ['Mystic Ltd', { subcommand: 'new', text: 'Mystic Ltd' }],
    ['Listings.com', { subcommand: 'new', text: 'Listings.com' }],
    ['edit “hooli-okta”', { subcommand: 'edit', text: 'hooli-okta' }],
    ['“edit hooli-okta”', { subcommand: 'edit', text: 'hooli-okta' }],
    ['`edit` `hooli-okta`', { subcommand: 'edit', text: 'hooli-okta' }],
    ['\u200b\ufeffedit\u00a0hooli-okta\u200b', { subcommand: 'edit', text: 'hooli-okta' }],
    ['\u2060help', { subcommand: 'help', text: undefined }],
    ['„Acme Corp“', { subcommand: 'new', text: 'Acme Corp' }],
    ['&amp;lt;', { subcommand: 'new', text: '&lt;' }],
  ])('parses %j', (typed, command) => {
    expect(parseCommand(typed)).toEqual(command);
  });

  it('finds a subcommand in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 4000 }), (typed) => {
        const { subcommand } = parseCommand(typed);
        expect(['new', 'edit', 'list', 'revoke', 'profiles', 'help']).toContain(subcommand);
      }),
    );
  });

  it('keeps the name after a subcommand', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-zA-Z0-9 .-]{0,50}[a-z0-9]$/), (name) => {
        const text = name.replaceAll(/ +/g, ' ');
        expect(parseCommand(`edit ${name}`)).toEqual({ subcommand: 'edit', text });
      }),
    );
  });
});
