/**
 * `npm run bench`: measures the built bot against a floor and against a minimal Bolt listener, in one run on one
 * machine, and writes docs/benchmarks.md. Only the ratios say anything: the machine is whatever it is.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Person } from '../playground/slack.ts';
import { createDirectory } from '../src/auth0/directory.ts';
import type { Tenant } from '../src/auth0/tenant.ts';
import type { Bot, World } from './world.ts';
import {
  fillIn,
  median,
  newPerson,
  quantile,
  residentMb,
  startBot,
  startWorld,
  trusted,
  watchLinks,
} from './world.ts';

const OURS = ['dist/main.js'];
/** Built too, so that both start as plain JavaScript. */
const MINIMAL = ['dist-bench/minimal.js'];
const TICKETS = Number(process.env.BENCH_TICKETS ?? 60);
const BURST = Number(process.env.BENCH_BURST ?? 200);
const STARTS = 5;

type Row = [what: string, ours: string, against: string, ratio: string];
const rows: Row[] = [];
const row = (...columns: Row) => {
  rows.push(columns);
  console.log(columns.join(' | '));
};
const ms = (value: number) => `${value.toFixed(1)} ms`;

let names = 0;
const newName = () => `bench-${++names}`;

/** From submission to link, in ms each, one after the other. */
async function timeTickets(world: World, links: Map<string, number>): Promise<number[]> {
  const person = newPerson(world, 'One by one');
  const times: number[] = [];
  for (let index = 0; index < TICKETS; index += 1) {
    await fillIn(world, person, newName());
    links.delete(person.id);
    const from = performance.now();
    await person.submit();
    times.push((await world.slack.until(() => links.get(person.id), 20_000)) - from);
    if (person.modal) await person.close();
  }
  return times;
}

/** The floor: the two HTTP calls of a ticket, made bare. */
async function timeFloor(world: World): Promise<number[]> {
  const { auth0 } = world;
  const token = await bareToken(world);
  const times: number[] = [];
  const [client] = auth0.clients.filter(({ name }) => name === 'Customer Portal');
  for (let index = 0; index < TICKETS; index += 1) {
    const from = performance.now();
    const created = await fetch(
      `https://${auth0.domain}/api/v2/self-service-profiles/${auth0.profiles[0]?.id}/sso-ticket`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          connection_config: { name: newName() },
          enabled_clients: [client?.client_id],
        }),
      },
    );
    await created.text();
    // A post of the same size to Slack; that it knows no such response_url costs the same.
    const posted = await fetch(world.slack.apiUrl.replace('/api/', '/response/none'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text: 'x'.repeat(4000) }),
    });
    await posted.text();
    times.push(performance.now() - from);
  }
  return times;
}

async function bareToken({ auth0 }: World): Promise<string> {
  const answer = await fetch(`https://${auth0.domain}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: auth0.clientId,
      client_secret: auth0.clientSecret,
      audience: `https://${auth0.domain}/api/v2/`,
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string }; // the stand-in's own answer
  return access_token;
}

/** How many of a burst of forms, submitted at once, end in a link; and when the last one came. */
async function burst(world: World, links: Map<string, number>) {
  const { slack, auth0 } = world;
  const people: Person[] = [];
  for (let index = 0; index < BURST; index += 1) {
    const person = newPerson(world, `Burst ${index}`);
    await fillIn(world, person, newName());
    people.push(person);
  }
  auth0.rateLimit = { perSecond: 10, burst: 10 };
  const before = auth0.tickets.length;
  const from = performance.now();
  await Promise.all(people.map((person) => person.submit()));
  const arrived = () => people.filter(({ id }) => links.has(id));
  await slack.until(() => arrived().length === BURST, 60_000).catch(() => undefined);
  auth0.rateLimit = undefined;
  const last = Math.max(0, ...arrived().map(({ id }) => (links.get(id) ?? from) - from));
  const live = auth0.tickets.slice(before).filter(({ state }) => state === 'live').length;
  return { delivered: arrived().length, last, live };
}

/** Type-ahead over so many organizations: time of one suggestion, and memory of one entry. */
async function typeAhead(count: number): Promise<{ median: number; p99: number; bytes: number }> {
  const words = [
    'Acme',
    'Globex',
    'Söhne',
    'Umbrella',
    'Stark',
    'Wayne',
    'Hooli',
    'Initech',
    'Soylent',
    'Vandelay',
  ];
  // Made anew for each call, so that the memory of their texts counts too.
  const entries = () =>
    Array.from({ length: count }, (_, index) => ({
      id: `org_${index.toString(36).padStart(16, '0')}`,
      name: `customer-${index}`,
      displayName: `${words[index % 10]} ${words[(index * 7) % 10]} ${index}`,
    }));
  const none = async () => ({ entries: [], next: undefined });
  const tenant = {
    profiles: none,
    clients: none,
    connections: none,
    organizations: async () => ({ entries: entries(), next: undefined }),
  } as unknown as Tenant; // the lists are all that a directory asks for here
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const directory = createDirectory(tenant, { protectedConnections: [] } as never);
  await directory.lists.organizations.load();
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  const typed = ['a', 'ac', 'stark wa', 'sohne', 'customer-9', 'org_000', 'hooli 99', 'zzz', 'e', 'umbrella'];
  const times: number[] = [];
  for (let index = 0; index < 300; index += 1) {
    const from = performance.now();
    directory.matches('organizations', typed[index % typed.length] ?? '', 99);
    times.push(performance.now() - from);
  }
  return { median: median(times), p99: quantile(times, 0.99), bytes };
}

async function run(): Promise<void> {
  const world = await startWorld(await trusted());
  const links = watchLinks(world);
  const { auth0 } = world;
  const start = (args: string[]): Promise<Bot> => startBot(world, args);

  const starts = { ours: [] as number[], minimal: [] as number[] };
  const memory = { ours: [] as number[], minimal: [] as number[] };
  for (let index = 0; index < STARTS; index += 1) {
    for (const [name, args] of [
      ['ours', OURS],
      ['minimal', MINIMAL],
    ] as const) {
      const bot = await start([...args]);
      starts[name].push(bot.startMs);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      memory[name].push(await residentMb(bot.process));
      await bot.stop();
    }
  }
  const ratio = (a: number, b: number) => (a / b).toFixed(2);
  row(
    'Start-up until it answers',
    ms(median(starts.ours)),
    `minimal listener: ${ms(median(starts.minimal))}`,
    ratio(median(starts.ours), median(starts.minimal)),
  );
  row(
    'Resident memory, idle',
    `${median(memory.ours).toFixed(0)} MB`,
    `minimal listener: ${median(memory.minimal).toFixed(0)} MB`,
    ratio(median(memory.ours), median(memory.minimal)),
  );

  auth0.latency = 50;
  const ours = await start(OURS);
  const cold = auth0.requests.length;
  await timeOne(world, links);
  const coldCalls = auth0.requests.slice(cold).filter(({ path }) => path.startsWith('/api')).length;
  const warm = auth0.requests.length;
  await timeOne(world, links);
  const warmCalls = auth0.requests.slice(warm).filter(({ path }) => path.startsWith('/api')).length;
  row('Auth0 calls for a ticket, warm', String(warmCalls), "Auth0's tutorial: 2", ratio(warmCalls, 2));
  row(
    'Auth0 calls for the first ticket, cold',
    String(coldCalls),
    "Auth0's tutorial: 2",
    ratio(coldCalls, 2),
  );
  const oursTimes = await timeTickets(world, links);
  const floor = await timeFloor(world);
  row(
    'Submission to link, Auth0 at 50 ms (median)',
    ms(median(oursTimes)),
    `the two calls bare: ${ms(median(floor))}`,
    ratio(median(oursTimes), median(floor)),
  );
  auth0.latency = 0;
  const oursBurst = await burst(world, links);
  await ours.stop();

  auth0.latency = 50;
  const minimal = await start(MINIMAL);
  const minimalTimes = await timeTickets(world, links);
  row(
    'Submission to link, Auth0 at 50 ms (median)',
    ms(median(oursTimes)),
    `minimal listener: ${ms(median(minimalTimes))}`,
    ratio(median(oursTimes), median(minimalTimes)),
  );
  auth0.latency = 0;
  const minimalBurst = await burst(world, links);
  await minimal.stop();
  row(
    `Burst: links of ${BURST} forms at 10 requests a second`,
    `${oursBurst.delivered} (last after ${(oursBurst.last / 1000).toFixed(1)} s)`,
    `minimal listener: ${minimalBurst.delivered}`,
    ratio(oursBurst.delivered, minimalBurst.delivered),
  );
  row(
    'Burst: live tickets nobody got',
    String(oursBurst.live - oursBurst.delivered),
    `minimal listener: ${minimalBurst.live - minimalBurst.delivered}`,
    '',
  );

  const small = await typeAhead(1_000);
  for (const count of [10_000, 100_000]) {
    const large = await typeAhead(count);
    row(
      `Type-ahead over ${count.toLocaleString('en')} organizations: 99th percentile`,
      ms(large.p99),
      `1,000 organizations: ${ms(small.p99)}`,
      ratio(large.p99, small.p99),
    );
    row(
      `Memory of one of ${count.toLocaleString('en')} organizations`,
      `${large.bytes.toFixed(0)} bytes`,
      `of 1,000: ${small.bytes.toFixed(0)} bytes`,
      ratio(large.bytes, small.bytes),
    );
  }
  await Promise.all([world.slack.stop(), auth0.stop()]);
  await write();
}

async function timeOne(world: World, links: Map<string, number>): Promise<void> {
  const person = newPerson(world, 'Once');
  await fillIn(world, person, newName());
  await person.submit();
  await world.slack.until(() => links.get(person.id), 20_000);
}

async function write(): Promise<void> {
  const [cpu] = cpus();
  await writeFile(
    'docs/benchmarks.md',
    [
      '# Benchmarks',
      '',
      `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB.`,
      'The bot runs in a process of its own between stand-ins of Slack and Auth0 on the same machine. Times of a noisy',
      'machine say little; each row is a ratio of two things measured in the same run. The minimal listener is',
      '[bench/minimal.ts](../bench/minimal.ts).',
      '',
      '| what | the bot | against | ratio |',
      '| --- | --- | --- | --- |',
      ...rows.map((columns) => `| ${columns.join(' | ')} |`),
      '',
    ].join('\n'),
  );
}

await run();
