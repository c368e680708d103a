import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, startPostgres } from '../stand-ins/postgres.ts';
import { chart } from './chart.ts';
import { measurePeople, type Waits } from './growth-people.ts';
import { measureRecords, QUERIES, type QueryName, type RecordTimes } from './growth-records.ts';
import { timeLink } from './link.ts';
import { ms, table, whole } from './report.ts';
import { type Links, startBot, type World } from './world.ts';

const PEOPLE = [1, 10, 100];
const RECORDS = [1_000, 10_000, 100_000];
const WARM_UP = 30;
const QUERY_NAMES = ['list', 'own', 'all', 'follow'] as const satisfies QueryName[];

/** How one engine behaves as the number of people and records grows. */
export interface Growth {
  engine: string;
  people: Waits[];
  records: RecordTimes[];
}

/** Measures SQLite, and PostgreSQL if it is installed. */
export async function measureGrowth(world: World, links: Links): Promise<Growth[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-bench-growth-'));
  const postgres = await startPostgres();
  try {
    const sqlite = {
      engine: 'SQLite',
      people: await peopleCurve(world, links, { DATA_DIR: join(folder, 'people') }),
      records: await measureRecords({ dataDir: join(folder, 'records') }, RECORDS),
    };
    if (!postgres) return [sqlite];
    const databases = [await createDatabase(postgres.url), await createDatabase(postgres.url)] as const;
    const env = { DATABASE_URL: databases[0], SEAL_KEY: 'key-of-the-benchmark'.repeat(2) };
    return [
      sqlite,
      {
        engine: 'PostgreSQL',
        people: await peopleCurve(world, links, env),
        records: await measureRecords({ url: databases[1] }, RECORDS),
      },
    ];
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true });
  }
}

async function peopleCurve(world: World, links: Links, env: Record<string, string>): Promise<Waits[]> {
  const bot = await startBot(world, 'bot', 'http', env);
  try {
    for (let index = 0; index < WARM_UP; index += 1) await timeLink(world, links);
    const curve: Waits[] = [];
    for (const people of PEOPLE) curve.push(await measurePeople(world, links, people));
    return curve;
  } finally {
    await bot.stop();
  }
}

export function growthTables(growths: Growth[]): string[] {
  return [
    'People who do the same at the same time, with Auth0 at 50 ms. The bot makes at most ten calls to Auth0 together.',
    '',
    ...table(
      ['people together', 'engine', 'form, median', 'form, last', 'link, median', 'link, last'],
      growths.flatMap(({ engine, people }) =>
        people.map(({ people: count, form, link }) => [
          whole(count),
          engine,
          ...[form.median, form.last, link.median, link.last].map(ms),
        ]),
      ),
    ),
    '',
    'Links on record, 250 a day. Those of the last five days work. Medians of the queries alone.',
    '',
    ...table(
      ['links on record', 'engine', ...QUERY_NAMES.map((name) => QUERIES[name])],
      growths.flatMap(({ engine, records }) =>
        records.map(({ records: count, times }) => [
          whole(count),
          engine,
          ...QUERY_NAMES.map((name) => ms(times[name])),
        ]),
      ),
    ),
  ];
}

/** Draws both tables. */
export async function writeChart(file: string, growths: Growth[]): Promise<void> {
  const dashed = ({ engine }: Growth) => engine !== 'SQLite';
  const title = 'Waiting times with more people together, and with more links on record';
  const panels = [
    {
      title: 'The last one waits',
      counts: 'people together',
      curves: growths.flatMap((growth) =>
        (['form', 'link'] as const).map((what, color) => ({
          label: what === 'form' ? 'Command to form' : 'Submission to link',
          points: growth.people.map((waits) => ({ x: waits.people, y: waits[what].last })),
          color,
          isDashed: dashed(growth),
        })),
      ),
    },
    {
      title: 'Queries (median)',
      counts: 'links on record',
      curves: growths.flatMap((growth) =>
        QUERY_NAMES.map((name, color) => ({
          label: QUERIES[name],
          points: growth.records.map(({ records, times }) => ({ x: records, y: times[name] })),
          color,
          isDashed: dashed(growth),
        })),
      ),
    },
  ];
  await writeFile(file, chart(title, panels, 'Solid: SQLite. Dashed: PostgreSQL.'));
}
