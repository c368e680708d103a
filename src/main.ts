import { config as loadEnvFile } from 'dotenv';
import { StartError } from './config/config.ts';
import { readConfig } from './config/environment.ts';
import { createLog, errorFields } from './lib/log.ts';
import { useProxy } from './lib/proxy.ts';

/** Runs the bot until a signal stops it. */
async function run(): Promise<void> {
  const config = readConfig(process.env, atStart);
  const log = createLog(config.logLevel);
  // Loaded now, because it takes a while, and an invalid configuration should be reported immediately.
  const { createApp } = await import('./app.ts');
  const proxy = config.proxy && (await useProxy(config.proxy));
  const app = createApp(config, log, { proxy });

  // The bot goes on for everybody else.
  process.on('unhandledRejection', (error) => log.error(errorFields(error), 'Unhandled rejection'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info({ signal }, 'Stopping');
      await app.stop().catch((error: unknown) => log.error(errorFields(error), 'The stop failed'));
      process.exit(0);
    });
  }
  await app.start();
}

/** `npm run doctor`: checks the installation, with a line for each check. Exits with 1 if anything is wrong. */
async function runDoctor(): Promise<void> {
  const { runChecks } = await import('./doctor/doctor.ts');
  let problems = 0;
  for await (const { ok, line } of runChecks(process.env, atStart)) {
    console.log(`${ok ? '✓' : '✗'} ${line}`);
    if (!ok) problems += 1;
  }
  console.log(problems ? `${problems === 1 ? 'One thing' : `${problems} things`} to fix.` : 'All is well.');
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

const COMMANDS: Record<string, () => Promise<void>> = { doctor: runDoctor, setup: runSetupDialog };

const atStart = { ...process.env };
loadEnvFile({ quiet: true });
try {
  await (COMMANDS[process.argv[2] ?? ''] ?? run)();
} catch (error) {
  // A sentence instead of a stack trace if the reason is known.
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
