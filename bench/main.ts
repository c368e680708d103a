/**
 * `npm run bench`: measures the built bot against a floor and against a minimal Bolt listener, in one run on one
 * machine, and writes docs/benchmarks.md. Only the ratios say anything: the machine is whatever it is.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Burst, burst } from './burst.ts';
import { type Killed, killOne } from './instances.ts';
import { timeLink, timeLinks } from './link.ts';
import { type SoakPoint, soak } from './soak.ts';
import { typeAhead } from './type-ahead.ts';
import type { Links, World } from './world.ts';
import { median, residentMb, startBot, startWorld, tidy, trusted, type Which, watchLinks } from './world.ts';

const count = (name: string, usual: number) => Number(process.env[name] ?? usual);
const TICKETS = count('BENCH_TICKETS', 100);
const BURST = count('BENCH_BURST', 200);
const STARTS = count('BENCH_STARTS', 15);
const SOAK_TICKETS = count('BENCH_SOAK', 5_000);
const SOAK_POINTS = 20;
/** Auth0's own tutorial lists the profiles for every ticket. */
const TUTORIAL_CALLS = 2;

type Row = [what: string, ours: string, against: string, ratio: string];
const rows: Row[] = [];
function row(what: string, ours: string, against: string, ratio?: number): void {
  const columns: Row = [what, ours, against, ratio?.toFixed(2) ?? ''];
  rows.push(columns);
  console.log(columns.join(' | '));
}
const ms = (value: number) => `${value.toFixed(1)} ms`;
const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
const mb = (value: number) => `${value.toFixed(0)} MB`;

/** Start-up and memory, of both in turn. */
async function measureProcesses(world: World, links: Links): Promise<void> {
  const figures = {
    ours: { start: [] as number[], idle: [] as number[], used: [] as number[] },
    minimal: { start: [] as number[], idle: [] as number[], used: [] as number[] },
  };
  for (let index = 0; index < STARTS; index += 1) {
    for (const which of ['ours', 'minimal'] satisfies Which[]) {
      const bot = await startBot(world, which);
      figures[which].start.push(bot.startMs);
      await sleep(1_000);
      figures[which].idle.push(await residentMb(bot.child));
      for (let ticket = 0; ticket < 10; ticket += 1) await timeLink(world, links);
      figures[which].used.push(await residentMb(bot.child));
      await bot.stop();
      tidy(world);
    }
  }
  const compare = (what: string, key: 'start' | 'idle' | 'used', unit: (value: number) => string) => {
    const [ours, minimal] = [median(figures.ours[key]), median(figures.minimal[key])];
    row(what, unit(ours), `minimal listener: ${unit(minimal)}`, ours / minimal);
  };
  compare('Start-up until it answers a command', 'start', ms);
  compare('Resident memory, idle after the start', 'idle', mb);
  compare('Resident memory, after ten tickets', 'used', mb);
}

/** Auth0 calls for one link. */
async function callsFor({ auth0, ...world }: World, links: Links): Promise<number> {
  const before = auth0.requests.length;
  await timeLink({ auth0, ...world }, links);
  return auth0.requests.slice(before).filter(({ path }) => path.startsWith('/api')).length;
}

async function measureLinks(world: World, links: Links): Promise<{ ours: Burst; minimal: Burst }> {
  const { auth0 } = world;
  auth0.latency = 50;
  const ours = await startBot(world, 'ours');
  const cold = await callsFor(world, links);
  const warm = await callsFor(world, links);
  tidy(world);
  const times = await timeLinks(world, links, TICKETS);
  auth0.latency = 0;
  tidy(world);
  const oursBurst = await burst(world, links, BURST);
  await ours.stop();

  tidy(world);
  auth0.latency = 50;
  const minimal = await startBot(world, 'minimal');
  const minimalTimes = await timeLinks(world, links, TICKETS);
  auth0.latency = 0;
  tidy(world);
  const minimalBurst = await burst(world, links, BURST);
  await minimal.stop();

  const what = 'Submission to link, Auth0 at 50 ms (median)';
  row(what, ms(times.link), `the two calls bare: ${ms(times.floor)}`, times.link / times.floor);
  row("The bot's own time in it", ms(times.link - times.floor), 'goal: 5 ms');
  row(
    what,
    ms(times.link),
    `minimal listener: ${ms(minimalTimes.link)}`,
    times.link / times.floor / (minimalTimes.link / minimalTimes.floor),
  );
  row('Auth0 calls for a ticket, warm', String(warm), "Auth0's tutorial: 2", warm / TUTORIAL_CALLS);
  row('Auth0 calls for the first ticket, cold', String(cold), "Auth0's tutorial: 2", cold / TUTORIAL_CALLS);
  return { ours: oursBurst, minimal: minimalBurst };
}

function reportBurst({ ours, minimal }: { ours: Burst; minimal: Burst }): void {
  const against = (value: string | number) => `minimal listener: ${value}`;
  row(
    `Burst: links of ${BURST} forms at 10 requests a second`,
    `${ours.delivered} (last after ${seconds(ours.lastMs)})`,
    against(minimal.delivered),
    ours.delivered / minimal.delivered,
  );
  row('Burst: forms given back with a sentence', String(ours.givenBack), against(minimal.givenBack));
  row('Burst: longest without a word', seconds(ours.silenceMs), 'goal: 10 s');
  row('Burst: live tickets nobody got', String(ours.unseen), against(minimal.unseen));
  row('Burst: names with two live tickets', String(ours.twice), against(minimal.twice));
  row('Burst: create calls for each link', ours.calls.toFixed(2), against(minimal.calls.toFixed(2)));
}

async function measureTypeAhead(): Promise<void> {
  const ten = await typeAhead(10);
  const thousand = await typeAhead(1_000);
  for (const count of [10_000, 100_000]) {
    const large = await typeAhead(count);
    const of = count.toLocaleString('en');
    row(
      `Type-ahead over ${of} organizations: 99th percentile`,
      ms(large.p99),
      `1,000 organizations: ${ms(thousand.p99)}`,
      large.p99 / thousand.p99,
    );
    row(
      `Memory of one of ${of} organizations`,
      `${large.bytes.toFixed(0)} bytes`,
      `of 10: ${ten.bytes.toFixed(0)} bytes`,
      large.bytes / ten.bytes,
    );
  }
}

async function run(): Promise<void> {
  const world = await startWorld(await trusted());
  const links = watchLinks(world);
  await measureProcesses(world, links);
  reportBurst(await measureLinks(world, links));
  await measureTypeAhead();
  tidy(world);
  const killed = await killOne(world, links, 100);
  console.log(killed);
  const curve = await soak(world, links, SOAK_TICKETS, SOAK_POINTS);
  console.table(curve);
  await Promise.all([world.slack.stop(), world.auth0.stop()]);
  await write(killed, curve);
}

const table = (head: string[], body: (string | number)[][]) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...body.map((columns) => `| ${columns.join(' | ')} |`),
];

async function write(killed: Killed, curve: SoakPoint[]): Promise<void> {
  const [cpu] = cpus();
  const [first, last] = [curve[0], curve.at(-1)];
  const halfway = curve[Math.floor(curve.length / 2)];
  await writeFile(
    'docs/benchmarks.md',
    [
      '# Benchmarks',
      '',
      `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB.`,
      'The bot runs in a process of its own between stand-ins of Slack and Auth0 on the same machine. Times of a noisy',
      'machine say little; each ratio is of two things measured in the same run, in turn where it is of times. Links are',
      'timed after 50 that are not. The minimal listener is',
      '[bench/minimal.ts](../bench/minimal.ts): Bolt, the SDK, and nothing else.',
      '',
      ...table(['what', 'the bot', 'against', 'ratio'], rows),
      '',
      '## One of two instances killed',
      '',
      `Two instances share a burst of ${killed.submitted} forms over Socket Mode; one is killed (SIGKILL) in the middle.`,
      '',
      ...table(
        ['what', 'how many'],
        [
          ['not acknowledged: Slack said so in the modal at once', killed.refused],
          ['of these, a link after a second press, from the other instance', killed.pressedAgain],
          ['acknowledged by the killed instance, and lost', killed.lost],
          ['live tickets whose link nobody has seen', killed.unseen],
          ['of these, named by an audit line of the killed instance', killed.found],
          ['people with a link in the end', killed.delivered],
          ['connection names with two live tickets', killed.twice],
        ],
      ),
      '',
      '## Soak',
      '',
      `${last?.commands.toLocaleString('en')} commands and ${last?.tickets.toLocaleString('en')} tickets in one process: ${mb(first?.mb ?? 0)} resident at first, ${mb(halfway?.mb ?? 0)} halfway, ${mb(last?.mb ?? 0)} at the end.`,
      '',
      ...table(
        ['commands', 'tickets', 'resident'],
        curve.map(({ commands, tickets, mb: resident }) => [commands, tickets, mb(resident)]),
      ),
      '',
    ].join('\n'),
  );
}

await run();
