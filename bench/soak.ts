import { DONE_TITLE } from '../src/slack/sentences.ts';
import { fillIn, type Links, newName, newPerson, reset, residentMb, startBot, type World } from './world.ts';

/** Resident memory after this many commands and tickets. */
export interface SoakPoint {
  commands: number;
  tickets: number;
  mb: number;
}

const CONCURRENCY = 8;
/** Commands per ticket, including the one that opens the form. */
const COMMANDS_PER_TICKET = 4;

/** Creates many tickets in one process, and measures its memory at several points. */
export async function soak(
  world: World,
  links: Links,
  tickets: number,
  points: number,
): Promise<SoakPoint[]> {
  const { slack, channel } = world;
  const bot = await startBot(world, 'bot');
  const curve: SoakPoint[] = [];
  const measure = async (done: number) => {
    curve.push({ commands: done * COMMANDS_PER_TICKET, tickets: done, mb: await residentMb(bot.child) });
    reset(world);
  };
  const people = Array.from({ length: CONCURRENCY }, (_, index) => newPerson(world, `Soak ${index}`));
  try {
    await measure(0);
    for (let point = 1; point <= points; point += 1) {
      let left = Math.round((tickets * point) / points) - Math.round((tickets * (point - 1)) / points);
      await Promise.all(
        people.map(async (person) => {
          while (left > 0) {
            left -= 1;
            links.delete(person.id);
            await fillIn(world, person, newName());
            await person.submit();
            await slack.until(() => links.get(person.id), 20_000);
            await slack.until(() => person.modal?.title.text === DONE_TITLE, 20_000);
            await person.close();
            for (const text of ['help', 'profiles', 'edit nobody']) await person.command(channel.id, text);
          }
        }),
      );
      await measure(Math.round((tickets * point) / points));
    }
    return curve;
  } finally {
    await bot.stop();
  }
}
