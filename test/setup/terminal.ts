import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

const OUTPUT_TIMEOUT_MS = 60_000;

/** A program in a pseudo-terminal, and what a person types there. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly exit: Promise<number | null>;
  #raw = '';
  /** How much of the output has been read. */
  #read = 0;

  constructor(command: string, { cwd, env }: { cwd: string; env: Record<string, string> }) {
    // `script` gives the program a terminal. Its own input is a pipe, so the terminal has no size yet.
    this.#child = spawn('script', ['-qfec', `stty cols 200 rows 60; ${command}`, '/dev/null'], {
      cwd,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#raw += text;
    });
    this.exit = once(this.#child, 'close').then(([code]) => code);
  }

  /** Everything that the program has shown. */
  get shown(): string {
    return stripVTControlCharacters(this.#raw);
  }

  /** Waits until the program shows a text after the one that was last waited for. */
  async see(text: string): Promise<void> {
    const deadline = performance.now() + OUTPUT_TIMEOUT_MS;
    for (;;) {
      const at = this.shown.indexOf(text, this.#read);
      if (at >= 0) {
        this.#read = at + text.length;
        return;
      }
      if (performance.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`The terminal does not show “${text}”:\n${this.shown.slice(this.#read)}`);
      await sleep(10);
    }
  }

  /** Waits for a question and answers it. */
  async answer(question: string, text: string): Promise<void> {
    await this.see(question);
    this.type(`${text}\r`);
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}

export const DOWN = '\u001b[B';
export const CLEAR_LINE = '\u0015';
export const CTRL_C = '\u0003';
