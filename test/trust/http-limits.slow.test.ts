import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/slack/request-reader.ts';
import { fillNew, message, modal, startWorld, type World } from '../harness.ts';

let world: World;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await world.stop();
});

const FORGED = `v0=${'0'.repeat(64)}`;
const now = () => Math.floor(Date.now() / 1000);
const signed = () => ({ 'x-slack-signature': FORGED, 'x-slack-request-timestamp': String(now()) });

/** Opens a connection, sends these headers, and collects the answer. */
async function open(headers: Record<string, string>, complete = true) {
  const socket = connect(world.port, '127.0.0.1');
  sockets.push(socket);
  const answer = { text: '', closed: false };
  socket.on('data', (data) => {
    answer.text += data;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    answer.closed = true;
  });
  await once(socket, 'connect');
  const all = { host: 'bot', 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /slack/events HTTP/1.1\r\n${lines.join('')}${complete ? '\r\n' : ''}`);
  return { socket, answer, closed: () => world.slack.until(() => answer.closed) };
}

const health = async () => (await fetch(`http://127.0.0.1:${world.port}/healthz`)).status;

describe('a request', () => {
  it.each([
    ['without a signature', () => ({ 'x-slack-request-timestamp': String(now()) })],
    ['without a timestamp', () => ({ 'x-slack-signature': FORGED })],
    ['without a signature or timestamp', () => ({})],
    ['with a short signature', () => ({ ...signed(), 'x-slack-signature': 'v0=00' })],
    [
      'with another signature version',
      () => ({ ...signed(), 'x-slack-signature': FORGED.replace('v0', 'v1') }),
    ],
    ['with a timestamp that is not a number', () => ({ ...signed(), 'x-slack-request-timestamp': 'now' })],
    ['that is six minutes old', () => ({ ...signed(), 'x-slack-request-timestamp': String(now() - 360) })],
    [
      'that is dated six minutes ahead',
      () => ({ ...signed(), 'x-slack-request-timestamp': String(now() + 360) }),
    ],
  ])('%s is rejected with 401 before its body is read', async (_, headers) => {
    world = await startWorld();
    const { answer, closed } = await open({ ...headers(), 'content-length': '1000' });
    await closed();
    expect(answer.text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer.text).toMatch(/\r\n\r\n0?[\r\n]*$/);
    expect(world.log.filter((line) => line.includes('A request was refused'))).toHaveLength(1);
  });

  it("is accepted without a signature only if it is Slack's ssl_check", async () => {
    world = await startWorld();
    const unsigned = { 'x-slack-signature': undefined, 'x-slack-request-timestamp': undefined };
    const send = (body: string) => world.slack.deliverRaw({ body, headers: unsigned });
    expect(await send('ssl_check=1&token=0123456789abcdef01234567')).toEqual({ status: 200, body: '' });
    expect(await send('ssl_check=0')).toEqual({ status: 401, body: '' });
    expect(await send('command=/sso-ticket&text=help')).toEqual({ status: 401, body: '' });
    expect(await send(`ssl_check=1&token=${'x'.repeat(200)}`)).toEqual({ status: 401, body: '' });
  });
});

describe('a request body', () => {
  it('is rejected with 413 before it is read if its Content-Length is too large', async () => {
    world = await startWorld();
    const { answer, closed } = await open({ ...signed(), 'content-length': String(MAX_BODY_BYTES + 1) });
    await closed();
    expect(answer.text).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  it('is rejected with 413 while it is read if it has no Content-Length and gets too large', async () => {
    world = await startWorld();
    const { socket, answer, closed } = await open({ ...signed(), 'transfer-encoding': 'chunked' });
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent <= MAX_BODY_BYTES && !answer.text; sent += 0x10000) {
      await new Promise((resolve) => socket.write(chunk, resolve));
    }
    await world.slack.until(() => answer.text !== '');
    expect(answer.text).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    await closed();
  });

  it('is read if it is a form with everything filled in', async () => {
    const name = (index: number) => `${index} Müller & Söhne, Kundenportal `.padEnd(75, 'ü');
    world = await startWorld({
      tenant: (auth0) => {
        const [client, organization] = [
          auth0.clients.find((each) => each.name === 'Customer Portal'),
          auth0.organizations[0],
        ];
        if (!client || !organization) throw new Error('The stand-in has no client or organization');
        for (let index = 0; index < 99; index += 1) {
          const id = String(index).padStart(16, '0');
          auth0.clients.push({ ...client, client_id: `${id}${id}`, name: name(index) });
          auth0.organizations.push({
            ...organization,
            id: `org_${id}`,
            name: `n-${index}`,
            display_name: name(index),
          });
        }
      },
    });
    const { maria } = world;
    await fillNew(world);
    await maria.press('More options');
    const { blocks } = await modal(world, maria, /Login page/);
    for (const { block_id, element } of blocks) {
      if (element?.type !== 'plain_text_input') continue;
      await maria.type(block_id, 'ü'.repeat(element.max_length ?? 3_000));
    }
    for (const field of ['clients', 'organizations']) {
      const suggested = await maria.suggest(field, 'kundenportal');
      if (!suggested.ok) throw new Error(suggested.error);
      const value = maria.modal?.state.values[field]?.[field];
      if (value) value.selected_options = suggested.options;
    }
    const body = new URLSearchParams({ payload: JSON.stringify({ view: maria.modal }) }).toString();
    expect(body.length).toBeGreaterThan(150_000);
    expect(body.length).toBeLessThan(MAX_BODY_BYTES / 2);
    // The error at a field shows that the body was read.
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(maria.errors.connectionName).toContain('Use letters');
  });
});

describe('a connection', () => {
  it.each([
    ['its headers', false],
    ['its body', true],
  ])('is closed if it sends %s too slowly', { timeout: 60_000 }, async (_, complete) => {
    world = await startWorld();
    const from = performance.now();
    const { socket, closed } = await open({ ...signed(), 'content-length': '1000' }, complete);
    const drip = setInterval(() => socket.write('x'), 500);
    await closed().finally(() => clearInterval(drip));
    expect(performance.now() - from).toBeGreaterThan(9_000);
  });
});

describe('a flood of connections', { timeout: 120_000 }, () => {
  it.each([
    ['Slack’s headers', () => ({ ...signed(), 'transfer-encoding': 'chunked' })],
    ['other headers', () => ({ 'content-length': '1000000' })],
    [
      'Slack’s headers and a Content-Length',
      () => ({ ...signed(), 'content-length': String(MAX_BODY_BYTES) }),
    ],
  ])('uses little memory and blocks nobody when 1,000 send a megabyte after %s', async (_, headers) => {
    world = await startWorld();
    const before = process.memoryUsage();
    let largest = 0;
    const measure = () => {
      const { arrayBuffers } = process.memoryUsage();
      largest = Math.max(largest, arrayBuffers - before.arrayBuffers);
    };
    const piece = Buffer.from(`8000\r\n${'x'.repeat(0x8000)}\r\n`);
    const attackers = await Promise.all(Array.from({ length: 1_000 }, () => open(headers())));
    for (let round = 0; round < 31; round += 1) {
      for (const { socket, answer } of attackers) {
        if (!answer.closed && socket.writable && socket.writableLength === 0) socket.write(piece);
      }
      await sleep(20);
      measure();
      if (round % 10 === 0) expect(await health()).toBe(200);
    }
    // The bot's limit is 16 MB. The rest is what this process, which is also the attacker, is sending.
    expect(largest).toBeLessThan(128 * 1024 * 1024);
    const { maria, sales } = world;
    expect(await maria.command(sales.id, 'help')).toMatchObject({ ok: true });
    await message(world, maria, sales.id, /sso-ticket/);
    expect(await health()).toBe(200);
  });

  it('blocks nobody when 1,500 send nothing', async () => {
    world = await startWorld();
    for (let count = 0; count < 1_500; count += 1) {
      const socket = connect(world.port, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    expect(await health()).toBe(200);
    const { maria, sales } = world;
    expect(await maria.command(sales.id, 'help')).toMatchObject({ ok: true });
    await world.slack.until(() => sockets.filter(({ closed }) => closed).length >= 1_000);
  });
});
