import type { Links, World } from './world.ts';
import { fillForms } from './world.ts';

/** The result of many simultaneous submissions. */
export interface Burst {
  /** Users who got a link, and users who got their form back. */
  delivered: number;
  returned: number;
  /** The time until the last link, and the longest time that a user saw no update, in ms. */
  lastMs: number;
  longestWaitMs: number;
  /** Live tickets with a link that nobody got, and additional live tickets for the same connection name. */
  undelivered: number;
  duplicates: number;
  /** Create calls per link. */
  calls: number;
}

const TIMEOUT_MS = 60_000;

/** Submits `count` forms together, with a limit of 10 Auth0 requests per second, and waits for all results. */
export async function burst(world: World, links: Links, count: number): Promise<Burst> {
  const { slack, auth0 } = world;
  const people = await fillForms(world, count);
  auth0.rateLimit = { perSecond: 10, burst: 10 };
  const before = {
    tickets: auth0.tickets.length,
    requests: auth0.requests.length,
    calls: slack.calls.length,
  };
  const start = performance.now();
  const startDate = Date.now();
  const views = new Map(people.map(({ person }) => [person.modal?.id, person]));
  await Promise.all(people.map(({ person }) => person.submit()));
  const has = ({ person }: (typeof people)[number]) => links.has(person.id);
  const isBack = ({ person }: (typeof people)[number]) => !links.has(person.id) && person.modal?.submit;
  await slack.until(() => people.every((one) => has(one) || isBack(one)), TIMEOUT_MS).catch(() => undefined);
  auth0.rateLimit = undefined;

  const arrived = people.filter(has);
  const at = ({ person }: (typeof people)[number]) => (links.get(person.id)?.at ?? start) - start;
  const live = auth0.tickets.slice(before.tickets).filter(({ state }) => state === 'live');
  const names = live.map(({ body }) => body.connection_config?.name);
  const creates = auth0.requests.slice(before.requests).filter(({ path }) => path.endsWith('/sso-ticket'));
  /** When each user saw an update, in ms from the start: acknowledgement, progress, link. */
  const events = new Map(people.map((one) => [one.person.id, [0, ...(has(one) ? [at(one)] : [])]]));
  for (const { method, args, at } of slack.calls.slice(before.calls)) {
    const person = method === 'views.update' ? views.get(String(args.view_id)) : undefined;
    if (person) events.get(person.id)?.push(at - startDate);
  }
  const gaps = [...events.values()].map((times) => {
    const sorted = times.toSorted((a, b) => a - b);
    return Math.max(...sorted.map((time, index) => time - (sorted[index - 1] ?? 0)));
  });
  return {
    delivered: arrived.length,
    returned: people.filter(isBack).length,
    lastMs: Math.max(0, ...arrived.map(at)),
    longestWaitMs: Math.max(...gaps),
    undelivered: live.length - arrived.length,
    duplicates: names.length - new Set(names).size,
    calls: creates.length / Math.max(arrived.length, 1),
  };
}
