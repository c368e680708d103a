import { config } from 'dotenv';
import { createLog, errorFields } from './log.ts';
import { readSettings, StartError } from './settings.ts';

/** Runs the bot until it is told to stop. */
async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog(settings.logLevel);
  // Only now: the libraries take a while to load, and wrong settings should not have to wait for them.
  const { createApp } = await import('./app.ts');
  const app = createApp(settings, log);

  // A last net: what nobody waited for is logged, and the bot goes on for everybody else.
  process.on('unhandledRejection', (error) =>
    log.error(errorFields(error), 'Nobody waited for this failure'),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info({ signal }, 'Stopping');
      await app.stop().catch((error: unknown) => log.error(errorFields(error), 'The stop failed'));
      process.exit(0);
    });
  }
  await app.start();
}

/** `npm run doctor`: checks the installation, a line for each thing; exit code 1 if anything is wrong. */
async function runDoctor(): Promise<void> {
  const { examine } = await import('./doctor.ts');
  let wrong = 0;
  for await (const { ok, line } of examine(process.env)) {
    console.log(`${ok ? '✓' : '✗'} ${line}`);
    if (!ok) wrong += 1;
  }
  console.log(wrong ? `${wrong === 1 ? 'One thing' : `${wrong} things`} to mend.` : 'All is well.');
  process.exitCode = wrong ? 1 : 0;
}

config({ quiet: true });
try {
  await (process.argv[2] === 'doctor' ? runDoctor() : run());
} catch (error) {
  // A sentence instead of a stack trace, where the reason is known.
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
