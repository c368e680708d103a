import type { Links, World } from './world.ts';
import { crowd } from './world.ts';

/** What came of many forms that were submitted at once. */
export interface Burst {
  /** People with a link; people with their form back. */
  delivered: number;
  givenBack: number;
  /** When the last link came, and the longest that anybody was left without a word; in ms. */
  lastMs: number;
  silenceMs: number;
  /** Live tickets whose link nobody got, and connection names with more than one live ticket. */
  unseen: number;
  twice: number;
  /** Create calls for each link. */
  calls: number;
}

const PATIENCE_MS = 60_000;

/** Submits so many forms at once to a tenant that takes 10 requests a second, and waits until nothing moves. */
export async function burst(world: World, links: Links, count: number): Promise<Burst> {
  const { slack, auth0 } = world;
  const people = await crowd(world, count);
  auth0.rateLimit = { perSecond: 10, burst: 10 };
  const before = {
    tickets: auth0.tickets.length,
    requests: auth0.requests.length,
    calls: slack.calls.length,
  };
  const from = performance.now();
  const began = Date.now();
  const views = new Map(people.map(({ person }) => [person.modal?.id, person]));
  await Promise.all(people.map(({ person }) => person.submit()));
  const has = ({ person }: (typeof people)[number]) => links.has(person.id);
  const isBack = ({ person }: (typeof people)[number]) => !links.has(person.id) && person.modal?.submit;
  await slack.until(() => people.every((one) => has(one) || isBack(one)), PATIENCE_MS).catch(() => undefined);
  auth0.rateLimit = undefined;

  const arrived = people.filter(has);
  const at = ({ person }: (typeof people)[number]) => (links.get(person.id)?.at ?? from) - from;
  const live = auth0.tickets.slice(before.tickets).filter(({ state }) => state === 'live');
  const names = live.map(({ body }) => body.connection_config?.name);
  const creates = auth0.requests.slice(before.requests).filter(({ path }) => path.endsWith('/sso-ticket'));
  /** What each person saw happen, in ms from the beginning: the answer to the submission, each word, the link. */
  const events = new Map(people.map((one) => [one.person.id, [0, ...(has(one) ? [at(one)] : [])]]));
  for (const { method, args, at } of slack.calls.slice(before.calls)) {
    const person = method === 'views.update' ? views.get(String(args.view_id)) : undefined;
    if (person) events.get(person.id)?.push(at - began);
  }
  const gaps = [...events.values()].map((times) => {
    const sorted = times.toSorted((a, b) => a - b);
    return Math.max(...sorted.map((time, index) => time - (sorted[index - 1] ?? 0)));
  });
  return {
    delivered: arrived.length,
    givenBack: people.filter(isBack).length,
    lastMs: Math.max(0, ...arrived.map(at)),
    silenceMs: Math.max(...gaps),
    unseen: live.length - arrived.length,
    twice: names.length - new Set(names).size,
    calls: creates.length / Math.max(arrived.length, 1),
  };
}
