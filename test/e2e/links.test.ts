import { afterEach, describe, expect, it, vi } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { existingLink } from '../../src/tickets/form/existing-link.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  buttonsIn,
  CONTEXT,
  createLink,
  creates,
  expectClean,
  fillNew,
  labelsOf,
  linkIn,
  live,
  MODES,
  message,
  modal,
  readingOf,
  revokes,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

let world: World;

async function start(options: WorldOptions = {}): Promise<void> {
  world = await startWorld(options);
}

afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const list = (person: Person, text: string) => person.command(world.sales.id, text);

const titleOf = (query: Parameters<typeof sentences.listTitle>[0]) => sentences.listTitle(query);
const MINE = titleOf({ whose: 'mine', page: 0 });
const ALL = titleOf({ whose: 'all', page: 0 });

describe.each(MODES)('/sso-ticket list (%s)', (mode) => {
  it('shows your own links with their buttons, live links first', async () => {
    await start({ mode });
    const { maria, tom, sales } = world;
    await list(maria, 'list');
    await message(world, maria, sales.id, sentences.noLinks({ whose: 'mine', page: 0 }));
    await createLink(world, { name: 'globex' });
    await createLink(world, { name: 'initech-new' });
    await createLink(world, { name: 'of-tom', person: tom });
    await list(maria, 'revoke globex');
    const found = await message(world, maria, sales.id, sentences.linkTitle('globex'));
    await maria.press(sentences.REVOKE_LINK, found);
    await message(world, maria, sales.id, sentences.revoked('globex', CONTEXT));

    await list(maria, 'list');
    const shown = await message(world, maria, sales.id, MINE);
    const read = readingOf(shown);
    expect(read.indexOf('initech-new')).toBeLessThan(read.indexOf('globex'));
    expect(read).not.toContain('of-tom');
    expect(read).toContain(sentences.LINK_STATES.revoked);
    expect(buttonsIn(shown)).toEqual([sentences.REVOKE_LINK, sentences.REPLACE_LINK, sentences.CREATE_AGAIN]);
    expect(shown).toMatchObject({ visibleTo: maria.id });
    expect(linkIn(shown)).toBeUndefined();
  });

  it('finds anyone’s links by part of a name, ignoring case and accents, and shows details', async () => {
    await start({ mode });
    const { maria, tom, sales } = world;
    await fillNew(world, { person: tom, name: 'van-saren' });
    await tom.type('displayName', 'Van Saren & Söhne');
    await tom.submit();
    await modal(world, tom, sentences.DONE_TITLE);
    await list(maria, 'list SOHNE');
    const shown = readingOf(await message(world, maria, sales.id, sentences.linkTitle('Van Saren & Söhne')));
    expect(shown).toContain('van-saren');
    expect(shown).toContain('Customer Portal');
    expect(shown).toContain(sentences.EVENT_LABELS.created);
    await list(maria, 'status nobody');
    await message(world, maria, sales.id, sentences.noLinks({ whose: 'all', text: 'nobody', page: 0 }));
  });

  it('shows ten links per page', async () => {
    await start({ mode, env: { MAX_LINKS_PER_HOUR: '100' } });
    const { maria, sales, slack } = world;
    for (let number = 0; number < 11; number += 1) await createLink(world, { name: `customer-${number}` });
    await list(maria, 'list');
    const shown = await message(world, maria, sales.id, MINE);
    expect(textOf(shown)).toContain('customer-10');
    expect(textOf(shown)).not.toMatch(/customer-0\b/);
    await maria.press(sentences.NEXT_PAGE, shown);
    await slack.until(() => /customer-0\b/.test(textOf(shown)));
    expect(buttonsIn(shown)).toContain(sentences.PREVIOUS_PAGE);
    expect(buttonsIn(shown)).not.toContain(sentences.NEXT_PAGE);
  });
});

describe('others’ links', () => {
  it('show people who are not editors no technical names and no revoke button', async () => {
    await start({ env: { EDITORS: 'U0MARIA' } });
    const { maria, tom, sales } = world;
    await fillNew(world, { name: 'secret-name' });
    await maria.type('displayName', 'Globex Inc');
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    await list(tom, 'list all');
    const shown = await message(world, tom, sales.id, ALL);
    expect(textOf(shown)).toContain('Globex Inc');
    expect(textOf(shown)).not.toContain('secret-name');
    expect(buttonsIn(shown)).toEqual([]);
    await list(tom, 'list globex');
    const one = await message(world, tom, sales.id, sentences.linkTitle('Globex Inc'));
    expect(textOf(one)).not.toContain('secret-name');
    expect(buttonsIn(one)).toEqual([sentences.FOLLOW_LINK]);
    await list(tom, 'revoke globex');
    await message(
      world,
      tom,
      sales.id,
      sentences.noLinks({ whose: 'all', text: 'globex', toRevoke: true, page: 0 }),
    );
  });

  it('can be revoked by an editor, and the receipt of the requester says who did it', async () => {
    await start({ env: { EDITORS: 'U0TOM' } });
    const { tom, sales, slack } = world;
    await createLink(world, { name: 'globex' });
    await list(tom, 'revoke globex');
    const shown = await message(world, tom, sales.id, sentences.linkTitle('globex'));
    await tom.press(sentences.REVOKE_LINK, shown);
    await message(world, tom, sales.id, sentences.revoked('globex', CONTEXT));
    expect(live(world)).toEqual([]);
    const receipt = await slack.until(() => slack.messages.find((each) => each.stored));
    await slack.until(() => textOf(receipt).includes(sentences.REVOKED_BY));
    expect(JSON.stringify(receipt.blocks)).toContain(tom.id);
  });
});

describe('“Replace link”', () => {
  it('revokes the old link and creates a new one with the same values', async () => {
    await start();
    const { maria, sales, slack } = world;
    await fillNew(world, { name: 'globex' });
    await maria.type('displayName', 'Globex Inc');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('lifetime', '86400');
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    await list(maria, 'list');
    const shown = await message(world, maria, sales.id, MINE);
    await maria.press(sentences.REPLACE_LINK, shown);
    await slack.until(() => creates(world).length === 2);
    await slack.until(() => maria.sees(sales.id).filter((each) => linkIn(each)).length === 2);
    const [first, second] = creates(world);
    expect(second?.body).toEqual(first?.body);
    expect(revokes(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
    // After a second click, the bot says that the link was already revoked.
    await maria.press(sentences.REPLACE_LINK, shown);
    await message(world, maria, sales.id, sentences.alreadyRevoked('Globex Inc'));
    expect(creates(world)).toHaveLength(2);
  });

  it('creates nothing if the old link can’t be revoked', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await createLink(world, { name: 'globex' });
    await list(maria, 'list');
    const shown = await message(world, maria, sales.id, MINE);
    auth0.fail({ method: 'POST', path: /revoke$/ }, { status: 400, body: { message: 'No' } });
    await maria.press(sentences.REPLACE_LINK, shown);
    const error = new Auth0Error('rejected');
    await message(world, maria, sales.id, sentences.revokeSentence(error, 'globex', CONTEXT));
    expect(creates(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
  });

  it('changes nothing if the values are no longer valid, and offers the form', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await createLink(world, { name: 'globex' });
    auth0.connections.push({
      id: 'con_Gl0bexSetUpByThem',
      name: 'globex',
      strategy: 'okta',
      enabled_clients: [],
    });
    await list(maria, 'edit globex');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.close();
    await list(maria, 'list');
    const shown = await message(world, maria, sales.id, MINE);
    await maria.press(sentences.REPLACE_LINK, shown);
    const taken = { code: 'connection_name_taken', name: 'globex', customer: '', isEditor: true } as const;
    const sentence = sentences.notReplaced('globex', sentences.fieldSentence(taken, CONTEXT));
    const answer = await message(world, maria, sales.id, sentence);
    expect(buttonsIn(answer)).toEqual([sentences.OPEN_FORM_AGAIN]);
    expect(revokes(world)).toEqual([]);
    expect(live(world)).toHaveLength(1);
  });
});

describe('“Create again”', () => {
  async function createRevoked(): Promise<void> {
    await createLink(world, { name: 'globex' });
    await list(world.maria, 'revoke globex');
    const shown = await message(world, world.maria, world.sales.id, sentences.linkTitle('globex'));
    await world.maria.press(sentences.REVOKE_LINK, shown);
    await message(world, world.maria, world.sales.id, sentences.revoked('globex', CONTEXT));
  }

  it('opens the form with the values of the old link', async () => {
    await start();
    const { maria, sales } = world;
    await createRevoked();
    await list(maria, 'list');
    await maria.press(sentences.CREATE_AGAIN, await message(world, maria, sales.id, MINE));
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBe('globex');
    expect(maria.value('clients').selected_options?.[0]?.text.text).toBe('Customer Portal');
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(creates(world)).toHaveLength(2);
  });

  it('opens the edit form if the connection exists now', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await createRevoked();
    auth0.connections.push({
      id: 'con_Gl0bexSetUpByThem',
      name: 'globex',
      strategy: 'okta',
      enabled_clients: [],
    });
    await list(maria, 'edit globex');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.close();
    await list(maria, 'list');
    await maria.press(sentences.CREATE_AGAIN, await message(world, maria, sales.id, MINE));
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option?.text.text).toBe('globex');
  });
});

describe('a form whose connection already has a live link', () => {
  it('asks what to do, keeps its values, and can revoke the old link first', async () => {
    await start();
    const { maria } = world;
    await createLink(world, { name: 'globex' });
    await fillNew(world, { name: 'globex' });
    await maria.type('displayName', 'Typed by hand');
    await maria.submit();
    const view = await modal(world, maria, existingLink.label);
    expect(readingOf(view)).toContain('You created it on');
    expect(labelsOf(view)[0]).toBe(existingLink.label);
    expect(maria.value('displayName').value).toBe('Typed by hand');
    expect(creates(world)).toHaveLength(1);
    // Slack's client requires a selection.
    expect(await maria.submit()).toMatchObject({ error: 'client_refused' });
    await maria.choose('existingLink', 'revoke');
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(revokes(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
    expect(creates(world)).toHaveLength(2);
  });

  it('creates the new link if the old one was revoked before the form is submitted again', async () => {
    await start();
    const { maria, sales, slack } = world;
    const link = await createLink(world, { name: 'globex' });
    await fillNew(world, { name: 'globex' });
    await maria.submit();
    await modal(world, maria, existingLink.label);
    await maria.choose('existingLink', 'revoke');
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => revokes(world).length === 1);
    await message(world, maria, sales.id, sentences.revoked('globex', CONTEXT));
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(revokes(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
  });

  it('revokes nothing if the database is too slow to say which link there is', async () => {
    await start();
    const { maria } = world;
    await createLink(world, { name: 'globex' });
    await fillNew(world, { name: 'globex' });
    await maria.submit();
    await modal(world, maria, existingLink.label);
    await maria.choose('existingLink', 'revoke');
    const list = vi.spyOn(TicketStore.prototype, 'list').mockRejectedValue(new Error('slow'));
    await maria.submit();
    list.mockRestore();
    expect(maria.errors.existingLink).toBe(sentences.recordsUnavailable(CONTEXT));
    expect(live(world)).toHaveLength(1);
    expect(creates(world)).toHaveLength(1);
  });

  it('lets other people only keep the link, and says who created it', async () => {
    await start({ env: { EDITORS: 'U0MARIA' } });
    const { tom } = world;
    await createLink(world, { name: 'globex' });
    await fillNew(world, { person: tom, name: 'globex' });
    await tom.submit();
    const view = await modal(world, tom, existingLink.label);
    expect(readingOf(view)).toMatch(/Maria.* created it on/);
    const options = view.blocks.find(({ block_id }) => block_id === 'existingLink')?.element?.options;
    expect(options?.map(({ value }) => value)).toEqual(['keep']);
    await tom.choose('existingLink', 'keep');
    await tom.submit();
    await modal(world, tom, sentences.DONE_TITLE);
    expect(live(world)).toHaveLength(2);
  });

  it('creates nothing if the existing link can’t be revoked', async () => {
    await start();
    const { maria, auth0 } = world;
    await createLink(world, { name: 'globex' });
    await warm(world);
    await fillNew(world, { name: 'globex' });
    await maria.submit();
    await modal(world, maria, existingLink.label);
    await maria.choose('existingLink', 'revoke');
    auth0.fail({ method: 'POST', path: /revoke$/ }, { status: 400, body: { message: 'No' } });
    await maria.submit();
    const error = new Auth0Error('rejected');
    const view = await modal(world, maria, sentences.revokeSentence(error, 'globex', CONTEXT));
    expect(view.title.text).toBe(sentences.FORM_TITLE.new);
    expect(creates(world)).toHaveLength(1);
  });
});
