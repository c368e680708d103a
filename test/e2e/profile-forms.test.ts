import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { PROFILE_PROVIDERS } from '../../src/auth0/identity-providers.ts';
import { readConfig } from '../../src/config/environment.ts';
import { Database } from '../../src/database/database.ts';
import { createLog } from '../../src/lib/log.ts';
import { ProfileError } from '../../src/profiles/errors.ts';
import { profileLabels } from '../../src/profiles/fields.ts';
import { FIRST_PROFILE } from '../../src/profiles/form.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { MARIA } from '../../stand-ins/people.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  ANY_NUMBER,
  audits,
  botSettings,
  buttonsIn,
  CONTEXT,
  expectClean,
  expectInert,
  labelsOf,
  like,
  MODES,
  message,
  modal,
  readingOf,
  settled,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
} from '../harness.ts';

const STANDARD = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const MICROSOFT = 'ssp_f6qBHtjNfq5XhM7CKTZ2xp';
const AUDIT = 'C0AUDIT';

let world: World;

/** Starts a world with an audit channel where Maria and Tom are profile editors. */
async function start({ env, workspace, ...options }: WorldOptions = {}) {
  world = await startWorld({
    ...options,
    env: { PROFILE_EDITORS: `${MARIA.id},U0TOM`, AUDIT_CHANNEL: AUDIT, ...(env as Record<string, string>) },
    workspace: (slack) => {
      slack.addChannel({ id: AUDIT, name: 'audit', kind: 'public', members: [], botIsMember: true });
      workspace?.(slack);
    },
  });
}

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

/** The Auth0 calls that write profiles. */
const writes = ({ auth0 }: World) =>
  auth0.requests
    .filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/self-service-profiles'))
    .map(({ method, path, body }) => ({
      call: `${method} ${path.replace('/api/v2/self-service-profiles', '')}`,
      body,
    }));

const profileCalled = (name: string) => world.auth0.profiles.find((profile) => profile.name === name);

async function openList(person: Person = world.maria) {
  await person.command(world.sales.id, 'profiles');
  return message(world, person, world.sales.id, /self-service profiles?/);
}

async function openNew(person: Person = world.maria) {
  await person.press(sentences.CREATE_PROFILE, await openList(person));
  return modal(world, person, sentences.PROFILE_FORM_INTRO.new);
}

/** Opens the form for a profile from the list. */
async function openEdit(person: Person = world.maria, profile = STANDARD) {
  const list = await openList(person);
  const block = list.blocks.find(({ elements }) => elements?.some(({ value }) => value === profile));
  await person.press(sentences.EDIT_PROFILE, list, block?.block_id);
  return modal(world, person, sentences.PROFILE_FORM_INTRO.edit);
}

const saved = (person: Person = world.maria) => modal(world, person, sentences.PROFILE_DONE_TITLE.edit);
const why = (error: unknown, isNew = false) => sentences.profileSentence(error, { ...CONTEXT, isNew });
const announced = () => world.slack.messages.filter(({ channel }) => channel === AUDIT).map(readingOf);

describe.each(MODES)('a new profile (%s)', (mode) => {
  it('is created with everything that was entered, and can be used immediately', async () => {
    await start({ mode });
    const { maria, sales, slack, auth0 } = world;
    const view = await openNew();
    expect(view.title.text).toBe(sentences.PROFILE_FORM_TITLE.new);
    expect(labelsOf(view)).toEqual([
      'Name',
      'Description',
      'Identity providers',
      'Logo URL',
      'Primary color',
      'User attributes',
      'Introduction',
    ]);
    await maria.type('name', 'Müller & Söhne <GmbH>');
    await maria.type('description', 'Only “big” customers');
    await maria.choose('providers', ['waad', 'okta-samlp']);
    await maria.type('logoUrl', ' https://acme.example/logo.png ');
    await maria.type('primaryColor', '05D');
    await maria.type('attributes', 'email: Work email, required\ndepartment: Team');
    await maria.type('introduction', '<p>Tom &amp; Jerry say <b>hi</b></p>');
    await maria.submit();
    const done = await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
    expectInert(done);
    const created = profileCalled('Müller & Söhne <GmbH>');
    const id = created?.id ?? '';
    expect(created).toMatchObject({
      description: 'Only “big” customers',
      allowed_strategies: ['waad', 'okta-samlp'],
      branding: { logo_url: 'https://acme.example/logo.png', colors: { primary: '#0055dd' } },
      user_attributes: [
        { name: 'email', description: 'Work email', is_optional: false },
        { name: 'department', description: 'Team', is_optional: true },
      ],
    });
    expect(auth0.customTexts[id]).toEqual({ introduction: '<p>Tom &amp; Jerry say <b>hi</b></p>' });
    expect(readingOf(done)).toContain(
      sentences.profileSaved({ id, name: 'Müller & Söhne <GmbH>', isNew: true, fields: [] }),
    );

    // The audit lines have the correlation ID of the calls to Auth0.
    const fields = [
      'name',
      'description',
      'providers',
      'logoUrl',
      'primaryColor',
      'attributes',
      'introduction',
    ];
    const about = { user: maria.id, channel: sales.id, profileName: 'Müller & Söhne <GmbH>', fields };
    const [requested] = audits(world, 'profile_requested');
    expect(requested).toMatchObject(about);
    expect(audits(world, 'profile_created')).toMatchObject([
      { ...about, profile: id, correlationId: requested?.correlationId },
    ]);
    for (const { method, path, headers } of auth0.requests) {
      if (method === 'GET' || !path.startsWith('/api/v2')) continue;
      expect(headers['x-correlation-id']).toBe(requested?.correlationId);
    }
    await slack.until(() => announced().length === 1);
    expect(announced()[0]).toContain(
      `${sentences.PROFILE_AUDIT_ACTIONS.profile_created} Müller & Söhne <GmbH> ${id} : ${profileLabels(fields).join(', ')}.`,
    );
    expect(JSON.stringify(slack.messages.find(({ channel }) => channel === AUDIT))).toContain(maria.id);

    await maria.press(sentences.FORM_SUBMIT);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('profile').selected_option?.value).toBe(id);
    await maria.type('connectionName', 'with-the-new-one');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(auth0.tickets[0]?.profileId).toBe(id);
  });
});

describe('a new profile', () => {
  it('requires only a name, and is sent without empty fields', async () => {
    await start();
    const { maria } = world;
    await openNew();
    await maria.type('name', 'Bare');
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
    expect(writes(world)).toEqual([{ call: 'POST ', body: { name: 'Bare' } }]);
  });

  it('is validated before Auth0 is called, and the form keeps what was entered', async () => {
    await start();
    const { maria } = world;
    await openNew();
    const typed = {
      name: 'x',
      logoUrl: 'http://acme.example/logo.png',
      primaryColor: 'blue',
      attributes: 'email',
      introduction: '<b>Hi</b>',
    };
    for (const [id, text] of Object.entries(typed)) await maria.type(id, text);
    await maria.submit();
    expect(maria.errors).toEqual({
      logoUrl: sentences.profileFieldSentence({ code: 'not_an_https_url' }),
      primaryColor: sentences.profileFieldSentence({ code: 'not_a_color' }),
      attributes: sentences.profileFieldSentence({ code: 'not_an_attribute', line: 'email' }),
    });
    for (const [id, text] of Object.entries(typed)) expect(maria.value(id).value).toBe(text);
    expect(writes(world)).toEqual([]);
    expect(audits(world, 'profile_requested')).toEqual([]);
  });

  it('is rejected with the reason from Auth0 if the tenant already has 20 profiles', async () => {
    await start({
      tenant: (auth0) => {
        auth0.profiles = Array.from({ length: 20 }, (_, index) => ({
          id: `ssp_${String(index).padStart(22, '0')}`,
          name: `Profile ${index}`,
        }));
      },
    });
    const { maria } = world;
    await openNew();
    await maria.type('name', 'One more');
    await maria.type('introduction', 'Hello');
    await maria.submit();
    const reason = 'No more profiles can be created for this tenant.';
    const view = await modal(world, maria, why(new Auth0Error('conflict', { reason }), true));
    expect(view.title.text).toBe(sentences.PROFILE_FORM_TITLE.new);
    expect(maria.value('name').value).toBe('One more');
    expect(maria.value('introduction').value).toBe('Hello');
    expect(audits(world, 'profile_created')).toEqual([]);
  });

  it('is saved even if the introduction is rejected, and then only the introduction is sent again', async () => {
    await start();
    const { maria, auth0 } = world;
    await openNew();
    await maria.type('name', 'Halves');
    await maria.type('primaryColor', '#05D');
    await maria.type('introduction', '<b>Hi</b>');
    auth0.fail({ method: 'PUT', path: /custom-text/ }, { status: 400, body: { message: 'Odd HTML' } }, 1);
    await maria.submit();
    const created = await world.slack.until(() => profileCalled('Halves'));
    const failure = new ProfileError({
      code: 'introduction_not_saved',
      saved: { id: created.id, name: 'Halves', isNew: true, fields: ['name', 'primaryColor'] },
      current: FIRST_PROFILE,
      reason: new Auth0Error('rejected', { reason: 'Odd HTML' }),
    });
    const view = await modal(world, maria, why(failure, true));
    expect(view.title.text).toBe(sentences.PROFILE_FORM_TITLE.edit);
    expect(maria.value('introduction').value).toBe('<b>Hi</b>');
    expect(audits(world, 'profile_created')).toMatchObject([{ fields: ['name', 'primaryColor'] }]);

    await maria.submit();
    await saved();
    expect(writes(world).map(({ call }) => call)).toEqual([
      'POST ',
      `PUT /${created.id}/custom-text/en/get-started`,
      `PUT /${created.id}/custom-text/en/get-started`,
    ]);
    expect(auth0.customTexts[created.id]).toEqual({ introduction: '<b>Hi</b>' });
    expect(audits(world, 'profile_changed')).toMatchObject([{ fields: ['introduction'] }]);
  });
});

describe('an edit of a profile', () => {
  it('shows the current values and sends only what changed', async () => {
    await start({
      tenant: (auth0) => {
        Object.assign(auth0.profiles[0] ?? {}, {
          branding: { logo_url: 'https://acme.example/a.png', colors: { primary: '#0059d6' }, font: 'x' },
          user_attributes: [{ name: 'email', description: 'Work email', is_optional: false }],
        });
        auth0.customTexts[STANDARD] = { introduction: '<p>Tom &amp; Jerry</p>' };
      },
    });
    const { maria, tom, slack, sales, auth0 } = world;
    await openEdit();
    expect(maria.value('name').value).toBe('Standard');
    expect(maria.value('description').value).toBe('Single sign-on with any provider');
    expect(maria.value('providers').selected_options).toEqual([]);
    expect(maria.value('logoUrl').value).toBe('https://acme.example/a.png');
    expect(maria.value('primaryColor').value).toBe('#0059d6');
    expect(maria.value('attributes').value).toBe('email: Work email, required');
    expect(maria.value('introduction').value).toBe('<p>Tom &amp; Jerry</p>');
    await maria.type('primaryColor', 'fff');
    await maria.submit();
    const done = await saved();
    const fields = ['primaryColor'] as const;
    expect(readingOf(done)).toContain(
      sentences.profileSaved({ id: STANDARD, name: 'Standard', isNew: false, fields: [...fields] }),
    );
    expect(writes(world)).toEqual([
      {
        call: `PATCH /${STANDARD}`,
        body: {
          branding: { logo_url: 'https://acme.example/a.png', colors: { primary: '#ffffff' }, font: 'x' },
        },
      },
    ]);
    expect(auth0.customTexts[STANDARD]).toEqual({ introduction: '<p>Tom &amp; Jerry</p>' });
    const about = { user: maria.id, channel: sales.id, profile: STANDARD, profileName: 'Standard', fields };
    expect(audits(world, 'profile_requested')).toMatchObject([about]);
    expect(audits(world, 'profile_changed')).toMatchObject([about]);
    await slack.until(() => announced().length === 1);
    expect(announced()[0]).toContain(
      `${sentences.PROFILE_AUDIT_ACTIONS.profile_changed} Standard ${STANDARD} : Primary color.`,
    );
    // Nobody else sees any of it.
    expect(tom.modal).toBeUndefined();
    expect(tom.sees(sales.id)).toHaveLength(1);
  });

  it('clears emptied fields, and sends all providers if none are selected', async () => {
    await start({
      tenant: (auth0) => {
        Object.assign(auth0.profiles[1] ?? {}, {
          branding: { logo_url: 'https://acme.example/a.png', colors: { primary: '#0059d6' } },
          user_attributes: [{ name: 'email', description: 'Work email', is_optional: false }],
        });
        auth0.customTexts[MICROSOFT] = { introduction: 'Hi' };
      },
    });
    const { maria, auth0 } = world;
    await openEdit(maria, MICROSOFT);
    expect(maria.value('providers').selected_options?.map(({ value }) => value)).toEqual([
      'waad',
      'okta',
      'okta-samlp',
    ]);
    for (const id of ['description', 'logoUrl', 'primaryColor', 'attributes', 'introduction']) {
      await maria.type(id, '');
    }
    await maria.choose('providers', []);
    await maria.submit();
    await saved();
    expect(writes(world)).toEqual([
      {
        call: `PATCH /${MICROSOFT}`,
        body: {
          description: null,
          branding: null,
          user_attributes: null,
          allowed_strategies: PROFILE_PROVIDERS.map(({ id }) => id),
        },
      },
      { call: `PUT /${MICROSOFT}/custom-text/en/get-started`, body: {} },
    ]);
    expect(auth0.profiles.find(({ id }) => id === MICROSOFT)).toMatchObject({
      name: 'Microsoft and Okta',
      branding: undefined,
      user_attributes: undefined,
    });
  });

  it('is recorded in the database with the person, the channel, and the fields', async () => {
    await start();
    const { maria, sales, slack, auth0 } = world;
    await openEdit();
    await maria.type('name', 'Renamed');
    await maria.submit();
    await saved();
    const settings = readConfig({ ...botSettings(slack, auth0, 'http'), ...world.database });
    const database = new Database({
      config: settings.database,
      log: createLog('error', { write: () => undefined }),
    });
    try {
      const rows = await database.read((db) =>
        db.selectFrom('events').select(['type', 'actor', 'channel', 'details']).orderBy('at').execute(),
      );
      const about = { profile: STANDARD, profileName: 'Renamed', fields: ['name'] };
      expect(rows.map(({ details, ...row }) => ({ ...row, details: JSON.parse(details) }))).toMatchObject(
        ['profile_requested', 'profile_changed'].map((type) => ({
          ...{ type, actor: maria.id, channel: sales.id },
          details: about,
        })),
      );
    } finally {
      await database.close();
    }
  });

  it('writes nothing and says so if nothing changed', async () => {
    await start();
    const { maria } = world;
    await openEdit();
    await maria.submit();
    const view = await modal(world, maria, sentences.PROFILE_UNCHANGED_TITLE);
    expect(readingOf(view)).toContain(sentences.profileUnchanged('Standard'));
    expect(writes(world)).toEqual([]);
    expect(audits(world, 'profile_requested')).toEqual([]);
  });

  it('shows the new name in the next form for a link', async () => {
    await start();
    const { maria } = world;
    await openEdit();
    await maria.type('name', 'Renamed');
    await maria.submit();
    await saved();
    expect(buttonsIn(maria.modal)).toEqual([sentences.FORM_SUBMIT]);
    await maria.press(sentences.FORM_SUBMIT);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('profile').selected_option).toMatchObject({ text: { text: 'Renamed' } });
  });

  it('shows the name of the user attribute profile instead of a field if there is one', async () => {
    await start({
      tenant: (auth0) => {
        auth0.attributeProfiles = [{ id: 'uap_1csfT7u7PCNUpFVeNM8Q7o', name: 'Default attributes' }];
        Object.assign(auth0.profiles[0] ?? {}, {
          user_attributes: [],
          user_attribute_profile_id: 'uap_1csfT7u7PCNUpFVeNM8Q7o',
        });
      },
    });
    const { maria } = world;
    const view = await openEdit();
    expect(labelsOf(view)).not.toContain('User attributes');
    expect(textOf(view)).toContain(sentences.attributesElsewhere('Default attributes'));
    await maria.type('name', 'Renamed');
    await maria.submit();
    await saved();
    expect(writes(world)).toEqual([{ call: `PATCH /${STANDARD}`, body: { name: 'Renamed' } }]);
  });

  it('does not offer a field whose value is too long for a form', async () => {
    await start({
      tenant: (auth0) => {
        Object.assign(auth0.profiles[0] ?? {}, {
          user_attributes: Array.from({ length: 20 }, (_, index) => ({
            name: `${index}-${'a'.repeat(240)}`,
            description: 'd'.repeat(255),
            is_optional: true,
          })),
        });
      },
    });
    const { maria } = world;
    const view = await openEdit();
    expect(labelsOf(view)).not.toContain('User attributes');
    expect(textOf(view)).toContain(sentences.fieldTooLong('User attributes'));
    await maria.type('description', 'Short');
    await maria.submit();
    await saved();
    expect(writes(world)).toEqual([{ call: `PATCH /${STANDARD}`, body: { description: 'Short' } }]);
  });

  it('is saved even if the introduction is rejected, and then only the introduction is sent again', async () => {
    await start();
    const { maria, auth0 } = world;
    await openEdit();
    await maria.type('name', 'Halves');
    await maria.type('introduction', '<b>Hi</b>');
    auth0.fail({ method: 'PUT', path: /custom-text/ }, { status: 400, body: { message: 'Odd HTML' } }, 1);
    await maria.submit();
    const failure = new ProfileError({
      code: 'introduction_not_saved',
      saved: { id: STANDARD, name: 'Halves', isNew: false, fields: ['name'] },
      current: FIRST_PROFILE,
      reason: new Auth0Error('rejected', { reason: 'Odd HTML' }),
    });
    await modal(world, maria, why(failure));
    expect(maria.value('introduction').value).toBe('<b>Hi</b>');
    expect(audits(world, 'profile_changed')).toMatchObject([{ fields: ['name'] }]);
    await maria.submit();
    await saved();
    expect(writes(world).map(({ call }) => call)).toEqual([
      `PATCH /${STANDARD}`,
      `PUT /${STANDARD}/custom-text/en/get-started`,
      `PUT /${STANDARD}/custom-text/en/get-started`,
    ]);
  });

  it('saves nothing if Auth0 rejects an introduction that is the only change', async () => {
    await start();
    const { maria, auth0 } = world;
    await openEdit();
    await maria.type('introduction', '<b>Hi</b>');
    auth0.fail({ method: 'PUT', path: /custom-text/ }, { status: 400, body: { message: 'Odd HTML' } }, 1);
    await maria.submit();
    await modal(world, maria, why(new Auth0Error('rejected', { reason: 'Odd HTML' })));
    expect(audits(world, 'profile_changed')).toEqual([]);
  });

  it('says that the profile was deleted, both on submit and when the form is opened', async () => {
    await start();
    const { maria, auth0 } = world;
    const list = await openList();
    await openEdit();
    auth0.profiles = auth0.profiles.filter(({ id }) => id !== STANDARD);
    await maria.type('name', 'Too late');
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_GONE);
    expect(maria.value('name').value).toBe('Too late');
    await maria.close();
    const block = list.blocks.find(({ elements }) => elements?.some(({ value }) => value === STANDARD));
    await maria.press(sentences.EDIT_PROFILE, list, block?.block_id);
    await modal(world, maria, sentences.PROBLEM_TITLE);
    expect(textOf(maria.modal)).toContain(sentences.PROFILE_GONE);
    expect(writes(world)).toEqual([]);
  });
});

describe('a profile that changed while its form was open', () => {
  it('is not saved, and the form keeps what was entered', async () => {
    await start();
    const { maria, tom, auth0 } = world;
    await openEdit(maria);
    await openEdit(tom);
    await tom.type('name', 'By Tom');
    await tom.submit();
    await saved(tom);
    await maria.type('description', 'By Maria');
    await maria.submit();
    const sentence = why(new ProfileError({ code: 'profile_changed', fields: ['name'] }));
    await modal(world, maria, sentence);
    expect(maria.value('description').value).toBe('By Maria');
    expect(auth0.profiles[0]).toMatchObject({
      name: 'By Tom',
      description: 'Single sign-on with any provider',
    });
    // If it is submitted again, the form still has the old profile.
    await maria.submit();
    await modal(world, maria, sentence);
    await maria.close();

    await openEdit(maria);
    expect(maria.value('name').value).toBe('By Tom');
    await maria.type('description', 'By Maria');
    await maria.submit();
    await saved(maria);
    expect(auth0.profiles[0]).toMatchObject({ name: 'By Tom', description: 'By Maria' });
    expect(audits(world, 'profile_changed')).toHaveLength(2);
  });

  it('is not saved if the introduction changed', async () => {
    await start();
    const { maria, auth0 } = world;
    await openEdit();
    auth0.customTexts[STANDARD] = { introduction: 'From the Dashboard' };
    await maria.type('name', 'Renamed');
    await maria.submit();
    await modal(world, maria, why(new ProfileError({ code: 'profile_changed', fields: ['introduction'] })));
    expect(writes(world)).toEqual([]);
  });

  it('is not saved if it now uses a user attribute profile', async () => {
    await start();
    const { maria, auth0 } = world;
    await openEdit();
    Object.assign(auth0.profiles[0] ?? {}, { user_attribute_profile_id: 'uap_1csfT7u7PCNUpFVeNM8Q7o' });
    await maria.type('attributes', 'email: Work email');
    await maria.submit();
    await modal(world, maria, why(new ProfileError({ code: 'profile_changed', fields: ['attributes'] })));
    expect(writes(world)).toEqual([]);
  });
});

describe('if there are no profiles', () => {
  const empty: WorldOptions = {
    tenant: (auth0) => {
      auth0.profiles = [];
    },
  };

  it('offers a profile editor a filled-in form for the first one, and then the form for a link', async () => {
    await start(empty);
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, 'Acme');
    const view = await modal(world, maria, sentences.PROFILE_FORM_TITLE.first);
    expect(view.submit?.text).toBe(sentences.PROFILE_FORM_SUBMIT.first);
    for (const id of ['name', 'description', 'attributes'] as const) {
      expect(maria.value(id).value).toBe(FIRST_PROFILE[id]);
    }
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
    expect(auth0.profiles).toMatchObject([{ name: FIRST_PROFILE.name }]);
    await maria.press(sentences.FORM_SUBMIT);
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.close();
    await maria.command(sales.id, 'Acme');
    await modal(world, maria, sentences.FORM_TITLE.new);
  });

  it('opens the form for the first one from the shortcut and the list, too', async () => {
    await start(empty);
    const { maria, sales } = world;
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, sentences.PROFILE_FORM_TITLE.first);
    await maria.close();
    await maria.command(sales.id, 'profiles');
    const answer = await message(world, maria, sales.id, sentences.NO_PROFILES_YET);
    expect(answer.visibleTo).toBe(maria.id);
    await maria.press(sentences.CREATE_PROFILE, answer);
    await modal(world, maria, sentences.PROFILE_FORM_TITLE.first);
  });

  it('tells other people that there are none', async () => {
    await start({ ...empty, env: { PROFILE_EDITORS: 'U0TOM' } });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    const view = await modal(world, maria, sentences.noProfiles(CONTEXT));
    expect(buttonsIn(view)).toEqual([sentences.TRY_AGAIN]);
    await maria.close();
    await maria.command(sales.id, 'profiles');
    expect(buttonsIn(await message(world, maria, sales.id, sentences.noProfiles(CONTEXT)))).toEqual([]);
  });
});

describe('the form for a profile', () => {
  it('shows how long saving takes', async () => {
    await start();
    const { maria, auth0 } = world;
    await openNew();
    await maria.type('name', 'Slow');
    auth0.fail({ method: 'POST', path: '/self-service-profiles' }, { delay: 9_000 }, 1);
    await maria.submit();
    await modal(world, maria, sentences.PROFILE_PROGRESS_TITLE);
    await modal(world, maria, like(sentences.profileSlow(ANY_NUMBER)), 12_000);
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
  });

  it('sends the result as a message if it was closed', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await openNew();
    await maria.type('name', 'Closed');
    auth0.fail({ method: 'POST', path: '/self-service-profiles' }, { delay: 700 }, 1);
    await maria.submit();
    await maria.close();
    const done = await message(
      world,
      maria,
      sales.id,
      sentences.profileSaved({ id: '', name: 'Closed', isNew: true, fields: [] }),
    );
    expect(done.visibleTo).toBe(maria.id);
    await maria.press(sentences.FORM_SUBMIT, done);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('profile').selected_option?.value).toBe(profileCalled('Closed')?.id);
  });

  it('sends the error with everything that was entered as a message if it was closed', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await openNew();
    await maria.type('name', 'Closed');
    await maria.choose('providers', ['okta']);
    await maria.type('introduction', '<b>Much</b> work');
    auth0.latency = 500;
    auth0.fail(
      { method: 'POST', path: '/self-service-profiles' },
      { status: 400, body: { message: 'No such thing' } },
      1,
    );
    await maria.submit();
    await maria.close();
    const sentence = why(new Auth0Error('rejected', { reason: 'No such thing' }), true);
    const answer = await message(world, maria, sales.id, sentence);
    expect(answer.visibleTo).toBe(maria.id);
    for (const text of ['Closed', 'Okta Workforce', '<b>Much</b> work'])
      expect(textOf(answer)).toContain(text);
    expectInert(answer);
  });

  it('ignores a second submission', async () => {
    await start();
    const { maria, slack, auth0 } = world;
    const view = structuredClone(await openNew());
    Object.assign(view.state.values.name ?? {}, {
      name: { type: 'plain_text_input', value: 'Pressed twice' },
    });
    auth0.fail({ method: 'POST', path: '/self-service-profiles' }, { delay: 500 });
    const press = (extra: string) =>
      slack.deliverRaw({
        body: `${new URLSearchParams({
          payload: JSON.stringify({
            type: 'view_submission',
            team: { id: slack.teamId },
            user: { id: maria.id },
            trigger_id: '1.2',
            view,
          }),
        })}${extra}`,
        headers: { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)) },
      });
    await Promise.all([press(''), press('&pressed=again')]);
    await modal(world, maria, sentences.PROFILE_DONE_TITLE.new);
    await settled();
    expect(writes(world)).toHaveLength(1);
  });

  it('can be opened with a button if Slack does not open it in time', async () => {
    await start();
    const { maria, sales, slack } = world;
    const list = await openList();
    slack.fail('views.open', { error: 'expired_trigger_id' }, 1);
    await maria.press(sentences.CREATE_PROFILE, list);
    const answer = await message(world, maria, sales.id, sentences.FORM_NOT_OPENED);
    await maria.press(sentences.OPEN_FORM_AGAIN, answer);
    await modal(world, maria, sentences.PROFILE_FORM_INTRO.new);
  });

  it('opens as a loading view while it waits for Auth0', async () => {
    await start();
    const { maria, auth0 } = world;
    const list = await openList();
    auth0.fail({ method: 'GET', path: new RegExp(`${STANDARD}$`) }, { delay: 2_000 }, 1);
    const block = list.blocks.find(({ elements }) => elements?.some(({ value }) => value === STANDARD));
    await maria.press(sentences.EDIT_PROFILE, list, block?.block_id);
    await modal(world, maria, sentences.LOADING_TITLE);
    await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit);
  });
});
