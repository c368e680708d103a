import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import { isSkipped, PlaygroundPage, startBrowser } from './page.ts';

const WIDTHS = [1280, 400];
const COLOR_SCHEMES = ['light', 'dark'] as const;

describe.skipIf(isSkipped)('axe-core finds no problem and nothing is cut off', () => {
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

  /** Checks a view at all widths, in all color schemes. */
  async function audit(view: string, page: Page = on.page): Promise<void> {
    await page.evaluate(axe.source);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of COLOR_SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const { violations } = await page.evaluate<axe.AxeResults>(
          "axe.run({ resultTypes: ['violations'] })",
        );
        const found = violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
        );
        expect.soft(found, `${view}, ${width} pixels, ${colorScheme}`).toEqual([]);
      }
      const wide = await page
        .locator('html, main, #log, #panel, #sidebar, #top, #guide, dialog, .body, .message')
        .evaluateAll((all) =>
          all
            .filter((one) => one.scrollWidth > one.clientWidth)
            .map(({ id, className }) => `${id} ${className}`),
        );
      expect.soft(wide, `${view}, ${width} pixels`).toEqual([]);
    }
    // Emoji in CSS need a font that not every computer has.
    const emoji = await page.evaluate(`[...document.querySelectorAll('*')]
      .flatMap((one) => ['::before', '::after'].map((part) => getComputedStyle(one, part).content))
      .filter((content) => /\\p{Extended_Pictographic}/u.test(content))`);
    expect.soft(emoji, view).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  test('in the first view, the commands, the shortcuts, and a notice', async () => {
    await audit('empty');
    await on.composer().fill('/sso');
    await audit('commands');
    await on.page.getByRole('button', { name: 'Shortcuts' }).click();
    await audit('shortcuts');
    await on.page.keyboard.press('Escape');
    await on.composer().fill('hello');
    await on.page.keyboard.press('Enter');
    await on.page.getByText('only has commands').waitFor();
    await audit('notice');
  });

  test('in the form with its options, lists, field errors, and a problem', async () => {
    await on.command('Acme Corp');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    await audit('form');
    await on.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await on.page.locator('.error').first().waitFor();
    await audit('field error');
    await on.select(basics.clients.label).pressSequentially('a');
    await on.page.getByRole('option', { name: /^Analytics/ }).waitFor();
    await audit('list of options');
    await on.page.getByRole('option', { name: /^Analytics/ }).click();
    await on.page.getByRole('button', { name: sentences.MORE_OPTIONS }).click();
    await expect.poll(() => on.page.locator('[data-field]').count()).toBeGreaterThan(8);
    await audit('more options');
    on.playground.switches.set('down', true);
    await on.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await on.dialog(sentences.FORM_TITLE.new).getByText('⚠️').waitFor();
    await audit('problem');
  });

  test('in the message with the link, its dialogs, and its receipt', async () => {
    await on.command('Acme Corp');
    await on.dialog(sentences.FORM_TITLE.new).waitFor();
    await on.pick(basics.clients.label, 'portal', /^Customer Portal/);
    on.playground.auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 4_000 }, 1);
    await on.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    await on.dialog(sentences.PROGRESS_TITLE).waitFor();
    await audit('progress');
    await on.dialog(sentences.DONE_TITLE).waitFor();
    await audit('done');
    await on.page.keyboard.press('Escape');
    const link = on.messages().filter({ hasText: on.ticketUrl() });
    await audit('link');
    await link.getByRole('button', { name: sentences.REVOKE_LINK }).click();
    const question = on.page.getByRole('alertdialog', { name: sentences.REVOKE_CONFIRMATION.title });
    await question.waitFor();
    await audit('confirmation');
    await question.getByRole('button', { name: sentences.REVOKE_CONFIRMATION.confirm }).click();
    await on.page.locator('#tickets').getByText('revoked', { exact: true }).waitFor();
    await audit('revoked link');
    await on.channel('SSO tickets').click();
    await on.messages().first().waitFor();
    await audit('receipt');
  });

  test('in the profiles, the help, and the refusal of a guest', async () => {
    await on.command('profiles');
    await on
      .messages()
      .filter({ hasText: sentences.profileCount(2) })
      .waitFor();
    await audit('profiles');
    await on.command('help');
    await on.messages().filter({ hasText: sentences.HELP_INTRO }).waitFor();
    await audit('help');
    await on.become('Gwen');
    await on.command('');
    await on.messages().nth(1).waitFor();
    await audit('refused guest');
  });

  test('in the setup assistant, the edit form, the finished guide, and the details', async () => {
    await on.createLink('Globex Inc');
    const assistant = await on.context.newPage();
    await assistant.goto(on.ticketUrl());
    await audit('assistant', assistant);
    await assistant.getByLabel('Okta', { exact: true }).check();
    for (const name of ['Continue', 'Save', 'Start a test sign-in', 'Finish the test sign-in']) {
      await assistant.getByRole('button', { name }).click();
      await audit(`assistant after “${name}”`, assistant);
    }
    await assistant.getByRole('button', { name: 'Enable and finish' }).click();
    await assistant.getByText('is set up').waitFor();
    await audit('finished assistant', assistant);
    await assistant.goto(`${on.ticketUrl()}x`);
    await audit('assistant without a ticket', assistant);
    await assistant.close();
    await on.messages().getByRole('button', { name: 'Copy' }).first().click();
    await on.command('edit globex-inc');
    await on.dialog(sentences.FORM_TITLE.edit).waitFor();
    await audit('edit form');
    await on.page.keyboard.press('Escape');
    await on.page.getByText('That’s it.').waitFor();
    await audit('finished guide');
    for (const { name } of [{ name: 'slow' }, { name: 'limited' }] as const)
      on.playground.switches.set(name, true);
    await on.page.setViewportSize({ width: 400, height: 800 });
    await on.page.getByRole('button', { name: 'Details' }).click();
    await on.page.getByRole('button', { name: '1 hour later' }).click();
    await on.page.getByRole('status').filter({ hasText: 'It is now' }).waitFor();
    await on.page.locator('#requests details').first().click();
    await audit('details');
  });

  test('after the bot has stopped', async () => {
    await on.playground.bot.stop();
    await on.page.getByText('The bot has stopped').waitFor();
    await audit('stopped');
  });
});
