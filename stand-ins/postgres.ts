import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './bot-process.ts';

/** Debian's folder for the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';
const USER = 'bot';
export const PASSWORD = 'password-of-the-tests';
const START_TIMEOUT_MS = 60_000;

interface Cluster {
  /** The URL of its first database. */
  url: string;
  stop(): Promise<void>;
}

/** The path of a program of PostgreSQL, such as `pg_dump`. @throws if PostgreSQL is not installed */
export function postgresProgram(name: string): string {
  const folder = installed();
  if (!folder) throw new Error('PostgreSQL is not installed');
  return join(folder, name);
}

/** The folder of PostgreSQL's programs. Undefined if it is not installed. */
function installed(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Its server refuses to run as root, so it runs as the user that Debian's package creates. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (kind: string) => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Starts a private cluster in a temporary folder. Undefined if PostgreSQL is not installed. */
export async function startPostgres(): Promise<Cluster | undefined> {
  const programs = installed();
  if (!programs) return undefined;
  const as = owner();
  const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-postgres-'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  if (as) for (const path of [folder, passwordFile]) chownSync(path, as.uid, as.gid);
  const data = join(folder, 'data');
  const options = { ...as, cwd: folder, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' } };
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '-E', 'UTF8'],
    options,
  );
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    // Each bot has up to ten, and many run at a time.
    max_connections: 2000,
  };
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...options, stdio: 'ignore' },
  );
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  await untilReady(url);
  return {
    url,
    async stop() {
      server.kill('SIGQUIT');
      await once(server, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await execute(url, 'select 1');
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** Runs one statement. */
export async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  // The server can end the connection, which is not the caller's concern.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates a database in a cluster, and returns its URL. @param cluster the URL of its first database */
export async function createDatabase(cluster: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(cluster, `create database ${name}`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.href;
}
