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

/** A separate host name for Slack's Web API. Auth0's is `localhost`. */
const SLACK = 'slack.localhost';

const lookup = dns.lookup;

/** Makes DNS fail for these names from now on, and drops all connections. */
function failDns(...names: string[]): void {
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, options: object, callback: Found) => {
    if (!names.includes(host)) return lookup(host === SLACK ? '127.0.0.1' : host, options, callback);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    process.nextTick(callback, error);
  }) as typeof dns.lookup); // of its overloads, the one that connections use
  world?.auth0.dropConnections();
  world?.slack.dropConnections();
}
type Found = (error: NodeJS.ErrnoException | null) => void;

it.each(MODES)(
  'a link is refused while DNS fails for Auth0, and created when it works again, over %s',
  async (mode) => {
    world = await startWorld({ mode });
    const { maria } = world;
    await fillNew(world);
    await warm(world);
    failDns('localhost');
    await maria.submit();
    await modal(world, maria, whyNoLink(new Auth0Error('unreachable')), NOTHING_HANGS_MS);
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(creates(world)).toEqual([]);
    expect(logged(world, { call: 'POST sso-ticket', code: 'unreachable' })).toHaveLength(1);

    vi.restoreAllMocks();
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expectLive(world, { seen: 1 });
  },
);

it('the form says that Auth0 is unreachable while DNS fails for it, and opens when it works again', async () => {
  world = await startWorld();
  const { maria, sales } = world;
  failDns('localhost');
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

it('a revocation says that Auth0 is unreachable while DNS fails for it', async () => {
  world = await startWorld();
  const { maria, sales } = world;
  await fillNew(world);
  await maria.submit();
  const link = await message(world, maria, sales.id, sentences.OPEN_BY);
  await modal(world, maria, sentences.DONE_TITLE);
  await maria.close();
  failDns('localhost');
  await maria.press(sentences.REVOKE_LINK, link);
  await untilReads(world, sentences.revokeSentence(new Auth0Error('unreachable'), 'acme-corp', CONTEXT));
  expectLive(world, { seen: 1 });
});

it('a link is revoked if DNS fails for Slack, and a new one can be created when it works again', async () => {
  failDns();
  world = await startWorld({
    env: (_, { apiUrl }) => ({ SLACK_API_URL: apiUrl.replace('127.0.0.1', SLACK) }),
  });
  const { maria, slack } = world;
  await fillNew(world);
  await warm(world);
  failDns(SLACK);
  await maria.submit();
  await slack.until(() => world && revokes(world).length === 1 && live(world).length === 0);
  expectLive(world, { seen: 0 });
  expect(logged(world, { event: 'ticket_not_delivered' })).toHaveLength(1);

  vi.restoreAllMocks();
  failDns();
  await maria.close();
  await fillNew(world);
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  expect(live(world)).toHaveLength(1);
});
