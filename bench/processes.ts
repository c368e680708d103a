import { setTimeout as sleep } from 'node:timers/promises';
import { timeLink } from './link.ts';
import { type BotName, type Links, median, reset, residentMb, startBot, type World } from './world.ts';

/** Medians over several starts: the time until the first response in ms, and resident memory in MB. */
export interface Starts {
  startMs: number;
  idleMb: number;
  /** After ten tickets. */
  usedMb: number;
}

const TICKETS = 10;
const IDLE_MS = 1_000;

/** Starts both bots several times, alternating between them. */
export async function compareStarts(
  world: World,
  links: Links,
  starts: number,
): Promise<Record<BotName, Starts>> {
  const figures = { bot: newFigures(), minimal: newFigures() };
  for (let index = 0; index < starts; index += 1) {
    for (const which of ['bot', 'minimal'] satisfies BotName[]) {
      const { start, idle, used } = figures[which];
      const bot = await startBot(world, which);
      start.push(bot.startMs);
      await sleep(IDLE_MS);
      idle.push(await residentMb(bot.child));
      for (let ticket = 0; ticket < TICKETS; ticket += 1) await timeLink(world, links);
      used.push(await residentMb(bot.child));
      await bot.stop();
      reset(world);
    }
  }
  const medians = ({ start, idle, used }: Figures): Starts => ({
    startMs: median(start),
    idleMb: median(idle),
    usedMb: median(used),
  });
  return { bot: medians(figures.bot), minimal: medians(figures.minimal) };
}

interface Figures {
  start: number[];
  idle: number[];
  used: number[];
}

const newFigures = (): Figures => ({ start: [], idle: [], used: [] });
