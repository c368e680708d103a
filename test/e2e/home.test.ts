import { afterEach, describe, expect, it } from 'vitest';
import { runRevoke } from '../../src/commands.ts';
import { readConfig } from '../../src/config/environment.ts';
import * as sentences from '../../src/slack/sentences.ts';
import {
  botSettings,
  buttonsIn,
  CONTEXT,
  createLink,
  creates,
  expectClean,
  linkIn,
  live,
  MODES,
  message,
  modal,
  readingOf,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;

afterEach(async () => {
  expectClean(world);
  await world.stop();
});

/** Waits until a person's home tab says this. */
const home = (person: World['maria'], words: string) =>
  world.slack.until(() => {
    const view = person.home;
    return view && readingOf(view).includes(words) ? view : undefined;
  });

describe.each(MODES)('the home tab (%s)', (mode) => {
  it('shows your links, updates after a change, and can show everyone’s links', async () => {
    world = await startWorld({ mode, env: { TENANT_LABEL: 'Production EU' } });
    const { maria, tom } = world;
    await maria.openHome();
    const empty = await home(maria, sentences.noLinks({ whose: 'mine', page: 0 }));
    expect(textOf(empty)).toContain('Production EU');
    expect(buttonsIn(empty)).toEqual([
      sentences.CREATE_SSO_LINK,
      sentences.EDIT_A_CONNECTION,
      sentences.SHOW_LINKS.all,
    ]);
    await createLink(world, { name: 'globex' });
    const shown = await home(maria, sentences.LINK_STATES.delivered);
    expect(textOf(shown)).toContain('globex');
    expect(JSON.stringify(shown)).not.toContain('connections-flow');
    await createLink(world, { name: 'of-tom', person: tom });
    expect(textOf(maria.home)).not.toContain('of-tom');
    await maria.pressHome(sentences.SHOW_LINKS.all);
    expect(buttonsIn(await home(maria, 'of-tom'))).toContain(sentences.SHOW_LINKS.mine);
  });

  it('creates a link in the conversation chosen in the form', async () => {
    world = await startWorld({ mode });
    const { maria, sales } = world;
    await maria.openHome();
    await home(maria, sentences.listTitle({ whose: 'mine', page: 0 }));
    await maria.pressHome(sentences.CREATE_SSO_LINK);
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('displayName', 'Globex Inc');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.choose('conversation', sales.id);
    await maria.submit();
    expect(linkIn(await message(world, maria, sales.id, sentences.linkTitle('Globex Inc')))).toBeDefined();
    expect(creates(world)).toHaveLength(1);
  });

  it('revokes a link, shows it as revoked, and confirms it in a direct message', async () => {
    world = await startWorld({ mode });
    const { maria, slack } = world;
    await createLink(world, { name: 'globex' });
    await maria.openHome();
    await home(maria, sentences.LINK_STATES.delivered);
    await maria.pressHome(sentences.REVOKE_LINK);
    await home(maria, sentences.LINK_STATES.revoked);
    expect(live(world)).toEqual([]);
    await slack.until(() =>
      slack.messages.find(
        (each) => !each.stored && textOf(each).includes(sentences.revoked('globex', CONTEXT)),
      ),
    );
  });
});

it('the home tab tells people without access who to ask', async () => {
  world = await startWorld({ env: { ALLOWED: 'U0MARIA', EDITORS: 'nobody', ACCESS_CONTACT: '#it-help' } });
  const { tom } = world;
  await tom.openHome();
  const contact = { ...CONTEXT, contact: '#it-help' };
  const view = await home(tom, sentences.accessSentence('user', contact));
  expect(buttonsIn(view)).toEqual([]);
});

it('the home tab has no edit button for people who are not editors', async () => {
  world = await startWorld({ env: { EDITORS: 'nobody' } });
  const { maria } = world;
  await maria.openHome();
  const view = await home(maria, sentences.listTitle({ whose: 'mine', page: 0 }));
  expect(buttonsIn(view)).toEqual([sentences.CREATE_SSO_LINK, sentences.SHOW_LINKS.all]);
});

it('logs a home tab that Slack rejects, and shows the next one', async () => {
  world = await startWorld();
  const { maria, slack, log } = world;
  slack.fail('views.publish', { error: 'internal_error' });
  await maria.openHome();
  await slack.until(() => log.some((line) => line.includes('The home tab could not be shown')));
  slack.clearFaults();
  await maria.openHome();
  await home(maria, sentences.listTitle({ whose: 'mine', page: 0 }));
});

it('shows what another process has changed, and is published only then', async () => {
  world = await startWorld({ homeIntervalMs: 50 });
  const { maria, slack, auth0, database } = world;
  await createLink(world, { name: 'globex' });
  await maria.openHome();
  await home(maria, sentences.LINK_STATES.delivered);
  const published = () => slack.calls.filter(({ method }) => method === 'views.publish').length;
  const before = published();
  const config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
  await runRevoke(config, [creates(world)[0]?.headers['x-correlation-id'] ?? '']);
  await home(maria, sentences.LINK_STATES.revoked);
  expect(published()).toBe(before + 1);
});
