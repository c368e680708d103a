import { afterEach, beforeEach, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import {
  expectClean,
  fillNew,
  MAYBE_MADE,
  message,
  modal,
  says,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

it('delivers an HTTP link if Auth0 runs on localhost', async () => {
  const { auth0, maria, sales } = world;
  await auth0.openLinksOverHttp();
  await fillNew(world);
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  await message(world, maria, sales.id, `${auth0.linkOrigin}/`);
  expect(auth0.linkOrigin).toMatch(/^http:\/\/localhost:/);
});

it.each(['http://acme.eu.auth0.com', 'http://localhost.evil.com', 'http://user@localhost:4180'])(
  'does not deliver a link to %s, and says that one may exist',
  async (origin) => {
    const { auth0, maria, slack } = world;
    auth0.linkOrigin = origin;
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, MAYBE_MADE);
    expect(slack.messages.filter((each) => says(textOf(each), origin))).toEqual([]);
  },
);
