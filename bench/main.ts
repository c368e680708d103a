/**
 * `npm run bench`: compares the built bot with a baseline and a minimal Bolt listener, on one machine and in one run,
 * and writes docs/benchmarks.md. `npm run bench -- link burst` measures only those parts, and does not write that file.
 * Times depend on the machine, so compare the ratios.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { PARTS } from './parts.ts';
import { Report } from './report.ts';
import { reset, restartWithCertificate, startWorld, watchLinks } from './world.ts';

async function run(names: string[]): Promise<void> {
  const world = await startWorld(await restartWithCertificate());
  const links = watchLinks(world);
  const report = new Report();
  const start = performance.now();
  for (const [name, measure] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    reset(world);
    await measure(world, links, report);
  }
  await Promise.all([world.slack.stop(), world.auth0.stop()]);
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  if (names.length === 0) await write(report, minutes);
  console.table(report.goals);
  console.log(`${minutes} minutes`);
}

async function write(report: Report, minutes: string): Promise<void> {
  const [cpu] = cpus();
  const lines = [
    '# Benchmarks',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, in ${minutes} minutes: Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB.`,
    'The bot runs in its own process, with stand-ins for Slack and Auth0 on the same machine. Absolute times depend on',
    'the machine, so compare the ratios: both values of a ratio are from the same run, and times alternate between them.',
    'Links are timed after 50 warm-up links. The minimal listener is [bench/minimal.ts](../bench/minimal.ts): Bolt and',
    'the Auth0 SDK only, under the same heap limit. “Without limits” is the code of commit 35d24df, measured once, on',
    '2026-11-26.',
    '',
    ...report.markdown,
  ];
  await writeFile('docs/benchmarks.md', `${lines.join('\n').trimEnd()}\n`);
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are: ${Object.keys(PARTS).join(', ')}`);
  process.exitCode = 1;
} else {
  await run(names);
}
