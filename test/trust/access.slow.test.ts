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

/** Just over a minute, when the bot's cached answers about people have expired. */
const MINUTE = 61_000;
const CREW = 'S0CREW';
const EDITORS = 'S0EDITORS';

const LISTS = new Set(['clients', 'organizations', 'connections'].map((list) => `/api/v2/${list}`));

/** How many requests Auth0 got, without the pages of lists, which the bot also loads in the background. */
const asked = ({ auth0 }: World) => auth0.requests.filter(({ path }) => !LISTS.has(path)).length;

let world: World;

async function start(options: WorldOptions) {
  world = await startWorld(options);
}

/** Prepares a few at a time, so that the bot meets Slack's deadlines. */
async function forEachOf<T>(all: T[], prepare: (one: T) => Promise<unknown> | undefined): Promise<void> {
  await new PQueue({ concurrency: 6 }).addAll(all.map((one) => async () => prepare(one)));
}

async function end() {
  expectClean(world);
  await world.stop();
}

// ------------------------------------------------------------------------------------- the entry points

/** One person at one entry point, in their own conversation. */
interface Cell {
  person: Person;
  user: User;
  channel: Channel;
}

interface EntryPoint {
  name: string;
  /** Its name in audit lines. */
  what: string;
  /** Whether it leads to an edit link. */
  edit: boolean;
  /** How a denial is shown. */
  answer: 'ephemeral' | 'modal' | 'inline' | 'no options';
  shared?: boolean;
  /** A button that is only shown while Auth0 fails. */
  whileAuth0Fails?: boolean;
  /** Runs first, while the person still has access. */
  before?(cell: Cell): Promise<unknown>;
  go(cell: Cell): Promise<unknown>;
  /** Waits for what a person with access sees. */
  open(cell: Cell): Promise<unknown>;
}

const newForm = ({ person }: Cell) => modal(world, person, /New SSO connection/);
const editForm = ({ person }: Cell) => modal(world, person, /Edit SSO connection/);
const ready = ({ person }: Cell) => modal(world, person, /Your link is ready/);
const reads = (pattern: RegExp) => (cell: Cell) => message(world, cell.person, cell.channel.id, pattern);

/** A valid connection name that is unique in the test. */
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

async function createLink(cell: Cell): Promise<Message> {
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

const ENTRY_POINTS: EntryPoint[] = [
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
    before: createLink,
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
    before: createLink,
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
  /** Whether ALLOWED lists the person by ID. */
  named?: boolean;
  /** Whether EDITORS lists the person by ID. */
  editorById?: boolean;
  /** Changes the person before they try. Until then, they have access to everything. */
  change(user: User): void;
  /** Why the person is denied access, if at all. `editor` denies only edit links. */
  refused?: 'user' | 'editor';
  /** Their commands name their own workspace. */
  foreign?: boolean;
}

const leave = (group: string) => (user: User) => {
  world.slack.userGroups.get(group)?.delete(user.id);
};

const CLOSED: Kind[] = [
  {
    name: 'someone listed by ID who is an editor by ID',
    named: true,
    editorById: true,
    change: (user) => {
      leave(CREW)(user);
      leave(EDITORS)(user);
    },
  },
  { name: 'someone listed by ID who is an editor by group', named: true, change: leave(CREW) },
  {
    name: 'someone listed by ID who is not an editor',
    named: true,
    refused: 'editor',
    change: (user) => {
      leave(CREW)(user);
      leave(EDITORS)(user);
    },
  },
  { name: 'someone in an allowed group who is an editor by group', change: () => undefined },
  { name: 'someone in an allowed group who is not an editor', refused: 'editor', change: leave(EDITORS) },
  { name: 'an editor who was just removed from the allowed group', refused: 'user', change: leave(CREW) },
  {
    name: 'an editor by ID without access to the bot',
    editorById: true,
    refused: 'user',
    change: leave(CREW),
  },
];

const EVERYONE: Kind[] = [
  { name: 'a full member', change: () => undefined },
  {
    name: 'a multi-channel guest',
    refused: 'user',
    change: (user) => {
      user.guest = 'multi';
    },
  },
  {
    name: 'a single-channel guest',
    refused: 'user',
    change: (user) => {
      user.guest = 'single';
    },
  },
  {
    name: 'someone from another workspace',
    refused: 'user',
    foreign: true,
    change: (user) => {
      user.foreign = true;
      user.teamId = 'T0OTHER';
    },
  },
  {
    name: 'a deactivated person',
    refused: 'user',
    change: (user) => {
      user.deleted = true;
    },
  },
  {
    name: 'a bot',
    refused: 'user',
    change: (user) => {
      user.isBot = true;
    },
  },
];

const SENTENCES = {
  user: "You don't have access to /sso-ticket. Ask Ann in #identity.",
  editor: 'Only editors can create links that change an existing connection. Ask Ann in #identity.',
};

const idOf = (kind: number, entry: number) => `U0K${kind}W${entry}`;
const idsWhere = (kinds: Kind[], is: (kind: Kind) => boolean | undefined) =>
  kinds.flatMap((kind, at) => (is(kind) ? ENTRY_POINTS.map((_, entry) => idOf(at, entry)) : [])).join(',');

const POLICIES = [
  {
    policy: 'IDs and groups in ALLOWED',
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

/** The IDs of all messages that a person sees. */
function seenBy({ person }: Cell): string[] {
  return [...world.slack.channels.keys()].flatMap((id) => person.sees(id).map((each) => each.id));
}

/** Why this person is denied access here, if at all. The requester of a link can always revoke it. */
function reasonToDeny({ what, edit }: EntryPoint, refused: Kind['refused']) {
  const isOpen = what === 'revoke_ticket' || (refused === 'editor' && !edit);
  return isOpen ? undefined : refused;
}

/** Expects that access is denied, as this entry point shows it. */
async function expectDenied(
  entry: EntryPoint,
  cell: Cell,
  sentence: string,
  delivery: unknown,
  seen: string[],
) {
  const { person, channel } = cell;
  if (entry.answer === 'ephemeral') {
    const told = await world.slack.until(() =>
      [...world.slack.channels.keys()].flatMap((id) => person.sees(id)).find(({ id }) => !seen.includes(id)),
    );
    expect(textOf(told)).toBe(sentence);
    expect(told).toMatchObject({ visibleTo: person.id, stored: false, text: sentence });
    if (!entry.name.includes('receipt')) expect(told.channel).toBe(channel.id);
    expect(seenBy(cell)).toHaveLength(seen.length + 1);
    return;
  }
  expect(seenBy(cell)).toEqual(seen);
  if (entry.answer === 'modal') {
    const view = await modal(world, person, /You don't have access|Only editors can/);
    expect(view.title.text).toBe(NO_ACCESS_TITLE);
    expect(textOf(view).trim()).toBe(sentence);
    expect(view.blocks.every(({ type }) => type === 'rich_text')).toBe(true);
  } else if (entry.answer === 'inline') {
    const [first, ...others] = Object.entries(person.errors);
    expect(others).toEqual([]);
    const input = person.modal?.blocks.find(({ type }) => type === 'input');
    expect(first).toEqual([input?.block_id, sentence]);
  } else expect(delivery).toMatchObject({ ok: true, options: [] });
}

describe.each(MODES)('access over %s', (mode) => {
  describe.each(POLICIES)('with $policy', ({ kinds, env }) => {
    const cells = new Map<string, Cell>();
    const cellOf = (kind: number, entry: number): Cell => {
      const cell = cells.get(idOf(kind, entry));
      if (!cell) throw new Error('There is no such person');
      return cell;
    };

    beforeAll(async () => {
      holdDate();
      await start({ mode, env });
      const { slack, auth0 } = world;
      slack.userGroups.set(CREW, new Set());
      slack.userGroups.set(EDITORS, new Set());
      const prepare = async (entry: EntryPoint) => {
        for (const kind of kinds.keys()) {
          const user = slack.addUser({ id: idOf(kind, ENTRY_POINTS.indexOf(entry)), name: `P${kind}` });
          slack.userGroups.get(CREW)?.add(user.id);
          slack.userGroups.get(EDITORS)?.add(user.id);
          const members = [user.id];
          const channel = slack.addChannel({
            kind: 'private',
            members,
            botIsMember: true,
            ...(entry.shared && { shared: true }),
          });
          cells.set(user.id, { person: slack.as(user.id), user, channel });
        }
        // The bot notices new members of a group after a minute.
        pass(MINUTE);
        await forEachOf([...kinds.keys()], (kind) =>
          entry.before?.(cellOf(kind, ENTRY_POINTS.indexOf(entry))),
        );
      };
      auth0.fail({ path: '/self-service-profiles' }, { status: 500 });
      for (const entry of ENTRY_POINTS.filter(({ whileAuth0Fails }) => whileAuth0Fails)) await prepare(entry);
      auth0.clearFaults();
      for (const entry of ENTRY_POINTS.filter(({ whileAuth0Fails }) => !whileAuth0Fails))
        await prepare(entry);
      await warm(world);
      for (const [at, kind] of kinds.entries()) {
        for (const entry of ENTRY_POINTS.keys()) kind.change(cellOf(at, entry).user);
      }
      pass(MINUTE);
    });
    afterAll(async () => {
      await end();
      vi.useRealTimers();
    });

    describe.each(kinds.map((kind, at) => ({ ...kind, at })))('for $name', ({ refused, at }) => {
      const cases = ENTRY_POINTS.map((entry, index) => {
        const reason = reasonToDeny(entry, refused);
        return { ...entry, index, reason, outcome: reason ? 'denied' : 'granted' };
      });
      it.each(cases)('is $outcome at $name', async ({ index, reason, ...entry }) => {
        const cell = cellOf(at, index);
        const before = {
          audits: audits(world).length,
          requests: asked(world),
          live: live(world).length,
          seen: seenBy(cell),
          modal: JSON.stringify(cell.person.modal?.state),
        };
        const delivery = await entry.go(cell);
        expect(delivery).toMatchObject({ ok: true });

        if (!reason) {
          await entry.open(cell);
          expect(audits(world, 'access_denied').slice(before.audits)).toEqual([]);
          return;
        }
        await expectDenied(entry, cell, SENTENCES[reason], delivery, before.seen);
        // The form keeps what was typed.
        if (entry.answer === 'inline') expect(JSON.stringify(cell.person.modal?.state)).toBe(before.modal);
        expect(asked(world)).toBe(before.requests);
        expect(live(world)).toHaveLength(before.live);
        const knowsChannel = entry.answer === 'ephemeral';
        const lines = audits(world).slice(before.audits);
        const written = kinds[at]?.foreign && entry.what === 'command' ? 'workspace' : reason;
        const line = { event: 'access_denied', user: cell.user.id, what: entry.what, reason: written };
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

  it('is fetched once a minute, so people who join or leave gain or lose access after a minute', async () => {
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
      // Tom's second denial came within a minute of his first, so it was only counted.
      [tom, maria].map(({ id }) => ({ user: id, what: 'command', reason: 'user' })),
    );
  });

  it("that doesn't exist has no members, and other groups still count", async () => {
    await start({ env: { ALLOWED: `S0GONE,${CREW}` } });
    const { slack, maria, tom, sales } = world;
    slack.userGroups.set(CREW, new Set([maria.id]));
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You can type/);
    await tom.command(sales.id, 'help');
    await message(world, tom, sales.id, /You don't have access/);
  });
});

describe.each(MODES)('ALLOWED_CHANNELS over %s', (mode) => {
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
    // At startup, the bot gets a token to check its own permissions.
    await slack.until(() => auth0.requests.some(({ path, status }) => path === '/oauth/token' && status));
    for (const id of [OPEN, SHUT]) {
      slack.addChannel({ id, kind: 'public', members: [maria.id], botIsMember: true });
    }
  });
  afterEach(async () => {
    expectClean(world);
    world.log.length = 0;
    if (world.maria.modal) await world.maria.close();
    // After a minute, a denial is logged again, not just counted.
    pass(MINUTE);
  });
  afterAll(async () => {
    await world.stop();
    vi.useRealTimers();
  });

  it.each(['', 'acme', 'edit', 'edit initech-saml', 'profiles', 'help'])(
    'denies the command with %j in any other channel',
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

  it('lets the command open the form in an allowed channel', async () => {
    await world.maria.command(OPEN, '');
    await modal(world, world.maria, /New SSO connection/);
    expect(audits(world)).toEqual([]);
  });

  it('denies a click in any other channel', async () => {
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

  it("checks the conversation chosen in the shortcut's form, and keeps what was typed", async () => {
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
    // The receipt is in no allowed channel, but can still revoke the link.
    await maria.press(
      'Revoke link',
      slack.messages.find(({ via }) => via === 'chat.postMessage'),
    );
    await slack.until(() => revokes(world).length === 1 && live(world).length === 0);
  });
});

describe('ALLOWED=everyone in an Enterprise organization', () => {
  afterEach(end);

  it('lets in only people whom Slack lists as members of this workspace', async () => {
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

// ----------------------------------------------------------------------- when Slack can't say who someone is

const says = (body: string): Fault => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
});

/** Faults for people.ts. The timeout is last, because its call continues in the background. */
const FAULTS: [string, Fault][] = [
  ['a fatal error', { error: 'fatal_error' }],
  ['a missing_scope error', { error: 'missing_scope' }],
  ['a user_not_found error', { error: 'user_not_found' }],
  ['a rate limit', { status: 429, headers: { 'retry-after': '1' } }],
  ['status 500', { status: 500 }],
  ['status 403', { status: 403, body: 'Forbidden' }],
  ['a connection reset', 'reset'],
  ['a truncated answer', 'cut'],
  ['an HTML page', 'html'],
  ['an empty answer', 'empty'],
  ['an answer with only “ok”', says('{"ok":true}')],
  ['an answer without a user', says('{"ok":true,"user":null,"users":null}')],
  ['an answer with an empty user', says('{"ok":true,"user":{},"users":[]}')],
  ['an answer with strings instead of objects', says('{"ok":true,"user":"U0ALL","users":"U0ALL"}')],
  ['an answer with an object instead of a list', says('{"ok":true,"user":[],"users":{}}')],
  ['an answer that is just “true”', says('true')],
  ['a timeout', 'hang'],
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
    // ALLOWED lists everyone by ID, so only the check for editors fails.
    method: 'usergroups.users.list',
    env: {
      ALLOWED: FAULTS.flatMap((_, fault) => ENTRY_POINTS.map((_, entry) => idOf(fault, entry))).join(','),
      EDITORS: CREW,
    },
    edit: true,
  },
];

describe.each(MODES)('access over %s when Slack fails', (mode) => {
  const entries = ENTRY_POINTS.filter(({ name }) =>
    [
      'the command',
      'the command to edit',
      'the shortcut',
      'a suggestion in the form to edit',
      'the submission of a form',
      'the submission of a form to edit',
    ].includes(name),
  );

  describe.each(METHODS)('at $method with $env', ({ method, env, edit }) => {
    const tried = edit ? entries.filter((entry) => entry.edit) : entries;
    const cells = new Map<string, Cell>();

    beforeAll(async () => {
      holdDate();
      await start({ mode, env });
      const { slack } = world;
      const crew = new Set<string>();
      slack.userGroups.set(CREW, crew);
      for (const fault of FAULTS.keys()) {
        for (const entry of tried) {
          const user = slack.addUser({ id: idOf(fault, ENTRY_POINTS.indexOf(entry)), name: 'P' });
          crew.add(user.id);
          const channel = slack.addChannel({ kind: 'private', members: [user.id], botIsMember: true });
          cells.set(user.id, { person: slack.as(user.id), user, channel });
        }
      }
      const pairs = tried.flatMap((entry) => [...FAULTS.keys()].map((fault) => ({ entry, fault })));
      await forEachOf(pairs, async ({ entry, fault }) => {
        const cell = cells.get(idOf(fault, ENTRY_POINTS.indexOf(entry)));
        if (cell) await entry.before?.(cell);
      });
      await warm(world);
    });
    afterAll(async () => {
      world.slack.clearFaults();
      await end();
      vi.useRealTimers();
    });

    it.each(FAULTS.map(([name, fault], at) => ({ name, fault, at })))(
      'is denied on $name',
      async ({ fault, at }) => {
        const { slack } = world;
        pass(MINUTE);
        slack.clearFaults();
        slack.fail(method, fault);
        const requests = asked(world);
        const denials = audits(world).length;
        await Promise.all(
          tried.map(async (entry) => {
            const cell = cells.get(idOf(at, ENTRY_POINTS.indexOf(entry)));
            if (!cell) throw new Error('There is no such person');
            const seen = seenBy(cell);
            const delivery = (await entry.go(cell)) as Delivery;
            expect(delivery).toMatchObject({ ok: true });
            expect(delivery.ms).toBeLessThan(3_000);
            await expectNoAccess(entry, cell, delivery, seen);
          }),
        );
        expect(asked(world)).toBe(requests);
        const lines = audits(world).slice(denials);
        expect(lines.map(({ event }) => event)).toEqual(tried.map(() => 'access_denied'));
        expect(lines.map(({ user }) => user).toSorted()).toEqual(
          tried.map((entry) => idOf(at, ENTRY_POINTS.indexOf(entry))).toSorted(),
        );
      },
    );
  });

  async function expectNoAccess(entry: EntryPoint, cell: Cell, delivery: Delivery, seen: string[]) {
    const { person } = cell;
    const codes = ['user', 'unknown', 'editor'] as const;
    const words = like(
      ...codes.map((code) => accessSentence(code, { command: '/sso-ticket', contact: ANY })),
    );
    if (entry.answer === 'ephemeral') {
      const told = await world.slack.until(() =>
        [...world.slack.channels.keys()]
          .flatMap((id) => person.sees(id))
          .find(({ id }) => !seen.includes(id)),
      );
      expect(textOf(told)).toMatch(words);
      expect(told.visibleTo).toBe(person.id);
    } else if (entry.answer === 'modal') await modal(world, person, words);
    else if (entry.answer === 'inline') expect(Object.values(person.errors).join()).toMatch(words);
    else expect(delivery).toMatchObject({ options: [] });
  }

  it('is not needed to revoke your own link', async () => {
    holdDate();
    await start({ mode });
    const { slack, maria, sales } = world;
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, /Your link is ready/);
    await maria.close();
    const receipt = slack.messages.find(({ via }) => via === 'chat.postMessage');
    slack.fail('users.info', { error: 'fatal_error' });
    // What Slack has said before is no longer remembered.
    pass(2 * MINUTE);
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, accessSentence('unknown', CONTEXT));
    await maria.press('Revoke link', receipt);
    await slack.until(() => live(world).length === 0);
    slack.clearFaults();
    vi.useRealTimers();
    await end();
  });

  it("is denied if Slack doesn't say which workspace the bot is in", async () => {
    await start({ mode, workspace: (slack) => slack.fail('auth.test', says('{"ok":true}')) });
    const { slack, maria, sales } = world;
    slack.fail('users.info', says('{"ok":true,"user":{}}'));
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, accessSentence('unknown', CONTEXT));
    slack.clearFaults();
    await end();
  });
});
