import { afterEach, describe, expect, it } from 'vitest';
import { creates, expectClean, fillNew, MODES, message, modal, startWorld, type World } from '../harness.ts';

let world: World;
afterEach(() => world.stop());

/** JavaScript's own engine needs minutes for these. */
const SLOW = '^(\\w+\\s?)+$';
const NAME = `${'a'.repeat(40)}-b`;
const VALUE = `${'a'.repeat(40)}!`;

describe.each(MODES)('a pattern over %s that is slow in JavaScript', (mode) => {
  it('doesn’t stop the bot, and its problems are shown at their fields', async () => {
    world = await startWorld({
      mode,
      env: {
        CONNECTION_NAME_PATTERN: SLOW,
        REQUIRED_METADATA: `crm: CRM ID /${SLOW}/`,
      },
    });
    const { maria } = world;
    await fillNew(world, { name: NAME });
    await maria.type('required:crm', VALUE);
    await maria.submit();
    expect(maria.errors).toEqual({
      connectionName: `This is not how connections are named here. The name must match ${SLOW}.`,
      'required:crm': `This does not look like a CRM ID: it must match ${SLOW}.`,
    });
    await maria.type('connectionName', 'acmecorp');
    await maria.type('required:crm', 'ab cd');
    expect(await maria.submit()).toMatchObject({ ok: true });
    await modal(world, maria, /The link is ready/);
    expectClean(world);
  });
});
