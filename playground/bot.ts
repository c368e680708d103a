import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BotProcess } from '../stand-ins/bot-process.ts';

const SCRIPT = fileURLToPath(new URL('bot-main.ts', import.meta.url));
const NODE_OPTIONS = ['--import', import.meta.resolve('tsx')];

/** The levels of the log that the playground shows. */
const SHOWN_LEVELS = ['warn', 'error', 'fatal'];

/**
 * Starts the bot and waits until it is ready.
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
    if (SHOWN_LEVELS.includes(level)) log([msg, error].filter(Boolean).join(': '));
  };
  const bot = new BotProcess(settings, {
    script: SCRIPT,
    nodeOptions: NODE_OPTIONS,
    hasMessages: true,
    cwd,
    onLine,
  });
  try {
    const { port } = parseLogLine(await bot.waitForLine(/"The bot is ready"/));
    if (port === undefined) throw new Error('The bot did not log its port');
    return { bot, port };
  } catch (error) {
    await bot.kill();
    throw new Error('The bot did not start', { cause: error });
  }
}

/** Makes the time of the bot run ahead. */
export async function shiftBotTime({ child }: BotProcess, ms: number): Promise<void> {
  if (!child.connected) throw new Error('The bot has stopped');
  child.send(ms);
  await once(child, 'message');
}

interface LogLine {
  level: string;
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
    return { level: 'warn', msg: line };
  }
}
