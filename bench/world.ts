import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Auth0, startAuth0 } from '../playground/auth0.ts';
import { createCertificate } from '../playground/certificate.ts';
import { type Channel, type Person, type Slack, startSlack } from '../playground/slack.ts';

/** The stand-ins, which every bot of one run shares. */
export interface World {
  slack: Slack;
  auth0: Auth0;
  channel: Channel;
  certificate: string;
}

/** A bot in a process of its own. */
export interface Bot {
  process: ChildProcess;
  /** From the start of the process until it answers a request, in milliseconds. */
  startMs: number;
  stop(): Promise<void>;
}

/**
 * Starts this process once more, trusting a certificate of the tenant's: Node reads NODE_EXTRA_CA_CERTS when a
 * process starts. Gives the folder of the certificate in that second process, and never returns in the first.
 */
export async function trusted(): Promise<string> {
  const folder = process.env.BENCH_CERTIFICATE;
  if (folder) return folder;
  const made = mkdtempSync(join(tmpdir(), 'sso-bench-'));
  const { cert, key } = await createCertificate();
  writeFileSync(join(made, 'cert.pem'), cert);
  writeFileSync(join(made, 'key.pem'), key, { mode: 0o600 });
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, BENCH_CERTIFICATE: made, NODE_EXTRA_CA_CERTS: join(made, 'cert.pem') },
  });
  rmSync(made, { recursive: true });
  process.exit(status ?? 1);
}

export async function startWorld(folder: string): Promise<World> {
  const certificate = join(folder, 'cert.pem');
  const pair = {
    cert: readFileSync(certificate, 'utf8'),
    key: readFileSync(join(folder, 'key.pem'), 'utf8'),
  };
  const [slack, auth0] = await Promise.all([startSlack(), startAuth0(pair)]);
  const channel = slack.addChannel({ name: 'bench', kind: 'public', members: [] });
  return { slack, auth0, channel, certificate };
}

/** Starts a bot with ordinary settings, and lets Slack call it over HTTP. */
export async function startBot({ slack, auth0, certificate }: World, args: string[]): Promise<Bot> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: certificate,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      AUTH0_DOMAIN: auth0.domain,
      AUTH0_CLIENT_ID: auth0.clientId,
      AUTH0_CLIENT_SECRET: auth0.clientSecret,
      ALLOW_EVERYONE: 'true',
      LOG_LEVEL: 'error',
      PORT: String(port),
    },
  });
  const url = `http://127.0.0.1:${port}/`;
  // Any answer, a 404 too, says that it listens.
  while (
    !(await fetch(`${url}slack/events`, { method: 'POST' }).then(
      () => true,
      () => false,
    ))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const startMs = performance.now() - started;
  slack.requestUrl = `${url}slack/events`;
  return {
    process: child,
    startMs,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Resident memory of a process, in megabytes (Linux). */
export async function residentMb({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** A new person in the channel. */
export function newPerson({ slack, channel }: World, name: string): Person {
  const { id } = slack.addUser({ name, tz: 'Europe/Berlin' });
  channel.members.add(id);
  return slack.as(id);
}

/** When a person gets a link, on the clock of `performance.now`. */
export function watchLinks({ slack }: World): Map<string, number> {
  const links = new Map<string, number>();
  const { messages } = slack;
  const push = messages.push.bind(messages);
  messages.push = (...added) => {
    for (const { visibleTo, blocks } of added) {
      if (visibleTo && JSON.stringify(blocks).includes('/self-service/connections-flow?ticket=')) {
        links.set(visibleTo, performance.now());
      }
    }
    return push(...added);
  };
  return links;
}

/** Opens the form and fills it in, ready to be submitted. */
export async function fillIn(world: World, person: Person, name: string): Promise<void> {
  await person.command(world.channel.id, '');
  await world.slack.until(() => person.modal?.submit && person.modal, 20_000);
  await person.type('connectionName', name);
  await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
}

export const median = (values: number[]) => quantile(values, 0.5);

export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
