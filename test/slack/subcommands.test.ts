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
    ['Profiles Inc', { subcommand: 'new', text: 'Profiles Inc' }],
    ['HELP ', { subcommand: 'help', text: undefined }],
    ['Help AG', { subcommand: 'new', text: 'Help AG' }],
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

  it('understands any text, and keeps what is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 4000 }), (typed) => {
        const { subcommand } = parseCommand(typed);
        expect(['new', 'edit', 'profiles', 'help']).toContain(subcommand);
      }),
    );
  });
});
