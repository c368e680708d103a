import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { OPTIONAL_PERMISSION, PERMISSIONS } from '../src/auth0/permissions.ts';
import { BOT_SCOPES } from '../src/slack/scopes.ts';
import { defaultScopes } from '../stand-ins/auth0/server.ts';
import { botScopes } from '../stand-ins/slack/server.ts';

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '..', file), 'utf8');

/** The names in the first column of the table with this heading. */
function table(file: string, heading: string): string[] {
  const [, rows = ''] = read(file).split(`| ${heading} |`);
  const [own = ''] = rows.split('\n\n');
  return own
    .split('\n')
    .slice(2)
    .flatMap((row) => row.split('|')[1]?.match(/[a-z]+:[a-z_]+|commands/g) ?? []);
}

// `read:client_summary` also reads applications. The documents list both.
const permissions = Object.keys(PERMISSIONS).flatMap((name) =>
  name === 'read:clients' ? [name, 'read:client_summary'] : [name],
);
const scopes = Object.keys(BOT_SCOPES);

describe('the Auth0 permissions', () => {
  it.each([
    ['README.md', 'permission'],
    ['SECURITY.md', 'Auth0 permission'],
  ])('in %s match the code', (file, heading) => {
    expect(table(file, heading).toSorted()).toEqual(permissions.toSorted());
  });

  it('in the stand-in match the code', () => {
    // The stand-in grants what most companies grant.
    expect([...defaultScopes, OPTIONAL_PERMISSION].toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted());
  });
});

describe('the Slack scopes', () => {
  it('in README.md match the code', () => {
    const [, sentence = ''] = /asks for the scopes ([^;]+);/.exec(read('README.md')) ?? [];
    const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(scopes.toSorted());
  });

  it('in SECURITY.md match the code', () => {
    expect(table('SECURITY.md', 'Slack scope').toSorted()).toEqual(scopes.toSorted());
  });

  it('in manifest.yml match the code', () => {
    expect(parse(read('manifest.yml')).oauth_config.scopes.bot.toSorted()).toEqual(scopes.toSorted());
  });

  it('in the stand-in match the code', () => {
    expect([...botScopes].toSorted()).toEqual(scopes.toSorted());
  });
});
