import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

/** Starts the playground as `npm run playground` does. */
const run = (...options: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', 'playground/main.ts', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs the playground until it ends, and returns what it prints. */
async function output(...options: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = run(...options);
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (text) => {
      texts[stream] += text;
    });
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

test('--help explains each option', async () => {
  const { code, stdout, stderr } = await output('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const option of ['--port', '--socket', '--help']) expect(stdout).toContain(`  ${option} `);
});

test.each([
  [['--port', 'abc'], '--port must be a number from 0 to 65535, not abc'],
  [['--port', '65536'], '--port must be a number'],
  [['--port='], '--port must be a number'],
  [['--sockets'], "Unknown option '--sockets'"],
])('%j exits with an error and the help', async (options, problem) => {
  const { code, stdout, stderr } = await output(...options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr).toContain('Usage:');
});

test('--socket with a --port that is in use takes the next free port and prints the address', async () => {
  const taken: Server = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const child = run('--socket', '--port', String(port));
  const closed = once(child, 'close');
  let url = '';
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    url = /http:\S+/.exec(line)?.[0] ?? '';
    if (url) break;
  }
  expect(lines.join('\n')).toContain(`Port ${port} is in use`);
  expect(new URL(url).port).not.toBe(String(port));
  expect((await fetch(url)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await closed)[0]).toBe(0);
  taken.close();
});
