import { setTimeout as sleep } from 'node:timers/promises';
import { fillForms, type Links, startBot, type World } from './world.ts';

/** The result of a burst in which one of two instances is killed. */
export interface KillResult {
  submitted: number;
  /** Submissions that Slack reported as failed. */
  refused: number;
  /** Of these, submissions that the other instance accepted when the user submitted again. */
  retried: number;
  /** Submissions that the killed instance acknowledged, without a link. */
  lost: number;
  /** Of these, people who were told by the other instance. */
  told: number;
  /** Live tickets with a link that nobody got, after the other instance has revoked those that it knows. */
  undelivered: number;
  /** Of these, tickets in the audit log of the killed instance. */
  audited: number;
  /** Users who got a link. */
  delivered: number;
  /** Additional live tickets for the same connection name. */
  duplicates: number;
}

/** The other instance takes over what the killed one began 20 seconds after its last heartbeat. */
const TOLD_WITHIN_MS = 60_000;

/** Runs a burst on two instances over Socket Mode, and kills one of them halfway. */
export async function killOne(world: World, links: Links, count: number): Promise<KillResult> {
  const { slack, auth0 } = world;
  const victim = await startBot(world, 'bot', 'socket');
  const other = await startBot(world, 'bot', 'socket');
  try {
    // Slack sends each step of a form to either instance.
    const people = await fillForms(world, count);
    auth0.latency = 300;
    const firstTicket = auth0.tickets.length;
    const firstRequest = auth0.requests.length;
    const submit = (some: typeof people) =>
      some.map(async (one) => ({ ...one, delivery: await one.person.submit() }));
    const early = submit(people.slice(0, count / 2));
    await slack.until(() => auth0.tickets.length >= firstTicket + count / 10, 20_000);
    // These arrive while the instance is killed.
    const late = submit(people.slice(count / 2));
    await victim.kill();
    const results = await Promise.all([...early, ...late]);

    const refused = results.filter(({ delivery }) => !delivery.ok);
    const again = await Promise.all(refused.map(({ person }) => person.submit()));
    const accepted = results.filter(({ delivery }) => delivery.ok);
    const has = ({ person }: { person: { id: string } }) => links.has(person.id);
    await slack.until(() => refused.every(has), 60_000).catch(() => undefined);
    // Wait until the other instance has delivered its links. The others are lost.
    for (let before = -1; before !== links.size; ) {
      before = links.size;
      await sleep(2_000);
    }
    const lost = accepted.filter((one) => !has(one));
    const isTold = ({ name }: { name: string }) =>
      slack.messages.some(
        ({ via, blocks }) => via === 'chat.postMessage' && JSON.stringify(blocks).includes(name),
      );
    await slack.until(() => lost.every(isTold), TOLD_WITHIN_MS).catch(() => undefined);

    const tickets = auth0.tickets.slice(firstTicket).filter(({ state }) => state === 'live');
    const seen = new Set(people.filter(has).map(({ name }) => name));
    const undelivered = tickets.filter(({ body }) => !seen.has(body.connection_config?.name ?? ''));
    const correlation = (name: string | undefined) =>
      auth0.requests
        .slice(firstRequest)
        .find(({ body }) => JSON.stringify(body)?.includes(`"name":"${name}"`))?.headers['x-correlation-id'];
    const audit = victim.log.join('\n');
    const names = tickets.map(({ body }) => body.connection_config?.name);
    return {
      submitted: count,
      refused: refused.length,
      retried: again.filter(({ ok }) => ok).length,
      lost: lost.length,
      told: lost.filter(isTold).length,
      undelivered: undelivered.length,
      audited: undelivered.filter(({ body }) => {
        const id = correlation(body.connection_config?.name);
        return id !== undefined && audit.includes(id);
      }).length,
      delivered: people.filter(has).length,
      duplicates: names.length - new Set(names).size,
    };
  } finally {
    auth0.latency = 0;
    await Promise.all([victim.kill(), other.stop()]);
  }
}
