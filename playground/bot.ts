import { BotProcess } from '../stand-ins/bot-process.ts';

/** Pino's level of a warning. */
const WARN = 40;

/**
 * Starts the built bot and waits until it is ready.
 *
 * @param cwd a directory without a `.env`, so that only these settings apply
 * @param log receives the bot's warnings and errors
 */
export async function startBot(
  settings: Record<string, string>,
  cwd: string,
  log: (line: string) => void,
): Promise<{ bot: BotProcess; port: number }> {
  const onLine = (line: string) => {
    const { level, msg, error } = parseLogLine(line);
    if (level >= WARN) log([msg, error].filter(Boolean).join(': '));
  };
  const bot = new BotProcess(settings, { cwd, onLine });
  try {
    const { port } = parseLogLine(await bot.waitForLine(/"The bot is ready"/));
    if (port === undefined) throw new Error('The bot did not log its port');
    return { bot, port };
  } catch (error) {
    await bot.kill();
    throw new Error('The bot did not start', { cause: error });
  }
}

interface LogLine {
  level: number;
  msg: string;
  port?: number;
  error?: string;
}

/** Parses a line of the log. Output that is not JSON counts as a warning. */
function parseLogLine(line: string): LogLine {
  try {
    // Every line that Pino writes has a level and a message.
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: WARN, msg: line };
  }
}
