import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { usageHint } from '../../src/slack/subcommands.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import { fieldOptions } from '../arbitrary.ts';
import { ANY, like } from '../harness.ts';
import { isSkipped, PlaygroundPage, startBrowser } from './page.ts';

/** The bot checks for changes every few seconds. */
const FOLLOW_TIMEOUT_MS = 15_000;

describe.skipIf(isSkipped)('the playground in a browser', () => {
  let browser: Browser;
  let on: PlaygroundPage;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    on = await PlaygroundPage.open(browser);
  });
  afterEach(() => on.close());

  test('suggests the command, and creates a link from typed and selected values', async () => {
    await on.page.getByLabel('Message', { exact: true }).pressSequentially('/sso');
    const hint = on.page.getByRole('listbox', { name: 'Commands' });
    await hint.getByText(usageHint()).waitFor();
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.press('Enter');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    await on.field(basics.connectionName.label).fill('acme-corp');
    await on.field(basics.displayName.label).fill('Acme Corp');
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    await on.pick(basics.clients.label, 'analy', /^Analytics/);
    await on.page.getByRole('button', { name: 'Remove Customer Portal' }).click();
    await on.pick(basics.organizations.label, 'glob', /^Globex Inc/);
    await on.page.getByLabel(basics.membership.options[1]?.name ?? '').uncheck();
    await on.select(basics.lifetime.label).click();
    await on.page
      .getByRole('option', { name: fieldOptions('new', 'lifetime')[0]?.name ?? '', exact: true })
      .click();
    await on.submit();

    await on
      .messages()
      .filter({ hasText: 'Only visible to you' })
      .filter({ hasText: on.ticketUrl() })
      .waitFor();
    expect(on.playground.auth0.tickets[0]?.body).toMatchObject({
      connection_config: { name: 'acme-corp', display_name: 'Acme Corp' },
      enabled_clients: ['t8GhY2jUk6Mn4Bv0Cx3Za9Qw1Es7Rd5P'],
      enabled_organizations: [{ organization_id: 'org_Glx3uBq7Ns5Vt1Ke', show_as_button: false }],
      ttl_sec: 3600,
    });
  });

  test('shows an error at the field, and accepts the corrected value', async () => {
    await on.command('');
    await on.field(basics.connectionName.label).fill('acme corp!');
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    await on.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await on.page.locator('[data-field=connectionName]').getByRole('alert').waitFor();
    expect(await on.field(basics.connectionName.label).getAttribute('aria-invalid')).toBe('true');
    await on.field(basics.connectionName.label).and(on.page.locator(':focus')).waitFor();
    expect(on.playground.auth0.tickets).toHaveLength(0);

    await on.field(basics.connectionName.label).fill('acme-corp');
    await on.submit();
    expect(on.playground.auth0.tickets).toHaveLength(1);
  });

  test('shows the link only to the requester, who can copy and dismiss it', async () => {
    const link = await on.createLink();
    await link.getByRole('button', { name: 'Copy' }).first().click();
    expect(await on.clipboard()).toContain(on.ticketUrl());

    await on.become('Tom');
    await on.page.getByText('No messages yet').waitFor();
    expect(await on.page.locator('main').innerHTML()).not.toContain(on.ticketUrl());

    await on.become('Maria');
    await link.getByRole('button', { name: 'Dismiss message' }).click();
    await link.waitFor({ state: 'detached' });
  });

  test('reports that the customer has finished, and then creates a link for an edit', async () => {
    await on.createLink();
    const opened = on.context.waitForEvent('page');
    await on.page.getByRole('link', { name: 'Open' }).click();
    const assistant = await opened;
    await on.setUp(assistant);
    await on.page.locator('#connections').getByText('acme-corp').waitFor();
    await on.page.locator('#tickets').getByText('set up', { exact: true }).waitFor();
    await on.channel('SSO tickets').click();
    await on
      .messages()
      .filter({ hasText: sentences.setUpWith('Okta Workforce') })
      .waitFor();
    await assistant.getByRole('button', { name: 'Enable and finish' }).click();
    await on.page.locator('#tickets').getByText('finished', { exact: true }).waitFor();
    const finished = sentences.finished('Acme Corp', ['Customer Portal']);
    await on.messages().filter({ hasText: finished }).nth(1).waitFor();
    await assistant.close();
    await on.channel('sales').click();

    await on.command('edit hooli-okta');
    await on.dialog(sentences.FORM_TITLE.edit).waitFor();
    expect(await on.select(basics.connection.label).inputValue()).toBe('hooli-okta');
    await on.select(basics.connection.label).press('End');
    await on.select(basics.connection.label).press('ControlOrMeta+a');
    await on.page.keyboard.type('soy');
    expect(await on.select(basics.connection.label).inputValue()).toBe('soy');
    await on.page.getByRole('option', { name: /^soylent-oidc/ }).click();
    await on.submit();
    expect(on.playground.auth0.tickets.at(-1)?.body.connection_id).toBe('con_So5yLe9Oi3Dc7Vb1');
  });

  test('revokes a link after a confirmation', async () => {
    const link = await on.createLink();
    await link.getByRole('button', { name: sentences.REVOKE_LINK }).click();
    const question = on.page.getByRole('alertdialog', { name: sentences.REVOKE_CONFIRMATION.title });
    await question.getByRole('button', { name: sentences.REVOKE_CONFIRMATION.deny }).click();
    expect(on.playground.auth0.tickets[0]?.state).toBe('live');

    await link.getByRole('button', { name: sentences.REVOKE_LINK }).click();
    await question.getByRole('button', { name: sentences.REVOKE_CONFIRMATION.confirm }).click();
    await on
      .messages()
      .filter({ hasText: like(sentences.revoked(ANY, { command: '/sso-ticket', contact: 'Maria' })) })
      .waitFor();
    await on.page.locator('#tickets').getByText('revoked', { exact: true }).waitFor();
    await on.channel('SSO tickets').click();
    await on
      .messages()
      .filter({ hasText: like(sentences.revoked(ANY, { command: '/sso-ticket', contact: 'Maria' })) })
      .waitFor();
  });

  test('moves time forward, and shows the notices before and after a link expires', async () => {
    const noticed = (sentence: string | RegExp) => on.messages().filter({ hasText: sentence }).waitFor();
    const later = async (name: string, hours: number) => {
      await on.page.getByRole('button', { name }).click();
      await expect.poll(() => on.playground.clock.offsetMs).toBe(hours * 3_600_000);
    };
    await on.createLink();
    await on.channel('SSO tickets').click();
    await later('1 hour later', 1);
    await on.page.getByRole('status').filter({ hasText: 'It is now' }).waitFor();
    for (let days = 1; days <= 4; days += 1) await later('1 day later', 1 + days * 24);
    // The notice depends on whether the bot has read the log by then.
    const { expiringNotice, nothingSetUpNotice } = sentences;
    await noticed(like(expiringNotice('Acme Corp').before, nothingSetUpNotice('Acme Corp').before));
    for (let days = 5; days <= 6; days += 1) await later('1 day later', 1 + days * 24);
    await on.page.locator('#tickets').getByText('expired', { exact: true }).waitFor();
    await noticed(sentences.unusedNotice('Acme Corp'));
  });

  test('lists the profiles for everyone, each with its own button', async () => {
    await on.command('profiles');
    await on.become('Tom');
    const list = on.messages().filter({ hasText: sentences.profileCount(2) });
    for (const [at, name] of ['Microsoft and Okta', 'Standard'].entries()) {
      await list.getByRole('button', { name: sentences.FORM_SUBMIT }).nth(at).click();
      await on.dialog(sentences.FORM_TITLE.new).waitFor();
      // The default profile is under “More options”.
      if (!(await on.select(basics.profile.label).isVisible()))
        await on.page.getByRole('button', { name: sentences.MORE_OPTIONS }).click();
      expect(await on.select(basics.profile.label).inputValue()).toBe(name);
      await on.page.keyboard.press('Escape');
      await on.dialog(sentences.FORM_TITLE.new).waitFor({ state: 'detached' });
    }
  });

  test('keeps the form while Auth0 is down, and creates the link once it is back', async () => {
    await on.command('Acme Corp');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    on.playground.switches.set('down', true);
    await on.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await on.dialog(sentences.FORM_TITLE.new).getByText('⚠️').waitFor();
    expect(await on.field(basics.connectionName.label).inputValue()).toBe('acme-corp');
    expect(on.playground.auth0.tickets).toHaveLength(0);

    on.playground.switches.set('down', false);
    await on.submit();
    await on.messages().filter({ hasText: on.ticketUrl() }).waitFor();
  });

  test('creates a link with the keyboard alone', async () => {
    const keys = async (...all: string[]) => {
      for (const key of all) await on.page.keyboard.press(key);
    };
    await on.page.keyboard.type('/ss');
    await keys('Enter');
    await on.page.keyboard.type('Acme Corp');
    await keys('Enter');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    const clients = on.select(basics.clients.label).and(on.page.locator(':focus'));
    for (let stops = 0; stops < 10 && (await clients.count()) === 0; stops += 1) await keys('Tab');
    await on.page.keyboard.type('por');
    await on.page
      .getByRole('option', { name: /^Customer Portal/ })
      .and(on.page.locator('.current'))
      .waitFor();
    await keys('Enter');
    await on.page.locator('.chip').getByText('Customer Portal').waitFor();
    // The first Escape closes the open list, not the modal.
    await keys('ArrowDown', 'Escape');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    // Shift+Tab on the first control moves to the last one, so focus stays in the modal.
    await on.page.getByRole('button', { name: 'Close' }).first().focus();
    await keys('Shift+Tab');
    expect(await on.page.locator(':focus').textContent()).toBe(sentences.FORM_SUBMIT);
    await keys('Enter');
    await on.dialog(sentences.DONE_TITLE).waitFor();
    await keys('Escape');
    await on.dialog(sentences.DONE_TITLE).waitFor({ state: 'detached' });
    expect(on.playground.auth0.tickets).toHaveLength(1);
    await on.page.locator('#composer:focus').waitFor();
  });

  test('asks where to show the link if the global shortcut is used', async () => {
    await on.channel('deals-emea').click();
    await on.page.getByRole('button', { name: 'Shortcuts' }).click();
    await on.page.getByRole('button', { name: /^Create SSO link/ }).click();
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    expect(await on.select(basics.conversation.label).inputValue()).toBe('deals-emea');
    await on.select(basics.conversation.label).click();
    await on.page.getByRole('option', { name: 'sales' }).click();
    await on.field(basics.connectionName.label).fill('acme-corp');
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    await on.submit();
    await on.channel('sales').click();
    await on.messages().filter({ hasText: on.ticketUrl() }).waitFor();
  });

  test('shows HTML in the bot’s messages as text', async () => {
    await on.command('');
    await on.field(basics.connectionName.label).fill('acme-corp');
    await on.field(basics.displayName.label).fill('<img src=x onerror=document.title=1>');
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    await on.submit();
    await on.messages().filter({ hasText: '<img src=x' }).waitFor();
    expect(await on.page.locator('img').count()).toBe(0);
  });

  test('works over Socket Mode, and says when the bot has stopped', async () => {
    await on.close();
    on = await PlaygroundPage.open(browser, { mode: 'socket' });
    await on.command('help');
    await on.messages().filter({ hasText: sentences.HELP_INTRO }).waitFor();
    await on.playground.bot.stop();
    await on.page.getByRole('alert').filter({ hasText: 'The bot has stopped' }).waitFor();
    await on.command('help');
    await on.page.getByText('failed with the error "dispatch_failed"').waitFor();
  });

  /** Whether an element has focus and is in the visible part of its modal. */
  const isFocusedInView = (one: Locator) =>
    one.evaluate((element) => {
      const shown = element.closest('.body')?.getBoundingClientRect();
      const { top, bottom } = element.getBoundingClientRect();
      return element.matches(':focus') && shown && top >= shown.top && bottom <= shown.bottom;
    });

  test('keeps the scroll position and the values after “More options”, and focuses the first new field', async () => {
    await on.page.setViewportSize({ width: 1280, height: 520 });
    await on.command('');
    const form = on.dialog(sentences.FORM_TITLE.new);
    await form.waitFor();
    await on.field(basics.displayName.label).fill('Acme Corp');
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    const body = form.locator('.body');
    const fields = body.locator('[data-field]');
    const before = await fields.evaluateAll((all) => all.map((one) => one.getAttribute('data-field')));
    await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const scrolled = await body.evaluate((element) => element.scrollTop);
    expect(scrolled).toBeGreaterThan(0);

    await on.page.getByRole('button', { name: sentences.MORE_OPTIONS }).click();
    await expect.poll(() => fields.count()).toBeGreaterThan(before.length);
    const after = await fields.evaluateAll((all) => all.map((one) => one.getAttribute('data-field')));
    const added = after.find((one) => !before.includes(one));
    const first = body.locator(`[data-field=${added}]`).locator('input, textarea').first();
    await expect.poll(() => isFocusedInView(first)).toBe(true);
    // The form can only scroll down, and only as far as the new field needs.
    const moved = (await body.evaluate((element) => element.scrollTop)) - scrolled;
    expect(moved).toBeGreaterThanOrEqual(0);
    expect(moved).toBeLessThan(200);
    expect(await on.field(basics.displayName.label).inputValue()).toBe('Acme Corp');
    await form.locator('.chip').getByText('Customer Portal').waitFor();
  });

  test('keeps a list of options at its input while the form scrolls', async () => {
    await on.page.setViewportSize({ width: 1280, height: 520 });
    await on.command('');
    const clients = on.select(basics.clients.label);
    await clients.click();
    await on.page.getByRole('option').first().waitFor();
    const list = on.page.locator('.options:visible');
    const distance = async () => {
      const [input, options] = [await clients.boundingBox(), await list.boundingBox()];
      if (!input || !options) return Number.POSITIVE_INFINITY;
      return Math.min(
        Math.abs(options.y - (input.y + input.height)),
        Math.abs(input.y - (options.y + options.height)),
      );
    };
    expect(await distance()).toBeLessThan(20);
    const before = await clients.boundingBox();
    await on.page.locator('.body').evaluate((body) => body.scrollBy(0, 60));
    await expect.poll(() => clients.boundingBox()).not.toEqual(before);
    await expect.poll(distance).toBeLessThan(20);
  });

  describe('selects the option that is clicked', () => {
    const chip = () => on.page.locator('.chip').getByText('Customer Portal');
    beforeEach(async () => {
      await on.command('');
      await on.select(basics.clients.label).pressSequentially('port');
    });

    test('if its list refreshes between mouse down and mouse up', async () => {
      const option = on.page.getByRole('option', { name: /^Customer Portal/ });
      await option.hover();
      await on.page.mouse.down();
      const answered = on.page.waitForResponse((response) =>
        Boolean(response.request().postData()?.includes('"suggest"')),
      );
      await on.page.keyboard.type('x');
      await (await answered).finished();
      await on.page.mouse.up();
      await chip().waitFor();
    });

    test('if its list refreshes after the click', async () => {
      const option = on.page.getByRole('option', { name: /^Customer Portal/ });
      await option.waitFor();
      let answer = () => {};
      const clicked = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await on.page.route('**/act', async (route) => {
        if (route.request().postData()?.includes('"suggest"')) await clicked;
        await route.continue();
      });
      const asked = on.page.waitForRequest((request) => Boolean(request.postData()?.includes('portx')));
      await on.page.keyboard.type('x');
      await asked;
      await option.click();
      await chip().waitFor();
      answer();
    });
  });

  describe('has a guide that', () => {
    const done = () => on.page.locator('#steps .done').allTextContents();
    const expectDone = (...names: string[]) =>
      expect.poll(done, { timeout: FOLLOW_TIMEOUT_MS }).toEqual(names.map((name) => `${name} (done)`));

    test('checks off each step, and keeps its state after a reload', async () => {
      await expectDone();
      await on.page.getByRole('button', { name: '/sso-ticket Globex Inc' }).click();
      await on.page.locator('#composer:focus').waitFor();
      await on.page.keyboard.press('Enter');
      await on.dialog(sentences.FORM_TITLE.new).waitFor();
      await expectDone();
      await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
      await on.submit();
      await expectDone('Ask');

      await on.messages().getByRole('button', { name: 'Copy' }).first().click();
      await expectDone('Ask', 'Copy');
      const [url = ''] = /http:\S+/.exec(await on.clipboard()) ?? [];
      const assistant = await on.context.newPage();
      await assistant.goto(url);
      await expectDone('Ask', 'Copy', 'Open');
      await on.page.reload();
      await expectDone('Ask', 'Copy', 'Open');
      await on.setUp(assistant);
      await expectDone('Ask', 'Copy', 'Open');
      await assistant.getByRole('button', { name: 'Enable and finish' }).click();
      await expectDone('Ask', 'Copy', 'Open', 'Finish', 'See it');
      await on.page.getByText('That’s it.').waitFor();
      await on.page.reload();
      await expectDone('Ask', 'Copy', 'Open', 'Finish', 'See it');
    });

    test('checks off “Copy” when the link is selected and copied, but not for other text', async () => {
      const link = await on.createLink();
      await expectDone('Ask');
      await link.getByText(sentences.linkTitle('Acme Corp')).selectText();
      await on.page.keyboard.press('ControlOrMeta+c');
      await link.getByText(on.ticketUrl()).first().selectText();
      await expectDone('Ask');
      await on.page.keyboard.press('ControlOrMeta+c');
      await expectDone('Ask', 'Copy');
    });
  });
});
