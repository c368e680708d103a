import dns from 'node:dns';
import { afterEach, expect, it, vi } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import {
  CONTEXT,
  creates,
  fillNew,
  live,
  MODES,
  message,
  modal,
  revokes,
  startWorld,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';
import { expectLive, logged, NOTHING_HANGS_MS, untilReads } from './scenario.ts';

let world: World | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await world?.stop();
  world = undefined;
});

/** A name of its own for Slack's Web API; Auth0's is `localhost`. */
const SLACK = 'slack.localhost';

const lookup = dns.lookup;

/** From now on these names have no address, and every connection has to be made anew. */
function lose(...names: string[]): void {
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, options: object, callback: Found) => {
    if (!names.includes(host)) return lookup(host === SLACK ? '127.0.0.1' : host, options, callback);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    process.nextTick(callback, error);
  }) as typeof dns.lookup); // of its overloads, the one that connections use
  world?.auth0.dropConnections();
  world?.slack.dropConnections();
}
type Found = (error: NodeJS.ErrnoException | null) => void;

it.each(MODES)('Auth0 has no address anymore when the link is created, over %s', async (mode) => {
  world = await startWorld({ mode });
  const { maria } = world;
  await fillNew(world);
  await warm(world);
  lose('localhost');
  await maria.submit();
  await modal(world, maria, whyNoLink(new Auth0Error('unreachable')), NOTHING_HANGS_MS);
  expect(maria.value('connectionName').value).toBe('acme-corp');
  expect(creates(world)).toEqual([]);
  expect(logged(world, { call: 'POST sso-ticket', code: 'unreachable' })).toHaveLength(1);

  vi.restoreAllMocks();
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  expectLive(world, { seen: 1 });
});

it('Auth0 has no address from the start: the form says so, and opens once there is one', async () => {
  world = await startWorld();
  const { maria, sales } = world;
  lose('localhost');
  await maria.command(sales.id, '');
  await modal(
    world,
    maria,
    sentences.auth0Sentence(new Auth0Error('unreachable'), 'read', CONTEXT),
    NOTHING_HANGS_MS,
  );
  vi.restoreAllMocks();
  await maria.press(sentences.TRY_AGAIN);
  await modal(world, maria, sentences.FORM_TITLE.new);
});

it('Auth0 has no address when the link is to be revoked', async () => {
  world = await startWorld();
  const { maria, sales } = world;
  await fillNew(world);
  await maria.submit();
  const link = await message(world, maria, sales.id, sentences.OPEN_BY);
  await modal(world, maria, sentences.DONE_TITLE);
  await maria.close();
  lose('localhost');
  await maria.press(sentences.REVOKE_LINK, link);
  await untilReads(world, sentences.revokeSentence(new Auth0Error('unreachable'), 'acme-corp', CONTEXT));
  expectLive(world, { seen: 1 });
});

it('Slack has no address: the link is revoked, and a new one works once there is one', async () => {
  lose();
  world = await startWorld({
    env: (_, { apiUrl }) => ({ SLACK_API_URL: apiUrl.replace('127.0.0.1', SLACK) }),
  });
  const { maria, slack } = world;
  await fillNew(world);
  await warm(world);
  lose(SLACK);
  await maria.submit();
  await slack.until(() => world && revokes(world).length === 1 && live(world).length === 0);
  expectLive(world, { seen: 0 });
  expect(logged(world, { event: 'ticket_not_delivered' })).toHaveLength(1);

  vi.restoreAllMocks();
  lose();
  await maria.close();
  await fillNew(world);
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  expect(live(world)).toHaveLength(1);
});
