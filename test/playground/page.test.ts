import { createServer, request, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Clock } from '../../playground/clock.ts';
import { Guide } from '../../playground/guide.ts';
import { readManifest } from '../../playground/manifest.ts';
import { type Action, listen, servePage } from '../../playground/server.ts';
import { type State, stateFor } from '../../playground/state.ts';
import { Switches } from '../../playground/switches.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { startWorld, textOf, type World } from '../harness.ts';

import { callAuth0 } from '../stand-ins/call-auth0.ts';

const HOUR_MS = 3_600_000;

/** These tests do what the page does, without a browser. Those in `test/browser` use one. */
let world: World;
let server: Server;
let port: number;
/** The bot runs in this process, so the clock doesn't have to change its time separately. */
let clock: Clock;
let state: (person?: string) => State;

beforeEach(async () => {
  world = await startWorld({ followIntervalMs: 100 });
  const { slack, auth0, sales } = world;
  clock = new Clock(async () => undefined);
  const running = {
    mode: 'http' as const,
    manifest: await readManifest(),
    slack,
    auth0,
    bot: { ended: undefined },
    switches: new Switches(slack, auth0, sales),
    guide: new Guide(auth0, slack),
    clock,
  };
  server = servePage(running);
  port = await listen(server, 0);
  state = (person = world.maria.id) => stateFor(running, person);
});
afterEach(async () => {
  clock.stop();
  server.close();
  server.closeAllConnections();
  await world.stop();
});

async function act(action: Action, person = world.maria.id) {
  const answer = await fetch(`http://127.0.0.1:${port}/act`, {
    method: 'POST',
    body: JSON.stringify({ person, ...action }),
  });
  return { status: answer.status, result: await answer.json() };
}

function get(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

const messages = (person?: string) =>
  state(person).channels.find(({ id }) => id === world.sales.id)?.messages ?? [];

async function createLink(): Promise<void> {
  const { slack, sales } = world;
  await act({ do: 'command', channel: sales.id, text: 'Acme Corp' });
  await slack.until(() => state().modal?.submit);
  await act({ do: 'suggest', where: 'clients', text: 'por' });
  await act({ do: 'select', where: 'clients', values: ['q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A'] });
  await act({ do: 'submit' });
  await slack.until(() => messages().length > 0);
}

test('the server accepts requests from this machine only, and serves only its own files', async () => {
  expect(await get('/')).toBe(200);
  expect(await get('/page/main.js')).toBe(200);
  expect(await get('/page/../server.ts')).toBe(404);
  expect(await get('/page/tsconfig.json')).toBe(404);
  expect(await get('/', { host: `localhost:${port}` })).toBe(200);
  expect(await get('/', { host: `evil.example:${port}` })).toBe(403);
  expect(await get('/', { origin: 'https://evil.example' })).toBe(403);
});

test('the server uses the next port if a port is in use', async () => {
  const second = createServer();
  expect(await listen(second, port)).toBeGreaterThan(port);
  second.close();
});

test('only the requester sees a link, until they dismiss it', async () => {
  await createLink();
  const [link] = messages();
  expect(link?.ephemeral).toBe(true);
  expect(textOf(link)).toContain(world.auth0.tickets[0]?.id);
  expect(JSON.stringify(messages(world.tom.id))).not.toContain(world.auth0.tickets[0]?.id);
  await act({ do: 'dismiss', message: link?.id ?? '' });
  expect(messages()).toEqual([]);
});

test('a link opens over plain HTTP, and finishing the setup creates the connection', async () => {
  await world.auth0.openLinksOverHttp();
  await createLink();
  const path = state().tenant.tickets[0]?.url ?? '';
  expect(path).toMatch(/^http:\/\/localhost:/);
  expect(textOf(messages()[0])).toContain(path);
  expect(await (await fetch(path)).text()).toContain('Choose your identity provider');
  expect(state().tenant.tickets[0]).toMatchObject({ state: 'opened', connection: 'acme-corp', opens: 1 });
  const submit = async (step: string) => {
    const body = new URLSearchParams({ step, provider: 'okta' });
    return (await fetch(path, { method: 'POST', body })).text();
  };
  await submit('choose');
  await submit('configure');
  await submit('skip-test');
  expect(await submit('enable')).toContain('is set up');
  expect(state().tenant.tickets[0]?.state).toBe('finished');
  expect(state().tenant.connections[0]).toMatchObject({ name: 'acme-corp', kind: 'Okta' });
  await act({ do: 'switch', name: 'down', on: true });
  await expect(fetch(path)).rejects.toThrow();
});

test('the guide checks off each step when it happens, and not before', async () => {
  const { auth0, slack } = world;
  const nothing = { ask: false, copy: false, open: false, finish: false, see: false };
  expect(state().guide).toEqual(nothing);
  await act({ do: 'copied', text: 'https://acme.eu.auth0.com/' });
  expect(state().guide).toEqual(nothing);

  await createLink();
  const id = auth0.tickets[0]?.id ?? '';
  expect(state().guide).toEqual({ ...nothing, ask: true });
  await act({ do: 'copied', text: `Hello,\n${state().tenant.tickets[0]?.url}\n` });
  expect(state().guide).toEqual({ ...nothing, ask: true, copy: true });
  auth0.configure(id, 'okta');
  auth0.leave(id);
  expect(state().guide).toMatchObject({ open: true, finish: false });
  auth0.complete(id, 'okta');
  expect(state().guide).toMatchObject({ finish: true, see: false });
  await slack.until(() => state().guide.see);
  const direct = state().channels.find(({ kind }) => kind === 'bot');
  expect(JSON.stringify(direct?.messages)).toContain(sentences.finished('Acme Corp', ['Customer Portal']));
});

test('a link expires when time moves forward', async () => {
  await createLink();
  expect(state()).toMatchObject({ aheadMs: 0, tenant: { tickets: [{ state: 'live' }] } });
  const before = Date.now();
  expect((await act({ do: 'forward', hours: 1 })).status).toBe(200);
  expect(Date.now() - before).toBeGreaterThanOrEqual(HOUR_MS);
  expect(new Date().toISOString() > new Date(before + HOUR_MS - 1).toISOString()).toBe(true);
  expect(new Date(0)).toBeInstanceOf(Date);
  for (let days = 1; days <= 5; days += 1) await act({ do: 'forward', hours: 24 });
  expect(state()).toMatchObject({ aheadMs: 121 * HOUR_MS, tenant: { tickets: [{ state: 'expired' }] } });
});

test('the state of a link shows how far the customer is', async () => {
  const { auth0 } = world;
  await createLink();
  const id = auth0.tickets[0]?.id ?? '';
  const stateAfter = (step: () => unknown) => {
    step();
    return state().tenant.tickets[0]?.state;
  };
  expect(stateAfter(() => auth0.open(id))).toBe('opened');
  expect(stateAfter(() => auth0.configure(id, 'okta'))).toBe('configured');
  expect(stateAfter(() => auth0.complete(id, 'okta'))).toBe('finished');
});

test('repeated reads are listed once', async () => {
  const { auth0 } = world;
  for (let times = 1; times <= 3; times += 1) await callAuth0(auth0, 'GET', '/organizations?take=7');
  const reads = state().requests.filter(({ what }) => what === 'GET /organizations?take=7');
  expect(reads).toHaveLength(1);
});

test('the server rejects a choice that was not offered, and an action on someone else’s message', async () => {
  const { slack, sales, tom } = world;
  await createLink();
  const [link] = messages();
  expect(await act({ do: 'dismiss', message: link?.id ?? '' }, tom.id)).toMatchObject({ status: 409 });
  await act({ do: 'close' });
  await act({ do: 'command', channel: sales.id, text: '' });
  await slack.until(() => state().modal?.submit);
  const taken = await act({ do: 'select', where: 'organizations', values: ['org_Glx3uBq7Ns5Vt1Ke'] });
  expect(taken).toMatchObject({ status: 409, result: { error: expect.stringContaining('did not suggest') } });
});

test('buttons with the same name each open their own form', async () => {
  const { slack, sales } = world;
  await act({ do: 'command', channel: sales.id, text: 'profiles' });
  const list = await slack.until(() => messages()[0]);
  const blocks = list.blocks.filter(({ type }) => type === 'actions');
  for (const [at, { block_id: where }] of blocks.entries()) {
    await act({ do: 'press', button: 'open_form', where, message: list.id });
    const modal = await slack.until(() => state().modal?.submit && state().modal);
    expect(modal.values.profile?.profile?.selected_option?.text.text).toBe(
      ['Microsoft and Okta', 'Standard'][at],
    );
    await act({ do: 'close' });
  }
});

test('the shortcut asks for a conversation and offers those that the person can see', async () => {
  const { slack, sales, secret, direct } = world;
  await act({ do: 'goTo', channel: secret.id });
  await act({ do: 'shortcut', id: state().manifest.shortcuts[0]?.id ?? '' });
  await slack.until(() => state().modal?.submit);
  const { result } = await act({ do: 'offered', where: 'conversation' });
  expect(result).toEqual(expect.arrayContaining([sales.id, secret.id, direct.id]));
  expect(state().modal?.values.conversation?.conversation?.selected_conversation).toBe(secret.id);
});

test('switches change Auth0 and Slack, and change them back', async () => {
  const { auth0, sales } = world;
  await act({ do: 'switch', name: 'slow', on: true });
  await act({ do: 'switch', name: 'scope', on: true });
  await act({ do: 'switch', name: 'removed', on: true });
  expect(auth0.latency).toBe(6_000);
  expect(auth0.scopes).not.toContain('create:sso_access_tickets');
  expect(sales.botIsMember).toBe(false);
  for (const { name } of state().switches) await act({ do: 'switch', name, on: false });
  expect(auth0.latency).toBe(0);
  expect(auth0.scopes).toContain('create:sso_access_tickets');
  expect(sales.botIsMember).toBe(true);
});
