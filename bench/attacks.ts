import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bot, fillIn, newName, newPerson, residentMb, startBot, type World } from './world.ts';

/** What an attack costs the bot. */
interface Attacks {
  /** Resident memory before and at its largest, while 1,000 connections send a megabyte each, slowly. */
  memory: { beforeMb: number; largestMb: number };
  /** The longest time until a response of `/healthz` during each attack, in ms. */
  longestMs: { memory: number; forgedId: number; pattern: number };
}

/** The same, measured once before the bot had limits: commit 35d24df, on 2026-11-26, on two busy cores. */
export const WITHOUT_LIMITS: Attacks = {
  memory: { beforeMb: 110, largestMb: 1_083 },
  // The last one had not ended after two minutes.
  longestMs: { memory: 432, forgedId: 6_009, pattern: 120_000 },
};

const CONNECTIONS = 1_000;
const BODY_BYTES = 1_000_000;
const PIECES = 40;
/** JavaScript's own engine takes half a minute for this pattern and this text. */
const PATTERN = String.raw`/^(\w+\s?)+$/`;
const TYPED = `${'a'.repeat(34)}!`;
const MAX_WAIT_MS = 120_000;

/** Attacks one bot over HTTP, first its memory, then its time. */
export async function attack(world: World): Promise<Attacks> {
  const bot = await startBot(world, 'bot', 'http', { REQUIRED_METADATA: `crm: CRM ID ${PATTERN}` });
  const { requestUrl = '' } = world.slack;
  const url = new URL(requestUrl);
  try {
    const beforeMb = await residentMb(bot.child);
    let largestMb = beforeMb;
    const memory = await longestHealthCheck(url, () =>
      drip(url, async () => {
        largestMb = Math.max(largestMb, await residentMb(bot.child));
      }),
    );
    const forgedId = await longestHealthCheck(url, () => sendForgedId(world));
    const pattern = await longestHealthCheck(url, () => submitSlowText(world));
    return { memory: { beforeMb, largestMb }, longestMs: { memory, forgedId, pattern } };
  } finally {
    await stop(bot);
  }
}

/** Runs an attack, and requests `/healthz` all the time. Returns the longest time until a response, in ms. */
async function longestHealthCheck(url: URL, run: () => Promise<unknown>): Promise<number> {
  let over = false;
  const attack = run().finally(() => {
    over = true;
  });
  let longest = 0;
  // One more after the end, because the attack may end before its work does.
  for (let last = false; !last; last = over && longest > 0) {
    const from = performance.now();
    await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(MAX_WAIT_MS) }).catch(
      () => undefined,
    );
    longest = Math.max(longest, performance.now() - from);
    await sleep(5);
  }
  await attack;
  return longest;
}

/** Connections with headers like Slack's send bodies in pieces. Nothing needs the signing secret for that. */
async function drip({ hostname, port, pathname }: URL, measure: () => Promise<void>): Promise<void> {
  const headers = [
    `POST ${pathname} HTTP/1.1`,
    'host: bot',
    'content-type: application/x-www-form-urlencoded',
    `x-slack-request-timestamp: ${Math.floor(Date.now() / 1000)}`,
    `x-slack-signature: v0=${'0'.repeat(64)}`,
    // Without a length, so that no bot can refuse the body before it is read.
    'transfer-encoding: chunked',
  ];
  const size = BODY_BYTES / PIECES;
  const piece = Buffer.from(`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`);
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      await once(socket, 'connect').catch(() => undefined);
      socket.write(`${headers.join('\r\n')}\r\n\r\n`);
      return socket;
    }),
  );
  for (let sent = 0; sent < PIECES; sent += 1) {
    for (const socket of sockets) if (socket.writable) socket.write(piece);
    await sleep(100);
    await measure();
  }
  for (const socket of sockets) socket.destroy();
}

/** A signed click with a user ID of 90 KB: the worst text for a search for tokens. */
async function sendForgedId({ slack }: World): Promise<void> {
  const payload = {
    type: 'block_actions',
    user: { id: 'eyJ'.repeat(30_000) },
    trigger_id: '1.2',
    actions: [{ type: 'button', action_id: 'open_form', block_id: 'x', value: '{}' }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  await slack.deliverRaw({ body }).catch(() => undefined);
}

async function submitSlowText(world: World): Promise<void> {
  const person = newPerson(world, 'Slow');
  await fillIn(world, person, newName());
  await person.type('required:crm', TYPED);
  await person.submit();
}

/** A bot that is busy with an attack doesn't handle signals. */
const stop = (bot: Bot) => bot.stop(5_000);
