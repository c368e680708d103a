import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Permission, PROFILE_EDITOR_PERMISSIONS } from '../../src/auth0/permissions.ts';
import { readConfig } from '../../src/config/environment.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { GWEN, MARIA } from '../../stand-ins/people.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import {
  audits,
  buttonsIn,
  CONTEXT,
  expectClean,
  holdDate,
  labelsOf,
  message,
  modal,
  pass,
  settled,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

const GROUP = 'S0IDENTITY';
const STANDARD = 'ssp_n7SNCL8seoyV1TuSTCnAeo';

let world: World;

async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
  vi.useRealTimers();
});

const writes = () =>
  world.auth0.requests.filter(
    ({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/self-service-profiles'),
  );
const refusal = sentences.accessSentence('profile_editor', CONTEXT);

async function openList(person: Person): Promise<Message> {
  await person.command(world.sales.id, 'profiles');
  return message(world, person, world.sales.id, /self-service profiles?/);
}

function pressEdit(person: Person, list: Message) {
  const block = list.blocks.find(({ elements }) => elements?.some(({ value }) => value === STANDARD));
  return person.press(sentences.EDIT_PROFILE, list, block?.block_id);
}

/** Adds a person to #sales. */
function newcomer(user: Parameters<World['slack']['addUser']>[0]): Person {
  const { id } = world.slack.addUser(user);
  world.sales.members.add(id);
  return world.slack.as(id);
}

const WITH_EDIT = [
  sentences.CREATE_PROFILE,
  sentences.FORM_SUBMIT,
  sentences.EDIT_PROFILE,
  sentences.FORM_SUBMIT,
  sentences.EDIT_PROFILE,
];
const WITHOUT = [sentences.FORM_SUBMIT, sentences.FORM_SUBMIT];

describe('a profile', () => {
  it("can't be edited without PROFILE_EDITORS, not even by editors of links", async () => {
    await start({ env: { EDITORS: 'everyone' } });
    expect(buttonsIn(await openList(world.maria))).toEqual(WITHOUT);
  });

  it.each([
    ['a user', MARIA.id],
    ['a member of a user group', GROUP],
  ])('can be edited by %s in PROFILE_EDITORS', async (_, setting) => {
    await start({
      env: { PROFILE_EDITORS: setting, EDITORS: 'nobody' },
      workspace: (slack) => slack.userGroups.set(GROUP, new Set([MARIA.id])),
    });
    const { maria, tom } = world;
    const list = await openList(maria);
    expect(buttonsIn(list)).toEqual(WITH_EDIT);
    await pressEdit(maria, list);
    await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit);
    await maria.type('name', 'Renamed');
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.edit);
    await maria.close();
    // The next list is for Tom, so it has none of these buttons.
    await tom.command(world.sales.id, 'profiles');
    const next = await message(world, tom, world.sales.id, /Renamed/);
    expect(buttonsIn(next)).toEqual(WITHOUT);
  });

  it("can't be edited by someone in PROFILE_EDITORS without access to the bot", async () => {
    await start({ env: { PROFILE_EDITORS: `${MARIA.id},U0TOM`, ALLOWED: MARIA.id } });
    const { maria, tom } = world;
    const list = await openList(maria);
    await pressEdit(tom, list);
    const answer = await message(world, tom, world.sales.id, sentences.accessSentence('user', CONTEXT));
    expect(answer.visibleTo).toBe(tom.id);
    expect(tom.modal).toBeUndefined();
  });

  it('can be opened for editing by a guest in PROFILE_EDITORS and ALLOWED', async () => {
    await start({ env: { PROFILE_EDITORS: GWEN.id, ALLOWED: `${MARIA.id},${GWEN.id}` } });
    const gwen = newcomer(GWEN);
    await pressEdit(gwen, await openList(gwen));
    await modal(world, gwen, sentences.PROFILE_FORM_INTRO.edit);
  });
});

describe('the profile buttons in a list that the whole channel sees', () => {
  it('work only for profile editors, and tell others so in a message that only they see', async () => {
    await start({ env: { PROFILE_EDITORS: MARIA.id } });
    const { maria, tom, sales } = world;
    const list = await openList(maria);
    await tom.press(sentences.CREATE_PROFILE, list);
    const answer = await message(world, tom, sales.id, refusal);
    expect(answer.visibleTo).toBe(tom.id);
    expect(tom.modal).toBeUndefined();
    await pressEdit(tom, list);
    await settled();
    expect(tom.modal).toBeUndefined();
    expect(maria.sees(sales.id)).toEqual([list]);
    expect(audits(world, 'access_denied')).toMatchObject([
      { user: tom.id, channel: sales.id, reason: 'profile_editor', what: 'create_profile' },
    ]);
    expect(world.auth0.requests.filter(({ path }) => path.includes(STANDARD))).toEqual([]);

    // Everyone with access can use “Create link”.
    await tom.press(sentences.FORM_SUBMIT, list);
    await modal(world, tom, sentences.FORM_TITLE.new);
  });

  it("don't work for guests and people from other companies", async () => {
    await start({ env: { PROFILE_EDITORS: MARIA.id } });
    const { maria, sales } = world;
    const list = await openList(maria);
    const gwen = newcomer(GWEN);
    const stranger = newcomer({ name: 'Sven', foreign: true });
    for (const person of [gwen, stranger]) {
      await pressEdit(person, list);
      await message(world, person, sales.id, sentences.accessSentence('user', CONTEXT));
      expect(person.modal).toBeUndefined();
    }
  });

  it("are missing while Slack doesn't say who is in the user group", async () => {
    await start({
      env: { PROFILE_EDITORS: GROUP },
      workspace: (slack) => slack.userGroups.set(GROUP, new Set([MARIA.id])),
    });
    const { maria, slack, sales } = world;
    slack.fail('usergroups.users.list', { error: 'internal_error' });
    expect(buttonsIn(await openList(maria))).toEqual(WITHOUT);
    slack.clearFaults();
    await maria.command(sales.id, 'profiles');
    const list = await slack.until(() =>
      maria.sees(sales.id).find((each) => buttonsIn(each).includes(sentences.EDIT_PROFILE)),
    );
    expect(buttonsIn(list)).toEqual(WITH_EDIT);
  });
});

describe('a profile form', () => {
  it('is rejected and keeps its values if the person is no longer a profile editor', async () => {
    await start({
      env: { PROFILE_EDITORS: GROUP },
      workspace: (slack) => slack.userGroups.set(GROUP, new Set(['U0TOM'])),
    });
    holdDate();
    const { tom, slack } = world;
    await tom.press(sentences.CREATE_PROFILE, await openList(tom));
    await modal(world, tom, sentences.PROFILE_FORM_INTRO.new);
    await tom.type('name', 'Too late');
    slack.userGroups.set(GROUP, new Set());
    pass(61_000);
    await tom.submit();
    expect(tom.errors).toEqual({ name: refusal });
    expect(tom.value('name').value).toBe('Too late');
    expect(writes()).toEqual([]);
  });

  it('is rejected with a sealed value that is forged or from another person', async () => {
    await start({ env: { PROFILE_EDITORS: `${MARIA.id},U0TOM` } });
    const { maria, tom } = world;
    await pressEdit(maria, await openList(maria));
    const own = await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit);
    await tom.press(sentences.CREATE_PROFILE, await openList(tom));
    const other = await modal(world, tom, sentences.PROFILE_FORM_INTRO.new);
    other.private_metadata = own.private_metadata ?? '';
    await tom.type('name', 'Taken over');
    await tom.submit();
    expect(tom.errors).toEqual({ name: sentences.sealInvalid(CONTEXT) });
    other.private_metadata = 'forged';
    await tom.submit();
    expect(tom.errors).toEqual({ name: sentences.sealInvalid(CONTEXT) });
    expect(audits(world, 'seal_refused')).toHaveLength(2);
    expect(writes()).toEqual([]);
  });
});

/** What the list and the forms still offer without one permission. */
const WITHOUT_PERMISSION: [Permission, { list: string[]; create: boolean; edit: string[] | 'all' }][] = [
  ['create:self_service_profiles', { list: WITH_EDIT.slice(1), create: false, edit: 'all' }],
  ['update:self_service_profiles', { list: WITH_EDIT, create: true, edit: ['Introduction'] }],
  ['read:self_service_profile_custom_texts', { list: WITH_EDIT, create: true, edit: 'all' }],
  ['update:self_service_profile_custom_texts', { list: WITH_EDIT, create: true, edit: 'all' }],
];

describe.each(WITHOUT_PERMISSION)('without %s, the bot', (permission, { list, create, edit }) => {
  const options: WorldOptions = {
    env: { PROFILE_EDITORS: MARIA.id },
    tenant: (auth0) => {
      auth0.scopes = auth0.scopes.filter((scope) => scope !== permission);
    },
  };
  const hasIntroduction = !permission.includes('custom_texts');

  it('offers only what works without it', async () => {
    await start(options);
    const { maria, auth0 } = world;
    const shown = await openList(maria);
    expect(buttonsIn(shown)).toEqual(list);
    await pressEdit(maria, shown);
    const form = await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit);
    if (edit === 'all') expect(labelsOf(form).includes('Introduction')).toBe(hasIntroduction);
    else expect(labelsOf(form)).toEqual(edit);
    const [id, text] = edit === 'all' ? ['name', 'Renamed'] : ['introduction', 'Hi'];
    await maria.type(id, text);
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.edit);
    await maria.close();
    if (!create) return;
    await maria.press(sentences.CREATE_PROFILE, shown);
    expect(
      labelsOf(await modal(world, maria, sentences.PROFILE_FORM_INTRO.new)).includes('Introduction'),
    ).toBe(hasIntroduction);
    await maria.type('name', 'Another');
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
    expect(auth0.profiles.map(({ name }) => name)).toContain('Another');
  });

  it('says which permission is missing if a form was already open', async () => {
    await start({ env: { PROFILE_EDITORS: MARIA.id } });
    const { maria, auth0 } = world;
    const isCreate = permission.startsWith('create:');
    if (isCreate) await maria.press(sentences.CREATE_PROFILE, await openList(maria));
    else await pressEdit(maria, await openList(maria));
    await modal(world, maria, sentences.PROFILE_FORM_INTRO[isCreate ? 'new' : 'edit']);
    await maria.type('name', 'Late');
    await maria.type('introduction', 'Late');
    auth0.scopes = auth0.scopes.filter((scope) => scope !== permission);
    auth0.dropTokens();
    await maria.submit();
    await modal(world, maria, permission);
    expect(maria.value('introduction').value).toBe('Late');
  });
});

describe('without any permission to edit profiles', () => {
  const options: WorldOptions = {
    env: { PROFILE_EDITORS: MARIA.id },
    tenant: (auth0) => {
      auth0.scopes = auth0.scopes.filter(
        (scope) =>
          !PROFILE_EDITOR_PERMISSIONS.has(
            // Some scopes are not permissions of profile editors.
            scope as Permission,
          ),
      );
    },
  };

  it('a profile editor sees the same list as everyone else', async () => {
    await start(options);
    expect(buttonsIn(await openList(world.maria))).toEqual(WITHOUT);
  });

  it('a profile editor gets no form for the first profile', async () => {
    await start({
      ...options,
      tenant: (auth0) => {
        options.tenant?.(auth0);
        auth0.profiles = [];
      },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.noProfiles(CONTEXT));
  });

  it('a button in an earlier list says which permission is missing', async () => {
    await start({ env: { PROFILE_EDITORS: MARIA.id } });
    const { maria, auth0 } = world;
    const list = await openList(maria);
    await warm(world);
    auth0.scopes = ['read:self_service_profiles'];
    auth0.dropTokens();
    // The token in memory has the old permissions until Auth0 refuses it.
    await maria.press(sentences.CREATE_PROFILE, list);
    await modal(world, maria, sentences.PROFILE_FORM_INTRO.new);
    await maria.type('name', 'Late');
    await maria.submit();
    await modal(world, maria, 'create:self_service_profiles');
    await maria.close();
    for (const press of [() => maria.press(sentences.CREATE_PROFILE, list), () => pressEdit(maria, list)]) {
      await press();
      await modal(world, maria, sentences.PROBLEM_TITLE);
      expect(textOf(maria.modal)).toMatch(/(create|update):self_service_profiles/);
      await maria.close();
    }
  });
});

describe('PROFILE_EDITORS', () => {
  const settings = () => ({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 's'.repeat(32),
    AUTH0_DOMAIN: 'acme.eu.auth0.com',
    AUTH0_CLIENT_ID: 'id',
    AUTH0_CLIENT_SECRET: 'secret',
    ALLOWED: 'everyone',
    EDITORS: 'nobody',
  });

  it('accepts only users and user groups', async () => {
    await start();
    const read = (PROFILE_EDITORS: string) =>
      readConfig({ ...settings(), PROFILE_EDITORS }).access.profileEditors;
    expect(read('U012AB, S012AB W012AB')).toEqual({
      everyone: false,
      users: ['U012AB', 'W012AB'],
      userGroups: ['S012AB'],
    });
    expect(read('')).toEqual({ everyone: false, users: [], userGroups: [] });
    for (const wrong of ['everyone', 'nobody', 'maria', 'C012AB', ',']) {
      expect(() => read(wrong), wrong).toThrow(/PROFILE_EDITORS (must contain IDs|contains only separators)/);
    }
  });
});
