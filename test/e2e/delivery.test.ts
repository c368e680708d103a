import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { customerMessage } from '../../src/tickets/customer-message.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import { MARIA } from '../../stand-ins/people.ts';
import type { WorldOptions } from '../harness.ts';
import {
  ANY,
  buttonsIn,
  creates,
  expectClean,
  expectInert,
  fillNew,
  like,
  linkIn,
  live,
  MODES,
  message,
  modal,
  readingOf,
  revokes,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const LINK = sentences.linkTitle('acme-corp');
const UNDELIVERED = whyNoLink(new TicketError({ code: 'not_delivered', revoked: true, correlationId: '' }));

/** The messages that contain a link. Receipts don't. */
function links() {
  return world.slack.messages.filter((each) => linkIn(each));
}

describe.each(MODES)('the link (%s)', (mode) => {
  it.each(['sales', 'secret', 'direct'] as const)(
    'is delivered through the response_url in the %s conversation',
    async (place) => {
      await start({ mode });
      const { maria, tom, slack } = world;
      const channel = world[place].id;
      await fillNew(world, { channel });
      await maria.submit();
      const link = await message(world, maria, channel, LINK);
      expect(link).toMatchObject({ via: 'response_url', visibleTo: maria.id, stored: false });
      expect(tom.sees(channel)).toEqual([]);
      const done = await modal(world, maria, sentences.DONE_TITLE);
      expect(textOf(done)).toContain(sentences.DONE_AFTER_PLACE);
      // The modal names the conversation, if it has a name.
      const named = JSON.stringify(done.blocks).includes(`"channel_id":"${channel}"`);
      expect(named || textOf(done).includes(sentences.DONE_IN_CONVERSATION)).toBe(true);
      expect(links()).toHaveLength(1);
      const posts = slack.calls.filter(({ method }) => method === 'response_url');
      for (const { args } of posts) {
        expect(args).toMatchObject({
          response_type: 'ephemeral',
          replace_original: false,
          unfurl_links: false,
          unfurl_media: false,
        });
      }
    },
  );

  it('is delivered through chat.postEphemeral if the response_url is used up', async () => {
    await start({ mode });
    const { maria, tom, sales, slack } = world;
    await fillNew(world);
    slack.fail('response_url', { error: 'used_url' });
    await maria.submit();
    const link = await message(world, maria, sales.id, LINK);
    expect(link).toMatchObject({ via: 'chat.postEphemeral', visibleTo: maria.id, channel: sales.id });
    expect(tom.sees(sales.id)).toEqual([]);
    expect(linkIn(link)).toContain(world.auth0.tickets[0]?.id);
    const done = await modal(world, maria, sentences.DONE_TITLE);
    expect(JSON.stringify(done.blocks)).toContain(`"channel_id":"${sales.id}"`);
    expect(links()).toHaveLength(1);
  });

  it('is delivered in the direct message with the bot if the bot is not in the channel', async () => {
    await start({ mode });
    const { maria, secret, slack } = world;
    await fillNew(world, { channel: secret.id });
    slack.fail('response_url', { error: 'expired_url' });
    await maria.submit();
    const done = await modal(world, maria, sentences.DONE_TITLE);
    expect(textOf(done)).toContain(sentences.DONE_IN_DIRECT_MESSAGE);
    const [link, ...more] = links();
    expect(more).toEqual([]);
    expect(link).toMatchObject({ via: 'chat.postEphemeral', visibleTo: maria.id });
    const channel = slack.channels.get(link?.channel ?? '');
    expect(channel).toMatchObject({ kind: 'im', botIsMember: true });
    expect(maria.sees(secret.id)).toEqual([]);
  });

  it('is revoked if it cannot be delivered, and the form returns', async () => {
    await start({ mode });
    const { maria, sales, slack } = world;
    await fillNew(world);
    slack.fail('response_url', { error: 'used_url' });
    slack.fail('chat.postEphemeral', { error: 'channel_not_found' });
    await maria.submit();
    await modal(world, maria, UNDELIVERED);
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(creates(world)).toHaveLength(1);
    expect(revokes(world)).toHaveLength(1);
    expect(live(world)).toEqual([]);
    expect(links()).toEqual([]);

    slack.clearFaults();
    await maria.submit();
    await message(world, maria, sales.id, LINK);
    expect(live(world)).toHaveLength(1);
  });

  it('is delivered even if the modal is closed', async () => {
    await start({ mode });
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 300 });
    await maria.submit();
    await maria.close();
    await message(world, maria, sales.id, LINK);
    expect(maria.modal).toBeUndefined();
    expect(live(world)).toHaveLength(1);
  });
});

describe('when a request fails', () => {
  it.each(['html', 'empty', 'cut'] as const)(
    'delivers the link only to the requester, or revokes it, after a broken response (%s)',
    async (fault) => {
      await start();
      const { maria, tom, sales, slack } = world;
      await fillNew(world);
      slack.fail('response_url', fault);
      await maria.submit();
      await modal(world, maria, like(sentences.DONE_TITLE, UNDELIVERED));
      expect(tom.sees(sales.id)).toEqual([]);
      // The bot can't know whether Slack showed the link. If it says that delivery failed, no link is live.
      if (maria.modal?.title.text !== sentences.DONE_TITLE) expect(live(world)).toEqual([]);
    },
  );

  it.each([{ status: 500 }, { status: 429 }, 'reset'] as const)(
    'uses chat.postEphemeral if the response_url fails with %j',
    async (fault) => {
      await start();
      const { maria, sales, slack } = world;
      await fillNew(world);
      slack.fail('response_url', fault);
      await maria.submit();
      expect(await message(world, maria, sales.id, LINK)).toMatchObject({ via: 'chat.postEphemeral' });
    },
  );

  it('delivers the link another way if the response_url hangs', async () => {
    await start();
    const { maria, sales, slack } = world;
    await fillNew(world);
    slack.fail('response_url', 'hang');
    await maria.submit();
    await slack.until(() => maria.sees(sales.id).find((each) => linkIn(each)));
  });

  it('shows a reference if the link can be neither delivered nor revoked', async () => {
    await start();
    const { maria, slack, auth0 } = world;
    await fillNew(world);
    slack.fail('response_url', { error: 'used_url' });
    slack.fail('chat.postEphemeral', { error: 'internal_error' });
    auth0.fail({ path: /revoke$/ }, { status: 500 });
    await maria.submit();
    const notRevoked = (correlationId: string) =>
      whyNoLink(new TicketError({ code: 'not_delivered', revoked: false, correlationId }));
    const view = await modal(world, maria, like(notRevoked(ANY)));
    const reference = creates(world)[0]?.headers['x-correlation-id'];
    expect(reference).toMatch(/^[\w-]{8,64}$/);
    expect(textOf(view)).toContain(notRevoked(String(reference)));
    expect(revokes(world)).toHaveLength(1);
  });

  it('offers to reopen the form with its values in a message if the modal was closed', async () => {
    await start();
    const { maria, tom, sales, auth0 } = world;
    await fillNew(world);
    await maria.type('displayName', 'Acme "Corp" & Co');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('lifetime', '3600');
    await maria.choose('membership', []);
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 200 }, 1);
    auth0.connections.push({
      id: 'con_La1tEc2Om3Er4Ab5',
      name: 'acme-corp',
      strategy: 'auth0',
      enabled_clients: [],
    });
    await maria.submit();
    await maria.close();
    const failure = await message(world, maria, sales.id, sentences.aboutLink('Globex Inc', ''));
    expect(failure.visibleTo).toBe(maria.id);
    expect(textOf(failure)).toContain('already exists');
    expect(tom.sees(sales.id)).toEqual([]);
    expect(buttonsIn(failure)).toEqual([sentences.OPEN_FORM_AGAIN]);

    await maria.press(sentences.OPEN_FORM_AGAIN, failure);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(maria.value('displayName').value).toBe('Acme "Corp" & Co');
    expect(maria.value('clients').selected_options).toMatchObject([{ text: { text: 'Customer Portal' } }]);
    expect(maria.value('organizations').selected_options).toMatchObject([{ text: { text: 'Globex Inc' } }]);
    expect(maria.value('lifetime').selected_option?.value).toBe('3600');
    expect(maria.value('membership').selected_options).toEqual([]);
    await maria.type('connectionName', 'acme-corp-2');
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
  });

  it('offers a button to open the form if Slack did not open it', async () => {
    await start();
    const { maria, sales, slack } = world;
    slack.fail('views.open', { error: 'expired_trigger_id' }, 1);
    await maria.command(sales.id, `Acme ${'x'.repeat(3000)}`);
    const answer = await message(world, maria, sales.id, sentences.FORM_NOT_OPENED);
    expect(answer.visibleTo).toBe(maria.id);
    await maria.press(sentences.OPEN_FORM_AGAIN, answer);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('displayName').value).toMatch(/^Acme x/);
  });
});

/** Matches the text for the customer. */
const forCustomer = (places: { link: string; customer: string; expiry: string }) =>
  like(customerMessage(undefined, 'new', { connection: ANY, requester: ANY, ...places }));

describe('the ephemeral message', () => {
  it('shows the details and rules of the link, and the text for the customer', async () => {
    await start();
    const { maria, sales, auth0, slack } = world;
    await fillNew(world);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    const before = Math.floor(Date.now() / 1000);
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    const read = readingOf(link);
    const labels = sentences.DETAIL_LABELS;
    expect(read).toContain(`${labels.connection.new}: acme-corp`);
    expect(read).toContain(`${labels.profile}: Microsoft and Okta`);
    expect(read).toContain(`${labels.organizations}: Globex Inc`);
    expect(read).toContain(`${labels.applications}: Customer Portal`);
    for (const rule of Object.values(sentences.LINK_RULES)) expect(read).toContain(rule);

    // The URL is in the text for the customer only.
    const [ticket] = auth0.tickets;
    const url = `https://${auth0.domain}/self-service/connections-flow?ticket=${ticket?.id}`;
    const preformatted = JSON.stringify(link.blocks).match(/"rich_text_preformatted"/g);
    expect(preformatted).toHaveLength(1);
    expect(JSON.stringify(link.blocks).split(url)).toHaveLength(2);
    expect(link.text).not.toContain('http');
    expect(link.text).toContain('Globex Inc');
    expectInert(link);
    const post = slack.calls.findLast(({ method }) => method === 'response_url');
    expect(post?.args).toMatchObject({ unfurl_links: false, unfurl_media: false });

    // Slack shows the expiry in the reader's time zone. The text for the customer uses the requester's.
    const date = JSON.stringify(link.blocks).match(/"type":"date","timestamp":(\d+)/)?.[1];
    expect(Number(date) - before - 432_000).toBeLessThanOrEqual(5);
    expect(Number(date) - before - 432_000).toBeGreaterThanOrEqual(0);
    const at = new Date(Number(date) * 1000);
    const zone = { timeZone: 'Europe/Berlin' };
    const time = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', ...zone }).format(at);
    const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', ...zone }).format(at);
    const expiry = `${day} at ${time} (Europe/Berlin)`;
    expect(read).toMatch(forCustomer({ link: url, customer: 'Globex Inc', expiry }));

    expect(buttonsIn(link)).toEqual([sentences.REVOKE_LINK]);
  });

  it('uses the display name if there is no organization', async () => {
    await start();
    const { maria, sales } = world;
    await fillNew(world);
    await maria.type('displayName', 'Acme Corp');
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle('Acme Corp'));
    expect(textOf(link)).toMatch(forCustomer({ link: ANY, customer: 'Acme Corp', expiry: ANY }));
    expect(textOf(link)).not.toContain(sentences.DETAIL_LABELS.organizations);
  });

  it("shows the date in the requester's time zone", async () => {
    await start();
    const { tom, sales } = world;
    await fillNew(world, { person: tom });
    await tom.submit();
    expect(textOf(await message(world, tom, sales.id, LINK))).toContain('(America/New_York)');
  });

  it('shows the date in UTC if the time zone is unknown', async () => {
    await start({ env: { ALLOWED: MARIA.id } });
    const { maria, sales, slack } = world;
    slack.fail('users.info', { error: 'internal_error' });
    await fillNew(world);
    await maria.submit();
    expect(textOf(await message(world, maria, sales.id, LINK))).toContain('(UTC)');
  });
});
