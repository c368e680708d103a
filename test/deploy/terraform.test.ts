import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { convertFiles } from '@cdktf/hcl2json';
import { beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/auth0/permissions.ts';

const project = resolve(import.meta.dirname, '../..');

/** What the provider's documentation says about everything that the configuration uses. */
interface Documented {
  attributes: Record<string, { required: string[]; optional: string[]; readOnly?: string[] }>;
  values: Record<string, string[]>;
}
const documented: Documented = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'auth0-provider.json'), 'utf8'),
);

type Block = Record<string, unknown>;
/** By type and name. Each block is a list, because a block can be repeated. */
type Blocks = Record<string, Record<string, Block[]>>;
// A type, because an interface isn't assignable to a record.
type Configuration = {
  terraform: Block[];
  provider: Record<string, Block[]>;
  data: Blocks;
  resource: Blocks;
  variable: Record<string, Block[]>;
  output: Record<string, Block[]>;
};

/** Arguments of every resource, which Terraform itself defines. */
const META_ARGUMENTS = ['count', 'for_each', 'depends_on', 'lifecycle', 'provider'];

let configuration: Configuration;
beforeAll(async () => {
  // The parser's result has no types. The tests check its parts.
  configuration = (await convertFiles(resolve(project, 'deploy/terraform'))) as Configuration;
});

function isBlocks(value: unknown): value is Block[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'object');
}

/** A block and all blocks in it. A `dynamic` block counts as the blocks that it generates. */
function blocksIn(path: string, block: Block): { path: string; block: Block }[] {
  const { dynamic = {}, ...written } = block;
  const generated = Object.entries(dynamic as Record<string, { content: Block[] }[]>).map(
    ([name, blocks]) => [name, blocks.flatMap(({ content }) => content)] as const,
  );
  const whole: Block = { ...written, ...Object.fromEntries(generated) };
  const nested = Object.entries(whole).flatMap(([name, value]) =>
    isBlocks(value) ? value.flatMap((each) => blocksIn(`${path}.${name}`, each)) : [],
  );
  return [{ path, block: whole }, ...nested];
}

function allBlocks({ provider, data, resource }: Configuration) {
  const named = (prefix: string, blocks: Blocks) =>
    Object.entries(blocks).flatMap(([type, byName]) =>
      Object.values(byName)
        .flat()
        .flatMap((block) => blocksIn(`${prefix} ${type}`, block)),
    );
  const providers = Object.entries(provider).flatMap(([name, blocks]) =>
    blocks.map((block) => ({ path: `provider ${name}`, block })),
  );
  return [...providers, ...named('data', data), ...named('resource', resource)];
}

/** The scopes of the grant with some features turned off. */
function scopes(off: string[] = []): string[] {
  const expression = String(configuration.resource.auth0_client_grant?.bot?.[0]?.scopes);
  return expression.split('\n').flatMap((line) => {
    const granted = line.replace(/#.*/, '').match(/"[a-z:_]+"/g) ?? [];
    const features = [...line.matchAll(/var\.(\w+)(?=.*\?)/g)].map(([, name = '']) => name);
    const isOn = features.length === 0 || features.some((name) => !off.includes(name));
    return isOn ? granted.map((text) => text.slice(1, -1)) : [];
  });
}

describe('deploy/terraform', () => {
  it('uses the official provider in the version whose documentation is checked here', () => {
    expect(configuration.terraform[0]?.required_providers).toEqual([
      { auth0: { source: 'auth0/auth0', version: '~> 1.55' } },
    ]);
  });

  it('uses only documented attributes, and sets all required ones', () => {
    const blocks = allBlocks(configuration);
    expect(new Set(blocks.map(({ path }) => path))).toEqual(new Set(Object.keys(documented.attributes)));
    for (const { path, block } of blocks) {
      const { required = [], optional = [] } = documented.attributes[path] ?? {};
      const names = Object.keys(block).filter((name) => !META_ARGUMENTS.includes(name));
      expect([...required, ...optional], path).toEqual(expect.arrayContaining(names));
      expect(names, path).toEqual(expect.arrayContaining(required));
      for (const [name, values] of Object.entries(documented.values)) {
        if (name in block) expect(values).toContain(block[name]);
      }
    }
  });

  it('refers only to attributes and variables that exist', () => {
    const json = JSON.stringify(configuration);
    const references = [...json.matchAll(/(data\.)?(auth0_\w+)\.(\w+)\.(\w+)/g)];
    expect(references.length).toBeGreaterThan(3);
    for (const [, data, type = '', name = '', attribute = ''] of references) {
      const kind = data ? 'data' : 'resource';
      expect(configuration[kind][type], `${type}.${name}`).toHaveProperty(name);
      const { required, optional, readOnly = [] } = documented.attributes[`${kind} ${type}`] ?? {};
      expect([...(required ?? []), ...(optional ?? []), ...readOnly], type).toContain(attribute);
    }
    for (const [, name] of json.matchAll(/\bvar\.(\w+)/g))
      expect(configuration.variable).toHaveProperty(name ?? '');
  });

  it('grants exactly the permissions that the bot uses, with read:client_summary for applications', () => {
    const granted = scopes().map((name) => (name === 'read:client_summary' ? 'read:clients' : name));
    expect(granted.toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted());
  });

  it.each([
    ['find_applications', ['read:client_summary']],
    ['find_organizations', ['read:organizations']],
    ['edit_connections', ['read:connections']],
    ['name_attribute_profiles', ['read:user_attribute_profiles']],
    ['read_log', ['read:logs']],
    [
      'edit_profiles',
      [
        'create:self_service_profiles',
        'update:self_service_profiles',
        'read:self_service_profile_custom_texts',
        'update:self_service_profile_custom_texts',
      ],
    ],
  ])('withholds only the permissions for %s if it is off', (variable, withheld) => {
    expect(configuration.variable).toHaveProperty(variable);
    expect(scopes().filter((name) => !scopes([variable]).includes(name))).toEqual(withheld);
  });

  it('grants only the three essential permissions if every feature is off', () => {
    const features = Object.entries(configuration.variable).flatMap(([name, [block]]) =>
      String(block?.type).includes('bool') ? [name] : [],
    );
    expect(features).toHaveLength(6);
    expect(scopes(features)).toEqual([
      'create:sso_access_tickets',
      'delete:sso_access_tickets',
      'read:self_service_profiles',
    ]);
  });

  it('authenticates the bot with a private key that Terraform never sees', () => {
    expect(configuration.resource.auth0_client_credentials?.bot?.[0]).toMatchObject({
      authentication_method: 'private_key_jwt',
    });
    expect(JSON.stringify(configuration.resource)).not.toMatch(
      /client_secret|private_key_pem|tls_private_key/,
    );
  });

  it('outputs settings that .env.example documents', () => {
    const settings = String(configuration.output.settings?.[0]?.value).match(/\b[A-Z][A-Z0-9_]{5,}\b/g);
    expect(settings).toEqual(['AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'DEFAULT_PROFILE_ID']);
    const example = readFileSync(resolve(project, '.env.example'), 'utf8');
    for (const name of settings ?? []) expect(example).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
  });
});
