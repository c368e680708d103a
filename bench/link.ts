import type { Links, World } from './world.ts';
import { fillIn, median, newName, newPerson } from './world.ts';

/** Medians, in ms: from submission to link, and of the same two HTTP calls made bare. */
export interface LinkTimes {
  link: number;
  floor: number;
}

/** So many come before, untimed: compilers take their time, and a bot is up for days. */
const WARM_UP = 50;

/** Times links and their floor in turn, so that both meet the same noise. */
export async function timeLinks(world: World, links: Links, count: number): Promise<LinkTimes> {
  const token = await bareToken(world);
  for (let index = 0; index < WARM_UP; index += 1) {
    await timeLink(world, links);
    await timeFloor(world, links, token);
  }
  const times = { link: [] as number[], floor: [] as number[] };
  for (let index = 0; index < count; index += 1) {
    times.link.push(await timeLink(world, links));
    times.floor.push(await timeFloor(world, links, token));
  }
  return { link: median(times.link), floor: median(times.floor) };
}

/** From submission to link, in ms. */
export async function timeLink(world: World, links: Links): Promise<number> {
  const person = newPerson(world, 'One by one');
  await fillIn(world, person, newName());
  const from = performance.now();
  await person.submit();
  const { at } = await world.slack.until(() => links.get(person.id), 20_000);
  // Until the modal says so too, and nothing of this ticket is under way any more.
  await world.slack.until(() => !person.modal || /ready/.test(person.modal.title.text), 5_000).catch(() => 0);
  return at - from;
}

/** The two calls of a ticket, bare: the create call, and a post to a `response_url` of the last link's own size. */
async function timeFloor(world: World, links: Links, token: string): Promise<number> {
  const { auth0, slack, channel } = world;
  const profile = auth0.profiles[0]?.id;
  const client = auth0.clients.find(({ name }) => name === 'Customer Portal')?.client_id;
  const { id } = newPerson(world, 'Bare');
  const responseUrl = slack.responseUrl(channel.id, id);
  const message = [...links.values()].at(-1)?.message;
  const ticket = JSON.stringify({ connection_config: { name: newName() }, enabled_clients: [client] });
  const post = JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...content(message) });
  const json = { 'content-type': 'application/json' };

  const from = performance.now();
  const created = await fetch(`https://${auth0.domain}/api/v2/self-service-profiles/${profile}/sso-ticket`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${token}` },
    body: ticket,
  });
  await created.text();
  const posted = await fetch(responseUrl, { method: 'POST', headers: json, body: post });
  await posted.text();
  const ms = performance.now() - from;
  if (!created.ok || !posted.ok) throw new Error(`The floor failed: ${created.status}, ${posted.status}`);
  return ms;
}

const content = (message: { text: string; blocks: unknown } | undefined) => ({
  text: message?.text,
  blocks: message?.blocks,
});

async function bareToken({ auth0 }: World): Promise<string> {
  const answer = await fetch(`https://${auth0.domain}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: auth0.clientId,
      client_secret: auth0.clientSecret,
      audience: `https://${auth0.domain}/api/v2/`,
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string }; // the stand-in's own answer
  return access_token;
}
