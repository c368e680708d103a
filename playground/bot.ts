import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 3_000;
/** Pino's number for warnings. */
const WARN = 40;

/** The built bot, running as a process of its own. */
export class BotProcess {
  /** How it ended, once it has. */
  ended: string | undefined;
  /** The port of `/slack/events`. */
  readonly port: number;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    child.once('exit', (code, signal) => {
      this.ended = signal ? `ended by ${signal}` : `exit code ${code}`;
    });
  }

  /** Calls back once the process has ended, whoever ended it. */
  onEnd(listener: (how: string) => void): void {
    this.#child.once('exit', () => listener(this.ended ?? ''));
  }

  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    this.#child.kill('SIGKILL');
  }
}

/**
 * Starts the built bot and waits until it is ready.
 *
 * @param folder where it runs: one without a `.env`, so that the settings are these and no others
 * @param say hears what the bot warns of
 */
export async function startBot(
  settings: Record<string, string>,
  folder: string,
  say: (line: string) => void,
): Promise<BotProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    env: { PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Should this process end in any way, the bot does not stay behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));

  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    complaints.push(line);
    say(line);
  });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      kill();
      reject(new Error([`The bot did not start: ${reason}`, ...complaints].join('\n')));
    };
    const timer = setTimeout(fail, READY_WITHIN_MS, 'it took too long');
    child.once('exit', (code) => fail(`exit code ${code}`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { level, msg, port, error } = logLine(line);
      if (level >= WARN) say([msg, error].filter(Boolean).join(': '));
      if (msg !== 'The bot is ready' || port === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      child.once('exit', () => process.off('exit', kill));
      resolve(new BotProcess(child, port));
    });
  });
}

interface LogLine {
  level: number;
  msg: string;
  port?: number;
  error?: string;
}

/** A line of the bot's log; one that is no JSON is worth reading as it is. */
function logLine(line: string): LogLine {
  try {
    // Whatever else it holds, a line of pino's has these two.
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: WARN, msg: line };
  }
}
