import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { chromiumPath, launchChromium } from '../../playground/chromium.ts';
import { type Playground, type PlaygroundOptions, startPlayground } from '../../playground/playground.ts';
import * as sentences from '../../src/slack/sentences.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import { RESPONSE_TIMEOUT_MS } from '../harness.ts';

const path = chromiumPath();
const wanted = process.env.BROWSER_TESTS === '1';
/** Whether the browser tests are skipped. */
export const isSkipped = !wanted || !path;
if (isSkipped) {
  const reason = wanted ? 'Chromium was not found (set CHROMIUM to its path)' : 'BROWSER_TESTS is not 1';
  console.info(`Skipped the browser tests: ${reason}.`);
}

/** How long an action may take if Auth0 responds without delay. */
const ACTION_TIMEOUT_MS = 60_000;

export function startBrowser(): Promise<Browser> {
  return launchChromium(path ?? '');
}

/** A playground with its page in a browser, and the actions of a person there. */
export class PlaygroundPage {
  readonly playground: Playground;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #problems: string[] = [];

  private constructor(playground: Playground, context: BrowserContext, page: Page) {
    this.playground = playground;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.#problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') this.#problems.push(line.text());
    });
  }

  static async open(
    browser: Browser,
    options: PlaygroundOptions = {},
    contextOptions: BrowserContextOptions = {},
  ): Promise<PlaygroundPage> {
    const playground = await startPlayground({ port: 0, ...options });
    playground.slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions });
    context.setDefaultTimeout(ACTION_TIMEOUT_MS);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: playground.url });
    const opened = new PlaygroundPage(playground, context, await context.newPage());
    await opened.page.goto(playground.url);
    await opened.channel('sales').waitFor();
    return opened;
  }

  /** Closes the page and the playground. Expects no violation of Slack's rules and no error in the browser. */
  async close(): Promise<void> {
    const { violations } = this.playground.slack;
    await this.context.close();
    await this.playground.stop();
    expect(violations).toEqual([]);
    expect(this.#problems).toEqual([]);
  }

  /** Finds a conversation by the start of its name. A colon after the bot's name marks its home tab. */
  channel = (name: string) =>
    this.page.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}(?!:)`) });
  messages = () => this.page.getByRole('log').getByRole('article');
  dialog = (name: string) => this.page.getByRole('dialog', { name });
  field = (name: string) => this.page.getByRole('textbox', { name });
  select = (name: string) => this.page.getByRole('combobox', { name });
  composer = () => this.page.getByLabel('Message', { exact: true });

  async command(text: string): Promise<void> {
    await this.composer().fill(`/sso-ticket ${text}`.trim());
    await this.page.keyboard.press('Enter');
  }

  async become(name: string): Promise<void> {
    await this.page.getByRole('group', { name: 'Act as' }).getByText(name).click();
    await this.page.getByRole('radio', { name }).and(this.page.locator(':checked')).waitFor();
  }

  async pick(name: string, typed: string, option: RegExp): Promise<void> {
    await this.select(name).pressSequentially(typed);
    await this.page.getByRole('option', { name: option }).click();
  }

  /** Submits the open form, and closes the modal once the link is created. */
  async submit(): Promise<void> {
    await this.page.getByRole('button', { name: sentences.FORM_SUBMIT }).click();
    const done = this.dialog(sentences.DONE_TITLE);
    await done.waitFor();
    await this.page.keyboard.press('Escape');
    await done.waitFor({ state: 'detached' });
  }

  /** Creates a link and returns its message. */
  async createLink(customer = 'Acme Corp'): Promise<Locator> {
    await this.command(customer);
    await this.dialog(sentences.FORM_TITLE.new).waitFor();
    await this.pick(basics.clients.label, 'portal', /^Customer Portal/);
    await this.submit();
    const link = this.messages().filter({ hasText: sentences.linkTitle(customer) });
    await link.waitFor();
    return link;
  }

  /** Completes the setup assistant up to the button that enables the connection. */
  async setUp(assistant: Page): Promise<void> {
    await assistant.getByLabel('Okta', { exact: true }).check();
    for (const name of ['Continue', 'Save', 'Start a test sign-in', 'Finish the test sign-in'])
      await assistant.getByRole('button', { name }).click();
    await assistant.getByRole('button', { name: 'Enable and finish' }).waitFor();
  }

  clipboard = () => this.page.evaluate<string>('navigator.clipboard.readText()');

  /** The newest link. */
  ticketUrl(): string {
    const { linkOrigin, tickets } = this.playground.auth0;
    return `${linkOrigin}/self-service/connections-flow?ticket=${tickets.at(-1)?.id}`;
  }
}
