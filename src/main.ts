import { config } from 'dotenv';
import { createApp, StartError } from './app.ts';
import { examine } from './doctor.ts';
import { createLog, errorFields } from './log.ts';
import { readSettings, SettingsError } from './settings.ts';

/** Runs the bot until it is told to stop. */
async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog(settings.logLevel);
  const app = createApp(settings, log);

  // A last net: what nobody waited for is logged, and the bot goes on for everybody else.
  process.on('unhandledRejection', (error) =>
    log.error(errorFields(error), 'Nobody waited for this failure'),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info({ signal }, 'Stopping');
      await app.stop();
      process.exit(0);
    });
  }
  await app.start();
}

/** `npm run doctor`: checks the installation, a line for each thing; exit code 1 if anything is wrong. */
async function runDoctor(): Promise<void> {
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
  const known = error instanceof SettingsError || error instanceof StartError;
  console.error(known ? error.message : error);
  process.exit(1);
}
