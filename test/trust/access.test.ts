import PQueue from 'p-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessSentence, NO_ACCESS_TITLE, PROBLEM_TITLE } from '../../src/slack/sentences.ts';
import type { Channel, Delivery, Fault, Message, Person, User } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  audits,
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  holdDate,
  like,
  live,
  MODES,
  message,
  modal,
  pass,
  revokes,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

/** A minute and a bit: what the bot keeps of people is old by then. */
const MINUTE = 61_000;
const CREW = 'S0CREW';
const EDITORS = 'S0EDITORS';

const LISTS = new Set(['clients', 'organizations', 'connections'].map((list) => `/api/v2/${list}`));

/** What was asked of Auth0 for somebody; pages of lists come in the background, for people who were there before. */
const asked = ({ auth0 }: World) => auth0.requests.filter(({ path }) => !LISTS.has(path)).length;

let world: World;

async function start(options: WorldOptions) {
  world = await startWorld(options);
}

/** Prepares many, a few at a time, so that the bot misses no deadline here. */
async function forEachOf<T>(all: T[], prepare: (one: T) => Promise<unknown> | undefined): Promise<void> {
  await new PQueue({ concurrency: 6 }).addAll(all.map((one) => async () => prepare(one)));
}

async function end() {
  expectClean(world);
  await world.stop();
}

// ----------------------------------------------------------------------------------------- the ways in

/** One person before one way in, in a conversation of their own. */
interface Cell {
  person: Person;
  user: User;
  channel: Channel;
}

interface Way {
  name: string;
  /** What the audit line calls it. */
  what: string;
  /** Whether it leads to a link that edits. */
  edit: boolean;
  /** How a refusal comes. */
  answer: 'ephemeral' | 'modal' | 'inline' | 'no options';
  shared?: boolean;
  /** A button that is only shown while Auth0 fails. */
  whileAuth0Fails?: boolean;
  /** What must have happened before; the person is still allowed then. */
  before?(cell: Cell): Promise<unknown>;
  go(cell: Cell): Promise<unknown>;
  /** What shows that the way is open. */
  open(cell: Cell): Promise<unknown>;
}

const newForm = ({ person }: Cell) => modal(world, person, /New SSO connection/);
const editForm = ({ person }: Cell) => modal(world, person, /Edit SSO connection/);
const ready = ({ person }: Cell) => modal(world, person, /Your link is ready/);
const reads = (pattern: RegExp) => (cell: Cell) => message(world, cell.person, cell.channel.id, pattern);

/** A valid connection name that nobody else in the test takes. */
const nameFor = ({ user }: Cell) => user.id.toLowerCase();

async function fillShortcut(cell: Cell) {
  const { person, channel } = cell;
  person.goTo(channel.id);
  await person.shortcut('create_sso_ticket');
  await newForm(cell);
  await person.type('connectionName', nameFor(cell));
  await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
}

const fill = (cell: Cell) =>
  fillNew(world, { person: cell.person, channel: cell.channel.id, name: nameFor(cell) });

async function fillEdit(cell: Cell) {
  await cell.person.command(cell.channel.id, 'edit initech-saml');
  await editForm(cell);
}

async function makeLink(cell: Cell): Promise<Message> {
  await fill(cell);
  await cell.person.submit();
  await ready(cell);
  await cell.person.close();
  return receiptOf(cell);
}

/** The direct messages between a person and the bot. */
function withBot({ user }: Pick<Cell, 'user'>): Channel {
  const found = [...world.slack.channels.values()].find(
    ({ kind, botIsMember, members }) => kind === 'im' && botIsMember && members.has(user.id),
  );
  if (!found) throw new Error(`${user.name} has no conversation with the bot`);
  return found;
}

function receiptOf(cell: Cell): Message {
  const [receipt] = cell.person.sees(withBot(cell).id);
  if (!receipt) throw new Error('There is no receipt');
  return receipt;
}

const WAYS: Way[] = [
  {
    name: 'the command',
    what: 'command',
    edit: false,
    answer: 'ephemeral',
    go: ({ person, channel }) => person.command(channel.id, 'acme-corp'),
    open: newForm,
  },
  {
    name: 'the command to edit',
    what: 'command',
    edit: true,
    answer: 'ephemeral',
    go: ({ person, channel }) => person.command(channel.id, ' EDIT initech-saml'),
    open: editForm,
  },
  {
    name: 'the command for the profiles',
    what: 'command',
    edit: false,
    answer: 'ephemeral',
    go: ({ person, channel }) => person.command(channel.id, 'profiles'),
    open: reads(/2 self-service profiles/),
  },
  {
    name: 'the command for help',
    what: 'command',
    edit: false,
    answer: 'ephemeral',
    go: ({ person, channel }) => person.command(channel.id, 'help'),
    open: reads(/You can type/),
  },
  {
    name: 'the shortcut',
    what: 'shortcut',
    edit: false,
    answer: 'modal',
    go: ({ person, channel }) => {
      person.goTo(channel.id);
      return person.shortcut('create_sso_ticket');
    },
    open: newForm,
  },
  {
    name: 'a button in a message',
    what: 'open_form',
    edit: false,
    answer: 'ephemeral',
    before: async (cell) => {
      await cell.person.command(cell.channel.id, 'profiles');
      await reads(/2 self-service profiles/)(cell);
    },
    go: ({ person }) => person.press('Create link'),
    open: newForm,
  },
  {
    name: 'a button to edit in a message',
    what: 'open_form',
    edit: true,
    answer: 'ephemeral',
    before: async (cell) => {
      await cell.person.command(cell.channel.id, 'edit nobody');
      await reads(/no connection called/)(cell);
    },
    go: ({ person }) => person.press('Search connections'),
    open: editForm,
  },
  {
    name: 'a button in a modal',
    what: 'open_form',
    edit: false,
    answer: 'modal',
    whileAuth0Fails: true,
    before: async ({ person, channel }) => {
      await person.command(channel.id, '');
      await modal(world, person, PROBLEM_TITLE);
    },
    go: ({ person }) => person.press('Try again'),
    open: newForm,
  },
  {
    name: 'a button to edit in a modal',
    what: 'open_form',
    edit: true,
    answer: 'modal',
    whileAuth0Fails: true,
    before: async ({ person, channel }) => {
      await person.command(channel.id, 'edit');
      await modal(world, person, PROBLEM_TITLE);
    },
    go: ({ person }) => person.press('Try again'),
    open: editForm,
  },
  {
    name: 'a suggestion',
    what: 'block_suggestion',
    edit: false,
    answer: 'no options',
    before: fill,
    go: ({ person }) => person.suggest('organizations', 'glob'),
    open: ({ person }) => person.pick('organizations', { type: 'glob', take: 'Globex Inc' }),
  },
  {
    name: 'a suggestion in the form to edit',
    what: 'block_suggestion',
    edit: true,
    answer: 'no options',
    before: fillEdit,
    go: ({ person }) => person.suggest('connection', 'hooli'),
    open: async ({ person }) => {
      await person.clear('connection');
      const suggested = await person.suggest('connection', 'hooli');
      expect(suggested).toMatchObject({ ok: true, options: [{ text: { text: 'hooli-okta' } }] });
    },
  },
  {
    name: 'the submission of a form',
    what: 'view_submission',
    edit: false,
    answer: 'inline',
    before: fill,
    go: ({ person }) => person.submit(),
    open: ready,
  },
  {
    name: 'the submission of a form to edit',
    what: 'view_submission',
    edit: true,
    answer: 'inline',
    before: fillEdit,
    go: ({ person }) => person.submit(),
    // Another person's link for this connection may work.
    open: ({ person }) => modal(world, person, /Your link is ready|already has an active link/),
  },
  {
    name: "the submission of the shortcut's form",
    what: 'view_submission',
    edit: false,
    answer: 'inline',
    before: fillShortcut,
    go: ({ person }) => person.submit(),
    open: ready,
  },
  {
    name: '"Revoke link" beside the link',
    what: 'revoke_ticket',
    edit: false,
    answer: 'ephemeral',
    before: makeLink,
    go: ({ person, channel }) =>
      person.press(
        'Revoke link',
        person.sees(channel.id).find((each) => /SSO link for/.test(textOf(each))),
      ),
    open: reads(/no longer works/),
  },
  {
    name: '"Revoke link" in the receipt',
    what: 'revoke_ticket',
    edit: false,
    answer: 'ephemeral',
    before: makeLink,
    go: (cell) => cell.person.press('Revoke link', receiptOf(cell)),
    open: (cell) => world.slack.until(() => /no longer works/.test(textOf(receiptOf(cell)))),
  },
  {
    name: '"Post in this channel"',
    what: 'post_profiles',
    edit: false,
    answer: 'ephemeral',
    shared: true,
    before: async (cell) => {
      await cell.person.command(cell.channel.id, 'profiles');
      await reads(/Only you can see this/)(cell);
    },
    go: ({ person }) => person.press('Post in this channel'),
    open: ({ person, channel }) =>
      world.slack.until(() => person.sees(channel.id).find(({ visibleTo }) => visibleTo === undefined)),
  },
];

// --------------------------------------------------------------------------------------- the people

interface Kind {
  name: string;
  /** Whether the IDs of these people stand in ALLOWED, and in EDITORS. */
  named?: boolean;
  editorById?: boolean;
  /** What becomes of the person before they try; until then they are allowed everything. */
  become(user: User): void;
  /** Undefined for someone who may; `editor` where only links to edit are refused. */
  refused?: 'user' | 'editor';
  /** Slack gives their command the team of their own workspace. */
  foreign?: boolean;
}

const leave = (group: string) => (user: User) => {
  world.slack.userGroups.get(group)?.delete(user.id);
};

const CLOSED: Kind[] = [
  {
    name: 'named, an editor by ID',
    named: true,
    editorById: true,
    become: (user) => {
      leave(CREW)(user);
      leave(EDITORS)(user);
    },
  },
  { name: 'named, an editor by group', named: true, become: leave(CREW) },
  {
    name: 'named, no editor',
    named: true,
    refused: 'editor',
    become: (user) => {
      leave(CREW)(user);
      leave(EDITORS)(user);
    },
  },
  { name: 'in an allowed group, an editor by group', become: () => undefined },
  { name: 'in an allowed group, no editor', refused: 'editor', become: leave(EDITORS) },
  { name: 'just removed from the group, though still an editor', refused: 'user', become: leave(CREW) },
  { name: 'an editor by ID who may not use the bot', editorById: true, refused: 'user', become: leave(CREW) },
];

const EVERYONE: Kind[] = [
  { name: 'a full member', become: () => undefined },
  {
    name: 'a multi-channel guest',
    refused: 'user',
    become: (user) => {
      user.guest = 'multi';
    },
  },
  {
    name: 'a single-channel guest',
    refused: 'user',
    become: (user) => {
      user.guest = 'single';
    },
  },
  {
    name: 'from another workspace',
    refused: 'user',
    foreign: true,
    become: (user) => {
      user.foreign = true;
      user.teamId = 'T0OTHER';
    },
  },
  {
    name: 'deactivated',
    refused: 'user',
    become: (user) => {
      user.deleted = true;
    },
  },
  {
    name: 'a bot',
    refused: 'user',
    become: (user) => {
      user.isBot = true;
    },
  },
];

const SENTENCES = {
  user: "You don't have access to /sso-ticket. Ask Ann in #identity.",
  editor: 'Only editors can create links that change an existing connection. Ask Ann in #identity.',
};

const idOf = (kind: number, way: number) => `U0K${kind}W${way}`;
const idsWhere = (kinds: Kind[], is: (kind: Kind) => boolean | undefined) =>
  kinds.flatMap((kind, at) => (is(kind) ? WAYS.map((_, way) => idOf(at, way)) : [])).join(',');

const POLICIES = [
  {
    policy: 'a closed house',
    kinds: CLOSED,
    env: {
      ALLOWED: `${idsWhere(CLOSED, ({ named }) => named)},S0GONE,${CREW}`,
      EDITORS: `${idsWhere(CLOSED, ({ editorById }) => editorById)},${EDITORS}`,
      ACCESS_CONTACT: 'Ann in #identity',
    },
  },
  {
    policy: 'ALLOWED=everyone',
    kinds: EVERYONE,
    env: { ALLOWED: 'everyone', EDITORS: 'everyone', ACCESS_CONTACT: 'Ann in #identity' },
  },
];

/** What a person sees anywhere: the IDs of the messages. */
function seenBy({ person }: Cell): string[] {
  return [...world.slack.channels.keys()].flatMap((id) => person.sees(id).map((each) => each.id));
}

/** How a refusal reads, in the manner of its way in. */
async function expectRefusal(way: Way, cell: Cell, sentence: string, delivery: unknown, seen: string[]) {
  const { person, channel } = cell;
  if (way.answer === 'ephemeral') {
    const told = await world.slack.until(() =>
      [...world.slack.channels.keys()].flatMap((id) => person.sees(id)).find(({ id }) => !seen.includes(id)),
    );
    expect(textOf(told)).toBe(sentence);
    expect(told).toMatchObject({ visibleTo: person.id, stored: false, text: sentence });
    if (!way.name.includes('receipt')) expect(told.channel).toBe(channel.id);
    expect(seenBy(cell)).toHaveLength(seen.length + 1);
    return;
  }
  expect(seenBy(cell)).toEqual(seen);
  if (way.answer === 'modal') {
    const view = await modal(world, person, /You don't have access|Only editors can/);
    expect(view.title.text).toBe(NO_ACCESS_TITLE);
    expect(textOf(view).trim()).toBe(sentence);
    expect(view.blocks.every(({ type }) => type === 'rich_text')).toBe(true);
  } else if (way.answer === 'inline') {
    const [first, ...others] = Object.entries(person.errors);
    expect(others).toEqual([]);
    const input = person.modal?.blocks.find(({ type }) => type === 'input');
    expect(first).toEqual([input?.block_id, sentence]);
  } else expect(delivery).toMatchObject({ ok: true, options: [] });
}

describe.each(MODES)('over %s', (mode) => {
  describe.each(POLICIES)('with $policy', ({ kinds, env }) => {
    const cells = new Map<string, Cell>();
    const cellOf = (kind: number, way: number): Cell => {
      const cell = cells.get(idOf(kind, way));
      if (!cell) throw new Error('Nobody stands there');
      return cell;
    };

    beforeAll(async () => {
      holdDate();
      await start({ mode, env });
      const { slack, auth0 } = world;
      slack.userGroups.set(CREW, new Set());
      slack.userGroups.set(EDITORS, new Set());
      const prepare = async (way: Way) => {
        for (const kind of kinds.keys()) {
          const user = slack.addUser({ id: idOf(kind, WAYS.indexOf(way)), name: `P${kind}` });
          slack.userGroups.get(CREW)?.add(user.id);
          slack.userGroups.get(EDITORS)?.add(user.id);
          const members = [user.id];
          const channel = slack.addChannel({
            kind: 'private',
            members,
            botIsMember: true,
            ...(way.shared && { shared: true }),
          });
          cells.set(user.id, { person: slack.as(user.id), user, channel });
        }
        // A member that the bot has not heard of yet counts after a minute.
        pass(MINUTE);
        await forEachOf([...kinds.keys()], (kind) => way.before?.(cellOf(kind, WAYS.indexOf(way))));
      };
      auth0.fail({ path: '/self-service-profiles' }, { status: 500 });
      for (const way of WAYS.filter(({ whileAuth0Fails }) => whileAuth0Fails)) await prepare(way);
      auth0.clearFaults();
      for (const way of WAYS.filter(({ whileAuth0Fails }) => !whileAuth0Fails)) await prepare(way);
      await warm(world);
      for (const [at, kind] of kinds.entries()) {
        for (const way of WAYS.keys()) kind.become(cellOf(at, way).user);
      }
      pass(MINUTE);
    });
    afterAll(async () => {
      await end();
      vi.useRealTimers();
    });

    describe.each(kinds.map((kind, at) => ({ ...kind, at })))('someone who is $name', ({ refused, at }) => {
      it.each(WAYS.map((way, index) => ({ ...way, index })))('at $name', async ({ index, ...way }) => {
        const cell = cellOf(at, index);
        const before = {
          audits: audits(world).length,
          requests: asked(world),
          live: live(world).length,
          seen: seenBy(cell),
          modal: JSON.stringify(cell.person.modal?.state),
        };
        const delivery = await way.go(cell);
        expect(delivery).toMatchObject({ ok: true });

        // The requester of a link can always revoke it.
        const isOpen = way.what === 'revoke_ticket' || (refused === 'editor' && !way.edit);
        const reason = isOpen ? undefined : refused;
        if (!reason) {
          await way.open(cell);
          expect(audits(world, 'access_denied').slice(before.audits)).toEqual([]);
          return;
        }
        await expectRefusal(way, cell, SENTENCES[reason], delivery, before.seen);
        // What was typed still stands there.
        if (way.answer === 'inline') expect(JSON.stringify(cell.person.modal?.state)).toBe(before.modal);
        expect(asked(world)).toBe(before.requests);
        expect(live(world)).toHaveLength(before.live);
        const knowsChannel = way.answer === 'ephemeral';
        const lines = audits(world).slice(before.audits);
        const written = kinds[at]?.foreign && way.what === 'command' ? 'workspace' : reason;
        const line = { event: 'access_denied', user: cell.user.id, what: way.what, reason: written };
        expect(lines).toMatchObject([line]);
        if (knowsChannel) expect(lines[0]).toMatchObject({ channel: cell.channel.id });
      });
    });
  });
});

describe('a user group', () => {
  afterEach(async () => {
    await end();
    vi.useRealTimers();
  });

  it('is asked for once a minute, and a person who leaves or joins it is out or in a minute later', async () => {
    holdDate();
    await start({ env: { ALLOWED: CREW } });
    const { slack, maria, tom, sales } = world;
    const crew = new Set([maria.id]);
    slack.userGroups.set(CREW, crew);
    const asked = () => slack.calls.filter(({ method }) => method === 'usergroups.users.list');
    const helped = async (person: Person) => {
      const before = person.sees(sales.id).length;
      await person.command(sales.id, 'help');
      return textOf(await slack.until(() => person.sees(sales.id)[before]));
    };
    expect(await helped(maria)).toMatch(/You can type/);
    expect(await helped(tom)).toBe("You don't have access to /sso-ticket. Ask the person who runs this bot.");
    crew.delete(maria.id);
    crew.add(tom.id);
    pass(58_000);
    expect(await helped(maria)).toMatch(/You can type/);
    expect(await helped(tom)).toMatch(/You don't have access/);
    expect(asked()).toHaveLength(1);
    pass(3_000);
    expect(await helped(maria)).toMatch(/You don't have access/);
    expect(await helped(tom)).toMatch(/You can type/);
    expect(asked()).toHaveLength(2);
    expect(audits(world, 'access_denied').map(({ user, what, reason }) => ({ user, what, reason }))).toEqual(
      // Tom's second denial is within the minute of his first.
      [tom, maria].map(({ id }) => ({ user: id, what: 'command', reason: 'user' })),
    );
  });

  it('that does not exist has no members, and keeps nobody else out', async () => {
    await start({ env: { ALLOWED: `S0GONE,${CREW}` } });
    const { slack, maria, tom, sales } = world;
    slack.userGroups.set(CREW, new Set([maria.id]));
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You can type/);
    await tom.command(sales.id, 'help');
    await message(world, tom, sales.id, /You don't have access/);
  });
});

describe.each(MODES)('ALLOWED_CHANNELS, over %s', (mode) => {
  const OPEN = 'C0OPEN';
  const SHUT = 'C0SHUT';
  const SENTENCE = "/sso-ticket works only in certain channels, and this isn't one of them. Ask Ann.";
  const denied = (what: string, channel: string) => [
    { event: 'access_denied', user: world.maria.id, what, channel, reason: 'channel' },
  ];

  beforeAll(async () => {
    holdDate();
    await start({ mode, env: { ALLOWED_CHANNELS: `C0ELSE,${OPEN}`, ACCESS_CONTACT: 'Ann' } });
    const { slack, maria, auth0 } = world;
    // The start itself looks at the scopes.
    await slack.until(() => auth0.requests.some(({ path, status }) => path === '/oauth/token' && status));
    for (const id of [OPEN, SHUT]) {
      slack.addChannel({ id, kind: 'public', members: [maria.id], botIsMember: true });
    }
  });
  afterEach(async () => {
    expectClean(world);
    world.log.length = 0;
    if (world.maria.modal) await world.maria.close();
    // Each test has an audit line of its own.
    pass(MINUTE);
  });
  afterAll(async () => {
    await world.stop();
    vi.useRealTimers();
  });

  it.each(['', 'acme', 'edit', 'edit initech-saml', 'profiles', 'help'])(
    'the command with %j is refused elsewhere',
    async (typed) => {
      const { maria, slack } = world;
      const before = maria.sees(SHUT).length;
      const requests = asked(world);
      expect(await maria.command(SHUT, typed)).toMatchObject({ ok: true });
      const told = await slack.until(() => maria.sees(SHUT)[before]);
      expect(told).toMatchObject({ text: SENTENCE, visibleTo: maria.id });
      expect(maria.modal).toBeUndefined();
      expect(asked(world)).toBe(requests);
      expect(audits(world)).toMatchObject(denied('command', SHUT));
    },
  );

  it('the command opens the form where it is allowed', async () => {
    await world.maria.command(OPEN, '');
    await modal(world, world.maria, /New SSO connection/);
    expect(audits(world)).toEqual([]);
  });

  it('a click is refused elsewhere', async () => {
    const { maria } = world;
    await maria.command(OPEN, 'profiles');
    const list = await message(world, maria, OPEN, /2 self-service profiles/);
    Object.assign(list, { channel: SHUT });
    await maria.press('Create link', list);
    const told = await message(world, maria, SHUT, /only in certain channels/);
    expect(told).toMatchObject({ text: SENTENCE, visibleTo: maria.id });
    expect(maria.modal).toBeUndefined();
    expect(audits(world)).toMatchObject(denied('open_form', SHUT));

    Object.assign(list, { channel: OPEN });
    await maria.press('Create link', list);
    await modal(world, maria, /New SSO connection/);
  });

  it("the shortcut's form holds it against the conversation chosen, and keeps what was typed", async () => {
    const { maria, slack, direct } = world;
    maria.goTo(SHUT);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', `acme-${mode}`);
    await maria.type('displayName', 'Acme <Corp>');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    for (const [times, channel] of [SHUT, direct.id].entries()) {
      await maria.choose('conversation', channel);
      expect(await maria.submit()).toMatchObject({ ok: true });
      expect(maria.errors).toEqual({ conversation: SENTENCE });
      expect(audits(world).slice(times)).toMatchObject(denied('view_submission', channel));
      pass(MINUTE);
    }
    expect(maria.value('displayName').value).toBe('Acme <Corp>');
    expect(maria.value('clients').selected_options).toHaveLength(1);
    expect(creates(world)).toEqual([]);

    await maria.choose('conversation', OPEN);
    await maria.submit();
    await message(world, maria, OPEN, /SSO link for Acme <Corp>/);
    await modal(world, maria, /Your link is ready/);
    await maria.close();
    expect(slack.violations).toEqual([]);
    // The receipt stands outside every channel, and revokes all the same.
    await maria.press(
      'Revoke link',
      slack.messages.find(({ via }) => via === 'chat.postMessage'),
    );
    await slack.until(() => revokes(world).length === 1 && live(world).length === 0);
  });
});

describe('ALLOWED=everyone with people of an Enterprise organization', () => {
  afterEach(end);

  it('lets in everyone whom Slack counts among the members of this workspace, and nobody else', async () => {
    await start({});
    const { slack, maria, tom, sales } = world;
    const says = (teams: string[]) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ok: true,
        user: {
          id: maria.id,
          team_id: 'T0ELSEWHERE',
          is_restricted: false,
          is_ultra_restricted: false,
          is_bot: false,
          deleted: false,
          enterprise_user: { teams },
        },
      }),
    });
    slack.fail('users.info', says(['T0ELSEWHERE']));
    await tom.command(sales.id, 'help');
    await message(world, tom, sales.id, /You don't have access/);
    slack.clearFaults();
    slack.fail('users.info', says(['T0ELSEWHERE', slack.teamId]));
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You can type/);
  });
});

// --------------------------------------------------------------------- while Slack cannot say who someone is

const says = (body: string): Fault => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
});

/** Ways to fail that people.ts meets: the hang comes last, since its call goes on in the background. */
const FAULTS: [string, Fault][] = [
  ['an error of the whole house', { error: 'fatal_error' }],
  ['a missing scope', { error: 'missing_scope' }],
  ['someone unknown', { error: 'user_not_found' }],
  ['the rate limit', { status: 429, headers: { 'retry-after': '1' } }],
  ['a status 500', { status: 500 }],
  ['a status 403', { status: 403, body: 'Forbidden' }],
  ['a broken connection', 'reset'],
  ['half an answer', 'cut'],
  ['a web page', 'html'],
  ['nothing', 'empty'],
  ['ok alone', says('{"ok":true}')],
  ['nobody', says('{"ok":true,"user":null,"users":null}')],
  ['somebody of whom nothing is said', says('{"ok":true,"user":{},"users":[]}')],
  ['other kinds of values', says('{"ok":true,"user":"U0ALL","users":"U0ALL"}')],
  ['an object for a list', says('{"ok":true,"user":[],"users":{}}')],
  ['true', says('true')],
  ['no answer', 'hang'],
];

const METHODS = [
  {
    method: 'users.info',
    env: { ALLOWED: 'everyone', EDITORS: 'everyone' },
  },
  {
    method: 'usergroups.users.list',
    env: { ALLOWED: CREW, EDITORS: CREW },
  },
  {
    // Who may use the bot is named; who may edit is not to be known.
    method: 'usergroups.users.list',
    env: {
      ALLOWED: FAULTS.flatMap((_, fault) => WAYS.map((_, way) => idOf(fault, way))).join(','),
      EDITORS: CREW,
    },
    edit: true,
  },
];

describe.each(MODES)('over %s, fails closed', (mode) => {
  const ways = WAYS.filter(({ name }) =>
    [
      'the command',
      'the command to edit',
      'the shortcut',
      'a suggestion in the form to edit',
      'the submission of a form',
      'the submission of a form to edit',
    ].includes(name),
  );

  describe.each(METHODS)('while $method fails, with $env', ({ method, env, edit }) => {
    const tried = edit ? ways.filter((way) => way.edit) : ways;
    const cells = new Map<string, Cell>();

    beforeAll(async () => {
      holdDate();
      await start({ mode, env });
      const { slack } = world;
      const crew = new Set<string>();
      slack.userGroups.set(CREW, crew);
      for (const fault of FAULTS.keys()) {
        for (const way of tried) {
          const user = slack.addUser({ id: idOf(fault, WAYS.indexOf(way)), name: 'P' });
          crew.add(user.id);
          const channel = slack.addChannel({ kind: 'private', members: [user.id], botIsMember: true });
          cells.set(user.id, { person: slack.as(user.id), user, channel });
        }
      }
      const pairs = tried.flatMap((way) => [...FAULTS.keys()].map((fault) => ({ way, fault })));
      await forEachOf(pairs, async ({ way, fault }) => {
        const cell = cells.get(idOf(fault, WAYS.indexOf(way)));
        if (cell) await way.before?.(cell);
      });
      await warm(world);
    });
    afterAll(async () => {
      world.slack.clearFaults();
      await end();
      vi.useRealTimers();
    });

    it.each(FAULTS.map(([name, fault], at) => ({ name, fault, at })))(
      'with $name for an answer',
      async ({ fault, at }) => {
        const { slack } = world;
        pass(MINUTE);
        slack.clearFaults();
        slack.fail(method, fault);
        const requests = asked(world);
        const denials = audits(world).length;
        await Promise.all(
          tried.map(async (way) => {
            const cell = cells.get(idOf(at, WAYS.indexOf(way)));
            if (!cell) throw new Error('Nobody stands there');
            const seen = seenBy(cell);
            const delivery = (await way.go(cell)) as Delivery;
            expect(delivery).toMatchObject({ ok: true });
            expect(delivery.ms).toBeLessThan(3_000);
            await expectClosed(way, cell, delivery, seen);
          }),
        );
        expect(asked(world)).toBe(requests);
        const lines = audits(world).slice(denials);
        expect(lines.map(({ event }) => event)).toEqual(tried.map(() => 'access_denied'));
        expect(lines.map(({ user }) => user).toSorted()).toEqual(
          tried.map((way) => idOf(at, WAYS.indexOf(way))).toSorted(),
        );
      },
    );
  });

  async function expectClosed(way: Way, cell: Cell, delivery: Delivery, seen: string[]) {
    const { person } = cell;
    const codes = ['user', 'unknown', 'editor'] as const;
    const words = like(
      ...codes.map((code) => accessSentence(code, { command: '/sso-ticket', contact: ANY })),
    );
    if (way.answer === 'ephemeral') {
      const told = await world.slack.until(() =>
        [...world.slack.channels.keys()]
          .flatMap((id) => person.sees(id))
          .find(({ id }) => !seen.includes(id)),
      );
      expect(textOf(told)).toMatch(words);
      expect(told.visibleTo).toBe(person.id);
    } else if (way.answer === 'modal') await modal(world, person, words);
    else if (way.answer === 'inline') expect(Object.values(person.errors).join()).toMatch(words);
    else expect(delivery).toMatchObject({ options: [] });
  }

  it('but a requester revokes their link, whatever Slack says of them', async () => {
    await start({ mode });
    const { slack, maria } = world;
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, /Your link is ready/);
    const receipt = slack.messages.find(({ via }) => via === 'chat.postMessage');
    slack.fail('users.info', { error: 'fatal_error' });
    await maria.press('Revoke link', receipt);
    await slack.until(() => live(world).length === 0);
    slack.clearFaults();
    await end();
  });

  it('also if Slack does not even say which workspace the bot is in', async () => {
    await start({ mode, workspace: (slack) => slack.fail('auth.test', says('{"ok":true}')) });
    const { slack, maria, sales } = world;
    slack.fail('users.info', says('{"ok":true,"user":{}}'));
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, accessSentence('unknown', CONTEXT));
    slack.clearFaults();
    await end();
  });
});
