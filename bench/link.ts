import { DONE_TITLE } from '../src/slack/sentences.ts';
import { requestToken } from '../stand-ins/auth0/request-token.ts';
import type { Links, World } from './world.ts';
import { fillIn, median, newName, newPerson } from './world.ts';

/** Medians in ms: from submission to link, and for the same two HTTP calls without a bot. */
export interface LinkTimes {
  link: number;
  baseline: number;
}

/** Links before the measurement, so that the code is compiled. */
const WARM_UP = 50;

/** Alternates between links and the baseline, so that noise affects both. */
export async function timeLinks(world: World, links: Links, count: number): Promise<LinkTimes> {
  const token = await requestToken(world.auth0);
  for (let index = 0; index < WARM_UP; index += 1) {
    await timeLink(world, links);
    await timeBaseline(world, links, token);
  }
  const times = { link: [] as number[], baseline: [] as number[] };
  for (let index = 0; index < count; index += 1) {
    times.link.push(await timeLink(world, links));
    times.baseline.push(await timeBaseline(world, links, token));
  }
  return { link: median(times.link), baseline: median(times.baseline) };
}

/** From submission to link, in ms. */
export async function timeLink(world: World, links: Links): Promise<number> {
  const person = newPerson(world, 'Single');
  await fillIn(world, person, newName());
  const start = performance.now();
  await person.submit();
  const { at } = await world.slack.until(() => links.get(person.id), 20_000);
  // Wait for the modal too, so that this ticket is finished.
  await world.slack
    .until(() => !person.modal || person.modal.title.text === DONE_TITLE, 5_000)
    .catch(() => 0);
  return at - start;
}

/** Times the create call and a post to a `response_url`, with the content of the last link. */
async function timeBaseline(world: World, links: Links, token: string): Promise<number> {
  const { auth0, slack, channel } = world;
  const profile = auth0.profiles[0]?.id;
  const client = auth0.clients.find(({ name }) => name === 'Customer Portal')?.client_id;
  const { id } = newPerson(world, 'Baseline');
  const responseUrl = slack.responseUrl(channel.id, id);
  const message = [...links.values()].at(-1)?.message;
  const ticket = JSON.stringify({ connection_config: { name: newName() }, enabled_clients: [client] });
  const post = JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...content(message) });
  const json = { 'content-type': 'application/json' };

  const start = performance.now();
  const created = await fetch(`https://${auth0.domain}/api/v2/self-service-profiles/${profile}/sso-ticket`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${token}` },
    body: ticket,
  });
  await created.text();
  const posted = await fetch(responseUrl, { method: 'POST', headers: json, body: post });
  await posted.text();
  const ms = performance.now() - start;
  if (!created.ok || !posted.ok) throw new Error(`The baseline failed: ${created.status}, ${posted.status}`);
  return ms;
}

const content = (message: { text: string; blocks: unknown } | undefined) => ({
  text: message?.text,
  blocks: message?.blocks,
});
