import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAudit, runRevoke } from '../../src/commands.ts';
import { type Config, StartError } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/environment.ts';
import * as sentences from '../../src/slack/sentences.ts';
import {
  botSettings,
  buttonsIn,
  createLink,
  creates,
  expectClean,
  live,
  revokes,
  startWorld,
  type World,
} from '../harness.ts';

let world: World;
let config: Config;
beforeEach(async () => {
  world = await startWorld();
  const { slack, auth0, database } = world;
  config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
});
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

async function audit(...args: string[]): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  await runAudit(config, args, (line) => lines.push(JSON.parse(line)));
  return lines;
}

const names = (lines: Record<string, unknown>[]) => lines.map(({ event }) => event);
const CREATED = ['ticket_requested', 'ticket_made', 'ticket_delivered'];

describe('npm run audit', () => {
  it('prints every event according to the schema, without ticket IDs', async () => {
    const { maria, auth0 } = world;
    await createLink(world, { name: 'acme-corp' });
    const lines = await audit();
    expect(names(lines)).toEqual(CREATED);
    const schema = JSON.parse(readFileSync('docs/audit-events.schema.json', 'utf8'));
    const ajv = new Ajv2020({ strict: true });
    addFormats.default(ajv);
    const valid = ajv.compile(schema);
    for (const line of lines) {
      expect(valid(line), JSON.stringify(valid.errors)).toBe(true);
      expect(line).toMatchObject({
        version: 1,
        user: maria.id,
        connection: 'acme-corp',
        customer: 'acme-corp',
      });
      expect(JSON.stringify(line)).not.toContain(auth0.tickets[0]?.id);
    }
  });

  it('filters by user, customer, connection, and time, and rejects invalid options', async () => {
    const { maria, tom } = world;
    await createLink(world, { name: 'acme-corp' });
    const between = new Date().toISOString();
    await createLink(world, { name: 'globex', person: tom });
    expect(await audit('--user', maria.id)).toHaveLength(3);
    expect(await audit('--user', 'U0')).toEqual([]);
    expect(await audit('--customer', 'GLOB')).toHaveLength(3);
    expect(await audit('--connection', 'glob')).toEqual([]);
    expect(await audit('--connection', 'globex')).toHaveLength(3);
    expect((await audit('--since', between)).map(({ user }) => user)).toEqual([tom.id, tom.id, tom.id]);
    expect((await audit('--until', between)).map(({ user }) => user)).toEqual([maria.id, maria.id, maria.id]);
    await expect(audit('--since', 'yesterday')).rejects.toBeInstanceOf(StartError);
    await expect(audit('--nonsense')).rejects.toBeInstanceOf(StartError);
  });
});

describe('npm run revoke', () => {
  it('revokes by correlation ID or record ID while the bot is down', async () => {
    const first = await createLink(world, { name: 'acme-corp' });
    await createLink(world, { name: 'globex' });
    await world.app.stop();
    const correlationId = creates(world)[1]?.headers['x-correlation-id'] ?? '';
    expect(await runRevoke(config, [correlationId])).toContain('globex no longer works');
    const button = first.blocks.flatMap(({ elements = [] }) => elements).find(({ value }) => value);
    expect(buttonsIn(first)).toContain(sentences.REVOKE_LINK);
    expect(await runRevoke(config, [button?.value ?? ''])).toContain('acme-corp no longer works');
    expect(live(world)).toEqual([]);
    expect(await runRevoke(config, [correlationId])).toContain('was already revoked');
    expect(revokes(world)).toHaveLength(2);
    const revoked = (await audit()).filter(({ event }) => event === 'ticket_revoked');
    expect(revoked).toMatchObject([{ reason: 'npm run revoke' }, { reason: 'npm run revoke' }]);
  });

  it('explains why it cannot revoke a link', async () => {
    await createLink(world, { name: 'acme-corp' });
    const correlationId = creates(world)[0]?.headers['x-correlation-id'] ?? '';
    await expect(runRevoke(config, [])).rejects.toThrow(/reference/);
    await expect(runRevoke(config, ['unknown'])).rejects.toThrow(/reference unknown/);
    world.auth0.fail({ path: /revoke$/ }, { status: 500 });
    await expect(runRevoke(config, [correlationId])).rejects.toThrow(/may still work/);
    world.auth0.clearFaults();
    const otherKey = { ...config, sealKeys: ['a key that the bot does not have, as long'] };
    await expect(runRevoke(otherKey, [correlationId])).rejects.toThrow(/SEAL_KEY/);
    expect(live(world)).toHaveLength(1);
  });
});
