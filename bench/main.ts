/**
 * `npm run bench`: compares the built bot with a baseline and a minimal Bolt listener, on one machine and in one run,
 * and writes docs/benchmarks.md. `npm run bench -- link burst` measures only those parts, and writes no file. Times
 * depend on the machine, so compare the ratios.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { attack, WITHOUT_LIMITS } from './attacks.ts';
import { type Burst, burst } from './burst.ts';
import { type KillResult, killOne } from './instances.ts';
import { timeLink, timeLinks } from './link.ts';
import { type SoakPoint, soak } from './soak.ts';
import { typeAhead } from './type-ahead.ts';
import type { Links, World } from './world.ts';
import {
  type BotName,
  median,
  reset,
  residentMb,
  restartWithCertificate,
  startBot,
  startWorld,
  watchLinks,
} from './world.ts';

const count = (name: string, usual: number) => Number(process.env[name] ?? usual);
const TICKETS = count('BENCH_TICKETS', 100);
const BURST = count('BENCH_BURST', 200);
const STARTS = count('BENCH_STARTS', 15);
const SOAK_TICKETS = count('BENCH_SOAK', 5_000);
const SOAK_POINTS = 20;
/** Auth0's tutorial lists the profiles for each ticket. */
const TUTORIAL_CALLS = 2;

type Row = [what: string, bot: string, against: string, ratio: string];
const rows: Row[] = [];
function row(what: string, bot: string, against: string, ratio?: number): void {
  const columns: Row = [what, bot, against, ratio?.toFixed(2) ?? ''];
  rows.push(columns);
  console.log(columns.join(' | '));
}
const ms = (value: number) => `${value.toFixed(1)} ms`;
const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
const mb = (value: number) => `${value.toFixed(0)} MB`;

/** Measures start-up and memory, alternating between both bots. */
async function measureProcesses(world: World, links: Links): Promise<void> {
  const figures = {
    bot: { start: [] as number[], idle: [] as number[], used: [] as number[] },
    minimal: { start: [] as number[], idle: [] as number[], used: [] as number[] },
  };
  for (let index = 0; index < STARTS; index += 1) {
    for (const which of ['bot', 'minimal'] satisfies BotName[]) {
      const bot = await startBot(world, which);
      figures[which].start.push(bot.startMs);
      await sleep(1_000);
      figures[which].idle.push(await residentMb(bot.child));
      for (let ticket = 0; ticket < 10; ticket += 1) await timeLink(world, links);
      figures[which].used.push(await residentMb(bot.child));
      await bot.stop();
      reset(world);
    }
  }
  const compare = (what: string, key: 'start' | 'idle' | 'used', unit: (value: number) => string) => {
    const [bot, minimal] = [median(figures.bot[key]), median(figures.minimal[key])];
    row(what, unit(bot), `minimal listener: ${unit(minimal)}`, bot / minimal);
  };
  compare('Start-up until the first response to a command', 'start', ms);
  compare('Resident memory, idle after start-up', 'idle', mb);
  compare('Resident memory, after ten tickets', 'used', mb);
}

/** Counts the Auth0 calls for one link. */
async function callsFor({ auth0, ...world }: World, links: Links): Promise<number> {
  const before = auth0.requests.length;
  await timeLink({ auth0, ...world }, links);
  return auth0.requests.slice(before).filter(({ path }) => path.startsWith('/api')).length;
}

/** Times the links of one bot, with a cold cache at first. */
async function timeBot(world: World, links: Links, name: BotName) {
  const { auth0 } = world;
  reset(world);
  auth0.latency = 50;
  const bot = await startBot(world, name);
  const calls = { cold: await callsFor(world, links), warm: await callsFor(world, links) };
  reset(world);
  const times = await timeLinks(world, links, TICKETS);
  auth0.latency = 0;
  await bot.stop();
  return { calls, times };
}

async function measureLinks(world: World, links: Links): Promise<void> {
  const { calls, times } = await timeBot(world, links, 'bot');
  const minimal = await timeBot(world, links, 'minimal');

  const what = 'Submission to link, Auth0 at 50 ms (median)';
  row(what, ms(times.link), `the two HTTP calls alone: ${ms(times.baseline)}`, times.link / times.baseline);
  row("The bot's share of this time", ms(times.link - times.baseline), 'goal: 5 ms');
  row(
    what,
    ms(times.link),
    `minimal listener: ${ms(minimal.times.link)}`,
    times.link / times.baseline / (minimal.times.link / minimal.times.baseline),
  );
  row(
    'Auth0 calls for a ticket, warm',
    String(calls.warm),
    "Auth0's tutorial: 2",
    calls.warm / TUTORIAL_CALLS,
  );
  row(
    'Auth0 calls for the first ticket, cold',
    String(calls.cold),
    "Auth0's tutorial: 2",
    calls.cold / TUTORIAL_CALLS,
  );
}

/** One bot, after its first link. */
async function burstOf(world: World, links: Links, name: BotName): Promise<Burst> {
  reset(world);
  const bot = await startBot(world, name);
  await timeLink(world, links);
  reset(world);
  const result = await burst(world, links, BURST);
  await bot.stop();
  return result;
}

async function measureBurst(world: World, links: Links): Promise<void> {
  const bot = await burstOf(world, links, 'bot');
  const minimal = await burstOf(world, links, 'minimal');
  const against = (value: string | number) => `minimal listener: ${value}`;
  row(
    `Burst: links for ${BURST} forms at 10 requests per second`,
    `${bot.delivered} (last after ${seconds(bot.lastMs)})`,
    against(minimal.delivered),
    bot.delivered / minimal.delivered,
  );
  row('Burst: forms returned with an error message', String(bot.returned), against(minimal.returned));
  row('Burst: longest time without an update', seconds(bot.longestWaitMs), 'goal: 10 s');
  row('Burst: live tickets without a delivered link', String(bot.undelivered), against(minimal.undelivered));
  row('Burst: duplicate live tickets', String(bot.duplicates), against(minimal.duplicates));
  row('Burst: create calls per link', bot.calls.toFixed(2), against(minimal.calls.toFixed(2)));
}

async function measureAttacks(world: World): Promise<void> {
  const { memory, longestMs } = await attack(world);
  const earlier = WITHOUT_LIMITS;
  const compare = (what: string, unit: (value: number) => string, now: number, before: number) =>
    row(`Attack: ${what}`, unit(now), `without limits: ${unit(before)}`);
  compare('memory with 1,000 slow bodies of 1 MB', mb, memory.largestMb, earlier.memory.largestMb);
  compare('longest wait for /healthz meanwhile', ms, longestMs.memory, earlier.longestMs.memory);
  compare('the same, with a forged ID of 90 KB', ms, longestMs.forgedId, earlier.longestMs.forgedId);
  compare('the same, with a slow pattern', ms, longestMs.pattern, earlier.longestMs.pattern);
}

async function measureTypeAhead(): Promise<void> {
  const ten = await typeAhead(10);
  const thousand = await typeAhead(1_000);
  for (const count of [10_000, 100_000]) {
    const large = await typeAhead(count);
    const size = count.toLocaleString('en');
    row(
      `Type-ahead with ${size} organizations: 99th percentile`,
      ms(large.p99),
      `1,000 organizations: ${ms(thousand.p99)}`,
      large.p99 / thousand.p99,
    );
    row(
      `Memory per organization, of ${size}`,
      `${large.bytes.toFixed(0)} bytes`,
      `10 organizations: ${ten.bytes.toFixed(0)} bytes`,
      large.bytes / ten.bytes,
    );
  }
}

const parts = {
  start: measureProcesses,
  link: measureLinks,
  burst: measureBurst,
  'type-ahead': measureTypeAhead,
  attacks: measureAttacks,
};

async function run(names: string[]): Promise<void> {
  const world = await startWorld(await restartWithCertificate());
  const links = watchLinks(world);
  for (const [name, measure] of Object.entries(parts)) {
    reset(world);
    if (names.length === 0 || names.includes(name)) await measure(world, links);
  }
  reset(world);
  if (names.length === 0) await finish(world, links);
  await Promise.all([world.slack.stop(), world.auth0.stop()]);
}

async function finish(world: World, links: Links): Promise<void> {
  const killed = await killOne(world, links, 100);
  console.log(killed);
  const curve = await soak(world, links, SOAK_TICKETS, SOAK_POINTS);
  console.table(curve);
  await write(killed, curve);
}

const table = (head: string[], body: (string | number)[][]) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...body.map((columns) => `| ${columns.join(' | ')} |`),
];

async function write(killed: KillResult, curve: SoakPoint[]): Promise<void> {
  const [cpu] = cpus();
  const [first, last] = [curve[0], curve.at(-1)];
  const halfway = curve[Math.floor(curve.length / 2)];
  await writeFile(
    'docs/benchmarks.md',
    [
      '# Benchmarks',
      '',
      `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB.`,
      'The bot runs in its own process, with stand-ins for Slack and Auth0 on the same machine. Absolute times depend on',
      'the machine, so compare the ratios: both values of a ratio are from the same run, and times alternate between them.',
      'Links are timed after 50 warm-up links. The minimal listener is [bench/minimal.ts](../bench/minimal.ts): Bolt and',
      'the Auth0 SDK only. “Without limits” is the code of commit 35d24df, measured once, on 2026-11-26.',
      '',
      ...table(['measurement', 'the bot', 'compared with', 'ratio'], rows),
      '',
      '## Killing one of two instances',
      '',
      `Two instances handle a burst of ${killed.submitted} forms over Socket Mode. One is killed (SIGKILL) halfway.`,
      '',
      ...table(
        ['measurement', 'count'],
        [
          ['submissions that Slack reported as failed', killed.refused],
          ['of these, accepted by the other instance after submitting again', killed.retried],
          ['submissions that the killed instance acknowledged, without a link', killed.lost],
          ['live tickets without a delivered link', killed.undelivered],
          ['of these, in the audit log of the killed instance', killed.audited],
          ['users who got a link', killed.delivered],
          ['duplicate live tickets', killed.duplicates],
        ],
      ),
      '',
      '## Soak',
      '',
      `${last?.commands.toLocaleString('en')} commands and ${last?.tickets.toLocaleString('en')} tickets in one process: ${mb(first?.mb ?? 0)} resident at the start, ${mb(halfway?.mb ?? 0)} halfway, ${mb(last?.mb ?? 0)} at the end.`,
      '',
      ...table(
        ['commands', 'tickets', 'resident'],
        curve.map(({ commands, tickets, mb: resident }) => [commands, tickets, mb(resident)]),
      ),
      '',
    ].join('\n'),
  );
}

await run(process.argv.slice(2));
