/** Takes the screenshots in `docs/` from the playground: `npm run screenshots`. */
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { chromiumPath, launchChromium } from './chromium.ts';
import { startPlayground } from './playground.ts';

/** The space around the subject of a screenshot, in pixels. */
const MARGIN = 16;

const path = chromiumPath();
if (!path) throw new Error('Chromium is not installed. Install it, or set CHROMIUM to its path.');
const playground = await startPlayground({ port: 0, log: console.error });
const browser = await launchChromium(path);
// High enough for a whole modal.
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

/** Hides or shows the page behind a modal, which is visible in the margin. */
async function setBackground(visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(
    `for (const part of document.querySelectorAll('body > :not(dialog)')) part.style.visibility = '${visibility}'`,
  );
}

async function screenshot(name: string, subject: Locator, margin = MARGIN): Promise<void> {
  const box = await subject.boundingBox();
  if (!box) throw new Error(`The subject of ${name} is not visible`);
  await page.evaluate('document.activeElement?.blur()');
  if (margin > 0) await setBackground('hidden');
  await page.screenshot({
    path: fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url)),
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

await command('Globex Inc');
await dialog('New SSO connection').waitFor();
await pick('Applications', 'portal', /^Customer Portal/);
await screenshot('new-ticket', dialog('New SSO connection'));
await page.getByRole('button', { name: 'Create link' }).click();
await dialog('The link is ready').waitFor();
await page.keyboard.press('Escape');
await message('SSO link for').waitFor();
await screenshot('link', message('SSO link for'), 0);
await message('SSO link for').getByRole('button', { name: 'Dismiss message' }).click();

await command('profiles');
await message('self-service profiles').waitFor();
await screenshot('profiles', message('self-service profiles'), 0);

await message('self-service profiles').getByRole('button', { name: 'Create profile' }).click();
await dialog('Create profile').waitFor();
await screenshot('new-profile', dialog('Create profile'));
await page.keyboard.press('Escape');
await message('self-service profiles').getByRole('button', { name: 'Edit' }).first().click();
await dialog('Edit profile').waitFor();
await screenshot('edit-profile', dialog('Edit profile'));
await page.keyboard.press('Escape');

await command('edit hooli-okta');
await dialog('Edit SSO connection').waitFor();
await screenshot('edit', dialog('Edit SSO connection'));

await browser.close();
await playground.stop();
