import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { profile } from '../../src/tickets/form/basics.ts';
import type { Fault, Match } from '../../stand-ins/auth0/faults.ts';
import type { Auth0 } from '../../stand-ins/auth0/server.ts';
import type { Client, Connection, Organization, Profile } from '../../stand-ins/auth0/tenant.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import {
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  holdDate,
  message,
  modal,
  optionsIn,
  pass,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';
import { readJson, sharedFolder } from '../shared-data.ts';

interface RecordedError {
  request: string;
  status: number;
  response: { message?: string; errorCode?: string; error_description?: string };
}

/** The file `auth0.json`. Some records have only an ID. */
interface Recorded {
  clients: (Omit<Client, 'name'> & { name?: string })[];
  connections: (Omit<Connection, 'name' | 'strategy'> & { name?: string; strategy?: string })[];
  organizations: Organization[];
  profiles: { response: Profile }[];
  pages: {
    request: string;
    response: Record<string, unknown> & { organizations?: Organization[]; next?: string };
  }[];
  errors: RecordedError[];
}

const folder = sharedFolder('recorded');
const empty: Recorded = {
  clients: [],
  connections: [],
  organizations: [],
  profiles: [],
  pages: [],
  errors: [],
};
const recorded = folder ? readJson<Recorded>(folder, 'auth0.json') : empty;

/** The different error responses. */
const errors = [
  ...new Map(
    recorded.errors.map((error) => [JSON.stringify([error.status, error.response]), error]),
  ).values(),
];

/** The latest state of each profile. */
const profiles = [
  ...new Map(
    recorded.profiles
      .map(({ response }) => response)
      .toSorted((a, b) => (a.updated_at ?? '').localeCompare(b.updated_at ?? ''))
      .map((profile) => [profile.id, profile]),
  ).values(),
];

/** All organizations, including those that are only in the recorded pages. */
const organizations = [
  ...new Map(
    [
      ...recorded.organizations,
      ...recorded.pages.flatMap(({ response }) => response.organizations ?? []),
    ].map(({ id, name, display_name }) => [id, { id, name, display_name }]),
  ).values(),
];

const NOT_OFFERED = new Set(['non_interactive', 'resource_server', 'express_configuration']);
const EDITABLE = new Set(['oidc', 'samlp', 'waad', 'google-apps', 'adfs', 'okta', 'pingfederate']);
/** Auth0 gives the global application this name. The recording has no `global` field. */
const isGlobal = ({ name }: { name?: string }) => name === 'All Applications';
const isOffered = (client: Recorded['clients'][number]) =>
  !isGlobal(client) && !NOT_OFFERED.has(client.app_type ?? '');

/** Gives two user attribute profiles a name. The bot knows only the IDs of the others. */
const attributeProfiles = profiles
  .flatMap(({ user_attribute_profile_id: id }) => (id ? [id] : []))
  .slice(0, 2)
  .map((id, index) => ({ id, name: `Attributes ${index}` }));

function isNamed<T extends { name?: string }>(record: T): record is T & { name: string } {
  return record.name !== undefined;
}

/** Loads the recording. Records without a name or an ID become `oddRecords`. */
function load(auth0: Auth0): void {
  const withoutId = { name: 'A record without an ID' };
  auth0.profiles = profiles;
  auth0.attributeProfiles = attributeProfiles;
  auth0.organizations = organizations;
  auth0.clients = recorded.clients.filter(isNamed).map((client) => ({ ...client, global: isGlobal(client) }));
  auth0.connections = recorded.connections
    .filter(isNamed)
    .flatMap((connection) =>
      connection.strategy === undefined ? [] : [{ ...connection, strategy: connection.strategy }],
    );
  auth0.oddRecords = {
    profiles: [withoutId],
    clients: [...recorded.clients.filter((client) => !isNamed(client)), withoutId],
    organizations: [withoutId, { id: 'org_0000000000000000', name: null, display_name: null }],
    connections: [...recorded.connections.filter((connection) => !isNamed(connection)), withoutId],
  };
  auth0.pageOverlap = 3;
}

let world: World;
async function start(options: WorldOptions = {}): Promise<World> {
  world = await startWorld(options);
  return world;
}
afterEach(async () => {
  world.auth0.clearFaults();
  expectClean(world);
  await world.stop();
  vi.useRealTimers();
});

interface Suggestion {
  id: string;
  /** All text that the user sees. */
  reads: string;
}

async function suggestions(person: Person, field: string, typed: string): Promise<Suggestion[]> {
  const suggested = await person.suggest(field, typed);
  if (!suggested.ok) throw new Error(`${field} “${typed}”: ${suggested.error}`);
  return suggested.options.map(({ text, value = '', description }) => ({
    id: value,
    reads: `${text.text} ${description?.text ?? ''}`,
  }));
}

/** Waits until a list is fully loaded. Until then, its last suggestion says that it is loading. */
function loaded(person: Person, field: string): Promise<void> {
  // No name has this format, so the bot doesn't look it up in Auth0.
  return expect.poll(() => suggestions(person, field, 'z z z'), { timeout: 30_000 }).toEqual([]);
}

/** Searches for each text, and returns the IDs of all suggestions. */
async function searchAll(person: Person, field: string, texts: (string | undefined)[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const typed of new Set(texts.flatMap((text) => text ?? []))) {
    const suggested = await suggestions(person, field, typed);
    const ids = suggested.map(({ id }) => id);
    expect(new Set(ids).size, `${field} “${typed}” has no duplicates`).toBe(ids.length);
    const reads = new Set(suggested.map((each) => each.reads));
    expect(reads.size, `${field} “${typed}” has no suggestions with the same text`).toBe(ids.length);
    for (const id of ids) found.add(id);
  }
  return found;
}

describe.skipIf(!folder)('with the recorded lists', () => {
  beforeEach(() => start({ tenant: load }));

  it('finds everything that can be selected, and nothing else', async () => {
    const { maria, tom, sales, auth0 } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, /New SSO connection/);
    await warm(world);
    await loaded(maria, 'clients');
    await loaded(maria, 'organizations');

    const clients = recorded.clients.filter(isOffered);
    const foundClients = await searchAll(maria, 'clients', [
      '',
      ...recorded.clients.map(({ name }) => name),
      ...clients.map(({ client_id }) => client_id),
    ]);
    expect([...foundClients].toSorted()).toEqual(clients.map(({ client_id }) => client_id).toSorted());

    const foundOrganizations = await searchAll(maria, 'organizations', [
      '',
      ...organizations.flatMap(({ id, name, display_name }) => [id, name, display_name]),
      'org_0000000000000000',
    ]);
    expect([...foundOrganizations].toSorted()).toEqual(
      [...organizations.map(({ id }) => id), 'org_0000000000000000'].toSorted(),
    );

    await tom.command(sales.id, 'edit');
    await modal(world, tom, /Edit SSO connection/);
    await loaded(tom, 'connection');
    const connections = recorded.connections.filter(({ strategy = '' }) => EDITABLE.has(strategy));
    const foundConnections = await searchAll(tom, 'connection', [
      '',
      ...recorded.connections.flatMap(({ id, name, display_name }) => [id, name, display_name]),
    ]);
    expect([...foundConnections].toSorted()).toEqual(connections.map(({ id }) => id).toSorted());

    // The log has the number of skipped records of each list, and no record was looked up separately.
    const dropped = world.log.flatMap((line): string[] => {
      const { call, dropped } = JSON.parse(line);
      return dropped ? [`${call} ${dropped}`] : [];
    });
    expect(dropped.toSorted()).toEqual([
      'GET clients 1',
      'GET connections 1',
      'GET organizations 1',
      'GET self-service-profiles 1',
    ]);
    expect(
      auth0.requests.filter(({ path }) => /\/(clients|connections|organizations)\/./.test(path)),
    ).toEqual([]);
  });

  it('rejects the names of connections that links cannot edit', async () => {
    const { maria, sales } = world;
    const refused = recorded.connections.filter(
      ({ name, strategy }) =>
        name && strategy && !EDITABLE.has(strategy) && isUniqueName(recorded.connections, name),
    );
    for (const { name, strategy } of refused.slice(0, 10)) {
      await maria.command(sales.id, `edit ${name}`);
      await message(
        world,
        maria,
        sales.id,
        sentences.editSentence(
          { code: 'connection_not_editable', name: name ?? '', strategy: strategy ?? '' },
          CONTEXT,
        ),
      );
    }
  });

  it('distinguishes all profiles, and shows their user attribute profiles', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, /self-service profiles/);
    const read = textOf(list);
    expect(read).toContain(`${profiles.length} self-service profiles`);
    const parts = partsOf(
      list,
      profiles.map(({ id }) => id),
    );
    for (const { id, name, user_attributes = [], user_attribute_profile_id } of profiles) {
      const part = parts.get(id) ?? '';
      expect(part).toContain(name);
      for (const attribute of user_attributes) expect(part).toContain(attribute.name);
      const used = user_attribute_profile_id;
      if (!used) expect(part).not.toContain('User attribute profile');
      else {
        const known = attributeProfiles.find((each) => each.id === used);
        expect(part).toContain(`User attribute profile:  ${known?.name ?? used}`);
      }
    }

    await maria.command(sales.id, '');
    const view = await modal(world, maria, /New SSO connection/);
    const options = optionsIn(view, 'profile');
    expect(options).toHaveLength(profiles.length);
    expect(new Set(options).size).toBe(profiles.length);
    for (const { id, name } of profiles) {
      const option = options.find((text) => text === name || text.startsWith(`${id} · `));
      expect(option, id).toBeDefined();
    }
    for (const { id } of profiles) await maria.choose('profile', id);
  });

  it('reads all recorded pages, one after another', async () => {
    const { auth0, maria, sales } = world;
    const [first, second] = recorded.pages.map(({ response }) => response);
    const [, , , none] = recorded.pages;
    expect(none?.response).toEqual({ organizations: [] });
    auth0.fail({ path: '/organizations' }, { status: 200, body: first }, 1);
    auth0.fail({ path: '/organizations' }, { status: 200, body: second }, 1);
    for (const { request, response } of recorded.pages) {
      if (request.endsWith('/self-service-profiles')) {
        auth0.fail({ path: '/self-service-profiles' }, { status: 200, body: response }, 1);
        break;
      }
    }
    await maria.command(sales.id, '');
    const view = await modal(world, maria, /New SSO connection/);
    // There is only one profile, so it is under “More options”.
    expect(optionsIn(view, 'profile')).toEqual([]);
    await maria.press(sentences.MORE_OPTIONS);
    expect(optionsIn(await modal(world, maria, profile.label), 'profile')).toEqual([
      'self-service-profile-1',
    ]);
    await world.slack.until(
      () => auth0.requests.some(({ query }) => query.from === first?.next) || undefined,
    );
    await loaded(maria, 'organizations');
    const known = [first, second].flatMap((page) => page?.organizations ?? []);
    expect(known).toHaveLength(3);
    expect(await searchAll(maria, 'organizations', [''])).toEqual(new Set(known.map(({ id }) => id)));
  });

  it('stops reading a list that repeats its checkpoint, and keeps what it has', async () => {
    const { auth0, maria, sales, log } = world;
    auth0.repeatCheckpoint = true;
    await maria.command(sales.id, '');
    await modal(world, maria, /New SSO connection/);
    await loaded(maria, 'clients');
    expect(log.join('\n')).toContain('Auth0 repeats a checkpoint');
    const names = recorded.clients.filter(isOffered).flatMap(({ name }) => name ?? []);
    expect((await searchAll(maria, 'clients', names)).size).toBeGreaterThan(0);
  });

  it('checkpoints and validation errors have the expected format', () => {
    const checkpoint = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}UTC,org_\w{16}$/;
    for (const { response } of recorded.pages) {
      if (response.next) {
        expect(Buffer.from(response.next, 'base64url').toString()).toMatch(checkpoint);
        expect(response.next).not.toContain('=');
      }
    }
    const texts = errors.map(({ response }) => response.message ?? '');
    const validation = texts.filter((text) => text.startsWith('Payload validation error'));
    expect(validation).not.toEqual([]);
    for (const text of validation)
      expect(text).toMatch(/^Payload validation error: '.+' on property \S+ \(.+\)\.$/);
  });
});

function isUniqueName(connections: { name?: string }[], name: string): boolean {
  return connections.filter((connection) => connection.name === name).length === 1;
}

/** The text of the block that contains each ID. */
function partsOf({ blocks }: Message, ids: string[]): Map<string, string> {
  const texts = blocks.map((block) => textOf({ blocks: [block] }));
  return new Map(ids.map((id) => [id, texts.find((text) => text.includes(id)) ?? '']));
}

/** The text from Auth0, without the period that the bot adds itself. */
const reasonOf = ({ response }: RecordedError) =>
  (response.message ?? response.error_description)?.replace(/\.$/, '');

/** Expects the sentence to fit the error, no matter which call failed. */
function expectFits(sentence: string, error: RecordedError, label: string): void {
  const { status, response } = error;
  const { errorCode } = response;
  const reason = reasonOf(error);
  // No recorded error is about a name that a person chose.
  expect(sentence, label).not.toMatch(/another name|with this name/i);
  if (errorCode === 'custom_domain_conflict') {
    expect(sentence, label).toMatch(/several custom domains.*“Link opens on”/);
    return;
  }
  if (errorCode === 'insufficient_entitlement') expect(sentence, label).toContain('Auth0 plan');
  else
    expect(sentence, label).toMatch(
      status === 404 ? /no longer exists in Auth0|Auth0 couldn't find/ : /Auth0 refused the request/,
    );
  if (reason) expect(sentence, label).toContain(`“${reason}”`);
}

describe.skipIf(!folder)('each recorded error', () => {
  /** Returns each error once for the call, and checks what the user sees. */
  async function forEach(
    match: Match,
    act: (label: string) => Promise<string>,
    check: (sentence: string, error: RecordedError, label: string) => void = expectFits,
  ): Promise<void> {
    expect(errors.length).toBeGreaterThan(20);
    for (const error of errors) {
      const label = `${error.status} ${JSON.stringify(error.response)}`;
      const fault: Fault = { status: error.status, body: error.response };
      world.auth0.fail(match, fault);
      const sentence = await act(label);
      check(sentence, error, label);
      world.auth0.clearFaults();
    }
  }

  /** Waits for a new message, and returns its text. */
  async function answer(person: Person, act: () => Promise<unknown>): Promise<string> {
    const { sales, slack } = world;
    const before = new Set(person.sees(sales.id));
    await act();
    return textOf(await slack.until(() => person.sees(sales.id).find((each) => !before.has(each))));
  }

  /** Submits the form, and returns the error in the form that comes back. */
  async function returned(person: Person): Promise<string> {
    const { slack } = world;
    const form = person.modal;
    await person.submit();
    const back = await slack.until(() => {
      const view = person.modal;
      return view !== form && view?.submit && view;
    });
    return textOf({ blocks: back.blocks.slice(0, 1) });
  }

  it('is explained if the create call returns it', async () => {
    const { maria } = await start();
    await fillNew(world);
    await warm(world);
    await forEach({ method: 'POST', path: /sso-ticket$/ }, () => returned(maria));
    expect(creates(world)).toHaveLength(errors.length);
    expect(world.auth0.tickets).toEqual([]);
  });

  it('is explained if the revoke call returns it', async () => {
    const { maria, sales } = await start();
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, /SSO link for acme-corp/);
    await modal(world, maria, /Your link is ready/);
    await maria.close();
    await forEach(
      { path: /revoke$/ },
      () => answer(maria, () => maria.press('Revoke link', link)),
      // The text from Auth0 is left out, because it may contain the path with the ID of the ticket.
      (sentence, error, label) => {
        expect(sentence, label).toMatch(
          /The SSO link for acme-corp wasn't revoked\. .*The link still works\./,
        );
        expect(sentence, label).not.toMatch(/another name/);
        if (error.response.errorCode === 'insufficient_entitlement') expect(sentence).toContain('Auth0 plan');
      },
    );
    expect(world.auth0.tickets.map(({ state }) => state)).toEqual(['live']);
  });

  it('is explained if the list of profiles returns it', async () => {
    const { maria, sales } = await start();
    await forEach({ path: '/self-service-profiles' }, () => opened(maria, ''));
    await forEach({ path: '/self-service-profiles' }, () =>
      answer(maria, () => maria.command(sales.id, 'profiles')),
    );
  });

  it('does not hide the profiles if the list of user attribute profiles returns it', async () => {
    const id = 'uap_1csDj3szFsgxGS1oTZTdFm';
    const { auth0, maria, sales } = await start();
    for (const profile of auth0.profiles) profile.user_attribute_profile_id = id;
    auth0.attributeProfiles = [{ id, name: 'Employees' }];
    holdDate();
    await forEach(
      { path: '/user-attribute-profiles' },
      async () => {
        // After some minutes, the bot reloads the list of profiles and shows the old one until then.
        pass(10 * 60_000);
        const count = auth0.requests.length;
        await maria.command(sales.id, 'profiles');
        await world.slack.until(() => answeredSince(count, '/api/v2/user-attribute-profiles'));
        return answer(maria, () => maria.command(sales.id, 'profiles'));
      },
      (sentence, _, label) => {
        expect(sentence, label).toContain('2 self-service profiles');
        expect(sentence, label).toContain(id);
      },
    );
  });

  it.each([
    ['clients', '/clients', ''],
    ['organizations', '/organizations', ''],
    ['connection', '/connections', 'edit'],
  ])('is explained in the suggestions for “%s” if their list returns it', async (field, path, command) => {
    const { auth0, maria, sales } = await start();
    auth0.fail({ path }, { status: 403 });
    await maria.command(sales.id, command);
    await modal(world, maria, /SSO connection/);
    await suggestions(maria, field, '');
    auth0.clearFaults();
    holdDate();
    await forEach(
      { path },
      async () => {
        // A failure is remembered for a second.
        pass(2_000);
        const [notice, ...more] = await suggestions(maria, field, '');
        expect(more).toEqual([]);
        return notice?.reads ?? '';
      },
      (sentence, error, label) => {
        // A suggestion has room for 150 characters, so it may end within the reason.
        const shown = /“([^“]*)…$/.exec(sentence)?.[1];
        if (shown && reasonOf(error)?.startsWith(shown)) expect(shown.length, label).toBeGreaterThan(40);
        else expectFits(sentence, error, label);
      },
    );
  });

  it.each([
    ['clients', 'Zz01234567890123456789012345678', /clients\/Zz/, ''],
    ['organizations', 'org_Zz01234567890123', /organizations\/org_Zz/, ''],
    ['organizations', 'globe', /organizations\/name\/globe/, ''],
    ['connection', 'con_Zz01234567890123', /connections\/con_Zz/, 'edit'],
  ])(
    'does not affect the loaded suggestions for “%s” if the lookup of “%s” returns it',
    async (field, typed, path, command) => {
      const { auth0, maria, sales } = await start();
      await maria.command(sales.id, command);
      await modal(world, maria, /SSO connection/);
      await warm(world);
      holdDate();
      let count = 0;
      await forEach(
        { path },
        async () => {
          pass(2_000);
          count += 1;
          const found = await suggestions(maria, field, typed);
          return found.map(({ reads }) => reads).join('\n');
        },
        (sentence, _, label) => {
          if (typed === 'globe') expect(sentence, label).toContain('Globex Inc');
          else expect(sentence, label).toBe('');
        },
      );
      expect(auth0.requests.filter((request) => request.path.search(path) !== -1)).toHaveLength(count);
    },
  );

  it('is explained if the lookup of a connection by name returns it', async () => {
    const { maria, sales } = await start();
    await maria.command(sales.id, 'edit');
    await modal(world, maria, /Edit SSO connection/);
    await warm(world);
    await maria.close();
    await forEach({ path: '/connections' }, () => opened(maria, 'edit brand-new'));
  });

  it('is explained if the lookup of a connection by ID returns it', async () => {
    const { maria, sales } = await start();
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, /Edit SSO connection/);
    await warm(world);
    const id = 'con_Ne1wOn2Eo3Ne4Wo5';
    await forEach(
      { path: `/connections/${id}` },
      () => {
        const option = maria.value('connection').selected_option;
        if (option) option.value = id;
        return returned(maria);
      },
      (sentence, error, label) => {
        if (error.status === 404 || error.status === 400) {
          expect(sentence, label).toMatch(/The connection .* no longer exists/);
        } else expectFits(sentence, error, label);
      },
    );
    expect(creates(world)).toEqual([]);
  });

  it('is explained if the list of applications of a connection returns it', async () => {
    const { maria, sales } = await start({ env: { PROTECTED_APPLICATIONS: 'Partner Hub' } });
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, /Edit SSO connection/);
    await warm(world);
    await forEach({ path: /\/connections\/\w+\/clients$/ }, () => returned(maria));
    expect(creates(world)).toEqual([]);
  });

  it('is explained if the list of connections of an organization returns it', async () => {
    const { maria } = await start({ env: { EDITORS: 'U0TOM' } });
    await fillNew(world);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await warm(world);
    await forEach({ path: /enabled_connections$/ }, () => returned(maria));
    expect(creates(world)).toEqual([]);
  });

  it('is explained as rejected credentials if the token request returns it', async () => {
    const { auth0, maria } = await start();
    await fillNew(world);
    await warm(world);
    await forEach(
      { path: '/oauth/token' },
      () => {
        auth0.dropTokens();
        return returned(maria);
      },
      (sentence, _, label) => {
        expect(sentence, label).toMatch(
          /Auth0 doesn't accept the bot's credentials.*check the bot's Auth0 settings/,
        );
      },
    );
    expect(auth0.tickets).toEqual([]);
  });

  /** Returns the text that is shown in place of a form. */
  async function opened(person: Person, text: string): Promise<string> {
    if (person.modal) await person.close();
    await person.command(world.sales.id, text);
    return textOf(await modal(world, person, /Try again/));
  }

  function answeredSince(count: number, path: string): boolean {
    return world.auth0.requests.slice(count).some((request) => request.path === path && request.status > 0);
  }
});
