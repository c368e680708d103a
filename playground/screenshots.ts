/** Renders the README's pictures, from the real bot through the playground's page: `npm run screenshots`. */
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { chromiumPath, launchChromium } from './chromium.ts';
import { startPlayground } from './playground.ts';

/** What is around the subject of a picture, in pixels. */
const MARGIN = 16;

const path = chromiumPath();
if (!path) throw new Error('There is no Chromium: install it, or say where it is with CHROMIUM');
const playground = await startPlayground({ port: 0, say: console.error });
const browser = await launchChromium(path);
// High enough for a whole modal; the pictures are cut out of it.
const page = await browser.newPage({ viewport: { width: 1180, height: 1120 }, colorScheme: 'light' });
await page.goto(playground.url);

const dialog = (name: string) => page.getByRole('dialog', { name });
const message = (text: string) => page.getByRole('article').filter({ hasText: text });

async function command(text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(`/sso-ticket ${text}`);
  await page.keyboard.press('Enter');
}

async function pick(label: string, typed: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).pressSequentially(typed);
  await page.getByRole('option', { name: option }).click();
}

/** Hides or shows the page behind a modal, of which slices would stand at the picture's edges. */
async function showBehind(visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(
    `for (const part of document.querySelectorAll('body > :not(dialog)')) part.style.visibility = '${visibility}'`,
  );
}

/** Takes a picture of one thing on the page. */
async function picture(name: string, subject: Locator, margin = MARGIN): Promise<void> {
  const box = await subject.boundingBox();
  if (!box) throw new Error(`There is nothing to see for ${name}`);
  await page.evaluate('document.activeElement?.blur()');
  if (margin > 0) await showBehind('hidden');
  await page.screenshot({
    path: fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url)),
    clip: {
      x: box.x - margin,
      y: box.y - margin,
      width: box.width + 2 * margin,
      height: box.height + 2 * margin,
    },
  });
  await showBehind('visible');
  console.log(`docs/${name}.png`);
}

await command('Globex Inc');
await dialog('New SSO connection').waitFor();
await pick('Applications', 'portal', /^Customer Portal/);
await picture('new-ticket', dialog('New SSO connection'));
await page.getByRole('button', { name: 'Create link' }).click();
await dialog('The link is ready').waitFor();
await page.keyboard.press('Escape');
await message('SSO link for').waitFor();
await picture('link', message('SSO link for'), 0);
await message('SSO link for').getByRole('button', { name: 'Dismiss message' }).click();

await command('profiles');
await message('self-service profiles').waitFor();
await picture('profiles', message('self-service profiles'), 0);

await command('edit hooli-okta');
await dialog('Edit SSO connection').waitFor();
await picture('edit', dialog('Edit SSO connection'));

await browser.close();
await playground.stop();
