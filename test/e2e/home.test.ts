import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import {
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

describe.each(MODES)('the home tab, over %s,', (mode) => {
  it('shows your links, is redrawn when something changes, and switches to everybody’s', async () => {
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

  it('creates a link: the form asks where to show it', async () => {
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

  it('revokes a link, says so in the direct message, and shows it', async () => {
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

it('the home tab of a person without access says whom to ask', async () => {
  world = await startWorld({ env: { ALLOWED: 'U0MARIA', EDITORS: 'nobody', ACCESS_CONTACT: '#it-help' } });
  const { tom } = world;
  await tom.openHome();
  const contact = { ...CONTEXT, contact: '#it-help' };
  const view = await home(tom, sentences.accessSentence('user', contact));
  expect(buttonsIn(view)).toEqual([]);
});

it('the home tab of somebody who is no editor has no button to edit', async () => {
  world = await startWorld({ env: { EDITORS: 'nobody' } });
  const { maria } = world;
  await maria.openHome();
  const view = await home(maria, sentences.listTitle({ whose: 'mine', page: 0 }));
  expect(buttonsIn(view)).toEqual([sentences.CREATE_SSO_LINK, sentences.SHOW_LINKS.all]);
});

it('a home tab that Slack refuses is logged, and the next one is shown', async () => {
  world = await startWorld();
  const { maria, slack, log } = world;
  slack.fail('views.publish', { error: 'internal_error' });
  await maria.openHome();
  await slack.until(() => log.some((line) => line.includes('The home tab could not be shown')));
  slack.clearFaults();
  await maria.openHome();
  await home(maria, sentences.listTitle({ whose: 'mine', page: 0 }));
});
