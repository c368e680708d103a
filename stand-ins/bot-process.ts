import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BUILT_BOT = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LINE_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

export interface BotProcessOptions {
  /** The script to run, by default the built bot. */
  script?: string;
  /** Options of Node itself. */
  nodeOptions?: string[];
  /** Whether the script can send and receive messages. */
  hasMessages?: boolean;
  /** The working directory. The bot reads `.env` there, so most callers pass a directory without one. */
  cwd?: string;
  onLine?: (line: string) => void;
  /** A file descriptor for its standard output, which is not in `log` then. */
  stdout?: number;
}

/** A bot in a child process, which gets these environment variables and PATH only. */
export class BotProcess {
  readonly child: ChildProcess;
  /** Each line of stdout and stderr. */
  readonly log: string[] = [];
  /** Resolves with the exit code once the process has ended and all its output is in `log`. */
  readonly exit: Promise<number | null>;
  /** How the process ended, once it has. */
  ended: string | undefined;

  constructor(
    settings: Record<string, string>,
    {
      script = BUILT_BOT,
      nodeOptions = [],
      hasMessages = false,
      cwd,
      onLine,
      stdout,
    }: BotProcessOptions = {},
  ) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [...nodeOptions, script], {
      cwd,
      env: { PATH, ...settings },
      stdio: ['ignore', stdout ?? 'pipe', 'pipe', ...(hasMessages ? (['ipc'] as const) : [])],
    });
    // The bot must not outlive this process.
    const kill = () => this.child.kill('SIGKILL');
    process.once('exit', kill);
    this.child.once('exit', (code, signal) => {
      process.off('exit', kill);
      this.ended = signal ? `ended by ${signal}` : `exit code ${code}`;
    });
    this.exit = once(this.child, 'close').then(([code]) => code);
    for (const input of [this.child.stdout, this.child.stderr]) {
      if (!input) continue;
      createInterface({ input }).on('line', (line) => {
        this.log.push(line);
        onLine?.(line);
      });
    }
  }

  /** Everything the bot has written. */
  get output(): string {
    return this.log.join('\n');
  }

  /** Waits for a line of output. Rejects if the process ends first. */
  async waitForLine(pattern: RegExp, timeoutMs = LINE_TIMEOUT_MS): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const line = this.log.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      if (this.ended !== undefined || performance.now() > deadline)
        throw new Error(`No line matches ${pattern} (${this.ended ?? 'timeout'}):\n${this.output}`);
      await sleep(10);
    }
  }

  /** Asks the process to stop, and kills it if it does not. Returns its exit code. */
  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<number | null> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    this.child.kill('SIGTERM');
    return this.exit.finally(() => clearTimeout(timer));
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}

/** Returns a TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (!address || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}
