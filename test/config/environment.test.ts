import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/environment.ts';

const minimal = {
  SLACK_BOT_TOKEN: 'xoxb-1-test',
  SLACK_SIGNING_SECRET: '0123456789abcdef',
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'client',
  AUTH0_CLIENT_SECRET: 'secret-of-the-client',
  ALLOWED: 'everyone',
  EDITORS: 'nobody',
};

function problemsOf(variables: Record<string, string>): string {
  try {
    readConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('These settings were accepted');
}

describe('readConfig', () => {
  it('fills in defaults', () => {
    expect(readConfig(minimal)).toMatchObject({
      slack: {
        connection: { mode: 'http', signingSecret: '0123456789abcdef' },
        apiUrl: 'https://slack.com/api/',
        command: '/sso-ticket',
      },
      auth0: { domain: 'acme.eu.auth0.com', credential: { clientSecret: 'secret-of-the-client' } },
      access: {
        allowed: { everyone: true, users: [], userGroups: [] },
        editors: { everyone: false, users: [], userGroups: [] },
      },
      policy: {
        defaultClientIds: [],
        applicationsOptional: false,
        protected: { connections: [], organizations: [], clients: [] },
        defaultLinkHours: 120,
        maxLinkHours: 120,
      },
      warnings: [],
      port: 3000,
      database: { dataDir: './data' },
      retentionDays: 400,
      maxLinksPerHour: 20,
      sealKeys: [],
      logLevel: 'info',
    });
  });

  it('uses Socket Mode if there is an app token', () => {
    const { slack } = readConfig({ ...minimal, SLACK_APP_TOKEN: 'xapp-1' });
    expect(slack.connection).toEqual({ mode: 'socket', appToken: 'xapp-1' });
  });

  it('uses PostgreSQL if DATABASE_URL is set, and then requires SEAL_KEY', () => {
    const [first, second] = ['a'.repeat(32), 'b'.repeat(40)];
    const DATABASE_URL = 'postgres://bot:pass@db.internal:5432/bot';
    expect(() => readConfig({ ...minimal, DATABASE_URL })).toThrow(/- SEAL_KEY is not set/);
    expect(readConfig({ ...minimal, DATABASE_URL, SEAL_KEY: `${first}, ${second}` })).toMatchObject({
      database: { url: DATABASE_URL },
      sealKeys: [first, second],
    });
  });

  it('reads lists, a port in the domain, and a one-line private key', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { AUTH0_CLIENT_SECRET: _, ...rest } = minimal;
    const settings = readConfig({
      ...rest,
      AUTH0_DOMAIN: 'localhost:8443',
      AUTH0_CLIENT_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
      DEFAULT_CLIENT_IDS: 'a, b c',
      PROTECTED_CONNECTIONS: 'workforce,con_1',
      PROTECTED_ORGANIZATIONS: ' Globex Inc , initech',
      APPLICATIONS_OPTIONAL: 'true',
    });
    expect(settings.auth0.domain).toBe('localhost:8443');
    expect(settings.auth0.credential).toEqual({ privateKey });
    expect(settings.policy).toMatchObject({
      defaultClientIds: ['a', 'b', 'c'],
      protected: {
        connections: ['workforce', 'con_1'],
        organizations: ['Globex Inc', 'initech'],
        clients: [],
      },
      applicationsOptional: true,
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ ...minimal, PORT: '', TENANT_LABEL: '  ', SLACK_APP_TOKEN: '' })).toMatchObject({
      port: 3000,
      tenantLabel: undefined,
      slack: { connection: { mode: 'http' } },
    });
  });

  it('reports all problems together, by variable', () => {
    const message = problemsOf({ PORT: 'http', AUTH0_DOMAIN: 'https://acme.auth0.com/', LOG_LEVEL: 'loud' });
    for (const variable of ['SLACK_BOT_TOKEN', 'PORT', 'AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'LOG_LEVEL']) {
      expect(message).toContain(`- ${variable} `);
    }
  });

  it.each([
    ['SLACK_BOT_TOKEN', 'xoxp-user-token'],
    ['SLACK_APP_TOKEN', 'xoxb-bot-token'],
    ['SLACK_SIGNING_SECRET', 'abc123'],
    ['SLACK_API_URL', 'slack.com'],
    ['SLASH_COMMAND', 'sso-ticket'],
    ['PORT', '70000'],
    ['AUTH0_DOMAIN', 'acme.auth0.com/api'],
    ['AUTH0_CLIENT_PRIVATE_KEY', '-----BEGIN RSA PRIVATE KEY-----'],
    ['SEAL_KEY', 'abc123'],
    ['SEAL_KEY', `${'k'.repeat(32)},too-short`],
    ['DATABASE_URL', 'mysql://localhost/bot'],
    ['RETENTION_DAYS', '0'],
    ['MAX_LINKS_PER_HOUR', '0'],
    ['MAX_LINKS_PER_HOUR', '2.5'],
    ['MAX_LINKS_PER_HOUR', 'many'],
    ['ALLOWED', 'maria'],
    ['ALLOWED', 'everyone,U012ABC'],
    ['ALLOWED', 'nobody'],
    ['ALLOWED', 'U012ABC,C012ABC'],
    ['ALLOWED_CHANNELS', '#sales'],
    ['EDITORS', 'C012ABC'],
    ['EDITORS', 'nobody,S012ABC'],
    ['MAX_LINK_HOURS', '121'],
    ['DEFAULT_LINK_HOURS', '0.5'],
    ['APPLICATIONS_OPTIONAL', 'maybe'],
    ['LOG_LEVEL', 'trace'],
    ['HTTPS_PROXY', 'proxy.acme.com:3128'],
    ['https_proxy', 'socks5://proxy.acme.com'],
    ['HTTP_PROXY', 'http://user:100%@proxy.acme.com'],
    ['http_proxy', 'http://'],
  ])('rejects %s=%s without repeating the value', (variable, value) => {
    const message = problemsOf({ ...minimal, [variable]: value });
    expect(message).toContain(`- ${variable} `);
    expect(message.replace(/(such as|only|or) \S+/g, '')).not.toContain(value);
  });

  it.each(['xoxe.xoxb-1-abc', 'xoxe-1-abc'])(
    'explains how to get a token without rotation if the token is %s',
    (token) => {
      const message = problemsOf({ ...minimal, SLACK_BOT_TOKEN: token });
      expect(message).toContain(
        '- SLACK_BOT_TOKEN is a token that expires: the bot does not support token rotation.',
      );
      expect(message).toMatch(/create a new app from manifest\.yml, leave token rotation off/);
      expect(message).not.toContain(token);
    },
  );

  it.each([
    [{}, undefined],
    [{ NO_PROXY: 'localhost' }, undefined],
    [{ HTTPS_PROXY: 'http://upper' }, { http: undefined, https: 'http://upper', exempt: '' }],
    [{ https_proxy: ' ', HTTPS_PROXY: 'http://upper' }, { https: 'http://upper' }],
    [{ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' }, { https: 'http://lower' }],
    [
      { http_proxy: 'http://a', HTTPS_PROXY: 'https://user:p%40ss@b:8080', no_proxy: 'c,.d' },
      { http: 'http://a', https: 'https://user:p%40ss@b:8080', exempt: 'c,.d' },
    ],
    [
      { http_proxy: '', HTTP_PROXY: 'http://a', no_proxy: '', NO_PROXY: '*' },
      { http: 'http://a', exempt: '*' },
    ],
  ])('reads the proxy variables %j', (variables, proxy) => {
    const read = readConfig({ ...minimal, ...variables }).proxy;
    if (proxy) expect(read).toMatchObject(proxy);
    else expect(read).toBeUndefined();
  });

  it('warns if NODE_EXTRA_CA_CERTS is set only in .env', () => {
    const variables = { ...minimal, NODE_EXTRA_CA_CERTS: '/etc/ca.pem' };
    expect(readConfig(variables).warnings).toEqual([]);
    expect(readConfig(variables, { atStart: minimal }).warnings).toEqual([
      expect.stringMatching(/^NODE_EXTRA_CA_CERTS has no effect in \.env/),
    ]);
  });

  it('requires a connection to Slack and exactly one credential for Auth0', () => {
    const { SLACK_SIGNING_SECRET: _, AUTH0_CLIENT_SECRET: __, ...rest } = minimal;
    const message = problemsOf(rest);
    expect(message).toContain('SLACK_APP_TOKEN is not set');
    expect(message).toContain('AUTH0_CLIENT_SECRET is not set');
    expect(problemsOf({ ...minimal, AUTH0_CLIENT_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----' })).toContain(
      'AUTH0_CLIENT_PRIVATE_KEY is set together with',
    );
  });

  it.each(['ALLOWED_CHANNELS', 'PROTECTED_CONNECTIONS', 'PROTECTED_APPLICATIONS', 'DEFAULT_CLIENT_IDS'])(
    'rejects %s if it contains only separators',
    (variable) => {
      expect(problemsOf({ ...minimal, [variable]: ' , ,' })).toContain(
        `- ${variable} contains only separators`,
      );
    },
  );

  it('requires both ALLOWED and EDITORS, and reads their IDs', () => {
    const { ALLOWED: _, EDITORS: __, ...rest } = minimal;
    const message = problemsOf(rest);
    expect(message).toMatch(/ALLOWED is not set: set it to the IDs of users .* or to everyone$/m);
    expect(message).toMatch(/EDITORS is not set: set it to the IDs of users .* or to everyone or nobody$/m);
    for (const variable of ['ALLOWED', 'EDITORS']) {
      expect(problemsOf({ ...minimal, [variable]: ' , ,' })).toContain(`- ${variable} must contain IDs`);
    }
    const { access } = readConfig({ ...rest, ALLOWED: 'U1, W2 S1,S2', EDITORS: 'everyone' });
    expect(access.allowed).toEqual({ everyone: false, users: ['U1', 'W2'], userGroups: ['S1', 'S2'] });
    expect(access.editors).toEqual({ everyone: true, users: [], userGroups: [] });
  });

  it.each([
    ['ALLOWED_USERS', 'U1', 'ALLOWED'],
    ['ALLOWED_USERGROUPS', 'S1', 'ALLOWED'],
    ['ALLOW_EVERYONE', 'true', 'ALLOWED=everyone'],
    ['EDITOR_USERGROUPS', 'S1', 'EDITORS'],
  ])('rejects the old name %s and says what replaces it', (variable, value, instead) => {
    const message = problemsOf({ ...minimal, [variable]: value });
    expect(message).toMatch(new RegExp(`- ${variable} is no longer used: .*${instead}`));
  });

  it('lowers a default lifetime above the maximum, with a warning', () => {
    const config = readConfig({ ...minimal, DEFAULT_LINK_HOURS: '72', MAX_LINK_HOURS: '8' });
    expect(config.policy).toMatchObject({ defaultLinkHours: 8, maxLinkHours: 8 });
    expect(config.warnings).toEqual([expect.stringMatching(/^DEFAULT_LINK_HOURS is above MAX_LINK_HOURS/)]);
    // If only the maximum is set, it is also the default, and there is no warning.
    expect(readConfig({ ...minimal, MAX_LINK_HOURS: '8' })).toMatchObject({
      policy: { defaultLinkHours: 8 },
      warnings: [],
    });
  });

  it('reads exactly the variables that .env.example documents', () => {
    const example = readFileSync('.env.example', 'utf8');
    const source = readFileSync('src/config/environment.ts', 'utf8');
    const documented = [...example.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const read = [
      ...source.matchAll(/^ {2,4}([A-Z][A-Z0-9_]+): (?:\w+\(|z|list|flag|names|hours|people)/gm),
    ].map(([, name]) => name);
    const proxies = readFileSync('src/config/proxy.ts', 'utf8').matchAll(/'([A-Z]+_PROXY)'/g);
    const all = [...read, ...[...proxies].map(([, name]) => name)];
    expect(documented.toSorted()).toEqual(all.toSorted());
    expect(() => readConfig(parse(example))).toThrow(ConfigError);
  });
});
