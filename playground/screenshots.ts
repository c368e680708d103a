/**
 * Takes the pictures in `docs/` from the playground: `npm run screenshots`. Needs the Debian packages chromium, webp
 * and fonts-noto-color-emoji. Finds everything by IDs, so that a new wording or order needs no change here.
 */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { chromiumPath, launchChromium } from './chromium.ts';
import { Film } from './film.ts';
import { startPlayground } from './playground.ts';
import { receiptPictures } from './receipts.ts';

/** The domain that the pictures show. */
const DOMAIN = 'acme.eu.auth0.com';
/** The space around the subject of a screenshot, in pixels. */
const MARGIN = 16;
const MAX_FILM_BYTES = 2_000_000;

const path = chromiumPath();
if (!path) throw new Error('Chromium is not installed. Install it, or set CHROMIUM to its path.');
const linkOrigin = `https://${DOMAIN}`;
const playground = await startPlayground({ port: 0, linkOrigin, log: console.error });
const browser = await launchChromium(
  path,
  `--host-resolver-rules=MAP ${DOMAIN}:443 ${playground.auth0.domain}`,
);
const contextOptions = { colorScheme: 'light', ignoreHTTPSErrors: true } as const;
const context = await browser.newContext(contextOptions);
await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: playground.url });
const page = await context.newPage();
await page.goto(playground.url);

const composer = page.locator('#composer');
const form = page.locator('#modal:has(#modal-submit)');
const link = page.locator('.message.ephemeral').last();
const docs = (file: string) => fileURLToPath(new URL(`../docs/${file}`, import.meta.url));

async function command(text: string): Promise<void> {
  await composer.fill(`/sso-ticket ${text}`);
  await page.keyboard.press('Enter');
}

const field = (id: string) => page.locator(`[data-field=${id}] input`);
/** The first option, once the search is over. */
const option = () => page.locator('.options:visible:not(.stale) li').first();

/** Waits until the link is there, and closes the modal that says so. */
async function closeWhenDone(): Promise<void> {
  await link.waitFor();
  await page.locator('#modal:not(:has(.busy, #modal-submit))').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#modal').waitFor({ state: 'hidden' });
}

/** Opens the form for a customer, and chooses an application. */
async function openForm(customer: string): Promise<void> {
  await command(customer);
  await form.waitFor();
  await field('clients').pressSequentially('portal');
  await option().click();
}

/** Hides or shows the page behind a modal, which is visible in the margin. */
async function setBackground(visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(
    `for (const part of document.querySelectorAll('body > :not(dialog)')) part.style.visibility = '${visibility}'`,
  );
}

async function screenshot(name: string, subject: Locator, margin = MARGIN): Promise<void> {
  await subject.scrollIntoViewIfNeeded();
  const box = await subject.boundingBox();
  if (!box) throw new Error(`The subject of ${name} is not visible`);
  await page.evaluate('document.activeElement?.blur()');
  if (margin > 0) await setBackground('hidden');
  await page.screenshot({
    path: docs(`${name}.png`),
    clip: {
      x: box.x - margin,
      y: box.y - margin,
      width: box.width + 2 * margin,
      height: box.height + 2 * margin,
    },
  });
  await setBackground('visible');
  console.log(`docs/${name}.png`);
}

/** Films the steps of the guide. */
async function film(): Promise<void> {
  await page.setViewportSize({ width: 1180, height: 760 });
  const film = await Film.start(page);
  await film.show(1500);
  await film.click(composer);
  await film.type('/sso-ticket Globex Inc');
  await film.show(500);
  await page.keyboard.press('Enter');
  await form.waitFor();
  await film.show(1500);
  await film.click(field('clients'));
  await film.type('portal');
  await option().waitFor();
  await film.click(option());
  await film.show(700);
  await film.click(page.locator('#modal-submit'));
  await film.show(400);
  await closeWhenDone();
  await film.show(2000);
  await film.click(link.locator('.copy').first());
  await film.show(1500);

  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  // The customer's admin has a browser of their own.
  const assistant = await browser.newPage({ ...contextOptions, viewport: page.viewportSize() });
  await assistant.goto(/https:\S+/.exec(copied)?.[0] ?? '');
  film.switchTo(assistant);
  await film.show(2000);
  await film.click(assistant.locator('[value=okta]'));
  for (const step of ['choose', 'configure', 'start-test', 'finish-test', 'enable']) {
    await film.click(assistant.locator(`[name=step][value=${step}]`));
    await assistant.locator(`main:not(:has([value=${step}]))`).waitFor();
    await film.show(1000);
  }

  film.switchTo(page);
  await film.show(1500);
  await film.click(page.locator('.channel.bot'));
  await page.locator('#steps .done').nth(4).waitFor();
  await film.show(4000);
  await film.save(docs('demo.webp'));
  const { size } = await stat(docs('demo.webp'));
  console.log(`docs/demo.webp (${size} bytes)`);
  if (size > MAX_FILM_BYTES) throw new Error(`docs/demo.webp has more than ${MAX_FILM_BYTES} bytes`);
}

await film();
await page.locator('#pointer').evaluate((pointer) => pointer.remove());

await page.locator('.channel.public').first().click();
// High enough for a whole modal.
await page.setViewportSize({ width: 1180, height: 1120 });
await openForm('Hooli Europe');
await screenshot('new-ticket', form);
await page.locator('#modal-submit').click();
await closeWhenDone();
await screenshot('link', link, 0);

await command('profiles');
const profiles = page.locator('.message:not(.ephemeral)').last();
await profiles.waitFor();
await screenshot('profiles', profiles, 0);

await profiles.getByRole('button', { name: 'Create profile' }).click();
await form.waitFor();
await screenshot('new-profile', form);
await page.keyboard.press('Escape');
await profiles.getByRole('button', { name: 'Edit' }).first().click();
await form.waitFor();
await screenshot('edit-profile', form);
await page.keyboard.press('Escape');

await command('edit hooli-okta');
await form.waitFor();
await screenshot('edit', form);
await page.keyboard.press('Escape');

const list = page.locator('.message', { has: page.locator('button', { hasText: 'Replace link' }) }).last();
await command('list');
await list.waitFor();
await screenshot('list', list, 0);

await page.locator('#channel-home').click();
const home = page.locator('.message').last();
await home.locator('button', { hasText: 'Replace link' }).first().waitFor();
await screenshot('home', home, 0);

await receiptPictures(
  playground,
  page,
  async (customer) => {
    await openForm(customer);
    await page.locator('#modal-submit').click();
    await closeWhenDone();
  },
  (name, receipt) => screenshot(name, receipt, 0),
);

await browser.close();
await playground.stop();
