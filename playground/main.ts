import { parseArgs } from 'node:util';
import type { Mode } from '../stand-ins/bot-settings.ts';
import { startPlayground } from './playground.ts';

const MAX_PORT = 65_535;
const USAGE = `Runs the bot with a simulated Slack and Auth0. You don't need an account.

Usage: npm run playground -- [options]

  --port <number>  port of the page, 4180 by default; if it is in use, the next free port
  --socket         connect the bot to Slack over Socket Mode instead of HTTP
  --help           show this help`;

const { mode, port } = readOptions();
console.log('Starting the bot with a simulated Slack and Auth0…');
const playground = await startPlayground({ mode, port, log: (line) => console.log(`  bot │ ${line}`) });

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    // A second Ctrl-C exits immediately.
    if (stopping) process.exit(1);
    stopping = true;
    await playground.stop();
    process.exit(0);
  });
}

if (port !== 0 && playground.port !== port)
  console.log(`Port ${port} is in use, so the page is on port ${playground.port}.`);
console.log(`\n  Open ${playground.url}\n\nPress Ctrl-C to stop.`);

/** Reads the command line. Ends the process if it asks for help or is wrong. */
function readOptions(): { mode: Mode; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4180' },
        socket: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit();
    }
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > MAX_PORT)
      throw new Error(`--port must be a number from 0 to ${MAX_PORT}, not ${values.port}`);
    return { mode: values.socket ? 'socket' : 'http', port };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(1);
  }
}
