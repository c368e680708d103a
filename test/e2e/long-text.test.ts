import { afterEach, describe, expect, it } from 'vitest';
import { expectClean, MODES, message, modal, startWorld, textOf, type World } from '../harness.ts';

let world: World;
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

async function openForm(typed = '') {
  await world.maria.command(world.sales.id, typed);
  return modal(world, world.maria, /New SSO connection/);
}

async function showOptions() {
  await world.maria.press('More options');
  await modal(world, world.maria, /Domain verification/);
}

/** The text that the bot sent for a field, which can differ from the text that Slack keeps. */
function initialValue(field: string): string | undefined {
  const block = world.maria.modal?.blocks.find(({ block_id }) => block_id === field);
  return block?.element?.initial_value;
}

describe.each(MODES)('a long text (%s)', (mode) => {
  it('can end with an emoji at the limit of 128 characters', async () => {
    world = await startWorld({ mode });
    const { maria, sales, auth0, slack } = world;
    const name = `${'a'.repeat(127)}😀`;
    await openForm();
    await maria.type('connectionName', 'acme-corp');
    await maria.type('displayName', name);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await showOptions();
    expect(initialValue('displayName')).toBe(name);
    expect(slack.calls.every(({ response }) => /"ok":true|ok/.test(JSON.stringify(response)))).toBe(true);
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(maria.errors).toEqual({});
    await message(world, maria, sales.id, /SSO link for/);
    await modal(world, maria, /Your link is ready/);
    expect(auth0.tickets[0]?.body.connection_config?.display_name).toBe(name);
  });

  it('is kept with an error if it is longer than its field allows', async () => {
    world = await startWorld({ mode });
    const { maria } = world;
    const name = 'Acme '.repeat(30).trim();
    await openForm(name);
    expect(name).toHaveLength(149);
    expect(maria.value('displayName').value).toBe(name);
    await showOptions();
    expect(initialValue('displayName')).toBe(name);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(maria.errors.displayName).toBe('Use 128 characters or fewer. You have 149.');
    await maria.type('displayName', 'Acme');
    expect(await maria.submit()).toMatchObject({ ok: true });
    await modal(world, maria, /Your link is ready/);
  });

  it('is cut before an emoji if no field can hold it, and the field says so', async () => {
    world = await startWorld({ mode });
    const { maria } = world;
    const view = await openForm(`${'a'.repeat(2_999)}😀 and more`);
    expect(maria.value('displayName').value).toBe('a'.repeat(2_999));
    const block = view.blocks.find(({ block_id }) => block_id === 'displayName');
    expect(block?.hint?.text).toBe('Your text is too long. This field shows only the first 3000 characters.');
  });

  it('is shortened if a button cannot hold it, and the form says so', async () => {
    world = await startWorld({ mode });
    const { maria, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
    await maria.command(world.sales.id, `Acme ${'long '.repeat(500)}`);
    await modal(world, maria, /internal error \(500\)/);
    await maria.press('Try again');
    const view = await modal(world, maria, /New SSO connection/);
    expect(textOf(view)).toContain("Some of what you entered couldn't be kept.");
    expect(maria.value('displayName').value).toMatch(/^Acme long .*…$/);
  });
});
