import { afterEach, describe, expect, it } from 'vitest';
import { fieldSentence, linkTitle } from '../../src/slack/sentences.ts';
import {
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  MODES,
  message,
  modal,
  startWorld,
  type World,
} from '../harness.ts';

let world: World;
afterEach(() => world.stop());

/** JavaScript's own engine takes minutes to match these. */
const SLOW = '^(\\w+\\s?)+$';
const NAME = `${'a'.repeat(40)}-b`;
const VALUE = `${'a'.repeat(40)}!`;

describe.each(MODES)('a pattern that is slow in JavaScript, over %s,', (mode) => {
  it("doesn't block the bot, and a mismatch is shown at its field", async () => {
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
      connectionName: fieldSentence({ code: 'connection_name_against_policy', name: NAME }, CONTEXT),
      'required:crm': fieldSentence({ code: 'metadata_pattern_mismatch', label: 'CRM ID' }, CONTEXT),
    });
    await maria.type('connectionName', 'acmecorp');
    await maria.type('required:crm', 'ab cd');
    expect(await maria.submit()).toMatchObject({ ok: true });
    await modal(world, maria, /Your link is ready/);
    expectClean(world);
  });
});

describe('the metadata key __proto__', () => {
  it.each([
    ['without required metadata', {}],
    ['with required metadata', { REQUIRED_METADATA: 'region: Region' }],
  ])('is rejected at its field, %s', async (_, env) => {
    world = await startWorld({ env });
    const { maria } = world;
    await fillNew(world);
    await maria.press('More options');
    await modal(world, maria, /Login page/);
    if ('REQUIRED_METADATA' in env) await maria.type('required:region', 'EMEA');
    await maria.type('metadata', 'tier: gold\n __proto__ : x');
    await maria.submit();
    expect(maria.errors).toEqual({
      metadata: fieldSentence({ code: 'metadata_key_reserved', key: '__proto__' }, CONTEXT),
    });
    expect(creates(world)).toEqual([]);
  });

  it('is the only reserved one, and other names that objects inherit reach Auth0', async () => {
    world = await startWorld({ env: { REQUIRED_METADATA: 'region: Region' } });
    const { maria, auth0 } = world;
    await fillNew(world);
    await maria.press('More options');
    await modal(world, maria, /Login page/);
    await maria.type('required:region', 'EMEA');
    await maria.type('metadata', 'constructor: a\nprototype: b\ntoString: c\nhasOwnProperty: d');
    await maria.submit();
    await message(world, maria, world.sales.id, linkTitle('acme-corp'));
    expect(auth0.tickets[0]?.body.connection_config?.metadata).toEqual({
      region: 'EMEA',
      constructor: 'a',
      prototype: 'b',
      toString: 'c',
      hasOwnProperty: 'd',
    });
    expectClean(world);
  });
});
