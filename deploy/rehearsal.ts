/**
 * Runs the Dockerfile without a container runtime, as far as possible: each stage in its own folder, and the last one
 * as the image's user, in a root directory that is read-only except for DATA_DIR. The bot must create a link there.
 * Needs root and Linux.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAuth0 } from '../stand-ins/auth0/server.ts';
import { freePort } from '../stand-ins/bot-process.ts';
import { botSettings } from '../stand-ins/bot-settings.ts';
import { type Certificate, createCertificate } from '../stand-ins/certificate.ts';
import { addPeople } from '../stand-ins/people.ts';
import { startSlack } from '../stand-ins/slack/server.ts';
import { allowedPaths, environmentOf, readStages, type Stage, stepsOf } from './dockerfile.ts';

const project = resolve(import.meta.dirname, '..');
/** What a program of the image needs from its system: shared libraries, name resolution, devices. No programs. */
const SYSTEM = ['/lib', '/lib64', '/usr/lib', '/etc', '/dev', '/proc'];
/** In the volume. */
const CERTIFICATE = 'test-certificate.pem';
const READY_TIMEOUT_MS = 60_000;

function check(ok: boolean, what: string): void {
  if (!ok) throw new Error(`Check failed: ${what}`);
  console.log(`✓ ${what}`);
}

function run(command: string, args: string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${status}`);
}

/** Runs one stage in `folders/<name>`, as the root directory. */
function build({ name, steps }: Stage, folders: string, context: string): void {
  const root = join(folders, name);
  let cwd = '/';
  for (const { keyword, flags, args, text } of steps) {
    if (keyword === 'WORKDIR') {
      cwd = resolve(cwd, text);
      mkdirSync(join(root, cwd), { recursive: true });
    } else if (keyword === 'RUN') run('sh', ['-c', text], join(root, cwd));
    else if (keyword === 'COPY') {
      const from = flags.from === undefined ? context : join(folders, flags.from);
      const target = args.at(-1) ?? '';
      const to = join(root, resolve(cwd, target));
      for (const source of args.slice(0, -1)) {
        const copy = target.endsWith('/') ? join(to, source) : to;
        cpSync(join(from, source), copy, { recursive: true, verbatimSymlinks: true });
        run('chown', ['-R', flags.chown ?? '0:0', copy], root);
      }
    }
  }
}

/** The image, as a root directory. */
class Image {
  readonly #root: string;
  readonly #user: string;
  readonly #env: Record<string, string>;
  readonly entrypoint: string[];
  readonly healthCheck: string[];

  constructor(root: string, stage: Stage) {
    const last = (keyword: string) => stepsOf(stage, keyword).at(-1);
    this.#root = root;
    this.#user = last('USER')?.text ?? '';
    this.entrypoint = last('ENTRYPOINT')?.args ?? [];
    this.healthCheck = last('HEALTHCHECK')?.args ?? [];
    this.#env = environmentOf(stage);
    // The base image has Node and the system, and nothing else.
    const node = join(root, this.entrypoint[0] ?? '');
    mkdirSync(resolve(node, '..'), { recursive: true });
    cpSync(process.execPath, node);
    chmodSync(node, 0o755);
    chmodSync(root, 0o755);
    for (const path of SYSTEM.filter((path) => existsSync(path)))
      mkdirSync(join(root, path), { recursive: true });
  }

  /** Starts a program as the image's user. @param volume the folder that is mounted at DATA_DIR, if any is */
  start(args: string[], env: Record<string, string>, volume?: string): ChildProcess {
    const root = this.#root;
    const mounts = [
      `mount --bind ${root} ${root}`,
      `mount -o remount,bind,ro ${root}`,
      ...SYSTEM.filter((path) => existsSync(path)).map((path) => `mount --rbind ${path} ${root}${path}`),
      ...(volume ? [`mount --bind ${volume} ${root}${this.#env.DATA_DIR}`] : []),
    ];
    const script = `${mounts.join(' && ')} && exec chroot --userspec=${this.#user} --groups= ${root} "$@"`;
    return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...args], {
      env: { PATH: process.env.PATH ?? '', ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(args: string[], env: Record<string, string>, volume?: string) {
    const child = this.start(args, env, volume);
    const output = outputOf(child);
    const [status] = await once(child, 'close');
    return { status, output: output() };
  }
}

/** Everything that a process has written so far. */
function outputOf(child: ChildProcess): () => string {
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  }
  return () => written;
}

async function createLink(image: Image, volume: string, certificate: Certificate): Promise<void> {
  const [slack, auth0] = await Promise.all([startSlack(), startAuth0(certificate)]);
  const { maria, sales } = addPeople(slack);
  const port = String(await freePort());
  const env = {
    ...botSettings(slack, auth0, 'socket'),
    PORT: port,
    NODE_EXTRA_CA_CERTS: `/data/${CERTIFICATE}`,
  };

  const diagnosis = await image.run([...image.entrypoint, 'doctor'], env, volume);
  check(diagnosis.status === 0, `the doctor finds nothing wrong\n${diagnosis.output}`);
  const without = await image.run([...image.entrypoint, 'doctor'], env);
  check(
    without.status === 1 && without.output.includes('DATA_DIR (/data) is not on a volume'),
    'it warns if DATA_DIR is not a mount',
  );

  const bot = image.start(image.entrypoint, env, volume);
  const output = outputOf(bot);
  const ended = once(bot, 'close');
  const isHealthy = async () => (await image.run(image.healthCheck, { PORT: port }, volume)).status === 0;
  try {
    check(!(await isHealthy()), 'the health check fails while the bot starts');
    await slack.until(() => output().includes('The bot is ready'), READY_TIMEOUT_MS);
    check(await isHealthy(), 'the health check passes while it runs');
    await maria.command(sales.id, '');
    await slack.until(() => maria.modal?.submit && maria.modal);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    await slack.until(() => JSON.stringify(maria.sees(sales.id)).includes('connections-flow?ticket='));
    check(auth0.tickets.length === 1, 'the bot creates a link');
    check(existsSync(join(volume, 'tickets.db')), 'its record is in DATA_DIR');
    bot.kill('SIGTERM');
    const [status] = await ended;
    check(status === 0, 'it stops on the STOPSIGNAL with exit code 0');
    check(!(await isHealthy()), 'the health check fails afterwards');
  } catch (error) {
    console.error(output());
    throw error;
  } finally {
    bot.kill('SIGKILL');
    await Promise.all([slack.stop(), auth0.stop()]);
  }
}

async function checkTree(image: Image, root: string, volume: string): Promise<void> {
  const modules = join(root, 'app/node_modules');
  for (const name of ['typescript', 'vitest', 'tsx', '@biomejs']) {
    check(!existsSync(join(modules, name)), `${name} is not in the image`);
  }
  const node = image.entrypoint[0] ?? '';
  const tryTo = (code: string, mount?: string) => image.run([node, '-e', code], {}, mount);
  const write = (path: string) => `require('node:fs').writeFileSync('${path}/written', '')`;
  check((await tryTo('process.exit(process.getuid() === 0 ? 1 : 0)')).status === 0, 'the user is not root');
  for (const path of ['/app', '/app/dist', '/app/node_modules', '/']) {
    check((await tryTo(write(path), volume)).output.includes('EROFS'), `${path} is read-only`);
  }
  check((await tryTo(write('/data'), volume)).status === 0, 'DATA_DIR is writable');
  check((await tryTo("require('node:child_process').execSync('true')")).status !== 0, 'there is no shell');
}

async function main(): Promise<void> {
  const folders = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-image-'));
  try {
    const context = join(folders, 'context');
    for (const path of allowedPaths(readFileSync(join(project, '.dockerignore'), 'utf8'))) {
      cpSync(join(project, path), join(context, path), { recursive: true });
    }
    const stages = readStages(readFileSync(join(project, 'Dockerfile'), 'utf8'));
    for (const stage of stages) build(stage, folders, context);
    const stage = stages.at(-1);
    if (!stage) throw new Error('The Dockerfile has no stage');
    const root = join(folders, stage.name);
    // A new volume has the same owner as the folder where it is mounted.
    const volume = join(folders, 'volume');
    cpSync(join(root, 'data'), volume, { recursive: true });
    run('chown', ['--reference', join(root, 'data'), volume], folders);
    const image = new Image(root, stage);
    await checkTree(image, root, volume);
    const { cert, key } = await createCertificate();
    writeFileSync(join(volume, CERTIFICATE), cert);
    await createLink(image, volume, { cert, key });
  } finally {
    rmSync(folders, { recursive: true });
  }
}

await main();
