import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { FieldProblem } from '../../src/tickets/errors.ts';
import {
  clients,
  connectionName,
  displayName,
  lifetime,
  organizations,
  profile,
} from '../../src/tickets/form/basics.ts';
import type { View } from '../../stand-ins/slack/types.ts';
import {
  buttonsIn,
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  labelsOf,
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

afterEach(async () => {
  expectClean(world);
  await world.stop();
});

/** The ID of the field that has the focus when the form opens. */
const focused = ({ blocks }: View) =>
  blocks.filter(({ element }) => element?.focus_on_load).map(({ block_id }) => block_id);

const fieldIds = ({ blocks }: View) =>
  blocks.flatMap(({ type, block_id }) => (type === 'input' ? [block_id] : []));

/** Waits until the form shows a field, or no longer shows it. */
const waitForField = (field: string, isShown = true) =>
  world.slack.until(() => {
    const view = world.maria.modal;
    return view && fieldIds(view).includes(field) === isShown ? view : undefined;
  });

const problem = (details: FieldProblem) => sentences.fieldSentence(details, CONTEXT);

describe.each(MODES)('the form for a new connection (%s)', (mode) => {
  it('starts with the display name and focuses it', async () => {
    world = await startWorld({ mode });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    const view = await modal(world, maria, sentences.FORM_TITLE.new);
    const labels = [displayName, connectionName, clients, organizations, lifetime, profile].map(
      ({ label }) => label,
    );
    expect(labelsOf(view)).toEqual(labels);
    expect(focused(view)).toEqual(['displayName']);
  });

  it('shows required metadata after the names, with its own error text', async () => {
    world = await startWorld({
      mode,
      env: { REQUIRED_METADATA: 'region: Region /^(EMEA|APAC)$/ EMEA or APAC' },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    const view = await modal(world, maria, sentences.FORM_TITLE.new);
    expect(labelsOf(view).slice(0, 4)).toEqual([
      displayName.label,
      connectionName.label,
      'Region',
      clients.label,
    ]);
    expect(textOf(view)).toContain('EMEA or APAC');
    // The error describes the format in words instead of showing the pattern.
    await maria.type('displayName', 'Acme Corp');
    await maria.type('required:region', 'Europe');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(maria.errors).toEqual({ 'required:region': 'EMEA or APAC' });
  });

  it('derives the connection name from the display name, and shows it in the message', async () => {
    world = await startWorld({ mode });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('displayName', 'Acme & Söhne GmbH');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle('Acme & Söhne GmbH'));
    expect(textOf(link)).toContain('acme-soehne-gmbh');
    expect(creates(world)[0]?.body).toMatchObject({
      connection_config: { name: 'acme-soehne-gmbh', display_name: 'Acme & Söhne GmbH' },
    });
  });

  it('requires a name, and a connection name if it cannot be derived from the display name', async () => {
    world = await startWorld({ mode });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(maria.errors).toEqual({
      displayName: problem({ code: 'one_text_missing', labels: [displayName.label, connectionName.label] }),
    });
    await maria.type('displayName', '株式会社');
    await maria.submit();
    expect(maria.errors).toEqual({ connectionName: problem({ code: 'connection_name_underivable' }) });
    expect(maria.value('displayName').value).toBe('株式会社');
  });

  it('rejects a derived connection name that is taken', async () => {
    world = await startWorld({ mode });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await warm(world);
    await maria.type('displayName', 'Initech SAML');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(maria.errors).toEqual({
      connectionName: problem({
        code: 'connection_name_taken',
        name: 'initech-saml',
        customer: 'Initech',
        isEditor: true,
      }),
    });
  });

  it('shows fields only while they apply, and keeps what was entered', async () => {
    world = await startWorld({ mode });
    const { maria } = world;
    await fillNew(world);
    expect(fieldIds(await waitForField('membership', false))).toContain('organizations');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await waitForField('membership');
    expect(maria.value('connectionName').value).toBe('acme-corp');
    await maria.clear('organizations');
    await waitForField('membership', false);

    await maria.press(sentences.MORE_OPTIONS);
    const more = await waitForField('domainVerification');
    for (const hidden of [
      'pendingDomains',
      'iconUrl',
      'idpClient',
      'idpQuery',
      'scimScopes',
      'tokenLifetime',
    ]) {
      expect(fieldIds(more)).not.toContain(hidden);
    }
    await maria.choose('domainVerification', 'required');
    await waitForField('pendingDomains');
    await maria.choose('scim', 'custom');
    expect(fieldIds(await waitForField('scimScopes'))).toContain('tokenLifetime');
    await maria.choose('scim', 'off');
    await waitForField('scimScopes', false);
    await maria.choose('showAsButton', ['show']);
    await waitForField('iconUrl');
    await maria.choose('idpInitiated', ['enabled']);
    expect(fieldIds(await waitForField('idpClient'))).toContain('idpQuery');
    await maria.choose('idpProtocol', 'samlp');
    await waitForField('idpQuery', false);
    expect(maria.value('connectionName').value).toBe('acme-corp');
  });

  it('does not reopen a form that was submitted while it was updated', async () => {
    world = await startWorld({ mode });
    const { maria, slack } = world;
    await fillNew(world);
    slack.fail('views.update', { error: 'hash_conflict' }, 1);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await slack.until(() => world.log.some((line) => line.includes('it has changed')));
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
  });
});

describe('the profile field', () => {
  it('is under “More options”, with focus, if there is only one profile', async () => {
    world = await startWorld({
      tenant: ({ profiles }) => {
        profiles.splice(1);
      },
    });
    const { maria } = world;
    const view = await fillNew(world);
    expect(fieldIds(view)).not.toContain('profile');
    await maria.press(sentences.MORE_OPTIONS);
    expect(focused(await waitForField('profile'))).toEqual(['profile']);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
  });

  it('is hidden if the default profile is selected, and shown otherwise', async () => {
    world = await startWorld({
      env: ({ profiles }) => ({ DEFAULT_PROFILE_ID: profiles[0]?.id ?? '' }),
    });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    expect(fieldIds(await modal(world, maria, sentences.FORM_TITLE.new))).not.toContain('profile');
    await maria.close();
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, sentences.profileCount(2));
    const buttons = list.blocks.filter(({ type }) => type === 'actions');
    await maria.press(sentences.FORM_SUBMIT, list, buttons[0]?.block_id);
    expect(fieldIds(await modal(world, maria, sentences.FORM_TITLE.new))).toContain('profile');
  });
});

describe('“More options”', () => {
  it('ends with a section that only editors see', async () => {
    world = await startWorld({ env: { EDITORS: 'U0MARIA' } });
    const { maria, tom } = world;
    await fillNew(world);
    await maria.press(sentences.MORE_OPTIONS);
    const headers = (view: View) =>
      view.blocks.flatMap(({ type, text }) => (type === 'header' ? [text?.text] : []));
    expect(headers(await waitForField('thirdParty'))).toEqual([
      'Domains',
      'Connection and link',
      'For editors',
    ]);
    await fillNew(world, { person: tom });
    await tom.press(sentences.MORE_OPTIONS);
    const seen = await world.slack.until(() => {
      const view = tom.modal;
      return view && fieldIds(view).includes('metadata') ? view : undefined;
    });
    expect(headers(seen)).toEqual(['Domains', 'Connection and link']);
  });
});

describe('if the customer already has a connection', () => {
  it.each(['initech-saml', 'Initech'])('lets an editor who types %j edit it instead', async (typed) => {
    world = await startWorld();
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await warm(world);
    await maria.close();
    await maria.command(sales.id, typed);
    const names = { customer: 'Initech', connection: 'initech-saml' };
    const view = await modal(world, maria, sentences.customerHasConnection(names, true, CONTEXT));
    expect(buttonsIn(view)).toEqual([sentences.EDIT_INSTEAD, sentences.MORE_OPTIONS]);
    await maria.press(sentences.EDIT_INSTEAD);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option?.text.text).toBe('initech-saml');
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('Initech'));
  });

  it('tells other people who to ask', async () => {
    world = await startWorld({ env: { EDITORS: 'U0MARIA', ACCESS_CONTACT: '#it-help' } });
    const { maria, tom, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await warm(world);
    await tom.command(sales.id, 'initech');
    const names = { customer: 'Initech', connection: 'initech-saml' };
    const contact = { ...CONTEXT, contact: '#it-help' };
    const view = await modal(world, tom, sentences.customerHasConnection(names, false, contact));
    expect(buttonsIn(view)).toEqual([sentences.MORE_OPTIONS]);
  });
});

describe('text that looks like a request for help', () => {
  it.each(['help me', 'my links', 'profile', 'Help Scout', 'delete globex'])(
    'shows help for %j, with a button that opens the form',
    async (typed) => {
      world = await startWorld();
      const { maria, sales } = world;
      await maria.command(sales.id, typed);
      const help = await message(world, maria, sales.id, sentences.HELP_INTRO);
      expect(maria.modal).toBeUndefined();
      expect(buttonsIn(help)).toEqual([sentences.createLinkFor(typed)]);
      await maria.press(sentences.createLinkFor(typed), help);
      await modal(world, maria, sentences.FORM_TITLE.new);
      expect(maria.value('displayName').value).toBe(typed);
    },
  );

  it.each(['?', '-h', 'help'])('shows help for %j without a button', async (typed) => {
    world = await startWorld();
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    expect(buttonsIn(await message(world, maria, sales.id, sentences.HELP_INTRO))).toEqual([]);
  });
});

describe('the message with the link', () => {
  it('starts with the text for the customer and contains the link once', async () => {
    world = await startWorld();
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.OPEN_BY);
    const types = link.blocks.map(({ type }) => type);
    expect(types).toEqual(['rich_text', 'rich_text', 'rich_text', 'actions', 'context', 'context']);
    const [ticket] = auth0.tickets;
    expect(JSON.stringify(link.blocks).split(ticket?.id ?? '-')).toHaveLength(2);
    const read = readingOf(link);
    expect(read).toContain('Maria');
    expect(read.indexOf('Hello,')).toBeLessThan(read.indexOf(sentences.OPEN_BY.trim()));
  });
});

it('answers a slow search without a result only once', async () => {
  world = await startWorld({ tenant: (auth0) => (auth0.latency = 1_500) });
  const { maria, sales } = world;
  await maria.command(sales.id, 'edit globx');
  await modal(world, maria, sentences.ANSWER_TITLE);
  expect(maria.sees(sales.id)).toEqual([]);
});
