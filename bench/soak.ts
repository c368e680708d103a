import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DONE_TITLE } from '../src/slack/sentences.ts';
import { timeLink } from './link.ts';
import {
  type Bot,
  fillIn,
  type Links,
  median,
  NODE_OPTIONS,
  newName,
  newPerson,
  reset,
  residentMb,
  startBot,
  type World,
} from './world.ts';

/** A bot after this many tickets and commands. */
export interface SoakPoint {
  commands: number;
  tickets: number;
  residentMb: number;
  /** After a full collection: the heap, and the memory outside it, in MB. NaN for a bot without collections. */
  heapMb: number;
  externalMb: number;
  /** Since the last point: tickets per second, and the median from submission to link in ms. */
  rate: number;
  linkMs: number;
}

/** With the heap limit of production, without one, and with the limit and collections, which slow it down. */
const SOAKED = ['limited', 'unlimited', 'collected'] as const;
export type Soaked = (typeof SOAKED)[number];

export interface Soak {
  curves: Record<Soaked, SoakPoint[]>;
  /** Afterwards, with one person at a time: the median from submission to link, in ms. */
  singleMs: Record<Soaked, number>;
}

/** Links of one person at a time, in each bot. */
const SINGLE_LINKS = 60;
const CONCURRENCY = 8;
/** Commands per ticket, including the one that opens the form. */
const COMMANDS_PER_TICKET = 4;
/** Writes what is left after a full collection. */
const PROBE = pathToFileURL('bench/heap-probe.js').href;
const PROBE_TIMEOUT_MS = 10_000;
const SETTLE_MS = 500;

/**
 * Creates many tickets in each bot, and measures it at several points. The bots take turns between two points, so that
 * noise affects both.
 */
export async function soak(
  world: World,
  links: Links,
  { tickets, points, which = SOAKED }: { tickets: number; points: number; which?: readonly Soaked[] },
): Promise<Soak> {
  const options = { limited: NODE_OPTIONS, unlimited: '', collected: `${NODE_OPTIONS} --import=${PROBE}` };
  const bots = new Map<Soaked, Bot>();
  const curves: Record<Soaked, SoakPoint[]> = { limited: [], unlimited: [], collected: [] };
  try {
    for (const name of which) {
      const env = { NODE_OPTIONS: options[name], DATA_DIR: join(dirname(world.certificate), name) };
      bots.set(name, await startBot(world, 'bot', 'http', env));
    }
    for (let point = 0; point <= points; point += 1) {
      const before = Math.round((tickets * Math.max(point - 1, 0)) / points);
      const total = Math.round((tickets * point) / points);
      for (const [name, bot] of bots) {
        world.slack.requestUrl = bot.requestUrl;
        const speed = await createTickets(world, links, total - before);
        curves[name].push({
          commands: total * COMMANDS_PER_TICKET,
          tickets: total,
          residentMb: await residentMb(bot.child),
          ...(name === 'collected' ? await collect(bot) : { heapMb: Number.NaN, externalMb: Number.NaN }),
          ...speed,
        });
        reset(world);
      }
    }
    return { curves, singleMs: await timeSingles(world, links, bots) };
  } finally {
    await Promise.all([...bots.values()].map((bot) => bot.stop()));
  }
}

/** Times links of one person at a time, alternating between the bots. */
async function timeSingles(world: World, links: Links, bots: Map<Soaked, Bot>): Promise<Soak['singleMs']> {
  const times: Record<Soaked, number[]> = { limited: [], unlimited: [], collected: [] };
  for (let link = 0; link < SINGLE_LINKS; link += 1) {
    for (const [name, bot] of bots) {
      world.slack.requestUrl = bot.requestUrl;
      times[name].push(await timeLink(world, links));
    }
  }
  return {
    limited: median(times.limited),
    unlimited: median(times.unlimited),
    collected: median(times.collected),
  };
}

/** Creates tickets, several at a time, with other commands between them. */
async function createTickets(
  world: World,
  links: Links,
  count: number,
): Promise<{ rate: number; linkMs: number }> {
  const { slack, channel } = world;
  const people = Array.from({ length: CONCURRENCY }, (_, index) => newPerson(world, `Soak ${index}`));
  const times: number[] = [];
  const start = performance.now();
  let left = count;
  await Promise.all(
    people.map(async (person) => {
      while (left > 0) {
        left -= 1;
        links.delete(person.id);
        await fillIn(world, person, newName());
        const submitted = performance.now();
        await person.submit();
        times.push((await slack.until(() => links.get(person.id), 20_000)).at - submitted);
        await slack.until(() => person.modal?.title.text === DONE_TITLE, 20_000);
        await person.close();
        for (const text of ['help', 'profiles', 'edit nobody']) await person.command(channel.id, text);
      }
    }),
  );
  return { rate: (count / (performance.now() - start)) * 1000, linkMs: median(times) };
}

/** Makes a bot collect all garbage, and returns what is left. */
async function collect(bot: Bot): Promise<{ heapMb: number; externalMb: number }> {
  const lines = () => bot.log.filter((line) => line.startsWith('collected: '));
  const count = lines().length;
  // Let the work in progress end first.
  await sleep(SETTLE_MS);
  bot.child.kill('SIGUSR2');
  const deadline = performance.now() + PROBE_TIMEOUT_MS;
  while (lines().length === count) {
    if (performance.now() > deadline) throw new Error(`The bot collects no garbage:\n${bot.output}`);
    await sleep(10);
  }
  const [, heap, external] = /heap (\d+), external (\d+)/.exec(lines().at(-1) ?? '') ?? [];
  return { heapMb: Number(heap) / 2 ** 20, externalMb: Number(external) / 2 ** 20 };
}

/** How much the heap varies over the second half of a soak, as a part of its smallest size. */
export function heapSpread(curve: SoakPoint[]): number {
  const sizes = curve.slice(Math.ceil(curve.length / 2)).map(({ heapMb }) => heapMb);
  return Math.max(...sizes) / Math.min(...sizes) - 1;
}
