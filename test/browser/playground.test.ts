import { execFileSync } from 'node:child_process';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchChromium } from '../../playground/chromium.ts';
import { type Playground, type PlaygroundOptions, startPlayground } from '../../playground/playground.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { usageHint } from '../../src/slack/subcommands.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import { fieldOptions } from '../arbitrary.ts';
import { CONTEXT } from '../harness.ts';

const path = chromiumPath();
const wanted = process.env.BROWSER_TESTS === '1';
if (!wanted || !path) {
  const reason = wanted ? 'there is no Chromium (CHROMIUM says where it is)' : 'BROWSER_TESTS is not 1';
  console.info(`Skipped the tests in a real browser: ${reason}.`);
}

/** The page's own patience; Auth0's slowness comes on top. */
const PATIENCE_MS = 10_000;

describe.skipIf(!wanted || !path)('the playground in a real browser', () => {
  let browser: Browser;
  let playground: Playground;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    execFileSync('npm', ['run', 'build', '--silent'], { stdio: ['ignore', 'ignore', 'inherit'] });
    browser = await launchChromium(path ?? '');
  });
  afterAll(() => browser?.close());

  beforeEach(() => open());
  afterEach(async () => {
    const { violations } = playground.slack;
    await context.close();
    await playground.stop();
    expect(violations).toEqual([]);
    expect(problems).toEqual([]);
  });

  async function open(options: PlaygroundOptions = {}): Promise<void> {
    problems = [];
    playground = await startPlayground({ port: 0, ...options });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: playground.url });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') problems.push(line.text());
    });
    await page.goto(playground.url);
    await channel('sales').waitFor();
  }

  // ------------------------------------------------------------------------------- what a person does

  const channel = (name: string) =>
    page.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}`) });
  const messages = () => page.getByRole('log').getByRole('article');
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const field = (name: string) => page.getByRole('textbox', { name });
  const select = (name: string) => page.getByRole('combobox', { name });

  async function command(text: string): Promise<void> {
    await page.getByLabel('Message', { exact: true }).fill(`/sso-ticket ${text}`.trim());
    await page.keyboard.press('Enter');
  }

  async function become(name: string): Promise<void> {
    await page.getByRole('group', { name: 'Who you are' }).getByText(name).click();
    await page.getByRole('radio', { name }).and(page.locator(':checked')).waitFor();
  }

  async function pick(name: string, typed: string, option: RegExp): Promise<void> {
    await select(name).pressSequentially(typed);
    await page.getByRole('option', { name: option }).click();
  }

  /** Asks for a link with the form that is open, and closes what the modal then says. */
  async function submit(): Promise<void> {
    await page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await dialog(sentences.DONE_TITLE).waitFor();
    await page.keyboard.press('Escape');
    await dialog(sentences.DONE_TITLE).waitFor({ state: 'detached' });
  }

  async function createLink(customer = 'Acme Corp'): Promise<Locator> {
    await command(customer);
    await dialog(sentences.FORM_TITLE.new).waitFor();
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    await submit();
    const link = messages().filter({ hasText: sentences.linkTitle(customer) });
    await link.waitFor();
    return link;
  }

  function ticketUrl(): string {
    const { domain, tickets } = playground.auth0;
    return `https://${domain}/self-service/connections-flow?ticket=${tickets.at(-1)?.id}`;
  }

  // ------------------------------------------------------------------------------------------- the tests

  test('a command is found by its hint, and a link made by typing and picking', async () => {
    await page.getByLabel('Message', { exact: true }).pressSequentially('/sso');
    const hint = page.getByRole('listbox', { name: 'Commands' });
    await hint.getByText(usageHint()).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog(sentences.FORM_TITLE.new).waitFor();
    await field(basics.connectionName.label).fill('acme-corp');
    await field(basics.displayName.label).fill('Acme Corp');
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    await pick(basics.clients.label, 'analy', /^Analytics/);
    await page.getByRole('button', { name: 'Remove Customer Portal' }).click();
    await pick(basics.organizations.label, 'glob', /^Globex Inc/);
    await page.getByLabel(basics.membership.options[1]?.name ?? '').uncheck();
    await select(basics.lifetime.label).click();
    await page
      .getByRole('option', { name: fieldOptions('new', 'lifetime')[0]?.name ?? '', exact: true })
      .click();
    await submit();

    await messages().filter({ hasText: 'Only visible to you' }).filter({ hasText: ticketUrl() }).waitFor();
    expect(playground.auth0.tickets[0]?.body).toMatchObject({
      connection_config: { name: 'acme-corp', display_name: 'Acme Corp' },
      enabled_clients: ['t8GhY2jUk6Mn4Bv0Cx3Za9Qw1Es7Rd5P'],
      enabled_organizations: [{ organization_id: 'org_Glx3uBq7Ns5Vt1Ke', show_as_button: false }],
      ttl_sec: 3600,
    });
  });

  test('a wrong value is named at its field, and can be corrected', async () => {
    await command('');
    await field(basics.connectionName.label).fill('acme corp!');
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    await page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await page.locator('[data-field=connectionName]').getByRole('alert').waitFor();
    expect(await field(basics.connectionName.label).getAttribute('aria-invalid')).toBe('true');
    await field(basics.connectionName.label).and(page.locator(':focus')).waitFor();
    expect(playground.auth0.tickets).toHaveLength(0);

    await field(basics.connectionName.label).fill('acme-corp');
    await submit();
    expect(playground.auth0.tickets).toHaveLength(1);
  });

  test('the link arrives for one person and not the other, and is copied whole', async () => {
    const link = await createLink();
    await link.getByRole('button', { name: 'Copy' }).first().click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(ticketUrl());

    await become('Tom');
    await page.getByText('Nothing here yet').waitFor();
    expect(await page.content()).not.toContain(ticketUrl());

    await become('Maria');
    await link.getByRole('button', { name: 'Dismiss message' }).click();
    await link.waitFor({ state: 'detached' });
  });

  test('the customer sets it up, and then an edit is asked for', async () => {
    await createLink();
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Open' }).click();
    const assistant = await opened;
    await assistant.getByLabel('Okta', { exact: true }).check();
    await assistant.getByRole('button', { name: 'Finish' }).click();
    await assistant.getByText('is set up').waitFor();
    await assistant.close();
    await page.locator('#connections').getByText('acme-corp').waitFor();
    await page.locator('#tickets').getByText('opened', { exact: true }).waitFor();

    await command('edit hooli-okta');
    await dialog(sentences.FORM_TITLE.edit).waitFor();
    expect(await select(basics.connection.label).inputValue()).toBe('hooli-okta');
    await select(basics.connection.label).press('End');
    await select(basics.connection.label).press('ControlOrMeta+a');
    await page.keyboard.type('soy');
    expect(await select(basics.connection.label).inputValue()).toBe('soy');
    await page.getByRole('option', { name: /^soylent-oidc/ }).click();
    await submit();
    expect(playground.auth0.tickets.at(-1)?.body.connection_id).toBe('con_So5yLe9Oi3Dc7Vb1');
  });

  test('a link is revoked, after a question', async () => {
    const link = await createLink();
    await link.getByRole('button', { name: sentences.REVOKE_LINK }).click();
    const question = page.getByRole('alertdialog', { name: sentences.REVOKE_CONFIRMATION.title });
    await question.getByRole('button', { name: sentences.REVOKE_CONFIRMATION.deny }).click();
    expect(playground.auth0.tickets[0]?.state).toBe('live');

    await link.getByRole('button', { name: sentences.REVOKE_LINK }).click();
    await question.getByRole('button', { name: sentences.REVOKE_CONFIRMATION.confirm }).click();
    await messages()
      .filter({ hasText: sentences.revoked('acme-corp', CONTEXT) })
      .waitFor();
    await page.locator('#tickets').getByText('revoked', { exact: true }).waitFor();
    await channel('SSO tickets').click();
    await messages()
      .filter({ hasText: sentences.revoked('acme-corp', CONTEXT) })
      .waitFor();
  });

  test('profiles are listed for everybody, each with its own button', async () => {
    await command('profiles');
    await become('Tom');
    const list = messages().filter({ hasText: sentences.profileCount(2) });
    for (const [at, name] of ['Microsoft and Okta', 'Standard'].entries()) {
      await list.getByRole('button', { name: sentences.FORM_SUBMIT }).nth(at).click();
      await dialog(sentences.FORM_TITLE.new).waitFor();
      expect(await select(basics.profile.label).inputValue()).toBe(name);
      await page.keyboard.press('Escape');
      await dialog(sentences.FORM_TITLE.new).waitFor({ state: 'detached' });
    }
  });

  test('Auth0 goes down, and comes back', async () => {
    await command('Acme Corp');
    await dialog(sentences.FORM_TITLE.new).waitFor();
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    playground.switches.set('down', true);
    await page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await dialog(sentences.FORM_TITLE.new).getByText('⚠️').waitFor();
    expect(await field(basics.connectionName.label).inputValue()).toBe('acme-corp');
    expect(playground.auth0.tickets).toHaveLength(0);

    playground.switches.set('down', false);
    await submit();
    await messages().filter({ hasText: ticketUrl() }).waitFor();
  });

  test('everything works by keyboard alone', async () => {
    const keys = async (...all: string[]) => {
      for (const key of all) await page.keyboard.press(key);
    };
    await page.keyboard.type('/ss');
    await keys('Enter');
    await page.keyboard.type('Acme Corp');
    await keys('Enter');
    await dialog(sentences.FORM_TITLE.new).waitFor();
    // Profile, connection name, display name, applications.
    await keys('Tab', 'Tab', 'Tab');
    await page.keyboard.type('por');
    await page
      .getByRole('option', { name: /^Customer Portal/ })
      .and(page.locator('.current'))
      .waitFor();
    await keys('Enter');
    await page.locator('.chip').getByText('Customer Portal').waitFor();
    // An open list takes the first Escape; the modal stays.
    await keys('ArrowDown', 'Escape');
    await dialog(sentences.FORM_TITLE.new).waitFor();
    // Shift+Tab from the first stop goes to the last one: the focus is kept in the modal.
    await page.getByRole('button', { name: 'Close' }).first().focus();
    await keys('Shift+Tab');
    expect(await page.locator(':focus').textContent()).toBe(sentences.FORM_SUBMIT);
    await keys('Enter');
    await dialog(sentences.DONE_TITLE).waitFor();
    await keys('Escape');
    await dialog(sentences.DONE_TITLE).waitFor({ state: 'detached' });
    expect(playground.auth0.tickets).toHaveLength(1);
    await page.locator('#composer:focus').waitFor();
  });

  test('the global shortcut asks where the link goes', async () => {
    await channel('deals-emea').click();
    await page.getByRole('button', { name: 'Shortcuts' }).click();
    await page.getByRole('button', { name: /^Create SSO ticket/ }).click();
    await dialog(sentences.FORM_TITLE.new).waitFor();
    expect(await select(basics.conversation.label).inputValue()).toBe('deals-emea');
    await select(basics.conversation.label).click();
    await page.getByRole('option', { name: 'sales' }).click();
    await field(basics.connectionName.label).fill('acme-corp');
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    await submit();
    await channel('sales').click();
    await messages().filter({ hasText: ticketUrl() }).waitFor();
  });

  test('text from the bot is text, whatever is in it', async () => {
    await command('');
    await field(basics.connectionName.label).fill('acme-corp');
    await field(basics.displayName.label).fill('<img src=x onerror=document.title=1>');
    await pick(basics.clients.label, 'portal', /^Customer Portal/);
    await submit();
    await messages().filter({ hasText: '<img src=x' }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  test('the bot can speak Socket Mode, and its end is told', async () => {
    await context.close();
    await playground.stop();
    await open({ mode: 'socket' });
    await command('help');
    await messages().filter({ hasText: sentences.HELP_INTRO }).waitFor();
    await playground.bot.stop();
    await page.getByRole('alert').filter({ hasText: 'The bot has stopped' }).waitFor();
    await command('help');
    await page.getByText('failed with the error "dispatch_failed"').waitFor();
  });
});
