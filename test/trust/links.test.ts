import { afterEach, describe, expect, it } from 'vitest';
import { CONTINUE_SETUP, CREATE_AGAIN, REPLACE_TICKET } from '../../src/slack/buttons.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { existingLink } from '../../src/tickets/form/existing-link.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import type { Json } from '../../stand-ins/slack/types.ts';
import {
  ANY,
  audits,
  buttonsIn,
  CONTEXT,
  createLink,
  creates,
  expectClean,
  fillNew,
  like,
  linkIn,
  live,
  message,
  modal,
  revokes,
  settled,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
} from '../harness.ts';

let world: World;

async function start(options: WorldOptions = {}): Promise<void> {
  world = await startWorld(options);
}

afterEach(async () => {
  expectClean(world);
  await world.stop();
});

/** Submits the person's form, and returns the payload that Slack sent. */
async function submitted(person: Person): Promise<Json> {
  let sent: Json | undefined;
  world.slack.alter = (payload) => {
    sent = payload;
    return payload;
  };
  await person.submit();
  world.slack.alter = (payload) => payload;
  if (!sent) throw new Error('Slack sent nothing');
  return sent;
}

/** The buttons of a message that have a value. */
const buttonElements = ({ blocks }: Message) =>
  blocks.flatMap(({ elements = [] }) => elements).filter(({ value }) => value);

/** Changes every click into a click on this button. */
function forge(action_id: string, value: string): void {
  world.slack.alter = (payload) =>
    Array.isArray(payload.actions)
      ? { ...payload, actions: payload.actions.map((action: Json) => ({ ...action, action_id, value })) }
      : payload;
}

describe('a submission that arrives again after its link was created', () => {
  it('creates nothing and is acknowledged', async () => {
    await start();
    const { maria, slack } = world;
    await fillNew(world, { name: 'globex' });
    const payload = await submitted(maria);
    await modal(world, maria, sentences.DONE_TITLE);
    expect(await slack.deliver('interactive', { ...payload, trigger_id: '1.2' })).toMatchObject({ ok: true });
    await settled();
    expect(creates(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
  });

  it('revokes nothing else if it replaced a link', async () => {
    await start();
    const { maria, slack } = world;
    await createLink(world, { name: 'globex' });
    await fillNew(world, { name: 'globex' });
    await maria.submit();
    await modal(world, maria, existingLink.label);
    await maria.choose('existingLink', 'revoke');
    const payload = await submitted(maria);
    await modal(world, maria, sentences.DONE_TITLE);
    expect(await slack.deliver('interactive', { ...payload, trigger_id: '1.2' })).toMatchObject({ ok: true });
    await settled();
    expect(creates(world)).toHaveLength(2);
    expect(revokes(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
  });
});

it('only one of two editors can replace the same link, and the other is told', async () => {
  await start();
  const { maria, tom, sales, slack } = world;
  await createLink(world, { name: 'globex' });
  await maria.command(sales.id, 'list');
  const own = await message(world, maria, sales.id, sentences.listTitle({ whose: 'mine', page: 0 }));
  await tom.command(sales.id, 'list all');
  const all = await message(world, tom, sales.id, sentences.listTitle({ whose: 'all', page: 0 }));
  await Promise.all([maria.press(sentences.REPLACE_LINK, own), tom.press(sentences.REPLACE_LINK, all)]);
  const seen = () => [...maria.sees(sales.id), ...tom.sees(sales.id)];
  await slack.until(() => seen().find((each) => textOf(each).includes(sentences.alreadyRevoked('globex'))));
  // Maria's first link, and the one that replaces it.
  await slack.until(() => seen().filter((each) => linkIn(each)).length === 2);
  expect(creates(world)).toHaveLength(2);
  expect(live(world)).toHaveLength(1);
});

it('a replacement over the hourly limit keeps the old link', async () => {
  await start({ env: { MAX_LINKS_PER_HOUR: '1' } });
  const { maria, sales, slack } = world;
  await createLink(world, { name: 'globex' });
  await maria.command(sales.id, 'list');
  const shown = await message(world, maria, sales.id, sentences.listTitle({ whose: 'mine', page: 0 }));
  const before = maria.sees(sales.id).length;
  await maria.press(sentences.REPLACE_LINK, shown);
  await slack.until(() => maria.sees(sales.id).length > before);
  expect(textOf(maria.sees(sales.id).at(-1))).toContain('1 link');
  expect(revokes(world)).toEqual([]);
  expect(live(world)).toHaveLength(1);
});

it.each([REPLACE_TICKET, CONTINUE_SETUP, CREATE_AGAIN])(
  "a click on %s that is forged for a colleague's link is denied to people who aren't editors",
  async (action) => {
    await start({ env: { EDITORS: 'U0MARIA' } });
    const { tom, sales } = world;
    const [button] = buttonElements(await createLink(world, { name: 'globex' }));
    const own = await createLink(world, { person: tom, name: 'of-tom' });
    forge(action, button?.value ?? '');
    await tom.press(sentences.REVOKE_LINK, own);
    await message(world, tom, sales.id, sentences.accessSentence('revoke', CONTEXT));
    expect(audits(world, 'access_denied')).toMatchObject([{ user: tom.id, reason: 'revoke' }]);
    expect(tom.modal).toBeUndefined();
    expect(creates(world)).toHaveLength(2);
    expect(live(world)).toHaveLength(2);
  },
);

describe.each(['garbage', '00000000-0000-4000-8000-000000000000'])(
  'a guest who forges a revoke button with %s',
  (value) => {
    it('is denied like anyone without access, and told once', async () => {
      await start();
      const { maria, slack, sales } = world;
      const guest = slack.as(slack.addUser({ name: 'Gil', guest: true }).id);
      sales.members.add(guest.id);
      await maria.command(sales.id, 'profiles');
      const list = await message(world, maria, sales.id, /2 self-service profiles/);
      const button = buttonsIn(list)[0] ?? '';
      forge('revoke_ticket', value);
      for (let click = 0; click < 10; click += 1) await guest.press(button, list);
      await message(world, guest, sales.id, sentences.accessSentence('user', CONTEXT));
      const denied = await slack.until(() => {
        const lines = audits(world, 'access_denied');
        return lines.length > 0 ? lines : undefined;
      });
      expect(denied.every(({ user }) => user === guest.id)).toBe(true);
      expect(audits(world, 'seal_refused')).toEqual([]);
      expect(guest.sees(sales.id).filter(({ visibleTo }) => visibleTo === guest.id)).toHaveLength(1);
    });
  },
);

it('a long search with characters that expand when normalized works', async () => {
  await start();
  const { maria, sales } = world;
  await maria.command(sales.id, `list ${'\uFDFA'.repeat(3900)}`);
  await message(world, maria, sales.id, like(sentences.noLinks({ whose: 'all', text: ANY, page: 0 })));
  expect((await fetch(`http://127.0.0.1:${world.port}/healthz`)).status).toBe(200);
});

it("a forged page button doesn't change the message in the audit channel", async () => {
  const channel = 'C0AUDIT';
  await start({
    workspace: (slack) =>
      void slack.addChannel({
        id: channel,
        name: 'audit',
        kind: 'public',
        members: ['U0TOM', 'U0MARIA'],
        botIsMember: true,
      }),
    env: { AUDIT_CHANNEL: channel, EDITORS: 'U0TOM' },
  });
  const { maria, tom } = world;
  await createLink(world, { name: 'globex' });
  const posted = await message(world, tom, channel, `${sentences.AUDIT_ACTIONS.ticket_made} for globex`);
  const before = textOf(posted);
  forge('turn_page:0', JSON.stringify({ whose: 'all', page: 0 }));
  await maria.press(sentences.REVOKE_LINK, posted);
  await settled();
  expect(textOf(posted)).toBe(before);
  expect(posted.stored).toBe(true);
});

it('the edit form of a connection with a long name asks about its active link', async () => {
  const name = `globex-${'x'.repeat(90)}`;
  await start({
    tenant: (auth0) =>
      void auth0.connections.push({
        id: 'con_L0ngLongLongLong',
        name,
        strategy: 'okta',
        enabled_clients: [],
      }),
  });
  const { maria, sales } = world;
  const edit = async () => {
    await maria.command(sales.id, `edit ${name}`);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.submit();
  };
  await edit();
  await modal(world, maria, sentences.DONE_TITLE);
  await maria.close();
  await edit();
  await modal(world, maria, existingLink.label);
  expect(creates(world)).toHaveLength(1);
});

it('non-editors find other people’s links by customer, but not by connection name', async () => {
  await start({ env: { EDITORS: 'U0MARIA' } });
  const { maria, tom, sales } = world;
  await fillNew(world, { name: 'secret-name' });
  await maria.type('displayName', 'Globex Inc');
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  await tom.command(sales.id, 'list secret');
  await message(world, tom, sales.id, sentences.noLinks({ whose: 'all', text: 'secret', page: 0 }));
  await tom.command(sales.id, 'list globex');
  await message(world, tom, sales.id, sentences.linkTitle('Globex Inc'));
});
