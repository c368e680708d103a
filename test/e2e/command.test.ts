import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/lib/version.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { commandHelp } from '../../src/slack/subcommands.ts';
import {
  ANY,
  buttonsIn,
  CONTEXT,
  expectClean,
  expectInert,
  like,
  MODES,
  message,
  modal,
  readingOf,
  startWorld,
  textOf,
  type World,
  warm,
} from '../harness.ts';

let world: World;

async function closeModal() {
  if (world.maria.modal) await world.maria.close();
}

/** Waits for the message that follows the first `before` messages of a conversation. */
function newMessage(channel: string, before: number) {
  return world.slack.until(() => world.maria.sees(channel)[before]);
}

describe.each(MODES)('/sso-ticket (%s)', (mode) => {
  beforeAll(async () => {
    world = await startWorld({ mode });
  });
  afterEach(async () => {
    expectClean(world);
    await closeModal();
  });
  afterAll(() => world.stop());

  it.each(['', '   ', '\t\n'])('opens an empty form for %j', async (typed) => {
    const { maria, sales } = world;
    expect(await maria.command(sales.id, typed)).toMatchObject({ ok: true });
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBeNull();
    expect(maria.value('displayName').value).toBeNull();
    expect(maria.value('organizations').selected_options).toEqual([]);
    expect(maria.value('clients').selected_options).toEqual([]);
  });

  it.each(['acme-corp', '  acme-corp  ', 'ACME'])('fills in both names for %j', async (typed) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBe(typed.trim().toLowerCase());
    expect(maria.value('displayName').value).toBe(typed.trim());
  });

  it.each([
    ['Acme & Söhne GmbH', 'Acme & Söhne GmbH', 'acme-soehne-gmbh'],
    ['Acme &amp; Söhne GmbH', 'Acme & Söhne GmbH', 'acme-soehne-gmbh'],
    ['  Acme   Corp ', 'Acme Corp', 'acme-corp'],
    ['&lt;Acme&gt;', '<Acme>', 'acme'],
    ['株式会社', '株式会社', null],
  ])('turns %j into the display name %j and the connection name %j', async (typed, display, name) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('displayName').value).toBe(display);
    expect(maria.value('connectionName').value).toBe(name);
  });

  it.each([
    ['Globex Inc', 'org_Glx3uBq7Ns5Vt1Ke', 'Globex Inc'],
    ['gLOBEX iNC', 'org_Glx3uBq7Ns5Vt1Ke', 'Globex Inc'],
    ['globex', 'org_Glx3uBq7Ns5Vt1Ke', 'Globex Inc'],
    ['Stark-Industries', 'org_Sta7nMb3Vx5Cz1Lk', 'Stark Industries'],
    ['van saren &amp; söhne &lt;gmbh&gt;', 'org_Vns9jHg5Fd1Sa7Qe', 'Van Saren & Söhne <GmbH>'],
  ])('selects the organization for %j', async (typed, value, shown) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('organizations').selected_options).toMatchObject([{ value, text: { text: shown } }]);
  });

  it('does not select an organization by part of its name', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, 'glob');
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('organizations').selected_options).toEqual([]);
  });

  it.each(['edit', ' EDIT ', '\tEdit\n'])('opens the edit form for %j', async (typed) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toBeNull();
  });

  it.each([
    'edit initech-saml',
    'EDIT   initech-saml ',
    'edit Initech',
    'edit iNITECH',
    'edit con_In6tEc2Hs8Ml4Pq0',
  ])('selects the connection for %j', async (typed) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toMatchObject({
      value: 'con_In6tEc2Hs8Ml4Pq0',
      text: { text: 'initech-saml' },
    });
  });

  it('says that no connection was found, and offers a similar one, a search, and a new one', async () => {
    const { maria, tom, secret } = world;
    await maria.command(secret.id, 'edit Initec');
    const answer = await message(world, maria, secret.id, sentences.connectionNotFound('Initec', true, true));
    expect(answer.visibleTo).toBe(maria.id);
    expect(tom.sees(secret.id)).not.toContain(answer);
    expect(maria.modal).toBeUndefined();
    expect(buttonsIn(answer)).toEqual([
      sentences.editConnection('initech-saml'),
      sentences.FIND_CONNECTION,
      sentences.NEW_CONNECTION,
    ]);

    await maria.press(sentences.FIND_CONNECTION, answer);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toBeNull();
    await maria.close();

    await maria.press(sentences.editConnection('initech-saml'), answer);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toMatchObject({ value: 'con_In6tEc2Hs8Ml4Pq0' });
    await maria.close();

    await maria.press(sentences.NEW_CONNECTION, answer);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('displayName').value).toBe('Initec');
    expect(maria.value('connectionName').value).toBe('initec');
  });

  it('finds a connection that was created after the list was loaded', async () => {
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await warm(world);
    await maria.close();
    auth0.connections.push({
      id: 'con_Nw1nWe2Rt3Yu4Io5',
      name: `brand-new-${mode}`,
      strategy: 'okta',
      enabled_clients: [],
    });
    await maria.command(sales.id, `edit brand-new-${mode}`);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toMatchObject({ value: 'con_Nw1nWe2Rt3Yu4Io5' });
    auth0.connections.pop();
  });

  it.each(['edit Username-Password-Authentication', 'edit google-oauth2', 'edit con_Go1gLe5Xz9Cv3Bn7'])(
    'rejects %j because a link cannot edit such a connection',
    async (typed) => {
      const { maria, secret } = world;
      const before = maria.sees(secret.id).length;
      await maria.command(secret.id, typed);
      const answer = await newMessage(secret.id, before);
      expect(textOf(answer)).toMatch(
        like(sentences.editSentence({ code: 'connection_not_editable', name: ANY, strategy: ANY }, CONTEXT)),
      );
      expect(textOf(answer)).toMatch(/Username-Password-Authentication|google-oauth2/);
      expect(buttonsIn(answer)).toContain(sentences.FIND_CONNECTION);
    },
  );

  it.each(['help', ' HELP ', 'Help'])('shows help for %j', async (typed) => {
    const { maria, tom, secret } = world;
    const before = maria.sees(secret.id).length;
    await maria.command(secret.id, typed);
    const help = await newMessage(secret.id, before);
    expect(help.visibleTo).toBe(maria.id);
    expect(tom.sees(secret.id)).not.toContain(help);
    for (const [line, does] of commandHelp('/sso-ticket')) {
      expect(readingOf(help)).toContain(`${line} – ${does}`);
    }
  });

  it.each(['profiles', ' PROFILES\n'])('posts the list of profiles to the channel for %j', async (typed) => {
    const { maria, tom, sales } = world;
    const before = tom.sees(sales.id).length;
    await maria.command(sales.id, typed);
    const list = await world.slack.until(() => tom.sees(sales.id)[before]);
    expect(textOf(list)).toContain(sentences.profileCount(2));
    expect(list.visibleTo).toBeUndefined();
  });

  it.each([
    ['4,000 letters', 'x'.repeat(4000)],
    ['“edit” with 3,995 letters', `edit ${'x'.repeat(3995)}`],
    ['1,333 words', 'ab '.repeat(1333)],
    ['2,000 emoji', '😀'.repeat(2000)],
    ['“edit” with emoji', `edit ${'😀'.repeat(100)}`],
    ['a mention', '<!channel>'],
    ['an escaped mention', '&lt;!channel&gt;'],
    ['“edit” with mentions and a link', 'edit <!channel> <@U123> <https://evil.example|here>'],
    ['quotes', `'"\`\\ "edit"`],
    ['text that is escaped more than once', '&amp;amp;lt;'],
    ['control characters', 'a\u0000b\u0007c\u001b[31m'],
    ['half an emoji', 'a\ud83d'],
    ['“edit” with many quotes', `edit ${'"\\'.repeat(900)}`],
    ['“edit” with a path', 'edit ../../clients'],
    ['“edit” with an incomplete ID', 'edit con_'],
    ['“edit” with the ID of an organization', 'edit org_Glx3uBq7Ns5Vt1Ke'],
    ['right-to-left text', 'שלום عالم'],
    ['a JavaScript property name', '__proto__'],
    ['“edit” with a JavaScript property name', 'edit constructor'],
  ])('responds to %s with a form or a message whose buttons work', async (_, typed) => {
    const { maria, secret, slack } = world;
    const before = maria.sees(secret.id).length;
    expect(await maria.command(secret.id, typed)).toMatchObject({ ok: true });
    const answer = await slack.until(() => maria.modal ?? maria.sees(secret.id)[before]);
    expect(`${'title' in answer ? answer.title.text : ''} ${textOf(answer)}`).toMatch(
      like(
        sentences.FORM_TITLE.new,
        sentences.connectionNotFound(ANY, true, false),
        sentences.connectionNotFound(ANY, true, true),
      ),
    );
    expectInert('title' in answer ? { blocks: answer.blocks } : answer);
    for (const button of buttonsIn(answer)) {
      await maria.press(button, 'title' in answer ? undefined : answer);
      await modal(world, maria, like(...Object.values(sentences.FORM_TITLE)));
      await maria.close();
    }
  });
});

describe('a renamed slash command', () => {
  it('works and appears in the help', async () => {
    world = await startWorld({ env: { SLASH_COMMAND: '/sso-staging' }, commandName: '/sso-staging' });
    const { maria, sales } = world;
    await maria.command(sales.id, 'help');
    const help = await message(world, maria, sales.id, sentences.HELP_INTRO);
    expect(textOf(help)).toContain('/sso-staging edit');
    expect(textOf(help)).toContain(sentences.versionLine(VERSION));
    expect(JSON.stringify(help)).not.toContain('/sso-ticket');
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    expectClean(world);
    await world.stop();
  });
});
