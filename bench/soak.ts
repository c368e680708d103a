import { fillIn, type Links, newName, newPerson, residentMb, startBot, tidy, type World } from './world.ts';

/** Resident memory after so much work. */
export interface SoakPoint {
  commands: number;
  tickets: number;
  mb: number;
}

const AT_ONCE = 8;
/** How many commands there are for each ticket; the first of them opens its form. */
const COMMANDS = 4;

/** Has one process take so many tickets, and four commands for each, and looks at its memory now and then. */
export async function soak(
  world: World,
  links: Links,
  tickets: number,
  points: number,
): Promise<SoakPoint[]> {
  const { slack, channel } = world;
  const bot = await startBot(world, 'ours');
  const curve: SoakPoint[] = [];
  const look = async (done: number) => {
    curve.push({ commands: done * COMMANDS, tickets: done, mb: await residentMb(bot.child) });
    tidy(world);
  };
  const people = Array.from({ length: AT_ONCE }, (_, index) => newPerson(world, `Soak ${index}`));
  try {
    await look(0);
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
            await slack.until(() => /ready/.test(person.modal?.title.text ?? ''), 20_000);
            await person.close();
            for (const text of ['help', 'profiles', 'edit nobody']) await person.command(channel.id, text);
          }
        }),
      );
      await look(Math.round((tickets * point) / points));
    }
    return curve;
  } finally {
    await bot.stop();
  }
}
