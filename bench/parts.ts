import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Organization } from '../stand-ins/auth0/tenant.ts';
import { startPostgres } from '../stand-ins/postgres.ts';
import { attack, WITHOUT_LIMITS } from './attacks.ts';
import { type Burst, burst } from './burst.ts';
import { followingCalls } from './following.ts';
import { AUTH0_LATENCY_MS, timeColdForms } from './form.ts';
import { growthTables, measureGrowth, writeChart } from './growth.ts';
import { killOne } from './instances.ts';
import { timeLink, timeLinks, WARM_UP } from './link.ts';
import { compareStarts } from './processes.ts';
import { mb, ms, type Report, ratio, seconds, table, type Unit, whole } from './report.ts';
import { measureSoak } from './soak-report.ts';
import { typeAhead } from './type-ahead.ts';
import { type BotName, type Links, reset, startBot, type World } from './world.ts';

const count = (name: string, usual: number) => Number(process.env[name] ?? usual);
const TICKETS = count('BENCH_TICKETS', 60);
const BURST = count('BENCH_BURST', 200);
const STARTS = count('BENCH_STARTS', 6);
const WHY_LINKS_ARE_SLOWER =
  'Of the 15 ms more, the two transactions take 4 ms, Slack’s request and Bolt 3 ms, checking the person and the form 3 ms, and the SDK, the encryption of the ticket’s ID and the message the rest. The two calls alone have none of this.';
const BURST_PER_SECOND = 10;
const KILLED_BURST = 100;
/** Auth0's tutorial lists the profiles for each ticket. */
const TUTORIAL_CALLS = 2;
const FOLLOWED = [0, 10, 100, 1_000];

/** Measures something, and adds it to the report. */
export type Part = (world: World, links: Links, report: Report) => Promise<void>;

async function measureStarts(world: World, links: Links, report: Report): Promise<void> {
  const { bot, minimal } = await compareStarts(world, links, STARTS);
  const compare = (what: string, key: keyof typeof bot, unit: Unit) =>
    report.compare(what, unit(bot[key]), `minimal listener: ${unit(minimal[key])}`, bot[key] / minimal[key]);
  compare('Start-up until the first response to a command', 'startMs', ms);
  compare('Resident memory, idle after start-up', 'idleMb', mb);
  compare('Resident memory, after ten tickets', 'usedMb', mb);
  report.goal('Start-up, of the minimal listener’s', bot.startMs / minimal.startMs, 0.86, ratio);
  report.goal(
    'Memory after ten tickets, of the minimal listener’s',
    bot.usedMb / minimal.usedMb,
    1.1,
    ratio,
    '8 MB of the difference are Node’s data for dates in a time zone, which the first date loads, and most of the rest is the native code of the database. Neither grows.',
  );
}

/** Times the links of one bot, with a cold cache at first. @param organizations see `timeLinks` */
async function timeBot(
  world: World,
  links: Links,
  name: BotName,
  env: Record<string, string> = {},
  organizations?: Organization[],
) {
  const { auth0 } = world;
  reset(world);
  auth0.latency = 50;
  const bot = await startBot(world, name, 'http', env);
  const callsForOne = async () => {
    const before = auth0.requests.length;
    await timeLink(world, links);
    return auth0.requests.slice(before).filter(({ path }) => path.startsWith('/api')).length;
  };
  const calls = { cold: await callsForOne(), warm: await callsForOne() };
  reset(world);
  const times = await timeLinks(world, links, TICKETS, organizations);
  auth0.latency = 0;
  await bot.stop();
  return { calls, ...times };
}

/** Runs something with the settings of a new PostgreSQL, if it is installed. */
async function withPostgres(run: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  if (!postgres) return;
  try {
    await run({ DATABASE_URL: postgres.url, SEAL_KEY: 'key-of-the-benchmark'.repeat(2) });
  } finally {
    await postgres.stop();
  }
}

async function measureLinks(world: World, links: Links, report: Report): Promise<void> {
  const { calls, link, baseline } = await timeBot(world, links, 'bot');
  const minimal = await timeBot(world, links, 'minimal');
  const what = 'Submission to link, Auth0 at 50 ms (median)';
  report.compare(what, ms(link), `the two HTTP calls alone: ${ms(baseline)}`, link / baseline);
  const relative = link / baseline / (minimal.link / minimal.baseline);
  report.compare(what, ms(link), `minimal listener: ${ms(minimal.link)}`, relative);
  const compareCalls = (which: string, value: number) =>
    report.compare(
      `Auth0 calls for ${which}`,
      String(value),
      `Auth0's tutorial: ${TUTORIAL_CALLS}`,
      value / TUTORIAL_CALLS,
    );
  compareCalls('a ticket, warm', calls.warm);
  compareCalls('the first ticket, cold', calls.cold);
  report.goal(
    'Submission to link, of the two HTTP calls alone',
    link / baseline,
    1.08,
    ratio,
    WHY_LINKS_ARE_SLOWER,
  );
  await measureOthersLinks(world, links, report);
  await withPostgres(async (postgres) => {
    const other = await timeBot(world, links, 'bot', postgres);
    const value = other.link / other.baseline;
    report.compare(
      `${what}, PostgreSQL`,
      ms(other.link),
      `the two HTTP calls alone: ${ms(other.baseline)}`,
      value,
    );
    report.goal('The same with PostgreSQL', value, 1.1, ratio, WHY_LINKS_ARE_SLOWER);
  });
}

/** The links of people who are not editors, for organizations: Auth0 is asked first whether they have a connection. */
async function measureOthersLinks(world: World, links: Links, report: Report): Promise<void> {
  const organizations = Array.from({ length: WARM_UP + TICKETS }, (_, index) => ({
    id: `org_Bench${String(index).padStart(11, '0')}`,
    name: `bench-organization-${index}`,
    display_name: `Bench Organization ${index}.`,
  }));
  world.auth0.organizations.push(...organizations);
  const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-link-'));
  const env = { EDITORS: 'U0NOBODY', DATA_DIR: folder };
  const { link, baseline } = await timeBot(world, links, 'bot', env, organizations);
  world.auth0.organizations.splice(-organizations.length);
  rmSync(folder, { recursive: true });
  const what = 'Submission to link, not an editor, with an organization';
  report.compare(what, ms(link), `the three HTTP calls alone: ${ms(baseline)}`, link / baseline);
  report.goal(`${what}, of the three HTTP calls alone`, link / baseline, 1.08, ratio, WHY_LINKS_ARE_SLOWER);
}

async function measureColdForm(world: World, _links: Links, report: Report): Promise<void> {
  const time = await timeColdForms(world, STARTS);
  const rounds = time / AUTH0_LATENCY_MS;
  const what = `First form with an empty database, Auth0 at ${AUTH0_LATENCY_MS} ms (median)`;
  report.compare(what, ms(time), 'one call', rounds);
  // Two calls one after the other would take twice as long.
  report.goal(`${what}, of one call`, rounds, 1.5, ratio);
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

async function measureBurst(world: World, links: Links, report: Report): Promise<void> {
  const bot = await burstOf(world, links, 'bot');
  const minimal = await burstOf(world, links, 'minimal');
  const compare = (what: string, key: keyof Burst, unit: Unit) =>
    report.compare(`Burst: ${what}`, unit(bot[key]), `minimal listener: ${unit(minimal[key])}`);
  compare(`links for ${BURST} forms at ${BURST_PER_SECOND} requests per second`, 'delivered', whole);
  compare('forms returned with an error message', 'returned', whole);
  compare('longest time without an update', 'longestWaitMs', seconds);
  compare('live tickets without a delivered link', 'undelivered', whole);
  compare('duplicate live tickets', 'duplicates', whole);
  compare('create calls per link', 'calls', ratio);
  report.goal('Burst: forms without a link', BURST - bot.delivered, 0, whole);
  report.goal('Burst: create calls for each link', bot.calls, 1.1, ratio);
  const limitMs = (BURST / BURST_PER_SECOND) * 1000;
  report.goal('Burst: time until the last link, of the rate limit’s', bot.lastMs / limitMs, 1.03, ratio);
  report.goal('Burst: longest time without an update', bot.longestWaitMs, 10_000, seconds);
}

async function measureTypeAhead(_world: World, _links: Links, report: Report): Promise<void> {
  const ten = await typeAhead(10);
  const thousand = await typeAhead(1_000);
  for (const size of [10_000, 100_000, 1_000_000]) {
    const { p99, bytes, longestBlock } = await typeAhead(size);
    report.compare(
      `Type-ahead with ${whole(size)} organizations: 99th percentile`,
      ms(p99),
      `1,000 organizations: ${ms(thousand.p99)}`,
      p99 / thousand.p99,
    );
    report.compare(
      `Memory per organization, of ${whole(size)}`,
      `${whole(bytes)} bytes`,
      `10 organizations: ${whole(ten.bytes)} bytes`,
      bytes / ten.bytes,
    );
    report.goal(
      `Type-ahead with ${whole(size)} organizations, longest block of the process`,
      longestBlock,
      10,
      ms,
    );
    if (size !== 100_000) continue;
    report.goal('Type-ahead with 100,000 organizations, 99th percentile', p99, 4, ms);
    report.goal('Memory of an organization, of 100,000', bytes, 273, (value) => `${whole(value)} bytes`);
  }
}

async function measureAttacks(world: World, _links: Links, report: Report): Promise<void> {
  const { memory, longestMs } = await attack(world);
  const earlier = WITHOUT_LIMITS;
  const compare = (what: string, unit: Unit, now: number, before: number) =>
    report.compare(`Attack: ${what}`, unit(now), `without limits: ${unit(before)}`);
  compare('memory with 1,000 slow bodies of 1 MB', mb, memory.largestMb, earlier.memory.largestMb);
  compare('longest wait for /healthz meanwhile', ms, longestMs.memory, earlier.longestMs.memory);
  compare('the same, with a forged ID of 90 KB', ms, longestMs.forgedId, earlier.longestMs.forgedId);
  compare('the same, with a slow pattern', ms, longestMs.pattern, earlier.longestMs.pattern);
}

async function measureKill(world: World, links: Links, report: Report): Promise<void> {
  const killed = await killOne(world, links, KILLED_BURST);
  report.section('Killing one of two instances', [
    `Two instances handle a burst of ${killed.submitted} forms over Socket Mode. One is killed (SIGKILL) halfway.`,
    '',
    ...table(
      ['measurement', 'count'],
      [
        ['submissions that Slack reported as failed', killed.refused],
        ['of these, accepted by the other instance after submitting again', killed.retried],
        ['submissions that the killed instance acknowledged, without a link', killed.lost],
        ['of these, people whom the other instance told within a minute', killed.told],
        ['live tickets without a delivered link, after that', killed.undelivered],
        ['of these, in the audit log of the killed instance', killed.audited],
        ['users who got a link', killed.delivered],
        ['duplicate live tickets', killed.duplicates],
      ],
    ),
  ]);
}

async function measureFollowing(_world: World, _links: Links, report: Report): Promise<void> {
  const curve = [];
  for (const links of FOLLOWED) curve.push(await followingCalls(links));
  const largest = (values: number[]) => Math.max(...values);
  report.goal(
    'Following: calls about connections in an hour, with up to 1,000 links',
    largest(curve.map(({ connections }) => connections)),
    60,
    whole,
  );
  report.goal(
    'Following: searches of the log in an hour, with up to 1,000 links',
    largest(curve.map(({ recentLog }) => recentLog)),
    180,
    whole,
  );
  report.section('Calls for following links', [
    'Calls to Auth0 in an hour in the background, with a clock that does not wait. “Recent”: a link was created or opened',
    'in the last hour. Without `read:logs`, the bot does not search the log.',
    '',
    ...table(
      [
        'links that work',
        'about connections',
        'searches of the log, recent',
        'searches of the log, otherwise',
      ],
      curve.map(({ links, connections, recentLog, quietLog }) => [
        whole(links),
        connections,
        recentLog,
        quietLog,
      ]),
    ),
  ]);
}

const CHART = 'docs/growth.svg';

async function measureGrowthOfBoth(world: World, links: Links, report: Report): Promise<void> {
  const growths = await measureGrowth(world, links);
  await writeChart(CHART, growths);
  report.section('Growth', [
    '![Waiting times with more people together, and with more links on record](growth.svg)',
    '',
    ...growthTables(growths),
  ]);
}

/** All parts, by the names that select them. */
export const PARTS: Record<string, Part> = {
  start: measureStarts,
  form: measureColdForm,
  link: measureLinks,
  burst: measureBurst,
  'type-ahead': measureTypeAhead,
  attacks: measureAttacks,
  soak: measureSoak,
  growth: measureGrowthOfBoth,
  following: measureFollowing,
  instances: measureKill,
};
