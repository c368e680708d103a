import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../stand-ins/slack/server.ts';
import {
  expectClean,
  fillNew,
  linkIn,
  MODES,
  message,
  modal,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const LINK = /SSO link for acme-corp/;

let world: World;
/** A server that isn't Slack's and accepts everything. */
let foreign: Server;
let foreignUrl: string;
const received: string[] = [];

beforeEach(async () => {
  received.length = 0;
  foreign = createServer((request, response) => {
    received.push(request.url ?? '');
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
});
afterEach(async () => {
  expect(received).toEqual([]);
  expectClean(world);
  await world.stop();
  foreign.close();
});

describe.each(MODES)('a response_url over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode });
  });

  it("that isn't Slack's receives no link, even if it comes back sealed in the form", async () => {
    const { maria, sales, slack } = world;
    slack.alter = (payload) =>
      'command' in payload ? { ...payload, response_url: `${foreignUrl}/x` } : payload;
    await fillNew(world);
    await maria.submit();
    expect(await message(world, maria, sales.id, LINK)).toMatchObject({ via: 'chat.postEphemeral' });
    await modal(world, maria, /Your link is ready/);
    expect(world.log.join()).toContain("The response_url is not one of Slack's");
    expect(world.log.join()).not.toContain(foreignUrl);
  });

  it("that isn't Slack's receives no answer to a click or a command", async () => {
    const { maria, tom, sales, slack } = world;
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, LINK);
    await modal(world, maria, /Your link is ready/);
    await maria.close();
    slack.alter = (payload) => ({ ...payload, response_url: `${foreignUrl}/x` });
    await maria.press('Revoke link', link);
    await slack.until(() => maria.sees(sales.id).find((each) => /no longer works/.test(textOf(each))));
    await tom.command(sales.id, 'profiles');
    await message(world, tom, sales.id, /couldn't post the list of profiles/);
    await tom.command(sales.id, 'help');
    expect(await message(world, tom, sales.id, /You can type/)).toMatchObject({ via: 'chat.postEphemeral' });
  });

  it('for another conversation is skipped if the form also has the right one', async () => {
    const { maria, tom, sales, secret, slack } = world;
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.choose('conversation', sales.id);
    const wrong = (url: string, channel_id: string): Json => ({
      block_id: 'conversation',
      action_id: 'conversation',
      channel_id,
      response_url: url,
    });
    let own: Json[] = [];
    slack.alter = (payload) => {
      own = payload.response_urls as Json[];
      // The first one belongs to another conversation and another person.
      return { ...payload, response_urls: [wrong(slack.responseUrl(secret.id, tom.id), secret.id), ...own] };
    };
    await maria.submit();
    expect(await message(world, maria, sales.id, LINK)).toMatchObject({ via: 'response_url' });
    expect(own).toHaveLength(1);
    expect(tom.sees(secret.id)).toEqual([]);
  });

  it('for another conversation is not used, even if the form has no other', async () => {
    const { maria, sales, secret, slack } = world;
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.choose('conversation', sales.id);
    const response_url = slack.responseUrl(secret.id, maria.id);
    slack.alter = (payload) => ({ ...payload, response_urls: [{ channel_id: secret.id, response_url }] });
    await maria.submit();
    expect(await message(world, maria, sales.id, LINK)).toMatchObject({ via: 'chat.postEphemeral' });
    expect(slack.messages.filter((each) => linkIn(each))).toHaveLength(1);
  });
});
