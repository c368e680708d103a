import { DONE_TITLE } from '../src/slack/sentences.ts';
import { requestToken } from '../stand-ins/auth0/request-token.ts';
import type { Organization } from '../stand-ins/auth0/tenant.ts';
import type { Links, World } from './world.ts';
import { fillIn, median, newName, newPerson } from './world.ts';

/** Medians in ms: from submission to link, and for the same HTTP calls without a bot. */
export interface LinkTimes {
  link: number;
  baseline: number;
}

/** Links before the measurement, so that the code is compiled. */
export const WARM_UP = 50;

/**
 * Alternates between links and the baseline, so that noise affects both.
 *
 * @param organizations one for each link, if it has one: the bot remembers its connections for a minute
 */
export async function timeLinks(
  world: World,
  links: Links,
  count: number,
  organizations: Organization[] = [],
): Promise<LinkTimes> {
  const token = await requestToken(world.auth0);
  const times = { link: [] as number[], baseline: [] as number[] };
  for (let index = 0; index < WARM_UP + count; index += 1) {
    const link = await timeLink(world, links, organizations[index]);
    const baseline = await timeBaseline(world, links, token, organizations[index]);
    if (index < WARM_UP) continue;
    times.link.push(link);
    times.baseline.push(baseline);
  }
  return { link: median(times.link), baseline: median(times.baseline) };
}

/** From submission to link, in ms. */
export async function timeLink(world: World, links: Links, organization?: Organization): Promise<number> {
  const person = newPerson(world, 'Single');
  await fillIn(world, person, newName());
  if (organization) {
    const name = organization.display_name ?? organization.name;
    await person.pick('organizations', { type: name, take: name });
  }
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
async function timeBaseline(
  world: World,
  links: Links,
  token: string,
  organization: Organization | undefined,
): Promise<number> {
  const { auth0, slack, channel } = world;
  const profile = auth0.profiles[0]?.id;
  const client = auth0.clients.find(({ name }) => name === 'Customer Portal')?.client_id;
  const { id } = newPerson(world, 'Baseline');
  const responseUrl = slack.responseUrl(channel.id, id);
  const message = [...links.values()].at(-1)?.message;
  const ticket = JSON.stringify({
    connection_config: { name: newName() },
    enabled_clients: [client],
    ...(organization && { enabled_organizations: [{ organization_id: organization.id }] }),
  });
  const post = JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...content(message) });
  const json = { 'content-type': 'application/json' };

  const authorization = `Bearer ${token}`;
  const api = `https://${auth0.domain}/api/v2`;

  const start = performance.now();
  if (organization) {
    await send(`${api}/organizations/${organization.id}/enabled_connections`, { headers: { authorization } });
  }
  await send(`${api}/self-service-profiles/${profile}/sso-ticket`, {
    method: 'POST',
    headers: { ...json, authorization },
    body: ticket,
  });
  await send(responseUrl, { method: 'POST', headers: json, body: post });
  return performance.now() - start;
}

/** @throws if the request is refused */
async function send(url: string, request: RequestInit): Promise<void> {
  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`The baseline failed: ${response.status} ${text}`);
}

const content = (message: { text: string; blocks: unknown } | undefined) => ({
  text: message?.text,
  blocks: message?.blocks,
});
