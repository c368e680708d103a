import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { requestToken } from '../../stand-ins/auth0/request-token.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  CONTEXT,
  cause,
  expectClean,
  fillNew,
  like,
  linkIn,
  MODES,
  type Mode,
  message,
  modal,
  says,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const SEAL_KEY = 'seal-key-of-this-installation-0123456789';
/** How every access token of the tenant begins: the header of a JWT that is signed with RS256. */
const ACCESS_TOKEN = 'eyJhbGciOiJSUzI1NiI';

/** Texts that must not leak, by name. */
type Secrets = Map<string, string>;
/** What the bot wrote, by place. */
type Places = Map<string, string>;

/** The secrets that these places contain, as "secret in place". */
function leaks(secrets: Secrets, places: Places): string[] {
  return [...places].flatMap(([place, text]) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => `${name} in ${place}`),
  );
}

/** Collects everything that the bot has shown or written. */
class Watch {
  readonly #world: World;
  readonly #people: Person[];
  readonly #shown: string[] = [];
  readonly #errors: string[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#people = [world.maria, world.tom];
  }

  /** Keeps the acknowledgement, and what people see after it. */
  async look<T>(doing: Promise<T>): Promise<T> {
    const result = await doing;
    // `places` reads messages and calls from the stand-in, which keeps no acknowledgements.
    if (typeof result === 'object' && result && 'ack' in result) this.#shown.push(JSON.stringify(result.ack));
    for (const person of this.#people) {
      this.#shown.push(JSON.stringify(person.modal ?? ''));
      this.#errors.push(JSON.stringify(person.errors));
    }
    return result;
  }

  secrets(): Secrets {
    const { slack, auth0 } = this.#world;
    return new Map([
      ...auth0.tickets.map(({ id }, index): [string, string] => [`ticket ${index}`, id]),
      ['response_url', '/response/'],
      ['response_url of Slack', 'https://hooks.slack.com/'],
      ['bot token', slack.botToken],
      ['app token', slack.appToken],
      ['signing secret', slack.signingSecret],
      ['client secret', auth0.clientSecret],
      ['access token', ACCESS_TOKEN],
      ['SEAL_KEY', SEAL_KEY],
    ]);
  }

  places(): Places {
    const { slack, log } = this.#world;
    const stored = slack.messages.filter((each) => each.visibleTo === undefined);
    const views = slack.calls.filter(({ method }) => method.startsWith('views.'));
    // What the bot wants Slack to store, even if Slack refuses it.
    const posts = slack.calls.filter(
      ({ method, args }) =>
        method === 'chat.postMessage' || method === 'chat.update' || args.response_type === 'in_channel',
    );
    return new Map([
      ['the log', log.join('')],
      ['the views sent', JSON.stringify(views.map(({ args }) => args))],
      ['the screens', this.#shown.join('\n')],
      ['the stored messages', JSON.stringify([stored, posts.map(({ args }) => args)])],
      ['the errors in forms', this.#errors.join('\n')],
      ['the texts of notifications', slack.messages.map(({ text }) => text).join('\n')],
    ]);
  }

  /** Ephemeral messages may contain the link, but no other secret. */
  ephemeral(): [Secrets, Places] {
    const secrets = [...this.secrets()].filter(([name]) => !name.startsWith('ticket'));
    const shown = this.#world.slack.messages.filter(({ visibleTo }) => visibleTo !== undefined);
    return [new Map(secrets), new Map([['ephemeral messages', JSON.stringify(shown)]])];
  }
}

/** Runs through everything that can happen. */
async function runEverything(world: World, watch: Watch, mode: Mode): Promise<void> {
  const { maria, tom, sales, secret, direct, slack, auth0 } = world;
  const token = await requestToken(auth0);
  expect(token.startsWith(ACCESS_TOKEN)).toBe(true);
  /** An error text that contains secrets. */
  const leakyText = () => {
    const ticket = auth0.tickets.at(-1)?.id ?? 'none';
    return [
      `Bearer ${token} was refused`,
      token,
      `https://${auth0.domain}/self-service/connections-flow?ticket=${ticket}`,
      `POST /api/v2/self-service-profiles/ssp_1/sso-ticket/${ticket}/revoke`,
      slack.botToken,
      slack.appToken,
      'https://hooks.slack.com/commands/T0/1/abc',
    ].join(' ');
  };
  const nextForm = async (name: string, channel = sales.id) => {
    if (maria.modal) await maria.close();
    await watch.look(fillNew(world, { name, channel }));
  };
  const create = { method: 'POST', path: /sso-ticket$/ };

  // The first form is a loading view, then a problem, then the form.
  auth0.fail({ path: '/self-service-profiles' }, { delay: 1_200 }, 1);
  auth0.fail(
    { path: '/clients' },
    { status: 403, body: { message: `Insufficient scope ${leakyText()}` } },
    1,
  );
  await watch.look(maria.command(sales.id, 'acme-corp'));
  await watch.look(modal(world, maria, sentences.FORM_TITLE.new));
  await watch.look(maria.suggest('clients', 'portal'));

  // Links for new connections in every kind of conversation, an edit link, and one from the shortcut.
  for (const [index, channel] of [sales.id, secret.id, direct.id].entries()) {
    await nextForm(`acme-${index}`, channel);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await watch.look(maria.submit());
    const link = await watch.look(message(world, maria, channel, sentences.linkTitle('Globex')));
    expect(linkIn(link)).toBeDefined();
    await watch.look(modal(world, maria, sentences.DONE_TITLE));
  }
  await maria.close();
  await watch.look(maria.command(sales.id, 'edit initech-saml'));
  await modal(world, maria, sentences.FORM_TITLE.edit);
  await watch.look(maria.submit());
  await watch.look(modal(world, maria, sentences.DONE_TITLE));
  await maria.close();
  maria.goTo(sales.id);
  await maria.shortcut('create_sso_ticket');
  await modal(world, maria, sentences.FORM_TITLE.new);
  await maria.type('connectionName', 'from-shortcut');
  await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await watch.look(maria.submit());
  await watch.look(modal(world, maria, sentences.DONE_TITLE));
  await maria.close();

  // Revocations from the message with the link and from a receipt, and one that fails.
  const links = maria.sees(sales.id).filter((each) => linkIn(each));
  auth0.fail({ path: /revoke$/ }, { status: 400, body: { message: leakyText() } }, 1);
  await watch.look(maria.press(sentences.REVOKE_LINK, links[0]));
  await message(
    world,
    maria,
    sales.id,
    like(sentences.revokeSentence(new Auth0Error('rejected'), ANY, CONTEXT)),
  );
  await watch.look(maria.press(sentences.REVOKE_LINK, links[0]));
  await slack.until(() => says(textOf(links[0]), like(sentences.revoked(ANY, CONTEXT))));
  const receipt = slack.messages.findLast(({ via }) => via === 'chat.postMessage');
  slack.fail('chat.update', { status: 500, body: leakyText() }, 2);
  await watch.look(maria.press(sentences.REVOKE_LINK, receipt));
  await message(world, maria, receipt?.channel ?? '', like(sentences.revoked(ANY, CONTEXT)));

  // Auth0 fails in every way, with secrets in its errors.
  const failures: [Parameters<typeof auth0.fail>[1], string][] = [
    [{ status: 400, body: { message: leakyText() } }, cause('rejected', { reason: ANY })],
    [{ status: 409, body: { message: leakyText() } }, cause('conflict', { reason: ANY })],
    [{ status: 404, body: { message: leakyText() } }, cause('not_found', { reason: ANY })],
    [
      { status: 403, body: { message: `Insufficient scope ${leakyText()}` } },
      cause('missing_permission', { permission: 'create:sso_access_tickets' }),
    ],
    [{ status: 403, body: { message: leakyText() } }, cause('rejected', { reason: ANY })],
    [{ status: 500, body: leakyText() }, cause('failed', { status: 500 })],
    [{ status: 201, body: { ticket: `not a link: ${leakyText()}` } }, cause('failed')],
    ['html', cause('failed')],
    ['cut', cause('no_answer')],
    ['reset', cause('no_answer')],
    ['reset-after', cause('no_answer')],
  ];
  for (const [index, [behaviour, words]] of failures.entries()) {
    await nextForm(`fails-${index}`);
    auth0.fail(create, behaviour, 1);
    await watch.look(maria.submit());
    await watch.look(modal(world, maria, like(words)));
  }
  auth0.fail(create, { status: 401, body: { message: leakyText() } }, 1);
  auth0.fail(
    { path: '/oauth/token' },
    {
      status: 401,
      body: { error: 'access_denied', error_description: `${auth0.clientSecret} ${leakyText()}` },
    },
    2,
  );
  await nextForm('no-token');
  await watch.look(maria.submit());
  await watch.look(modal(world, maria, cause('credentials_rejected')));

  // The modal was closed, so the failure is reported in a message.
  await nextForm('closed');
  auth0.fail(create, { status: 400, body: { message: leakyText() } }, 1);
  auth0.fail(create, { delay: 100 });
  const submission = maria.submit();
  await submission;
  if (maria.modal) await maria.close();
  await sleep(100);
  auth0.clearFaults();

  // Slack fails, so the link is delivered in another way, or finally not at all.
  const slackFailures: (() => void)[] = [
    () => slack.fail('response_url', { status: 500, body: leakyText() }, 1),
    () => slack.fail('response_url', 'reset', 1),
    () => {
      slack.fail('response_url', { error: leakyText() });
      slack.fail('chat.postEphemeral', { error: leakyText() }, 1);
    },
    () => slack.fail('chat.postMessage', { error: `invalid_auth ${leakyText()}` }),
    () => slack.fail('chat.postMessage', { status: 500, body: leakyText() }),
    () => slack.fail('conversations.open', 'html'),
    () => slack.fail('views.update', { error: leakyText() }),
    () => {
      slack.fail('response_url', { error: leakyText() });
      slack.fail('chat.postEphemeral', { status: 403, body: leakyText() });
    },
  ];
  for (const [index, fail] of slackFailures.entries()) {
    await nextForm(`way-${index}`);
    const before = auth0.tickets.length;
    fail();
    await watch.look(maria.submit());
    await slack.until(() => auth0.tickets.length > before);
    await watch.look(
      slack.until(() =>
        world.log.some(
          (line) => /ticket_(not_)?delivered/.test(line) && line.includes(`"connection":"way-${index}"`),
        ),
      ),
    );
    await watch.look(sleep(50));
    slack.clearFaults();
  }

  // The list of profiles in every kind of conversation, and denials.
  if (maria.modal) await maria.close();
  await watch.look(maria.command(sales.id, 'profiles'));
  await message(world, tom, sales.id, sentences.profileCount(2));
  await watch.look(maria.command(direct.id, 'profiles'));
  await message(world, maria, direct.id, sentences.PROFILES_ONLY_YOU);
  const members = [maria.id, tom.id];
  const partners = slack.addChannel({ kind: 'public', shared: 'external', botIsMember: true, members });
  await watch.look(maria.command(partners.id, 'profiles'));
  await message(world, maria, partners.id, sentences.PROFILES_ONLY_YOU);
  await watch.look(maria.press(sentences.POST_PROFILES));
  await message(world, tom, partners.id, sentences.profileCount(2));
  slack.fail('response_url', { status: 500, body: leakyText() }, 1);
  await watch.look(maria.command(sales.id, 'profiles'));
  await message(world, maria, sales.id, sentences.PROFILES_NOT_POSTED);
  const guest = slack.addUser({ name: 'Gil', guest: true });
  sales.members.add(guest.id);
  await watch.look(slack.as(guest.id).command(sales.id, ''));
  slack.fail('users.info', { error: leakyText() });
  const stranger = slack.addUser({ name: 'Sam' });
  await watch.look(slack.as(stranger.id).command(sales.id, ''));
  slack.clearFaults();

  // Forged sealed values, invalid forms, and callbacks that no listener handles.
  await nextForm('sealed');
  if (!maria.modal) throw new Error('There is no form');
  const { private_metadata } = maria.modal;
  maria.modal.private_metadata = 'forged';
  await watch.look(maria.submit());
  maria.modal.private_metadata = private_metadata;
  Object.assign(maria.value('connectionName'), { value: { not: 'a text' } });
  await watch.look(maria.submit());
  expect(JSON.stringify(maria.errors)).toContain(sentences.unexpectedError(CONTEXT));
  maria.modal.callback_id = 'nobody';
  await watch.look(maria.submit());
  if (maria.modal) await maria.close();
  const list = await message(world, maria, sales.id, sentences.profileCount(2));
  const button = list.blocks.flatMap(({ elements = [] }) => elements).find(({ type }) => type === 'button');
  if (button) Object.assign(button, { action_id: 'nobody', value: 'forged' });
  await watch.look(maria.press('nobody', list));
  if (mode === 'http') {
    await slack.deliverRaw({ body: 'payload=%7B', headers: {} });
    await slack.deliverRaw({
      body: `command=%2Fsso-ticket&response_url=http%3A%2F%2F127.0.0.1%2Fresponse%2Fx&token=${slack.botToken}`,
      headers: { 'x-slack-signature': 'v0=wrong' },
    });
    await slack.deliverRaw({ body: 'x=1', headers: { 'x-slack-request-timestamp': '1' } });
  }

  // A form doesn't open, and the connection is lost.
  slack.fail('views.open', { error: leakyText() }, 1);
  await watch.look(tom.command(sales.id, 'late'));
  await watch.look(message(world, tom, sales.id, sentences.formRefused(undefined, CONTEXT)));
  if (mode === 'socket') slack.disconnectSockets();
  await watch.look(sleep(100));
}

describe.each(MODES)('over %s at LOG_LEVEL=debug', (mode) => {
  it('no secret appears in a log line, a view, a stored message or an error', async () => {
    const world = await startWorld({ mode, env: { LOG_LEVEL: 'debug', SEAL_KEY, TENANT_LABEL: 'Staging' } });
    const watch = new Watch(world);
    await runEverything(world, watch, mode);

    expect(world.auth0.tickets.length).toBeGreaterThan(10);
    expect(world.log.length).toBeGreaterThan(40);
    for (const line of world.log) expect(() => JSON.parse(line)).not.toThrow();
    expect(leaks(watch.secrets(), watch.places())).toEqual([]);
    expect(watch.places().get('the log')).not.toMatch(/[?&]ticket=(?!\[redacted\])/);
    expect(leaks(...watch.ephemeral())).toEqual([]);

    // Check the check: a secret that is planted in a place is found there.
    for (const [name, secret] of watch.secrets()) {
      for (const [place, text] of watch.places()) {
        expect(text.length, place).toBeGreaterThan(0);
        expect(leaks(watch.secrets(), new Map([[place, `${text} ${secret}`]]))).toContain(
          `${name} in ${place}`,
        );
      }
    }
    // These responses contain secrets on purpose.
    for (const call of world.slack.calls) call.response = undefined;
    expectClean(world);
    await world.stop();
  }, 60_000);
});

it('secrets are redacted in log lines', async () => {
  const { createLog, errorFields } = await import('../../src/lib/log.ts');
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const secrets = [
    'https://acme.eu.auth0.com/self-service/connections-flow?ticket=abcDEF123',
    'POST /api/v2/self-service-profiles/ssp_1/sso-ticket/abcDEF123/revoke',
    'https://hooks.slack.com/commands/T1/2/abcDEF123',
    'https://hooks.slack-gov.com/actions/T1/2/abcDEF123',
    `xox${'b'}-12-34-abcDEF123`,
    'xapp-1-A1-2-abcDEF123',
    'Authorization: Bearer abcDEF123',
    'eyJhbGciOiJSUzI1NiJ9.abcDEF123.abcDEF123',
  ];
  for (const secret of secrets) {
    log.debug({ url: secret, deep: { list: [secret] } }, `It says ${secret}`);
    log.child({ bound: secret }).warn(errorFields(new Error(secret)), 'failed');
    log.error({ err: new Error(secret) }, 'failed');
  }
  expect(lines).toHaveLength(3 * secrets.length);
  for (const line of lines) {
    expect(line).not.toContain('abcDEF123');
    expect(() => JSON.parse(line)).not.toThrow();
  }
});
