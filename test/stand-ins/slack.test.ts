import type { Server } from 'node:http';
import { App, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Channel, type Slack, startSlack, type User } from '../../stand-ins/slack/server.ts';

type Mode = 'http' | 'socket';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (name: string) => ({ text: plain(name), value: name.toLowerCase() });
const days = [option('One'), option('Two')];
const boxes = [option('Apple'), option('Pear')];
const named = { response_type: 'ephemeral', replace_original: false } as const;

/** A form with one input of each kind that the driver knows. */
function form(more: object[] = [], title = 'Form') {
  const input = (block_id: string, element: object, rest: object = {}) => ({
    type: 'input' as const,
    block_id,
    label: plain(block_id),
    element: { action_id: `${block_id}_action`, ...element },
    ...rest,
  });
  return {
    type: 'modal' as const,
    callback_id: 'form',
    private_metadata: 'meta',
    title: plain(title),
    submit: plain('Go'),
    notify_on_close: true,
    blocks: [
      input('name', { type: 'plain_text_input', min_length: 2, max_length: 5 }),
      input('days', { type: 'static_select', options: days, initial_option: days[0] }),
      input('boxes', { type: 'checkboxes', options: boxes }, { optional: true, dispatch_action: true }),
      input('apps', { type: 'multi_external_select', min_query_length: 1 }, { optional: true }),
      input('where', { type: 'conversations_select', response_url_enabled: true }, { optional: true }),
      ...more,
    ],
    // The stand-in checks the blocks, so they don't need Bolt's types.
  } as never;
}

const buttons = (...ids: string[]) => [
  {
    type: 'actions' as const,
    elements: ids.map((id) => ({
      type: 'button' as const,
      action_id: id,
      text: plain(`Do ${id}`),
      value: `value of ${id}`,
      confirm: { title: plain('Sure?'), text: plain('Really?') },
    })),
  },
];

let slack: Slack;
let ann: User;
let bob: User;
let room: Channel;
const apps: App[] = [];
const seen: Record<string, unknown>[] = [];

beforeEach(async () => {
  slack = await startSlack({ commandName: '/echo' });
  ann = slack.addUser({ name: 'Ann Lee' });
  bob = slack.addUser({ name: 'Bob', foreign: true });
  room = slack.addChannel({ kind: 'public', name: 'sales', members: [ann.id, bob.id] });
  seen.length = 0;
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(apps.splice(0).map((app) => app.stop()));
  await slack.stop();
});

/** A real Bolt app that is connected to the stand-in. */
async function bolt(mode: Mode, prepare: (app: App) => void): Promise<App> {
  const clientOptions = () => ({ slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const app = new App({
    token: slack.botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: clientOptions(),
    ...(mode === 'socket'
      ? { socketMode: true, appToken: slack.appToken, installerOptions: { clientOptions: clientOptions() } }
      : { signingSecret: slack.signingSecret }),
  });
  app.use(async ({ body, next }) => {
    seen.push(body as unknown as Record<string, unknown>);
    await next();
  });
  app.error(async () => {}); // Errors appear in `slack.calls`.
  prepare(app);
  apps.push(app);
  if (mode === 'socket') {
    const before = slack.socketCount;
    await app.start();
    await slack.until(() => slack.socketCount > before);
  } else {
    const server = (await app.start({ port: 0, host: '127.0.0.1' })) as Server;
    const address = server.address();
    if (address && typeof address === 'object')
      slack.requestUrl = `http://127.0.0.1:${address.port}/slack/events`;
  }
  return app;
}

/** A bot that opens the form, suggests apps, and handles a submission according to its name. */
function echo(app: App) {
  app.command('/echo', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form() });
  });
  app.shortcut('open', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form() });
  });
  app.options('apps_action', async ({ ack, payload }) => {
    await ack({ options: ['App 1', 'App 2'].filter((name) => name.startsWith(payload.value)).map(option) });
  });
  app.action('boxes_action', async ({ ack }) => ack());
  app.view('form', async ({ ack, view }) => {
    const name = view.state.values.name?.name_action?.value;
    if (name === 'bad') await ack({ response_action: 'errors', errors: { name: 'Not bad' } });
    else if (name === 'wrong') await ack({ response_action: 'errors', errors: { nowhere: 'Lost' } });
    else if (name === 'next') await ack({ response_action: 'update', view: form([], 'Next') });
    else if (name === 'push') await ack({ response_action: 'push', view: form([], 'Pushed') });
    else if (name === 'clear') await ack({ response_action: 'clear' });
    else await ack();
  });
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => ack());
}

const lastCall = () => slack.calls.at(-1)?.response as { ok: boolean; error?: string } | undefined;

describe.each<Mode>(['http', 'socket'])('a real Bolt app over %s', (mode) => {
  it('receives a command and opens a modal', async () => {
    await bolt(mode, echo);
    expect(await slack.as(ann.id).command(room.id, 'hello')).toMatchObject({ ok: true });
    const view = await slack.until(() => slack.as(ann.id).modal);
    expect(view).toMatchObject({ callback_id: 'form', private_metadata: 'meta' });
    expect(seen[0]).toMatchObject({
      command: '/echo',
      text: 'hello',
      channel_name: 'sales',
      user_name: 'ann.lee',
    });
    expect(slack.as(bob.id).modal).toBeUndefined();
    expect(slack.violations).toEqual([]);
  });

  it('receives a submission in Slack’s format', async () => {
    await bolt(mode, echo);
    const person = slack.as(ann.id);
    await person.shortcut('open');
    await slack.until(() => person.modal);
    expect(seen[0]).not.toHaveProperty('channel');
    expect(seen[0]).not.toHaveProperty('response_url');

    await person.type('name', 'Acme');
    await person.choose('days', 'two');
    expect(await person.choose('boxes', ['pear'])).toMatchObject({ ok: true });
    await person.pick('apps', 'App 2', 'app 1'.replace('a', 'A'));
    await person.choose('where', room.id);
    expect(await person.submit()).toMatchObject({ ok: true });
    expect(person.modal).toBeUndefined();

    const kept = (name: string) => ({ text: { ...plain(name), emoji: true }, value: name.toLowerCase() });
    expect(seen.at(-1)).toMatchObject({
      type: 'view_submission',
      user: { id: ann.id, team_id: slack.teamId },
      response_urls: [
        { block_id: 'where', channel_id: room.id, response_url: expect.stringMatching(/^http/) },
      ],
      view: {
        state: {
          values: {
            name: { name_action: { type: 'plain_text_input', value: 'Acme' } },
            days: { days_action: { type: 'static_select', selected_option: kept('Two') } },
            boxes: { boxes_action: { type: 'checkboxes', selected_options: [kept('Pear')] } },
            apps: {
              apps_action: {
                type: 'multi_external_select',
                selected_options: [kept('App 2'), kept('App 1')],
              },
            },
            where: { where_action: { type: 'conversations_select', selected_conversation: room.id } },
          },
        },
      },
    });
    expect(seen.find(({ type }) => type === 'block_actions')).toMatchObject({
      actions: [{ action_id: 'boxes_action', selected_options: [kept('Pear')] }],
      container: { type: 'view' },
    });
  });

  it.each([
    [true, 'A&amp;&lt;B&gt;'],
    [false, 'A&<B>'],
  ])('receives typed text (escaped: %j)', async (escapes, expected) => {
    await bolt(mode, echo);
    slack.escapesText = escapes;
    const person = slack.as(ann.id);
    await person.command(room.id);
    await slack.until(() => person.modal);
    await person.type('name', 'A&<B>');
    await person.submit();
    expect(seen.at(-1)).toMatchObject({
      view: { state: { values: { name: { name_action: { value: expected } } } } },
    });
  });

  it('can answer a submission with errors, an update, a push, or a clear', async () => {
    await bolt(mode, echo);
    const person = slack.as(ann.id);
    const submitted = async (name: string) => {
      await person.type('name', name);
      return person.submit();
    };
    await person.command(room.id);
    await slack.until(() => person.modal);
    await submitted('bad');
    expect(person.errors).toEqual({ name: 'Not bad' });
    expect(await submitted('wrong')).toMatchObject({ ok: false, error: 'invalid_errors' });
    expect(slack.violations.splice(0)).toHaveLength(1);
    await submitted('next');
    expect(person.modal?.title.text).toBe('Next');
    await submitted('push');
    expect(person.modal).toMatchObject({ title: { text: 'Pushed' }, previous_view_id: expect.any(String) });
    await person.close();
    expect(seen.at(-1)).toMatchObject({ type: 'view_closed' });
    expect(person.modal?.title.text).toBe('Next');
    await submitted('push');
    await submitted('clear');
    expect(person.modal).toBeUndefined();
  });

  it('fails if it acknowledges after more than three seconds', async () => {
    await bolt(mode, (app) => {
      app.command('/echo', async ({ ack }) => {
        await new Promise((resolve) => setTimeout(resolve, 3_200));
        await ack().catch(() => {});
      });
    });
    const delivery = await slack.as(ann.id).command(room.id);
    expect(delivery).toMatchObject({ ok: false, error: 'operation_timeout' });
    expect(delivery.ms).toBeGreaterThan(2_900);
    expect(delivery.ms).toBeLessThan(5_000);
  });

  it('can replace and delete an ephemeral message after a click', async () => {
    await bolt(mode, (app) => {
      app.command('/echo', async ({ ack, respond }) => {
        await ack();
        await respond({ ...named, text: 'Hidden', blocks: buttons('again', 'gone') });
      });
      app.action('again', async ({ ack, respond }) => {
        await ack();
        await respond({
          response_type: 'ephemeral',
          replace_original: true,
          text: 'New',
          blocks: buttons('gone'),
        });
      });
      app.action('gone', async ({ ack, respond }) => {
        await ack();
        await respond({ ...named, delete_original: true } as never);
      });
    });
    const person = slack.as(ann.id);
    await person.command(room.id);
    const message = await slack.until(() => person.sees(room.id)[0]);
    expect(message).toMatchObject({ stored: false, visibleTo: ann.id, via: 'response_url' });
    expect(slack.as(bob.id).sees(room.id)).toEqual([]);
    expect(() => slack.as(bob.id).press('again', message)).toThrow('sees no message');

    await person.press('Do again');
    await slack.until(() => message.text === 'New');
    expect(message.replaced).toMatchObject([{ text: 'Hidden' }]);
    expect(person.confirmed).toMatchObject([{ title: { text: 'Sure?' } }]);
    const click = seen.at(-1);
    expect(click).toMatchObject({
      container: { type: 'message', is_ephemeral: true, channel_id: room.id },
      channel: { id: room.id, name: 'sales' },
      actions: [{ action_id: 'again', value: 'value of again', type: 'button' }],
    });
    expect(click).not.toHaveProperty('message');

    expect(() => person.press('again')).toThrow('sees no message');
    await person.press('gone');
    await slack.until(() => person.sees(room.id).length === 0);
    expect(slack.violations).toEqual([]);
  });
});

describe('the views API', () => {
  /** A client, and a function that gets a new trigger from a command. */
  async function client() {
    const app = await bolt('http', (one) => {
      one.command('/echo', async ({ ack }) => ack());
      one.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => ack());
    });
    const trigger = async () => {
      await slack.as(ann.id).command(room.id);
      return String(seen.at(-1)?.trigger_id);
    };
    return { client: app.client, trigger };
  }

  it('accepts a trigger once, and for three seconds', async () => {
    const { client: web, trigger } = await client();
    const first = await trigger();
    await web.views.open({ trigger_id: first, view: form() });
    await expect(web.views.open({ trigger_id: first, view: form() })).rejects.toThrow('exchanged_trigger_id');
    await expect(web.views.open({ trigger_id: '1.2.3', view: form() })).rejects.toThrow('invalid_trigger_id');
    const late = await trigger();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_001 });
    await expect(web.views.open({ trigger_id: late, view: form() })).rejects.toThrow('expired_trigger_id');
  });

  it('rejects an invalid view and says what is wrong', async () => {
    const { client: web, trigger } = await client();
    const open = web.views.open({
      trigger_id: await trigger(),
      view: form([], 'A title that is far too long'),
    });
    await expect(open).rejects.toThrow('invalid_arguments');
    expect(lastCall()).toMatchObject({
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/title/text]'] },
    });
    expect(slack.as(ann.id).modal).toBeUndefined();
  });

  it('keeps typed values in an update if the IDs stay the same', async () => {
    const { client: web, trigger } = await client();
    const person = slack.as(ann.id);
    const { view } = await web.views.open({ trigger_id: await trigger(), view: form() });
    const view_id = String(view?.id);
    await person.type('name', 'Acme');
    await person.choose('days', 'two');

    const other = JSON.parse(JSON.stringify(form()).replace('days_action', 'other_action'));
    await web.views.update({ view_id, hash: String(view?.hash), view: other });
    expect(person.value('name')).toEqual({ type: 'plain_text_input', value: 'Acme' });
    expect(person.value('days')).toMatchObject({ selected_option: { value: 'one' } });
    expect(person.modal?.id).toBe(view_id);

    await expect(web.views.update({ view_id, hash: String(view?.hash), view: form() })).rejects.toThrow(
      'hash_conflict',
    );
    await person.close();
    await expect(web.views.update({ view_id, view: form() })).rejects.toThrow('not_found');
  });

  it('refuses what a person cannot submit or choose, without asking the app', async () => {
    const { client: web, trigger } = await client();
    const person = slack.as(ann.id);
    await web.views.open({ trigger_id: await trigger(), view: form() });
    const before = seen.length;
    expect(await person.submit()).toMatchObject({ ok: false, error: 'client_refused' });
    expect(person.errors).toEqual({ name: 'Please complete this required field.' });
    await person.type('name', 'A');
    await person.submit();
    expect(person.errors.name).toContain('at least 2');
    await person.type('name', 'Acme Corporation');
    await person.submit();
    expect(person.errors.name).toContain('at most 5');
    await person.clear('days');
    await person.submit();
    expect(Object.keys(person.errors)).toEqual(['name', 'days']);
    await expect(person.choose('days', 'three')).rejects.toThrow('does not offer');
    const secret = slack.addChannel({ kind: 'private', members: [] });
    await expect(person.choose('where', secret.id)).rejects.toThrow('does not offer');
    expect(seen).toHaveLength(before);
  });

  it('allows a stack of three views', async () => {
    const { client: web, trigger } = await client();
    await web.views.open({ trigger_id: await trigger(), view: form() });
    await web.views.push({ trigger_id: await trigger(), view: form() });
    await web.views.push({ trigger_id: await trigger(), view: form() });
    await expect(web.views.push({ trigger_id: await trigger(), view: form() })).rejects.toThrow(
      'push_limit_reached',
    );
  });
});

describe('suggestions', () => {
  async function opened(options: unknown) {
    await bolt('http', (app) => {
      echo(app);
      app.options('bad_action', async ({ ack }) => ack(options as never));
    });
    const person = slack.as(ann.id);
    await person.command(room.id);
    await slack.until(() => person.modal);
    return person;
  }

  it('come from the bot if the query is long enough', async () => {
    const person = await opened({});
    expect(await person.suggest('apps', 'App')).toMatchObject({
      ok: true,
      options: [{ value: 'app 1' }, { value: 'app 2' }],
    });
    expect(await person.suggest('apps', 'x')).toMatchObject({ ok: true, options: [] });
    expect(await person.suggest('apps', '')).toMatchObject({ ok: false, error: 'query_too_short' });
    await expect(person.pick('apps', 'Nothing')).rejects.toThrow('does not suggest');
    await person.pick('apps', { type: 'A', take: 'app 2' });
    expect(person.value('apps').selected_options).toHaveLength(1);
    await person.clear('apps');
    expect(person.value('apps').selected_options).toEqual([]);
  });

  it('are rejected if Slack would reject them', async () => {
    const person = await opened({ options: Array.from({ length: 101 }, (_, index) => option(`${index}`)) });
    const app = apps[0];
    const view = form([
      {
        type: 'input',
        block_id: 'bad',
        label: plain('bad'),
        optional: true,
        element: { type: 'external_select', action_id: 'bad_action', min_query_length: 0 },
      },
    ]);
    await app?.client.views.update({ view_id: String(person.modal?.id), view });
    expect(await person.suggest('bad', '')).toMatchObject({ ok: false, error: 'invalid_options' });
    expect(slack.violations[0]).toContain('no more than 100 items allowed');
  });
});

describe('a response_url', () => {
  async function responseUrl() {
    await bolt('http', (app) => app.command('/echo', async ({ ack }) => ack()));
    await slack.as(ann.id).command(room.id);
    const url = String(seen.at(-1)?.response_url);
    return async (body: object) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return `${response.status} ${await response.text()}`;
    };
  }

  it('works five times', async () => {
    const post = await responseUrl();
    for (let use = 1; use <= 5; use++) expect(await post({ ...named, text: `${use}` })).toBe('200 ok');
    expect(await post({ ...named, text: '6' })).toBe('404 used_url');
    expect(slack.messages).toHaveLength(5);
  });

  it('works for 30 minutes', async () => {
    const post = await responseUrl();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 29 * 60_000 });
    expect(await post({ ...named, text: 'in time' })).toBe('200 ok');
    vi.setSystemTime(Date.now() + 2 * 60_000);
    expect(await post({ ...named, text: 'late' })).toBe('404 expired_url');
  });

  it('requires a response type, replace_original, and a valid message', async () => {
    const post = await responseUrl();
    const missing = '400 response_type_and_replace_original_required';
    expect(await post({ text: 'a' })).toBe(missing);
    expect(await post({ text: 'a', response_type: 'ephemeral' })).toBe(missing);
    expect(await post({ text: 'a', replace_original: false })).toBe(missing);
    expect(await post({ ...named, text: 'a', blocks: [{ type: 'x' }] })).toBe('400 invalid_blocks');
    expect(await post(named)).toBe('400 no_text');
    expect(slack.messages).toEqual([]);
    expect(slack.violations).toHaveLength(5);
  });

  it('of a command replaces nothing, and posts to everyone with in_channel', async () => {
    const post = await responseUrl();
    await post({ response_type: 'in_channel', replace_original: false, text: 'All' });
    await post({ response_type: 'ephemeral', replace_original: true, text: 'Mine' });
    expect(
      slack
        .as(ann.id)
        .sees(room.id)
        .map(({ text }) => text),
    ).toEqual(['All', 'Mine']);
    expect(
      slack
        .as(bob.id)
        .sees(room.id)
        .map(({ text }) => text),
    ).toEqual(['All']);
    expect(slack.violations).toEqual(['response_url: there is no original to replace']);
  });
});

describe('the Web API', () => {
  const quiet = (app: App) => app.command('/echo', async ({ ack }) => ack());

  it('posts ephemeral messages only if the bot and the person are members', async () => {
    const { client } = await bolt('http', quiet);
    const post = (channel: string, user = ann.id) =>
      client.chat.postEphemeral({ channel, user, text: 'Psst' });
    const secret = slack.addChannel({ kind: 'private', members: [ann.id] });
    await expect(post(room.id)).rejects.toThrow('not_in_channel');
    await expect(post(secret.id)).rejects.toThrow('channel_not_found');
    room.botIsMember = true;
    room.members.delete(bob.id);
    await expect(post(room.id, bob.id)).rejects.toThrow('user_not_in_channel');
    await post(room.id);
    expect(slack.as(ann.id).sees(room.id)).toMatchObject([
      { text: 'Psst', stored: false, visibleTo: ann.id },
    ]);
    expect(slack.as(bob.id).sees(room.id)).toEqual([]);

    const { channel } = await client.conversations.open({ users: ann.id });
    await post(String(channel?.id));
    slack.messagesTab = false;
    await expect(post(String(channel?.id))).rejects.toThrow('messages_tab_disabled');
    expect(slack.as(ann.id).sees(String(channel?.id))).toHaveLength(1);
  });

  it('stores and updates messages, and sends them with clicks on their buttons', async () => {
    const { client } = await bolt('http', (app) => app.action('b', async ({ ack }) => ack()));
    room.botIsMember = true;
    const { ts } = await client.chat.postMessage({ channel: room.id, text: 'Hello', blocks: buttons('b') });
    expect(slack.as(bob.id).sees(room.id)).toHaveLength(1);
    await slack.as(bob.id).press('b');
    expect(seen.at(-1)).toMatchObject({
      message: { ts },
      container: { is_ephemeral: false },
      user: { id: bob.id, team_id: bob.teamId },
      team: { id: slack.teamId },
    });
    expect(bob.teamId).not.toBe(slack.teamId);
    await client.chat.update({ channel: room.id, ts: String(ts), text: 'Bye' });
    expect(slack.messages[0]).toMatchObject({ text: 'Bye', replaced: [{ text: 'Hello' }] });
    await expect(
      client.chat.postMessage({ channel: room.id, text: 'a', blocks: [{ type: 'x' }] }),
    ).rejects.toThrow('invalid_blocks');
  });

  it('validates blocks, messages, and views without sending them', async () => {
    const { client } = await bolt('http', quiet);
    await client.blocks.validate({ view: form() });
    await client.blocks.validate({ message: { blocks: buttons('b') } });
    await client.blocks.validate({ blocks: buttons('b') });
    await expect(client.blocks.validate({})).rejects.toThrow('invalid_arguments');
    await expect(
      client.blocks.validate({ view: form([], 'A title of 25 characters!') }),
    ).rejects.toMatchObject({
      data: {
        error: 'invalid_view',
        errors: [
          { pointer: '/title/text', code: 'failed_constraint', message: 'must be less than 25 characters' },
        ],
      },
    });
    await expect(client.blocks.validate({ blocks: [{ type: 'x' }] })).rejects.toThrow('invalid_blocks');
    expect(slack.messages).toEqual([]);
  });

  it('rejects half of a surrogate pair', async () => {
    const { client } = await bolt('http', quiet);
    const half = { type: 'section' as const, text: plain('Acme \ud83d') };
    await expect(client.blocks.validate({ blocks: [half] })).rejects.toMatchObject({
      data: { errors: [{ pointer: '/blocks/0/text/text', message: 'must be valid Unicode' }] },
    });
  });

  it('returns people, channels, and user groups', async () => {
    const { client } = await bolt('http', quiet);
    const guest = slack.addUser({ name: 'Guest', guest: 'single', tz: 'America/New_York' });
    const hidden = slack.addUser({ name: 'Hidden', foreign: true, visible: false });
    await expect(client.users.info({ user: hidden.id })).rejects.toThrow('user_not_visible');
    room.shared = 'external';
    expect(await client.users.info({ user: guest.id })).toMatchObject({
      user: { tz: 'America/New_York', is_restricted: true, is_ultra_restricted: true, team_id: slack.teamId },
    });
    expect((await client.users.info({ user: bob.id })).user).toMatchObject({
      is_stranger: true,
      team_id: bob.teamId,
    });
    await expect(client.users.info({ user: 'U0' })).rejects.toThrow('user_not_found');
    expect(await client.conversations.info({ channel: room.id })).toMatchObject({
      channel: { is_ext_shared: true, is_shared: true, is_im: false },
    });
    const { members } = await client.conversations.members({ channel: room.id });
    expect(members).toEqual([...room.members, ...(room.botIsMember ? [slack.botUserId] : [])]);
    const foreign = slack.addChannel({ kind: 'im', members: [ann.id, bob.id] });
    await expect(client.conversations.info({ channel: foreign.id })).rejects.toThrow('channel_not_found');
    slack.userGroups.set('S1', new Set([ann.id]));
    expect((await client.usergroups.users.list({ usergroup: 'S1' })).users).toEqual([ann.id]);
    await expect(client.usergroups.users.list({ usergroup: 'S2' })).rejects.toThrow('no_such_subteam');
  });

  it('pages through the members of a conversation', async () => {
    const { client } = await bolt('http', quiet);
    const crowd = Array.from({ length: 250 }, (_, at) => `U0CROWD${at}`);
    const { id: channel } = slack.addChannel({ kind: 'public', members: crowd, botIsMember: true });
    const page = async (args: { limit?: number; cursor?: string }) => {
      const { members, response_metadata } = await client.conversations.members({ channel, ...args });
      return { members, cursor: response_metadata?.next_cursor ?? '' };
    };
    const first = await page({});
    expect(first.members).toEqual(crowd.slice(0, 100));
    const second = await page({ cursor: first.cursor, limit: 999 });
    expect(second).toEqual({ members: [...crowd.slice(100), slack.botUserId], cursor: '' });
    for (const limit of [0, -1, 1_000]) await expect(page({ limit })).rejects.toThrow('invalid_limit');
    await expect(page({ cursor: 'nonsense' })).rejects.toThrow('invalid_cursor');

    const closed = slack.addChannel({ kind: 'private', members: crowd });
    const im = slack.addChannel({ kind: 'im', members: [ann.id], botIsMember: true });
    const membersOf = (id: string) => client.conversations.members({ channel: id });
    await expect(membersOf(closed.id)).rejects.toThrow('channel_not_found');
    await expect(membersOf('C0')).rejects.toThrow('channel_not_found');
    await expect(membersOf(im.id)).rejects.toThrow('missing_scope');
    expect(lastCall()).toMatchObject({ needed: 'im:read' });
  });

  it('requires a valid token and the scope', async () => {
    const { client } = await bolt('http', quiet);
    expect((await client.auth.test()).response_metadata?.scopes).toContain('chat:write');
    await expect(client.auth.test({ token: 'xoxb-wrong' })).rejects.toThrow('invalid_auth');
    await expect(client.auth.test({ token: slack.appToken })).rejects.toThrow('not_allowed_token_type');
    slack.scopes = ['commands'];
    await expect(client.users.info({ user: ann.id })).rejects.toThrow('missing_scope');
    expect(lastCall()).toMatchObject({ needed: 'users:read', provided: 'commands' });
  });

  it('records every call', async () => {
    const { client } = await bolt('http', quiet);
    await client.conversations.open({ users: ann.id });
    expect(slack.calls.at(-1)).toMatchObject({
      method: 'conversations.open',
      args: { users: ann.id },
      response: { ok: true },
    });
  });

  it('fails as configured, until the faults are cleared', async () => {
    const { client } = await bolt('http', quiet);
    slack.fail('users.info', { error: 'fatal_error' }, 1);
    await expect(client.users.info({ user: ann.id })).rejects.toThrow('fatal_error');
    await client.users.info({ user: ann.id });

    for (const fault of ['reset', 'html', 'empty', 'cut', { status: 500 }] as const) {
      slack.fail(/^users/, fault);
      await expect(client.users.info({ user: ann.id }), String(fault)).rejects.toThrow();
      slack.clearFaults();
    }
    for (const fault of ['hang', 'stall'] as const) {
      slack.fail('users.info', fault);
      const url = `${slack.apiUrl}users.info?user=${ann.id}`;
      const read = fetch(url, { method: 'POST', signal: AbortSignal.timeout(100) }).then((one) => one.text());
      await expect(read, fault).rejects.toThrow('timeout');
      slack.clearFaults();
    }
    slack.fail('users.info', { delay: 80 });
    const since = performance.now();
    await client.users.info({ user: ann.id });
    expect(performance.now() - since).toBeGreaterThan(75);
  });
});

describe('delivery', () => {
  it('over HTTP is signed, and a raw request can have a wrong signature', async () => {
    await bolt('http', echo);
    const body = new URLSearchParams({ command: '/echo', trigger_id: 'x', user_id: ann.id }).toString();
    expect(await slack.deliverRaw({ body })).toEqual({ status: 200, body: '' });
    await slack.until(() => lastCall()?.error === 'invalid_trigger_id');
    const forged = { 'x-slack-signature': `v0=${'0'.repeat(64)}` };
    expect((await slack.deliverRaw({ body, headers: forged })).status).toBe(401);
    const stale = { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000) - 600) };
    expect((await slack.deliverRaw({ body, headers: stale })).status).toBe(401);
    const bare = { 'x-slack-signature': undefined };
    expect((await slack.deliverRaw({ body, headers: bare })).status).toBe(401);
  });

  it('over HTTP fails if nothing listens', async () => {
    slack.requestUrl = 'http://127.0.0.1:9/slack/events';
    expect(await slack.as(ann.id).command(room.id)).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('over sockets is shared evenly by the connections', async () => {
    const got = [0, 0];
    for (const index of [0, 1]) {
      await bolt('socket', (app) => {
        app.command('/echo', async ({ ack }) => {
          got[index] = (got[index] ?? 0) + 1;
          await ack();
        });
      });
    }
    for (let turn = 0; turn < 4; turn++) expect((await slack.as(ann.id).command(room.id)).ok).toBe(true);
    expect(got).toEqual([2, 2]);
  });

  it('over a socket that closes fails and is not repeated', async () => {
    let got = 0;
    await bolt('socket', (app) => {
      app.command('/echo', async () => {
        got += 1; // and never acknowledges
      });
    });
    const delivery = slack.as(ann.id).command(room.id);
    await slack.until(() => got === 1);
    slack.disconnectSockets();
    const failed = await delivery;
    expect(failed).toMatchObject({ ok: false, error: 'dispatch_failed' });
    expect(failed.ms).toBeLessThan(2_000);
    await slack.until(() => slack.socketCount === 0);
    expect(await slack.as(ann.id).command(room.id)).toMatchObject({ ok: false, error: 'dispatch_failed' });
    expect(got).toBe(1);
  });

  it('opens one socket for each URL, and none if sockets are refused', async () => {
    const app = await bolt('http', echo);
    const open = () => app.client.apps.connections.open({ token: slack.appToken } as never);
    const { url } = await open();
    const connected = (address: string) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(address);
        socket.addEventListener('message', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
    expect(await connected(String(url))).toBe(true);
    expect(await connected(String(url))).toBe(false);
    slack.refuseSockets = true;
    await expect(open()).rejects.toThrow('503');
  });
});

it('until() times out with a helpful message', async () => {
  await expect(slack.until(() => false, 30)).rejects.toThrow(/Timed out after 30 ms[\s\S]*Violations: none/);
});
