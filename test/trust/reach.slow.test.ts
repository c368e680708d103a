import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { type FieldProblem, TicketError, type TicketErrorDetails } from '../../src/tickets/errors.ts';
import { membership } from '../../src/tickets/form/basics.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  audits,
  botSettings,
  buttonsIn,
  CONTEXT,
  creates,
  expectClean,
  holdDate,
  like,
  live,
  MODES,
  message,
  modal,
  NOTHING_MADE,
  pass,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

const PORTAL = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const ANALYTICS = 't8GhY2jUk6Mn4Bv0Cx3Za9Qw1Es7Rd5P';

/** What a non-editor reads instead of a link. */
const NAMES = { ...CONTEXT, contact: 'Ann' };
const whyNot = (error: Error) =>
  sentences.createSentence(error, { ...NAMES, isEditor: false, receipt: true });
const refusal = (details: TicketErrorDetails, cause?: Error) => whyNot(new TicketError(details, { cause }));
const isProtected = (name: string) => refusal({ code: 'resource_protected', name });
const hasConnection = (name: string) => refusal({ code: 'organization_has_connection', name });
const isUnresolved = (variable: string) => refusal({ code: 'protection_unresolved', variable });
const problem = (details: FieldProblem) => sentences.fieldSentence(details, NAMES);

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  world.auth0.clearFaults();
  expectClean(world);
  await world.stop();
  vi.useRealTimers();
});

/** Tom is an editor, Maria is not. */
async function start({ env, ...options }: Omit<WorldOptions, 'env'> & { env?: Record<string, string> } = {}) {
  world = await startWorld({ ...options, env: { EDITORS: 'U0TOM', ACCESS_CONTACT: 'Ann', ...env } });
  await world.maria.command(world.sales.id, 'warm-up');
  await modal(world, world.maria, sentences.FORM_TITLE.new);
  await warm(world);
  await world.maria.close();
}

const PEOPLE = {
  'an editor': () => world.tom,
  'a non-editor': () => world.maria,
};

interface NewLink {
  organizations?: [typed: string, name: string][];
  application?: [typed: string, name: string];
}

async function fillNewLink(person: Person, { organizations = [], application }: NewLink): Promise<void> {
  await person.command(world.sales.id, 'acme-corp');
  await modal(world, person, sentences.FORM_TITLE.new);
  const [typed, name] = application ?? ['portal', 'Customer Portal'];
  await person.pick('clients', { type: typed, take: name });
  for (const [text, take] of organizations) await person.pick('organizations', { type: text, take });
}

/** Submits the form, and returns what the person reads next. */
async function outcome(person: Person): Promise<string> {
  await person.submit();
  const errors = Object.values(person.errors);
  if (errors.length > 0) return errors.join('\n');
  const view = await modal(world, person, like(sentences.DONE_TITLE, NOTHING_MADE, isProtected(ANY)));
  return `${view.title.text} ${textOf(view)}`;
}

const READY = sentences.DONE_TITLE;

/** What a link reaches, and what an editor and a non-editor get. */
const NEW_LINKS: [reaches: string, link: NewLink, editor: string, other: string][] = [
  ['no organization', {}, READY, READY],
  ['an organization without a connection', { organizations: [['glob', 'Globex Inc']] }, READY, READY],
  ['an organization with a database only', { organizations: [['wayne', 'Wayne Enterprises']] }, READY, READY],
  [
    'an organization with an enterprise connection',
    { organizations: [['initech', 'Initech']] },
    READY,
    hasConnection('Initech'),
  ],
  [
    'one organization with a connection among others',
    {
      organizations: [
        ['glob', 'Globex Inc'],
        ['hooli', 'Hooli'],
      ],
    },
    READY,
    hasConnection('Hooli'),
  ],
  [
    'a protected organization',
    { organizations: [['soylent', 'Soylent Foods']] },
    isProtected('Soylent Foods'),
    isProtected('Soylent Foods'),
  ],
  [
    'a protected application',
    { application: ['analytics', 'Analytics'] },
    isProtected('Analytics'),
    isProtected('Analytics'),
  ],
];

const EDIT_LINKS: [reaches: string, connection: string, editor: string][] = [
  ['a connection', 'hooli-okta', READY],
  ['a protected connection', 'umbrella-entra', isProtected('umbrella-entra')],
  ['a connection of a protected organization', 'soylent-oidc', isProtected('soylent-oidc')],
  ['a connection of a protected application', 'initech-saml', isProtected('initech-saml')],
];

const PROTECTED = {
  PROTECTED_CONNECTIONS: 'UMBRELLA-entra',
  PROTECTED_ORGANIZATIONS: 'soylent foods',
  PROTECTED_APPLICATIONS: 'ANALYTICS',
};

describe.each(MODES)('over %s', (mode) => {
  describe.each(Object.keys(PEOPLE) as (keyof typeof PEOPLE)[])('%s', (kind) => {
    const newLinks = NEW_LINKS.map(
      ([reaches, link, editor, other]): [verb: string, reaches: string, link: NewLink, expected: string] => {
        const expected = kind === 'an editor' ? editor : other;
        return [expected === READY ? 'gets' : "doesn't get", reaches, link, expected];
      },
    );
    it.each(newLinks)(
      '%s a link for a new connection that reaches %s',
      async (_verb, _reaches, link, expected) => {
        await start({ mode, env: PROTECTED });
        const person = PEOPLE[kind]();
        await fillNewLink(person, link);
        expect(await outcome(person)).toContain(expected);
        expect(live(world)).toHaveLength(expected === READY ? 1 : 0);
        expect(audits(world, 'ticket_made')).toHaveLength(expected === READY ? 1 : 0);
      },
    );

    const editLinks = EDIT_LINKS.map(
      ([reaches, name, editor]): [verb: string, reaches: string, name: string, editor: string] => {
        const gets = kind === 'an editor' && editor === READY;
        return [gets ? 'gets' : "doesn't get", reaches, name, editor];
      },
    );
    it.each(editLinks)('%s a link to edit %s', async (_verb, _reaches, name, editor) => {
      await start({
        mode,
        env: PROTECTED,
        tenant: ({ connections, organizationConnections }) => {
          for (const { id, name, enabled_clients } of connections) {
            if (name === 'initech-saml') enabled_clients.push(ANALYTICS);
            if (name !== 'soylent-oidc') continue;
            organizationConnections.push({
              organization_id: 'org_Soy6tRe4Wq8Ui2Op',
              connection_id: id,
              assign_membership_on_login: true,
              show_as_button: true,
            });
          }
        },
      });
      const person = PEOPLE[kind]();
      const { sales } = world;
      await person.command(sales.id, `edit ${name}`);
      if (kind === 'a non-editor') {
        await message(world, person, sales.id, sentences.accessSentence('editor', NAMES));
        expect(person.modal).toBeUndefined();
      } else if (name === 'umbrella-entra') await message(world, person, sales.id, editor);
      else {
        await modal(world, person, sentences.FORM_TITLE.edit);
        expect(await outcome(person)).toContain(editor);
      }
      expect(live(world)).toHaveLength(kind === 'an editor' && editor === READY ? 1 : 0);
    });
  });
});

describe('the PROTECTED_ variables', () => {
  it.each([
    'soylent',
    'Soylent Foods',
    'SOYLENT FOODS',
    'org_Soy6tRe4Wq8Ui2Op',
    'initech, soylent foods',
    'initech  soylent',
  ])('protect an organization given as %s', async (entry) => {
    await start({ env: { PROTECTED_ORGANIZATIONS: entry } });
    await fillNewLink(world.tom, { organizations: [['soylent', 'Soylent Foods']] });
    expect(await outcome(world.tom)).toContain(isProtected('Soylent Foods'));
    expect(creates(world)).toEqual([]);
    expect(world.log.join('\n').includes('split at its spaces')).toBe(entry === 'initech  soylent');
  });

  it.each(['Hooli', 'HOOLI-OKTA', 'con_Ho3oLi7Ok1Ta5Zx9'])(
    'protect a connection given as %s',
    async (entry) => {
      await start({ env: { PROTECTED_CONNECTIONS: entry } });
      await world.tom.command(world.sales.id, 'edit hooli-okta');
      await message(world, world.tom, world.sales.id, isProtected('hooli-okta'));
    },
  );

  it('protect an application that the form does not know, by its name in Auth0', async () => {
    await start({ env: { PROTECTED_APPLICATIONS: 'Secret Portal' } });
    const { tom, auth0 } = world;
    await fillNewLink(tom, {});
    const client = { client_id: 'z9XcV8bNm7Qw6Er5Ty4Ui3Op2As1Df0G', name: 'secret portal', app_type: 'spa' };
    auth0.clients.push({ ...client, global: false, is_first_party: true });
    const [option] = tom.value('clients').selected_options ?? [];
    if (!option) throw new Error('No application is chosen');
    option.value = client.client_id;
    expect(await outcome(tom)).toContain(isProtected('secret portal'));
    expect(creates(world)).toEqual([]);
  });

  it('protect an organization even after it is renamed', async () => {
    await start({ env: { PROTECTED_ORGANIZATIONS: 'soylent' } });
    const { tom, auth0, slack } = world;
    await slack.until(() => auth0.requests.some(({ path }) => path.endsWith('/organizations/name/soylent')));
    for (const organization of auth0.organizations) {
      if (organization.name === 'soylent')
        Object.assign(organization, { name: 'new', display_name: 'New Foods' });
    }
    await fillNewLink(tom, { organizations: [['soylent', 'Soylent Foods']] });
    expect(await outcome(tom)).toContain(isProtected('Soylent Foods'));
  });

  it.each([
    'PROTECTED_CONNECTIONS',
    // An edit reaches the organizations and applications of its connection, so their typos count too.
    'PROTECTED_ORGANIZATIONS',
    'PROTECTED_APPLICATIONS',
  ])('refuse an edit link if an entry in %s matches nothing', async (variable) => {
    await start({ env: { [variable]: 'glbex' } });
    const { tom, sales } = world;
    await tom.command(sales.id, 'edit hooli-okta');
    await modal(world, tom, sentences.FORM_TITLE.edit);
    expect(await outcome(tom)).toContain(isUnresolved(variable));
    expect(creates(world)).toEqual([]);
    const line = await world.slack.until(() =>
      world.log.find((each) => each.includes('A protected entry matches nothing')),
    );
    expect(JSON.parse(line)).toMatchObject({ level: 'error', variable, entry: 'glbex' });
  });

  it.each([
    ['PROTECTED_CONNECTIONS', {}, READY],
    ['PROTECTED_ORGANIZATIONS', {}, READY],
    [
      'PROTECTED_ORGANIZATIONS',
      { organizations: [['glob', 'Globex Inc']] },
      isUnresolved('PROTECTED_ORGANIZATIONS'),
    ],
    ['PROTECTED_APPLICATIONS', {}, isUnresolved('PROTECTED_APPLICATIONS')],
  ] satisfies [string, NewLink, string][])(
    'refuse a link for a new connection only if an unmatched entry in %s may protect what it reaches (%j)',
    async (variable, link, expected) => {
      await start({ env: { [variable]: 'glbex' } });
      await fillNewLink(world.tom, link);
      expect(await outcome(world.tom)).toContain(expected);
    },
  );
});

describe('the check whether an organization has a connection', () => {
  const asked = () =>
    world.auth0.requests.filter(({ path }) => path.endsWith('/enabled_connections')).map(({ path }) => path);

  it('runs only for non-editors, after the acknowledgement, and once a minute', async () => {
    holdDate();
    await start();
    const { tom, maria, auth0 } = world;
    await fillNewLink(tom, { organizations: [['initech', 'Initech']] });
    await tom.type('connectionName', 'of-tom');
    expect(await outcome(tom)).toContain(READY);
    await tom.close();
    expect(asked()).toEqual([]);

    for (const times of [1, 1, 2]) {
      if (times === 2) pass(61_000);
      await fillNewLink(maria, { organizations: [['initech', 'Initech']] });
      auth0.fail({ path: /enabled_connections$/ }, { delay: 3_500 }, 1);
      const acknowledged = await maria.submit();
      expect(acknowledged).toMatchObject({ ok: true });
      await modal(world, maria, hasConnection('Initech'));
      expect(asked()).toHaveLength(times);
      auth0.clearFaults();
      await maria.close();
    }
  });

  it.each([
    ['an error', { status: 500 }, new Auth0Error('failed', { status: 500 })],
    ['a refusal', { status: 403, body: { message: 'no' } }, new Auth0Error('rejected', { reason: 'no' })],
    ['an HTML page', 'html', new Auth0Error('failed')],
    ['a connection reset', 'reset', new Auth0Error('no_answer')],
  ] as const)('refuses the link and keeps the form after %s', async (_, fault, error) => {
    await start();
    const { maria, auth0 } = world;
    await fillNewLink(maria, { organizations: [['glob', 'Globex Inc']] });
    auth0.fail({ path: /enabled_connections$/ }, fault);
    expect(await outcome(maria)).toContain(refusal({ code: 'reach_unknown' }, error));
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(creates(world)).toEqual([]);
  });

  it('is off without the permission, as the bot logs at startup', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:organization_connections');
      },
    });
    const { maria, slack } = world;
    await slack.until(() => world.log.some((line) => line.includes('the check of organizations is off')));
    await fillNewLink(maria, { organizations: [['initech', 'Initech']] });
    expect(await outcome(maria)).toContain(READY);
    expect(asked()).toEqual([]);
  });

  it('limits non-editors to ten organizations, but not editors', async () => {
    await start({
      tenant: ({ organizations }) => {
        for (let number = 0; number < 11; number += 1) {
          const id = `org_Many000000000${String(number).padStart(3, '0')}`;
          organizations.push({ id, name: `many-${number}`, display_name: `Many ${number}` });
        }
      },
    });
    const { maria, tom } = world;
    const many = Array.from({ length: 11 }, (_, number): [string, string] => [
      `many ${number}`,
      `Many ${number}`,
    ]);
    await fillNewLink(maria, { organizations: many });
    expect(await outcome(maria)).toContain(problem({ code: 'too_many_organizations', max: 10, count: 11 }));
    await fillNewLink(tom, { organizations: many });
    expect(await outcome(tom)).toContain(READY);
  });
});

describe('non-editors', () => {
  it('start without automatic membership, and editors start with it', async () => {
    await start();
    for (const [person, checked] of [
      [world.maria, ['show_as_button']],
      [world.tom, ['assign_membership_on_login', 'show_as_button']],
    ] as const) {
      await fillNewLink(person, { organizations: [['glob', 'Globex Inc']] });
      await modal(world, person, membership.label);
      const values = person.value('membership').selected_options ?? [];
      expect(values.map(({ value }) => value)).toEqual(checked);
      await person.type('connectionName', person === world.tom ? 'of-tom' : 'of-maria');
      expect(await outcome(person)).toContain(READY);
      expect(world.auth0.tickets.at(-1)?.body.enabled_organizations).toMatchObject([
        { assign_membership_on_login: checked.length === 2, show_as_button: true },
      ]);
      await person.close();
    }
  });

  it('are told who to ask about a taken name, without a way to edit it', async () => {
    await start({ env: { DEFAULT_CLIENT_IDS: PORTAL } });
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, 'hooli-okta');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.submit();
    expect(maria.errors).toEqual({
      connectionName: problem({
        code: 'connection_name_taken',
        name: 'hooli-okta',
        customer: 'Hooli',
        isEditor: false,
      }),
    });

    // Only Auth0 knows that this name is taken.
    await maria.type('connectionName', 'brand-new');
    auth0.fail(
      { path: /sso-ticket$/ },
      { status: 409, body: { message: 'A connection with this name already exists.' } },
    );
    const told = await outcome(maria);
    expect(told).toContain(whyNot(new Auth0Error('name_taken')));
    expect(told).not.toMatch(/“edit”/);
    expect(buttonsIn(maria.modal)).not.toContain(sentences.FIND_CONNECTION);
  });
});

describe('suggestions', () => {
  /** Asks for options with a forged payload. */
  const suggested = async (payload: object): Promise<unknown> => {
    const { maria, slack } = world;
    const full = {
      type: 'block_suggestion',
      user: { id: maria.id, team_id: slack.teamId },
      team: { id: slack.teamId },
      api_app_id: maria.modal?.app_id,
      value: '',
      ...payload,
    };
    const { status, body } = await slack.deliverRaw({
      body: new URLSearchParams({ payload: JSON.stringify(full) }).toString(),
    });
    expect(status).toBe(200);
    return JSON.parse(body);
  };

  it.each(['connection', 'idpClient'])(
    'for the field %s are empty for non-editors in any form',
    async (field) => {
      await start();
      const { maria, sales } = world;
      await maria.command(sales.id, 'acme');
      const view = await modal(world, maria, sentences.FORM_TITLE.new);
      const ask = { action_id: field, block_id: field };
      for (const place of [{ view }, {}, { view: { ...view, callback_id: 'edit_ticket' } }, { view: null }]) {
        expect(await suggested({ ...ask, ...place })).toMatchObject({ options: [] });
      }
      // A field that the form has still gets suggestions.
      const right = { action_id: 'clients', block_id: 'clients', value: 'portal', view };
      expect(await suggested(right)).toMatchObject({ options: [{ text: { text: 'Customer Portal' } }] });
      expect(await suggested({ ...right, view: undefined })).toMatchObject({ options: [] });
    },
  );
});

describe('the lifetime', () => {
  it('is at most MAX_LINK_HOURS, in the form and on submission', async () => {
    await start({ env: { MAX_LINK_HOURS: '8', DEFAULT_LINK_HOURS: '72' } });
    const { tom } = world;
    await fillNewLink(tom, {});
    const option = tom.value('lifetime').selected_option;
    expect(option).toMatchObject({ value: String(8 * 3600) });
    if (!option) throw new Error('No lifetime is chosen');
    option.value = String(120 * 3600);
    expect(await outcome(tom)).toContain(problem({ code: 'no_longer_offered' }));
    expect(creates(world)).toEqual([]);
  });

  it.each([
    [{}, 24],
    [{ DEFAULT_LINK_HOURS: '8' }, 8],
    [{ MAX_LINK_HOURS: '4' }, 4],
    [{ DEFAULT_LINK_HOURS: '72' }, 24],
  ])('of an edit link with %j defaults to %i hours', async (env, hours) => {
    await start({ env });
    await world.tom.command(world.sales.id, 'edit hooli-okta');
    await modal(world, world.tom, sentences.FORM_TITLE.edit);
    expect(world.tom.value('lifetime').selected_option).toMatchObject({ value: String(hours * 3600) });
  });
});

describe('a form that was opened before a rule existed', () => {
  it.each([
    [
      { REQUIRED_METADATA: 'crm: CRM account ID' },
      problem({ code: 'form_outdated', label: 'CRM account ID' }),
    ],
    [{ MAX_LINK_HOURS: '8' }, problem({ code: 'no_longer_offered' })],
    [
      { CONNECTION_NAME_PATTERN: '^sso-' },
      problem({ code: 'connection_name_against_policy', name: 'acme-corp' }),
    ],
    [{ PROTECTED_ORGANIZATIONS: 'globex' }, isProtected('Globex Inc')],
    [{ PROTECTED_APPLICATIONS: 'customer portal' }, isProtected('Customer Portal')],
  ])('must still follow it (%j)', async (env, expected) => {
    await start();
    const { tom, slack, auth0 } = world;
    await fillNewLink(tom, { organizations: [['glob', 'Globex Inc']] });
    // Another instance of the bot, which has the rule, gets the submission.
    const config = readConfig({
      ...botSettings(slack, auth0, 'http'),
      ...world.database,
      ACCESS_CONTACT: 'Ann',
      ...env,
    });
    const next = createApp(config, createLog('info', { write: (line) => world.log.push(line) }));
    const { port } = await next.start();
    try {
      slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
      expect(await outcome(tom)).toContain(expected);
      expect(creates(world)).toEqual([]);
    } finally {
      await next.stop();
    }
  });
});
