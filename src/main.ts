import { config } from 'dotenv';
import { createApp, StartError } from './app.ts';
import { createLog, errorFields } from './log.ts';
import { readSettings, SettingsError } from './settings.ts';

/** Ends with a sentence instead of a stack trace, where the reason is known. */
function fail(error: unknown): never {
  const known = error instanceof SettingsError || error instanceof StartError;
  console.error(known ? error.message : error);
  process.exit(1);
}

config({ quiet: true });
try {
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
} catch (error) {
  fail(error);
}
