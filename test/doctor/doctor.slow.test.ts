import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OPTIONAL_PERMISSION, PERMISSIONS, PROFILE_EDITOR_PERMISSIONS } from '../../src/auth0/permissions.ts';
import { readConfig } from '../../src/config/environment.ts';
import type { Check } from '../../src/doctor/check.ts';
import { runChecks } from '../../src/doctor/doctor.ts';
import { ORG_WIDE_INSTALL } from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { startProxy } from '../../stand-ins/proxy.ts';
import { botScopes, type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import { botSettings, expectClean, fillNew, modal, startWorld, type World } from '../harness.ts';
import { testCertificate } from '../setup.ts';

const project = resolve(import.meta.dirname, '../..');

let slack: Slack;
let auth0: Auth0;
/** Every line that the doctor printed in a test. */
let printed: Check[] = [];

beforeEach(async () => {
  printed = [];
  [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
});
afterEach(async () => {
  await Promise.all([slack.stop(), auth0.stop()]);
  expect(slack.violations).toEqual([]);
  const secrets = [slack.botToken, slack.appToken, slack.signingSecret, auth0.clientSecret];
  const text = printed.map(({ line }) => line).join('\n');
  for (const secret of [...secrets, 'eyJ', 'PRIVATE KEY-----\n', '    at '])
    expect(text).not.toContain(secret);
});

async function diagnose(env: Record<string, string> = {}, mode: 'http' | 'socket' = 'socket') {
  const checks: Check[] = [];
  for await (const check of runChecks({ ...botSettings(slack, auth0, mode), ...env })) checks.push(check);
  printed.push(...checks);
  return {
    all: checks.map(({ line }) => line),
    wrong: checks.filter(({ ok }) => !ok).map(({ line }) => line),
  };
}

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== 'object' || !address) throw new Error('No port');
  return address.port;
}

/** The required permissions, each with what doesn't work without it. */
const REQUIRED = Object.entries(PERMISSIONS).filter(([name]) => name !== OPTIONAL_PERMISSION);

describe('the doctor finds nothing wrong', () => {
  it('with a bot that uses Socket Mode', async () => {
    slack.userGroups.set('S0CREW', new Set(['U1', 'U2']));
    slack.userGroups.set('S0EDIT', new Set(['U1']));
    const { all, wrong } = await diagnose({
      ALLOWED: 'U0ANN,U0BEN,S0CREW',
      ALLOWED_CHANNELS: 'C0SALES',
      EDITORS: 'S0EDIT,S0CREW',
      PROFILE_EDITORS: 'U0ANN,S0EDIT',
      DEFAULT_PROFILE_ID: 'ssp_n7SNCL8seoyV1TuSTCnAeo',
    });
    expect(wrong).toEqual([]);
    const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    expect(all[0]).toBe(`Version: ${version}`);
    expect(all.map((line) => line.split(':')[0])).toEqual([
      'Version',
      'Settings',
      'Proxy',
      'Records',
      'Slack bot token',
      'Slack bot scopes',
      'Slack app token',
      'Access',
      'User group S0CREW',
      'User group S0EDIT',
      'Slack blocks',
      'Auth0 credentials',
      ...Object.keys(PERMISSIONS).map((scope) => `Auth0 permission ${scope.split(':')[0]}`),
      'Self-service profiles',
    ]);
    expect(all.join('\n')).toMatch(
      /2 named people, 1 user groups? in 1 channels?; editors: 2 user groups; profile editors: 1 named person, 1 user group$/m,
    );
    expect(all.join('\n')).toMatch(/User group S0CREW: 2 members/);
    expect(all.join('\n')).toMatch(/Self-service profiles: .*Microsoft and Okta/);
  });

  it('with a bot that uses HTTP and a private key', async () => {
    const { all, wrong } = await diagnose(
      { AUTH0_CLIENT_SECRET: '', AUTH0_CLIENT_PRIVATE_KEY: auth0.clientPrivateKey },
      'http',
    );
    expect(wrong).toEqual([]);
    expect(all.join('\n')).toMatch(/signing secret is set/);
    expect(all.join('\n')).toMatch(
      /Access: every full member of the workspace; editors: every full member of the workspace/,
    );
  });

  it('and changes nothing', async () => {
    await diagnose();
    expect(slack.messages).toEqual([]);
    expect(new Set(slack.calls.map(({ method }) => method))).toEqual(
      new Set(['auth.test', 'apps.connections.open', 'blocks.validate']),
    );
    expect(auth0.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /oauth/token',
      'GET /api/v2/self-service-profiles',
    ]);
  });

  it('without the permissions of profile editors, unless PROFILE_EDITORS is set', async () => {
    auth0.scopes = auth0.scopes.filter(
      (scope) => ![...PROFILE_EDITOR_PERMISSIONS].some((name) => name === scope),
    );
    const { all, wrong } = await diagnose();
    expect(wrong).toEqual([]);
    for (const name of PROFILE_EDITOR_PERMISSIONS) {
      expect(all).toContain(`Auth0 permission ${name} is not needed, because PROFILE_EDITORS is not set`);
    }
    expect((await diagnose({ PROFILE_EDITORS: 'U0ANN' })).wrong).toHaveLength(
      PROFILE_EDITOR_PERMISSIONS.size,
    );
  });

  it('with or without the optional permission to read the log', async () => {
    const { all } = await diagnose();
    expect(all).toContainEqual(
      expect.stringMatching(/^Auth0 permission read:logs is optional, and not granted: .+opened links/),
    );
    auth0.scopes.push('read:logs');
    auth0.logDelay = () => 0;
    auth0.logRepeats = false;
    expect((await diagnose()).all).toContainEqual(
      'Auth0 log: the search works, and finds 0 events of setup assistants in the last day',
    );
    auth0.logOther('ss_sso_info', { details: { ss_sso_event_name: 'ss_sso_flow_end' } });
    auth0.logOther('s');
    const { all: later, wrong } = await diagnose();
    expect(wrong).toEqual([]);
    expect(later).toContainEqual(
      expect.stringMatching(
        /^Auth0 log: the search works, and finds 1 event .+, the latest from 2\d{3}-.+Z$/,
      ),
    );
  });

  it('with read:client_summary instead of read:clients', async () => {
    auth0.scopes = auth0.scopes.map((scope) => (scope === 'read:clients' ? 'read:client_summary' : scope));
    expect((await diagnose()).wrong).toEqual([]);
  });
});

describe("the doctor's check of modals and messages", () => {
  it('passes if Slack accepts each of them', async () => {
    const { all, wrong } = await diagnose({ TENANT_LABEL: 'Acme Staging', REQUIRED_METADATA: 'crm: CRM ID' });
    expect(wrong).toEqual([]);
    const asked = slack.calls.filter(({ method }) => method === 'blocks.validate');
    expect(asked).toHaveLength(40);
    expect(asked.filter(({ args }) => args.view)).toHaveLength(15);
    expect(JSON.stringify(asked.map(({ args }) => args)).match(/Tenant: Acme Staging/g)).toHaveLength(40);
    expect(all).toContain('Slack blocks: Slack accepts all 40 modals and messages');
  });

  it('reports which ones Slack rejects, why, and where', async () => {
    const errors = [
      { pointer: '/blocks/3/hint/text', code: 'failed_constraint', message: 'must be shorter' },
    ];
    const body = JSON.stringify({ ok: false, error: 'invalid_view', errors });
    slack.fail('blocks.validate', { status: 200, body }, 1);
    slack.fail('blocks.validate', { error: 'invalid_view' }, 1);
    expect((await diagnose()).wrong).toEqual([
      'Slack blocks: Slack refuses the form for a new connection: must be shorter at /blocks/3/hint/text. If one of your settings is too long there, shorten it. Otherwise, report a bug',
      'Slack blocks: Slack refuses the form for a new connection, with all options: no reason given. If one of your settings is too long there, shorten it. Otherwise, report a bug',
    ]);
    expect(slack.calls.filter(({ method }) => method === 'blocks.validate')).toHaveLength(40);
  });

  it('is skipped if Slack does not know the method', async () => {
    slack.fail('blocks.validate', { error: 'unknown_method' });
    const { all, wrong } = await diagnose();
    expect(wrong).toEqual([]);
    expect(all).toContain(
      "Slack blocks: not checked, because this Slack doesn't have the method blocks.validate",
    );
    expect(all.at(-1)).toMatch(/^Self-service profiles/);
    expect(slack.calls.filter(({ method }) => method === 'blocks.validate')).toHaveLength(1);
  });

  it('waits for a short rate limit', async () => {
    slack.fail('blocks.validate', { status: 429, headers: { 'retry-after': '1' } }, 1);
    expect((await diagnose()).all).toContain('Slack blocks: Slack accepts all 40 modals and messages');
  });

  it.each([
    [{ error: 'fatal_error' }, 'Slack says fatal_error'],
    [{ status: 503 }, "the bot can't read Slack's answer"],
  ])('reports that it failed if Slack responds with %j', async (fault, what) => {
    slack.fail('blocks.validate', fault);
    expect((await diagnose()).wrong).toEqual([
      `Slack blocks (blocks.validate): ${what}. Try again in a minute`,
    ]);
  });
});

describe("the doctor's check of settings", () => {
  it('reports one line for each invalid variable, and skips the other checks', async () => {
    const { all, wrong } = await diagnose({
      SLACK_BOT_TOKEN: 'xoxp-not-a-bot-0123456789',
      AUTH0_DOMAIN: 'https://acme.eu.auth0.com/',
      AUTH0_CLIENT_SECRET: '',
      ALLOWED: '',
      PORT: 'many',
    });
    expect(all).toEqual([expect.stringMatching(/^Version: /), ...wrong]);
    expect(wrong).toHaveLength(5);
    for (const variable of [
      'SLACK_BOT_TOKEN must start with xoxb-',
      'AUTH0_DOMAIN must be a bare host',
      'AUTH0_CLIENT_SECRET is not set',
      'ALLOWED is not set',
      'PORT must be a port number',
    ]) {
      expect(wrong.filter((line) => line.startsWith(`Settings: ${variable}`))).toHaveLength(1);
    }
    expect(wrong.join()).not.toContain('xoxp-not-a-bot');
    expect(slack.calls).toEqual([]);
    expect(auth0.requests).toEqual([]);
  });

  it('reports every required variable if nothing is set', async () => {
    printed = [];
    for await (const check of runChecks({})) printed.push(check);
    const settings = printed.filter(({ ok }) => !ok);
    expect(settings.map(({ line }) => /^Settings: (\w+) is not set/.exec(line)?.[1]).toSorted()).toEqual([
      'ALLOWED',
      'AUTH0_CLIENT_ID',
      'AUTH0_CLIENT_SECRET',
      'AUTH0_DOMAIN',
      'EDITORS',
      'SLACK_APP_TOKEN',
      'SLACK_BOT_TOKEN',
    ]);
  });
});

describe("the doctor's check of Slack", () => {
  it.each(['invalid_auth', 'account_inactive', 'token_revoked'])(
    'reports a bot token that Slack rejects with %s',
    async (error) => {
      slack.fail('auth.test', { error });
      const { wrong, all } = await diagnose();
      expect(wrong).toHaveLength(1);
      expect(wrong[0]).toMatch(
        new RegExp(`^Slack bot token: Slack says ${error}\\. Copy SLACK_BOT_TOKEN again`),
      );
      // The other checks still run.
      expect(all.some((line) => line.startsWith('Self-service profiles: '))).toBe(true);
    },
  );

  it('reports a bot token that Slack does not know', async () => {
    const { wrong } = await diagnose({ SLACK_BOT_TOKEN: 'xoxb-0000-another' });
    expect(wrong).toEqual([expect.stringMatching(/^Slack bot token: Slack says invalid_auth/)]);
  });

  it.each(botScopes)('reports the missing scope %s and what does not work without it', async (scope) => {
    slack.scopes = slack.scopes.filter((each) => each !== scope);
    const { wrong } = await diagnose();
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(
      new RegExp(
        `^Slack bot scope ${scope} is missing: .+\\. Add it under "OAuth & Permissions", then reinstall`,
      ),
    );
  });

  it('reports each scope if all are missing', async () => {
    slack.scopes = [];
    const { wrong } = await diagnose();
    expect(wrong.filter((line) => line.startsWith('Slack bot scope '))).toHaveLength(7);
  });

  it('reports an invalid app token', async () => {
    const { wrong } = await diagnose({ SLACK_APP_TOKEN: 'xapp-1-A0-0-wrong' });
    expect(wrong).toEqual([
      expect.stringMatching(
        /^Slack app token: Slack says invalid_auth\. Create SLACK_APP_TOKEN under "Basic/,
      ),
    ]);
  });

  it('reports an app token without its scope', async () => {
    slack.fail('apps.connections.open', { error: 'missing_scope' });
    const { wrong } = await diagnose();
    expect(wrong).toEqual([expect.stringMatching(/^Slack app token: .*connections:write/)]);
  });

  it('reports that Slack is unreachable, without blaming the token', async () => {
    const { wrong, all } = await diagnose({ SLACK_API_URL: `http://127.0.0.1:${await closedPort()}/api/` });
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(/^Slack: the bot can't reach/);
    expect(wrong[0]).toMatch(/network|SLACK_API_URL/);
    expect(wrong[0]).not.toContain('Copy SLACK_BOT_TOKEN again');
    expect(all.some((line) => line.startsWith('Auth0 credentials: '))).toBe(true);
  });

  it('reports an internal error in Slack, without blaming the token', async () => {
    slack.fail('auth.test', { status: 503 });
    const { wrong } = await diagnose();
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).not.toContain('Copy SLACK_BOT_TOKEN again');
  });
});

it('the doctor reports an app that is installed to a whole organization', async () => {
  slack.enterpriseId = 'E0GRID';
  slack.orgWide = true;
  const { wrong } = await diagnose();
  expect(wrong).toEqual([`Slack bot token: ${ORG_WIDE_INSTALL}`]);
});

describe("the doctor's check of access", () => {
  it('reports a user group that does not exist', async () => {
    const { wrong } = await diagnose({ ALLOWED: 'S0GONE' });
    expect(wrong).toEqual([
      expect.stringMatching(/^User group S0GONE: Slack says no_such_subteam\. Copy its ID from Slack/),
    ]);
  });

  it('reports an editor group without members', async () => {
    slack.userGroups.set('S0EMPTY', new Set());
    const { wrong } = await diagnose({ EDITORS: 'S0EMPTY' });
    expect(wrong).toEqual([expect.stringMatching(/^User group S0EMPTY has no members\. Add the people/)]);
  });

  it('reports the missing scope, not the ID, if it cannot read a user group', async () => {
    slack.userGroups.set('S0CREW', new Set(['U1']));
    slack.scopes = slack.scopes.filter((scope) => scope !== 'usergroups:read');
    const { wrong } = await diagnose({ ALLOWED: 'S0CREW' });
    const group = wrong.find((line) => line.startsWith('User group S0CREW'));
    expect(wrong.some((line) => line.startsWith('Slack bot scope usergroups:read is missing'))).toBe(true);
    expect(group ?? '').not.toContain('Copy its ID from Slack');
  });
});

describe("the doctor's check of Auth0", () => {
  it('reports a domain that is unreachable', async () => {
    const domain = `localhost:${await closedPort()}`;
    const { wrong } = await diagnose({ AUTH0_DOMAIN: domain });
    expect(wrong).toEqual([
      expect.stringContaining(
        `Auth0: the bot can't reach ${domain} (ECONNREFUSED). Check AUTH0_DOMAIN and the network.`,
      ),
    ]);
    expect(wrong[0]).toMatch(/HTTPS_PROXY.*NODE_EXTRA_CA_CERTS/);
  });

  it('reports a domain that does not exist', async () => {
    const { wrong } = await diagnose({ AUTH0_DOMAIN: 'no-such-tenant.invalid' });
    expect(wrong).toEqual([expect.stringMatching(/^Auth0: the bot can't reach no-such-tenant\.invalid/)]);
  });

  it('reports a wrong client secret without repeating it', async () => {
    const { wrong } = await diagnose({ AUTH0_CLIENT_SECRET: 'wrong-secret-of-somebody' });
    expect(wrong).toEqual([
      expect.stringMatching(
        /^Auth0 credentials: .* doesn't accept them\. Auth0 says: “Unauthorized”\. Copy AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET again/,
      ),
    ]);
    expect(wrong[0]).not.toContain('wrong-secret');
  });

  it('reports an application without the client credentials grant', async () => {
    auth0.grantDisabled = true;
    const { wrong } = await diagnose();
    expect(wrong).toEqual([expect.stringMatching(/Turn on the grant type Client Credentials/)]);
  });

  it.each([
    [
      'a custom domain',
      403,
      'Service not found: https://login.acme.com/api/v2/',
      'AUTH0_DOMAIN is probably a custom',
    ],
    [
      'an application without access to the API',
      403,
      'Client is not authorized to access "https://acme.eu.auth0.com/api/v2/". You need to create a "client-grant"',
      'Authorize the application for the Auth0 Management API',
    ],
    ['a wrong clock', 401, '"iat" claim timestamp check failed', "This machine's clock is probably wrong"],
    ['another error', 403, 'The moon is full', 'Copy AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET again'],
  ])('quotes Auth0 and says what to do about %s', async (_, status, error_description, advice) => {
    auth0.fail({ path: '/oauth/token' }, { status, body: { error: 'access_denied', error_description } });
    const { wrong } = await diagnose();
    expect(wrong).toEqual([expect.stringContaining(`Auth0 says: “${error_description}”.`)]);
    expect(wrong).toEqual([expect.stringContaining(advice)]);
  });

  it('reports a used-up token quota, without blaming the credentials', async () => {
    auth0.fail(
      { path: '/oauth/token' },
      { status: 429, body: { error: 'too_many_requests', error_description: 'Quota used up' } },
    );
    const { wrong } = await diagnose();
    expect(wrong).toEqual([
      expect.stringMatching(/doesn't issue a token right now.*Quota used up.*wait a minute/),
    ]);
    expect(wrong[0]).not.toContain('credentials');
  });

  it('reports a private key that Auth0 does not know', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { wrong } = await diagnose({
      AUTH0_CLIENT_SECRET: '',
      AUTH0_CLIENT_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    expect(wrong).toEqual([expect.stringMatching(/^Auth0 credentials: .*AUTH0_CLIENT_PRIVATE_KEY/)]);
  });

  it('reports an invalid private key, without blaming the network', async () => {
    const { wrong } = await diagnose({
      AUTH0_CLIENT_SECRET: '',
      AUTH0_CLIENT_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\\nbm90IGEga2V5\\n-----END PRIVATE KEY-----',
    });
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toContain('AUTH0_CLIENT_PRIVATE_KEY');
    expect(wrong[0]).not.toContain("can't reach");
  });

  it.each(REQUIRED.map(([name]) => name))(
    'reports the missing permission %s and what does not work without it',
    async (scope) => {
      auth0.scopes = auth0.scopes.filter((each) => each !== scope);
      const { wrong } = await diagnose({ PROFILE_EDITORS: 'U0ANN' });
      expect(wrong).toHaveLength(1);
      expect(wrong[0]).toMatch(
        new RegExp(`^Auth0 permission ${scope} is missing: .+\\. Grant it to the application`),
      );
    },
  );

  it('reports a tenant without self-service profiles', async () => {
    auth0.profiles.length = 0;
    expect((await diagnose()).wrong).toEqual([
      expect.stringMatching(
        /^Self-service profiles: none exist\. Set PROFILE_EDITORS to create one from Slack/,
      ),
    ]);
    expect((await diagnose({ PROFILE_EDITORS: 'U0ANN' })).wrong).toEqual([
      expect.stringMatching(/^Self-service profiles: none exist\. Someone in PROFILE_EDITORS can/),
    ]);
  });

  it('reports a user group of profile editors that does not exist', async () => {
    const { wrong } = await diagnose({ PROFILE_EDITORS: 'S0GONE' });
    expect(wrong).toEqual([expect.stringMatching(/^User group S0GONE: Slack says no_such_subteam/)]);
  });

  it('reports a default profile that does not exist', async () => {
    const { wrong } = await diagnose({ DEFAULT_PROFILE_ID: 'ssp_gone' });
    expect(wrong).toEqual([
      expect.stringMatching(/^Self-service profiles: DEFAULT_PROFILE_ID doesn't match any.*Standard \(ssp_/),
    ]);
  });

  it.each([
    ['is refused', { status: 400 }],
    ['fails', { status: 500 }],
    [
      'returns unreadable events',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '[{}]' },
    ],
  ])('reports a log search that %s', async (_, fault) => {
    auth0.scopes.push('read:logs');
    auth0.fail({ path: '/logs' }, fault);
    const { wrong } = await diagnose();
    expect(wrong).toEqual([
      expect.stringMatching(/^Auth0 log: .+ links are followed by the state of their connections only$/i),
    ]);
  });

  it('reports profiles that cannot be read', async () => {
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 });
    const { wrong } = await diagnose();
    expect(wrong).toEqual([expect.stringMatching(/^Self-service profiles: Auth0 had an internal error/)]);
  });
});

it('the doctor reports all problems together', async () => {
  slack.scopes = slack.scopes.filter((scope) => scope !== 'im:write');
  auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:connections');
  auth0.profiles.length = 0;
  const { wrong } = await diagnose({ SLACK_APP_TOKEN: 'xapp-1-wrong', EDITORS: 'S0GONE' });
  expect(wrong.map((line) => /^[\w -]+(?::\w+)?/.exec(line)?.[0])).toEqual(
    [
      'Slack bot scope im:write is missing',
      'Slack app token',
      'User group S0GONE',
      'Auth0 permission read:connections is missing',
      'Self-service profiles',
    ].map((start) => expect.stringContaining(start.split(' is missing')[0] ?? start)),
  );
});

describe('npm run doctor', () => {
  let elsewhere: string;
  beforeAll(() => {
    elsewhere = mkdtempSync(join(tmpdir(), 'doctor-'));
  });
  afterAll(() => {
    rmSync(elsewhere, { recursive: true });
  });

  function run(env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
    const { PATH = '', NODE_EXTRA_CA_CERTS = '' } = process.env;
    return new Promise((done) => {
      execFile(
        process.execPath,
        [join(project, 'dist/main.js'), 'doctor'],
        { cwd: elsewhere, env: { PATH, NODE_EXTRA_CA_CERTS, ...env }, timeout: 60_000 },
        (error, stdout, stderr) => {
          printed.push({ ok: !error, line: stdout + stderr });
          done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
        },
      );
    });
  }

  it('exits with 0 and prints a check mark before each line if nothing is wrong', async () => {
    const { code, stdout, stderr } = await run(botSettings(slack, auth0, 'socket'));
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.pop()).toBe('Everything looks good.');
    for (const line of lines) expect(line).toMatch(/^✓ \S/);
  });

  it('exits with 1 and prints a cross before each problem', async () => {
    slack.scopes = slack.scopes.filter((scope) => scope !== 'im:write');
    const { code, stdout, stderr } = await run(botSettings(slack, auth0, 'http'));
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line.startsWith('✗ '))).toEqual([
      expect.stringContaining('Slack bot scope im:write is missing'),
    ]);
  });

  it('prints the proxy that it uses, without its credentials', async () => {
    const proxy = await startProxy('user:s3cret');
    try {
      const settings = botSettings(slack, auth0, 'socket');
      const { code, stdout } = await run({
        ...settings,
        HTTPS_PROXY: proxy.url,
        https_proxy: '',
        no_proxy: '10.0.0.1',
      });
      expect(code).toBe(0);
      const address = proxy.url.replace('user:s3cret@', '');
      expect(stdout).toContain(`✓ Proxy: https:// goes through ${address}; NO_PROXY exempts 10.0.0.1\n`);
      expect(stdout).not.toContain('s3cret');
      expect(new Set(proxy.connects)).toEqual(new Set([auth0.domain]));
    } finally {
      await proxy.stop();
    }
  });

  it('exits with 1 if nothing is set, without a stack trace', async () => {
    const { code, stdout, stderr } = await run({});
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain('SLACK_BOT_TOKEN is not set');
    expect(stdout).toContain('✗ Settings: .env is missing: run `cp .env.example .env`, and fill it in\n');
  });
});

// ---------------------------------------------------------------------------- The same checks at startup

describe('the bot at startup', () => {
  let world: World | undefined;
  afterEach(async () => {
    if (world) expectClean(world);
    await world?.stop();
    world = undefined;
  });

  const warnings = ({ log }: World) =>
    log.map((line): Record<string, unknown> => JSON.parse(line)).filter(({ level }) => level === 'warn');

  it.each(REQUIRED)('logs the missing permission %s and starts', async (scope, without) => {
    const started = await startWorld({
      env: { PROFILE_EDITORS: 'U0MARIA' },
      tenant: (tenant) => {
        tenant.scopes = tenant.scopes.filter((each) => each !== scope);
      },
    });
    world = started;
    await started.slack.until(() => warnings(started).some((line) => line.permission === scope));
    expect(warnings(started)).toEqual([
      expect.objectContaining({ permission: scope, msg: expect.stringContaining(`${scope}: ${without}`) }),
    ]);
    const health = await fetch(`http://127.0.0.1:${started.port}/healthz`);
    expect(health.status).toBe(200);
  });

  it('does not log a missing permission that it does not need', async () => {
    const started = await startWorld({
      tenant: (tenant) => {
        tenant.scopes = ['read:self_service_profiles'];
      },
    });
    world = started;
    const needed = REQUIRED.length - PROFILE_EDITOR_PERMISSIONS.size - 1;
    await started.slack.until(() => warnings(started).length === needed);
    expect(warnings(started).map(({ permission }) => permission)).not.toContain(
      'create:self_service_profiles',
    );
  });

  it('logs each of several missing permissions', async () => {
    const started = await startWorld({
      env: { PROFILE_EDITORS: 'U0MARIA' },
      tenant: (tenant) => {
        tenant.scopes = ['read:self_service_profiles'];
      },
    });
    world = started;
    await started.slack.until(() => warnings(started).length === REQUIRED.length - 1);
    expect(warnings(started).map(({ permission }) => permission)).not.toContain('read:self_service_profiles');
  });

  it('logs no warning if all permissions are granted', async () => {
    const started = await startWorld();
    world = started;
    await started.slack.until(() => started.auth0.requests.some(({ status }) => status === 200));
    // No event shows that the bot has read the token, so a warning gets some time to appear.
    await new Promise((done) => setTimeout(done, 100));
    expect(warnings(started)).toEqual([]);
  });

  it('starts while Auth0 is unreachable, and works once it is back', async () => {
    const started = await startWorld({
      tenant: (tenant) => tenant.fail({}, 'reset'),
    });
    world = started;
    await started.slack.until(() =>
      warnings(started).some(({ msg }) => /could not be checked/.test(String(msg))),
    );
    await started.maria.command(started.sales.id, '');
    await modal(started, started.maria, /The bot can't reach Auth0/);
    await started.maria.close();
    started.auth0.clearFaults();
    await fillNew(started);
    await started.maria.submit();
    await modal(started, started.maria, /Your link is ready/);
  });

  it('starts while nothing listens at AUTH0_DOMAIN', async () => {
    const domain = `localhost:${await closedPort()}`;
    const started = await startWorld({ env: { AUTH0_DOMAIN: domain } });
    world = started;
    expect((await fetch(`http://127.0.0.1:${started.port}/healthz`)).status).toBe(200);
    await started.slack.until(() =>
      warnings(started).some(({ msg }) => /could not be checked/.test(String(msg))),
    );
  });

  it('does not start without ALLOWED, and says so', () => {
    const settings = { ...botSettings(slack, auth0, 'http'), ALLOWED: '', EDITORS: '' };
    expect(() => readConfig(settings)).toThrow(
      /ALLOWED is not set: .*or to everyone\n.*EDITORS is not set: /,
    );
    expect(() => readConfig({ ...settings, EDITORS: 'nobody' })).toThrow(/ALLOWED is not set/);
  });
});
