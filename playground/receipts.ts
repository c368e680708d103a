import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Playground } from './playground.ts';

const HOUR_MS = 3_600_000;
/** Longer than the bot needs to see what happened. */
const SETTLED_MS = 6_000;

/** What has happened to a link, and what then happens to it. */
interface Story {
  name: string;
  customer: string;
  act?: (auth0: Playground['auth0'], ticketId: string) => void;
  /** Whether the link is revoked from its receipt. */
  revoked?: boolean;
  /** How much later the picture is taken, in milliseconds. */
  later?: number;
}

/** One link for each state of a receipt. Those that need time come last, because time only moves forward. */
const STORIES: Story[] = [
  { name: 'delivered', customer: 'Stark Industries' },
  { name: 'revoked', customer: 'Acme Corp', revoked: true },
  { name: 'opened', customer: 'Wayne Enterprises', act: (auth0, id) => auth0.open(id) },
  {
    name: 'tested',
    customer: 'Soylent Green',
    act: (auth0, id) => {
      auth0.configure(id, 'okta');
      auth0.trySignIn(id, { ends: true });
    },
  },
  {
    name: 'finished',
    customer: 'Vandelay Industries',
    act: (auth0, id) => {
      auth0.configure(id, 'okta');
      auth0.trySignIn(id, { ends: true });
      auth0.enable(id);
    },
  },
  {
    name: 'failed',
    customer: 'Cyberdyne Systems',
    act: (auth0, id) => {
      auth0.open(id);
      auth0.logEvent(id, 'connection_creation', { type: 'failure' });
    },
  },
  {
    name: 'domain',
    customer: 'Tyrell Corp',
    act: (auth0, id) => {
      auth0.configure(id, 'waad');
      auth0.addDomain(id);
      auth0.verifyDomain(id, false);
    },
  },
  {
    name: 'hanging',
    customer: 'Oscorp',
    act: (auth0, id) => {
      auth0.configure(id, 'okta');
      auth0.trySignIn(id, { ends: false });
    },
    later: HOUR_MS / 4,
  },
  {
    name: 'unfinished',
    customer: 'Aperture Labs',
    act: (auth0, id) => auth0.configure(id, 'okta'),
    later: 6 * HOUR_MS,
  },
  { name: 'expiring', customer: 'Massive Dynamic', later: 100 * HOUR_MS },
  { name: 'expired', customer: 'Pied Piper', later: 126 * HOUR_MS },
];

/**
 * Takes a picture of the receipt of a link in each state.
 *
 * @param create creates a link for a customer, in the conversation that is open
 */
export async function receiptPictures(
  { auth0, clock }: Playground,
  page: Page,
  create: (customer: string) => Promise<void>,
  picture: (name: string, subject: Locator) => Promise<void>,
): Promise<void> {
  auth0.logDelay = () => 0;
  for (const { name, customer, act, revoked, later = 0 } of STORIES) {
    await page.locator('.channel.public').first().click();
    await create(customer);
    const { id = '' } = auth0.tickets.at(-1) ?? {};
    act?.(auth0, id);
    await sleep(SETTLED_MS);
    if (later > 0) await clock.forward(later);
    await page.locator('.channel.bot').click();
    await sleep(SETTLED_MS);
    const receipt = page.locator('.message', { hasText: customer }).first();
    if (revoked) {
      await receipt.locator('button').first().click();
      await page.locator('dialog.confirm button[value=yes]').click();
      await sleep(SETTLED_MS);
    }
    await picture(`receipt-${name}`, receipt);
  }
}
