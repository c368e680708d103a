import { existsSync } from 'node:fs';
import { config as loadEnvFile } from 'dotenv';
import { StartError } from './config/config.ts';
import { readConfig } from './config/environment.ts';
import { createLog, errorFields } from './lib/log.ts';
import { LogOutput } from './lib/log-output.ts';
import { useProxy } from './lib/proxy.ts';
import { within } from './lib/timeouts.ts';

/** The last log lines wait this long for the reader of standard output. */
const FLUSH_TIMEOUT_MS = 1_000;

/** Runs the bot until a signal stops it, or the reader of its log is gone. */
async function run(): Promise<void> {
  const config = readConfig(process.env, source);
  const output = new LogOutput({
    stream: process.stdout,
    onGap: (count) => log.warn({ count }, 'Log lines are missing: standard output was full or too slow'),
  });
  const log = createLog(config.logLevel, output);
  // Loaded now, because it takes a while, and an invalid configuration should be reported immediately.
  const { createApp } = await import('./app.ts');
  const proxy = config.proxy && (await useProxy(config.proxy));
  const app = createApp(config, log, { proxy });

  // The bot keeps running for everyone else.
  process.on('unhandledRejection', (error) => log.error(errorFields(error), 'Unhandled rejection'));
  let isStopping = false;
  const stop = async (exitCode: number) => {
    if (isStopping) return;
    isStopping = true;
    await app.stop().catch((error: unknown) => log.error(errorFields(error), 'Stopping the bot failed'));
    await exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping');
      void stop(0);
    });
  }
  void output.broken.then(({ message }) => {
    console.error(`Standard output is closed (${message}). The bot stops, because its log would be lost.`);
    void stop(1);
  });
  await app.start();
}

/** Ends the process when its last log lines are written, or after a second. */
async function exit(code: number): Promise<void> {
  await within(FLUSH_TIMEOUT_MS, new Promise((resolve) => process.stdout.write('', resolve)));
  process.exit(code);
}

/** `npm run audit` and `npm run revoke`. */
async function runCommand(name: 'audit' | 'revoke'): Promise<void> {
  const config = readConfig(process.env, source);
  const { runAudit, runRevoke } = await import('./commands.ts');
  if (config.proxy) await useProxy(config.proxy);
  const args = process.argv.slice(3);
  if (name === 'audit') await runAudit(config, args, (line) => console.log(line));
  else console.log(await runRevoke(config, args));
}

/** `npm run doctor`: checks the installation, with a line for each check. Exits with 1 if anything is wrong. */
async function runDoctor(): Promise<void> {
  const { runChecks } = await import('./doctor/doctor.ts');
  let problems = 0;
  for await (const { ok, line } of runChecks(process.env, source)) {
    console.log(`${ok ? '✓' : '✗'} ${line}`);
    if (!ok) problems += 1;
  }
  console.log(
    problems ? `${problems === 1 ? 'One thing' : `${problems} things`} to fix.` : 'Everything looks good.',
  );
  process.exitCode = problems ? 1 : 0;
}

/** `npm run setup`: asks for the settings and writes `.env`. Exits with 1 if it was canceled, or anything is wrong. */
async function runSetupDialog(): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new StartError(
      'npm run setup asks questions, so it needs a terminal. Without one, copy .env.example to .env, fill it in, and run npm run doctor.',
    );
  }
  const { runSetup } = await import('./setup/setup.ts');
  process.exitCode = (await runSetup(process.cwd(), atStart)) ? 0 : 1;
}

const COMMANDS: Record<string, () => Promise<void>> = {
  doctor: runDoctor,
  setup: runSetupDialog,
  audit: () => runCommand('audit'),
  revoke: () => runCommand('revoke'),
};

const atStart = { ...process.env };
loadEnvFile({ quiet: true });
const source = { atStart, hasEnvFile: existsSync('.env') };
try {
  await (COMMANDS[process.argv[2] ?? ''] ?? run)();
} catch (error) {
  // A sentence instead of a stack trace if the reason is known.
  console.error(error instanceof StartError ? error.message : error);
  await exit(1);
}
