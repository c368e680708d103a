import { afterEach, describe, expect, it } from 'vitest';
import { fillNew, MODES, startWorld, type World, type WorldOptions } from '../harness.ts';

let world: World;
async function start(options: WorldOptions) {
  world = await startWorld(options);
}
afterEach(() => world.stop());

describe.each(MODES)('a payload over %s', (mode) => {
  /** 90 KB of this in a log line blocked the process for 1.4 seconds. */
  const ID = 'eyJ'.repeat(30_000);
  const click = { type: 'block_actions', actions: [{ type: 'button', action_id: 'open_form' }] };

  async function expectIgnored(send: () => Promise<{ ok: boolean }>): Promise<void> {
    const before = { log: world.log.length, calls: world.slack.calls.length };
    expect(await send()).toMatchObject({ ok: true });
    const lines = world.log.slice(before.log).filter((line) => /"level":"(warn|error)"/.test(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('A payload is larger than any of Slack’s');
    expect(lines[0]?.length).toBeLessThan(300);
    expect(world.slack.calls.slice(before.calls)).toEqual([]);
    expect(world.auth0.tickets).toEqual([]);
  }

  it.each([
    ['the ID of a person', { ...click, user: { id: ID } }],
    ['the ID of an action', { ...click, user: { id: 'U1' }, actions: [{ type: 'button', action_id: ID }] }],
    ['the ID of a view', { ...click, user: { id: 'U1' }, view: { id: ID, blocks: [] } }],
    ['the type', { type: ID }],
    [
      'the value of a button',
      { ...click, actions: [{ type: 'button', action_id: 'revoke_ticket', value: ID }] },
    ],
    ['the private_metadata', { type: 'view_submission', view: { private_metadata: ID } }],
    ['a typed value', { type: 'view_submission', view: { state: { values: { a: { a: { value: ID } } } } } }],
    ['the name of a property', { ...click, [ID]: 1 }],
    ['a nested text', { ...click, message: { blocks: [[[{ text: { text: ID } }]]] } }],
    ['a list', { ...click, actions: Array.from({ length: 1_001 }, () => ({ type: 'button' })) }],
  ])('is acknowledged and ignored if %s is too large', async (_, payload) => {
    await start({ mode });
    const { slack } = world;
    await expectIgnored(() => slack.deliver('interactive', payload));
  });

  it.each(['', 'edit ', 'Acme & '])(
    'is acknowledged and ignored if a command that starts with "%s" is too large',
    async (text) => {
      await start({ mode });
      const { maria, sales } = world;
      await expectIgnored(() => maria.command(sales.id, text + 'a'.repeat(100_000)));
    },
  );

  it('is acknowledged and ignored if the text in a search field is too large', async () => {
    await start({ mode });
    const { maria } = world;
    await fillNew(world);
    // Slack shows an empty list for this answer.
    await expectIgnored(async () => {
      await maria.suggest('organizations', ID);
      return { ok: true };
    });
  });

  it('is handled if it is a command of 4,000 characters that Slack escapes', async () => {
    await start({ mode });
    const { maria, sales, slack } = world;
    expect(await maria.command(sales.id, '&amp;'.repeat(4_000))).toMatchObject({ ok: true });
    await slack.until(() => maria.modal);
  });
});
