import { setTimeout as sleep } from 'node:timers/promises';
import { crowd, type Links, startBot, type World } from './world.ts';

/** What came of a burst in which one of two instances was killed. */
export interface Killed {
  submitted: number;
  /** Whom Slack told at once that it failed, and who pressed again and got a link from the other instance. */
  refused: number;
  pressedAgain: number;
  /** Acknowledged by the killed instance, and then lost: nobody got a link. */
  lost: number;
  /** Live tickets whose link nobody has seen; how many of them an audit line of the killed instance names. */
  unseen: number;
  found: number;
  /** People with a link, in the end; people with more than one live ticket. */
  delivered: number;
  twice: number;
}

/** Two instances over Socket Mode share a burst; one is killed without warning in the middle of it. */
export async function killOne(world: World, links: Links, count: number): Promise<Killed> {
  const { slack, auth0 } = world;
  const victim = await startBot(world, 'ours', 'socket');
  const other = await startBot(world, 'ours', 'socket');
  try {
    // Every step of a form goes to either of the two: neither knows what the other did.
    const people = await crowd(world, count);
    auth0.latency = 300;
    const firstTicket = auth0.tickets.length;
    const firstRequest = auth0.requests.length;
    const submit = (crowd: typeof people) =>
      crowd.map(async (one) => ({ ...one, delivery: await one.person.submit() }));
    const early = submit(people.slice(0, count / 2));
    await slack.until(() => auth0.tickets.length >= firstTicket + count / 10, 20_000);
    // These reach it as it dies.
    const late = submit(people.slice(count / 2));
    await victim.kill();
    const results = await Promise.all([...early, ...late]);

    const refused = results.filter(({ delivery }) => !delivery.ok);
    const again = await Promise.all(refused.map(({ person }) => person.submit()));
    const accepted = results.filter(({ delivery }) => delivery.ok);
    const has = ({ person }: { person: { id: string } }) => links.has(person.id);
    await slack.until(() => refused.every(has), 60_000).catch(() => undefined);
    // What the other instance has under way is through; what is left is lost.
    for (let before = -1; before !== links.size; ) {
      before = links.size;
      await sleep(2_000);
    }

    const tickets = auth0.tickets.slice(firstTicket).filter(({ state }) => state === 'live');
    const seen = new Set(people.filter(has).map(({ name }) => name));
    const unseen = tickets.filter(({ body }) => !seen.has(body.connection_config?.name ?? ''));
    const correlation = (name: string | undefined) =>
      auth0.requests
        .slice(firstRequest)
        .find(({ body }) => JSON.stringify(body)?.includes(`"name":"${name}"`))?.headers['x-correlation-id'];
    const audit = victim.log.join('\n');
    const names = tickets.map(({ body }) => body.connection_config?.name);
    return {
      submitted: count,
      refused: refused.length,
      pressedAgain: again.filter(({ ok }) => ok).length,
      lost: accepted.filter((one) => !has(one)).length,
      unseen: unseen.length,
      found: unseen.filter(({ body }) => {
        const id = correlation(body.connection_config?.name);
        return id !== undefined && audit.includes(id);
      }).length,
      delivered: people.filter(has).length,
      twice: names.length - new Set(names).size,
    };
  } finally {
    auth0.latency = 0;
    await Promise.all([victim.kill(), other.stop()]);
  }
}
