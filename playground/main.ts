import { parseArgs } from 'node:util';
import { startPlayground } from './playground.ts';

const { values } = parseArgs({
  options: { socket: { type: 'boolean', default: false }, port: { type: 'string', default: '4180' } },
});
const requestedPort = Number(values.port);
console.log('Starting the bot, with a Slack and an Auth0 tenant of its own…');
const playground = await startPlayground({
  mode: values.socket ? 'socket' : 'http',
  port: requestedPort,
  log: (line) => console.log(`  bot │ ${line}`),
});

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

if (playground.port !== requestedPort)
  console.log(`Port ${requestedPort} is in use, so the page is on ${playground.port}.`);
console.log(`\n  The playground is at ${playground.url}\n\nCtrl-C stops it.`);
