import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess, freePort } from '../../stand-ins/bot-process.ts';
import { addPeople, type People } from '../../stand-ins/people.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import { linkIn, RESPONSE_TIMEOUT_MS } from '../harness.ts';
import { testCertificate } from '../setup.ts';
import { CLEAR_LINE, CTRL_C, DOWN, Terminal } from './terminal.ts';

const main = resolve(import.meta.dirname, '../../dist/main.js');
const command = `${process.execPath} ${main} setup`;

let slack: Slack;
let auth0: Auth0;
let people: People;
let folder: string;
let terminal: Terminal | undefined;
/** Variables that point to the stand-ins. A real installation doesn't have them. */
let env: Record<string, string>;

beforeEach(async () => {
  [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
  people = addPeople(slack);
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-setup-'));
  env = { SLACK_API_URL: slack.apiUrl, NODE_EXTRA_CA_CERTS: process.env.TEST_TLS_CERT ?? '', PORT: '0' };
});

afterEach(async () => {
  await terminal?.end();
  await Promise.all([slack.stop(), auth0.stop()]);
  rmSync(folder, { recursive: true });
});

function open(): Terminal {
  terminal = new Terminal(command, { cwd: folder, env });
  return terminal;
}

const file = (name: string) => join(folder, name);
const written = () => parse(readFileSync(file('.env')));

/** Answers the questions about Slack. */
async function answerSlack(shell: Terminal): Promise<void> {
  await shell.answer('How does Slack reach the bot?', '');
  await shell.answer('Bot token', slack.botToken);
  await shell.answer('App-level token', slack.appToken);
}

/** Registers the public key that setup has created, as a person does in the Dashboard. */
function registerKey(): void {
  auth0.publicKey = readFileSync(file('auth0-public-key.pem'), 'utf8');
}

describe('npm run setup', () => {
  it('writes settings with which the bot creates a link', async () => {
    const { maria, sales } = people;
    const shell = open();
    await answerSlack(shell);
    await shell.answer('Domain of the Auth0 tenant', auth0.domain);
    await shell.answer('How does the bot authenticate with Auth0?', '');
    await shell.see('-----END PUBLIC KEY-----');
    registerKey();
    await shell.answer('Client ID', auth0.clientId);
    await shell.see('issues a token to the application');
    await shell.answer('Who may use the bot?', `${DOWN}`);
    await shell.answer('Who of them is an editor', `${DOWN}`);
    await shell.answer('Their IDs', maria.id);
    await shell.see('Slack knows U0MARIA');
    await shell.see('Everything looks good. Start the bot with npm start.');
    expect(await shell.exit).toBe(0);

    expect(statSync(file('.env')).mode & 0o777).toBe(0o600);
    const { AUTH0_CLIENT_PRIVATE_KEY: key = '', ...others } = written();
    expect(others).toEqual({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      AUTH0_DOMAIN: auth0.domain,
      AUTH0_CLIENT_ID: auth0.clientId,
      ALLOWED: 'everyone',
      EDITORS: 'U0MARIA',
    });
    expect(createPublicKey(key.replaceAll('\\n', '\n')).export({ type: 'spki', format: 'pem' })).toBe(
      readFileSync(file('auth0-public-key.pem'), 'utf8'),
    );
    for (const secret of [slack.botToken, slack.appToken, 'PRIVATE KEY'])
      expect(shell.shown).not.toContain(secret);
    expect(readdirSync(folder).toSorted()).toEqual(['.env', 'auth0-public-key.pem']);

    const bot = new BotProcess(env, { cwd: folder });
    try {
      await bot.waitForLine(/The bot is ready/);
      await maria.command(sales.id, '');
      await slack.until(() => maria.modal?.title.text === sentences.FORM_TITLE.new);
      await maria.type('connectionName', 'acme-corp');
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      await maria.submit();
      const message = await slack.until(() => maria.sees(sales.id).find((each) => linkIn(each)));
      expect(linkIn(message)).toContain(auth0.domain);
      expect(slack.violations).toEqual([]);
    } finally {
      await bot.kill();
    }
  });

  it('checks each answer before it asks the next question', async () => {
    const shell = open();
    await shell.answer('How does Slack reach the bot?', '');
    await shell.answer('Bot token', 'xapp-wrong-kind');
    await shell.see('must start with xoxb-');
    shell.type(`${CLEAR_LINE}xoxb-unknown\r`);
    await shell.see('Slack bot token: Slack says invalid_auth');
    await shell.answer('Bot token', slack.botToken);
    await shell.answer('App-level token', 'xapp-unknown');
    await shell.see('Slack app token: Slack says invalid_auth');
    await shell.answer('App-level token', slack.appToken);
    await shell.answer('Domain of the Auth0 tenant', 'https://acme.eu.auth0.com');
    await shell.see('must be a bare host');
    const closed = `localhost:${await freePort()}`;
    shell.type(`${CLEAR_LINE}${closed}\r`);
    await shell.see(`Auth0: the bot can't reach ${closed} (ECONNREFUSED)`);
    await shell.answer('Domain of the Auth0 tenant', auth0.domain);
    await shell.answer('How does the bot authenticate with Auth0?', DOWN + DOWN);
    await shell.answer('Client ID', auth0.clientId);
    await shell.answer('Client secret', 'wrong');
    await shell.see("doesn't accept them");
    // The earlier answer is kept.
    await shell.answer('Client ID', '');
    await shell.answer('Client secret', auth0.clientSecret);
    await shell.see('issues a token to the application');
    await shell.answer('Who may use the bot?', '');
    await shell.answer('Their IDs', 'maria');
    await shell.see('must contain IDs of users');
    shell.type(`${CLEAR_LINE}U0NOBODY\r`);
    await shell.see('Slack does not know U0NOBODY (user_not_found)');
    slack.userGroups.set('S0CREW', new Set(['U0MARIA']));
    await shell.answer('Their IDs', 'U0TOM, S0CREW');
    await shell.answer('Who of them is an editor', '');
    await shell.see('Everything looks good.');
    expect(written()).toMatchObject({
      AUTH0_CLIENT_SECRET: auth0.clientSecret,
      ALLOWED: 'U0TOM, S0CREW',
      EDITORS: 'nobody',
    });
    expect(shell.shown).not.toContain(auth0.clientSecret);
  });

  it('accepts a signing secret for HTTP and a private key from a file', async () => {
    writeFileSync(file('bot.key'), auth0.clientPrivateKey);
    writeFileSync(file('other.key'), 'no key');
    const shell = open();
    await shell.answer('How does Slack reach the bot?', DOWN);
    await shell.answer('Bot token', slack.botToken);
    await shell.answer('Signing secret', slack.signingSecret);
    await shell.answer('Domain of the Auth0 tenant', auth0.domain);
    await shell.answer('How does the bot authenticate with Auth0?', DOWN);
    await shell.answer('Client ID', auth0.clientId);
    await shell.answer('File with the private key', 'none.key');
    await shell.see("This file can't be read");
    shell.type(`${CLEAR_LINE}other.key\r`);
    await shell.see('The content must be an RSA private key');
    shell.type(`${CLEAR_LINE}bot.key\r`);
    await shell.answer('Who may use the bot?', DOWN);
    await shell.answer('Who of them is an editor', '');
    await shell.see('Everything looks good.');
    const { AUTH0_CLIENT_PRIVATE_KEY: key = '', ...others } = written();
    expect(others).toMatchObject({ SLACK_SIGNING_SECRET: slack.signingSecret });
    expect(key.replaceAll('\\n', '\n').trim()).toBe(auth0.clientPrivateKey.trim());
  });

  it('keeps a copy of an earlier .env, and its other settings', async () => {
    const earlier = [
      'SLACK_APP_TOKEN=xapp-old',
      `AUTH0_DOMAIN=${auth0.domain}`,
      `AUTH0_CLIENT_ID=${auth0.clientId}`,
      'AUTH0_CLIENT_PRIVATE_KEY=old',
      'TENANT_LABEL="Bob\'s tenant # 1"',
      "REQUIRED_METADATA='crm: CRM ID /^001\\w+$/'",
      'CUSTOMER_MESSAGE=Hello,\\n\\n{link}',
    ].join('\n');
    writeFileSync(file('.env'), earlier, { mode: 0o644 });
    auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:organizations');
    const shell = open();
    await shell.answer('How does Slack reach the bot?', DOWN);
    await shell.answer('Bot token', slack.botToken);
    await shell.answer('Signing secret', slack.signingSecret);
    await shell.answer('Domain of the Auth0 tenant', '');
    await shell.answer('How does the bot authenticate with Auth0?', DOWN + DOWN);
    await shell.answer('Client ID', '');
    await shell.answer('Client secret', auth0.clientSecret);
    await shell.see('Auth0 permission read:organizations is missing');
    await shell.answer('Who may use the bot?', DOWN);
    await shell.answer('Who of them is an editor', '');
    await shell.see('One thing to fix. Then run npm run doctor.');
    expect(await shell.exit).toBe(1);

    const [kept = ''] = readdirSync(folder).filter((name) => name.startsWith('.env.'));
    expect(readFileSync(file(kept), 'utf8')).toBe(earlier);
    expect(statSync(file(kept)).mode & 0o777).toBe(0o600);
    expect(shell.shown).toContain(`The earlier one is ${kept}`);
    const { TENANT_LABEL, REQUIRED_METADATA, CUSTOMER_MESSAGE } = parse(earlier);
    expect(written()).toEqual({
      TENANT_LABEL,
      REQUIRED_METADATA,
      CUSTOMER_MESSAGE,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      AUTH0_DOMAIN: auth0.domain,
      AUTH0_CLIENT_ID: auth0.clientId,
      AUTH0_CLIENT_SECRET: auth0.clientSecret,
      ALLOWED: 'everyone',
      EDITORS: 'nobody',
    });
  });

  it('changes nothing if it is canceled', async () => {
    writeFileSync(file('.env'), 'TENANT_LABEL=Old');
    const shell = open();
    await answerSlack(shell);
    await shell.see('Domain of the Auth0 tenant');
    shell.type(CTRL_C);
    await shell.see('Canceled. .env was not changed.');
    expect(await shell.exit).toBe(1);
    expect(readFileSync(file('.env'), 'utf8')).toBe('TENANT_LABEL=Old');
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  it('says what to do if there is no terminal', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, 'setup'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'npm run setup asks questions, so it needs a terminal. Without one, copy .env.example to .env, fill it in, and run npm run doctor.\n',
    );
    expect(existsSync(file('.env'))).toBe(false);
  });
});
