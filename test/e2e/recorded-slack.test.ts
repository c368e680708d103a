import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvelopeType } from '../../stand-ins/slack/delivery.ts';
import type { Json } from '../../stand-ins/slack/server.ts';
import { creates, MODES, type Mode, settled, startWorld, textOf, type World } from '../harness.ts';

/** A payload that Slack sent, and its kind. */
interface Recorded {
  kind: string;
  payload: Json;
}

const project = resolve(import.meta.dirname, '../..');
const recorded = readRecorded();

function readRecorded(): Recorded[] {
  const file = resolve(project, process.env.RECORDED_DIR ?? '../shared/recorded', 'slack.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  console.warn(`No recorded payloads at ${file}: tests with them are skipped`);
  return [];
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Copies of a payload, each with another of the bot's own IDs. */
function withOwnIds({ kind, payload }: Recorded): Json[] {
  switch (kind) {
    case 'command':
      return ['', 'acme-corp', 'edit initech-saml', 'profiles', 'help', String(payload.text)].map((text) => ({
        ...payload,
        command: '/sso-ticket',
        text,
      }));
    case 'block_actions':
    case 'interactive_message':
      return ['open_form', 'open_form:1', 'revoke_ticket', 'post_profiles', 'more_options'].map((id) => ({
        ...payload,
        actions: (Array.isArray(payload.actions) ? payload.actions : [{}]).map((action: Json) => ({
          ...action,
          action_id: id,
          value: id.startsWith('open_form') ? '{"kind":"new","values":{}}' : 'sealed',
        })),
      }));
    case 'block_suggestion':
    case 'dialog_suggestion':
      return ['clients', 'organizations', 'connection'].map((id) => ({
        ...payload,
        action_id: id,
        view: { callback_id: 'new_ticket', blocks: [], state: { values: {} } },
      }));
    case 'view_submission':
    case 'view_closed':
      return ['new_ticket', 'edit_ticket'].map((id) => ({
        ...payload,
        view: { ...(isJson(payload.view) ? payload.view : {}), callback_id: id },
      }));
    case 'event_callback':
    case 'url_verification':
      return [];
    default:
      return [{ ...payload, callback_id: 'create_sso_ticket' }];
  }
}

function envelopeOf(kind: string): EnvelopeType {
  if (kind === 'command') return 'slash_commands';
  return kind === 'event_callback' || kind === 'url_verification' ? 'events_api' : 'interactive';
}

/** Removes duplicates: the same payload twice in a second would be a replay. */
function unique(all: [EnvelopeType, Json][]): [EnvelopeType, Json][] {
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}

/** Socket Mode verifies no URL, and its events always have contents. */
const isForHttpOnly = ({ kind, payload }: Recorded) =>
  kind === 'url_verification' || (kind === 'event_callback' && !payload.event);

function deliveries(mode: Mode): [EnvelopeType, Json][] {
  return unique(
    recorded
      .filter((one) => mode === 'http' || !isForHttpOnly(one))
      .flatMap((one) => [one.payload, ...withOwnIds(one)].map((payload) => [envelopeOf(one.kind), payload])),
  );
}

/** What people without access may see. */
const REFUSALS = /You don't have access|no longer works|belongs to someone else|Only editors|can't confirm/;

describe.skipIf(recorded.length === 0).each(MODES)('recorded payloads (%s)', (mode) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ mode });
    // The timeout of the real Slack.
    world.slack.responseTimeoutMs = 3_000;
  });
  afterAll(() => world.stop());

  it('are acknowledged in time and give nobody access', async () => {
    const { slack, auth0, port } = world;
    const late: string[] = [];
    for (const [type, payload] of deliveries(mode)) {
      const answer = await slack.deliver(type, payload);
      if (!answer.ok) late.push(`${answer.error}: ${JSON.stringify(payload).slice(0, 200)}`);
    }
    expect(late).toEqual([]);
    await settled();

    for (const shown of slack.messages) expect(textOf(shown)).toMatch(REFUSALS);
    for (const { method, args } of slack.calls) {
      expect(method).not.toBe('views.push');
      if (method.startsWith('views.')) expect(JSON.stringify(args.view)).toMatch(REFUSALS);
    }
    expect(creates(world)).toEqual([]);
    expect(auth0.tickets).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(world.log.join('\n')).not.toMatch(/A listener failed|Unhandled/);

    // People with access still get their form.
    await world.maria.command(world.sales.id, 'acme-corp');
    await slack.until(() => world.maria.modal);
  });
});

describe.skipIf(recorded.length === 0).each(MODES)(
  'recorded payloads from people with access (%s)',
  (mode) => {
    it('are acknowledged in time and do not stop the bot', async () => {
      const people = JSON.stringify(recorded).match(/"[UW][A-Z0-9]{2,}"/g) ?? [];
      const ids = [...new Set(people.map((id) => id.slice(1, -1)))].filter((id) => /\d/.test(id));
      const named = ids.join(',');
      const world = await startWorld({ mode, env: { ALLOWED: named, EDITORS: named } });
      try {
        const late: string[] = [];
        for (const [type, payload] of deliveries(mode)) {
          const answer = await world.slack.deliver(type, { ...payload, api_app_id: 'A0' });
          if (!answer.ok) late.push(`${answer.error}: ${JSON.stringify(payload).slice(0, 200)}`);
        }
        expect(late).toEqual([]);
        expect(world.auth0.tickets).toEqual([]);
        expect((await fetch(`http://127.0.0.1:${world.port}/healthz`)).status).toBe(200);
        expect(world.log.join('\n')).not.toMatch(/Unhandled/);
      } finally {
        await world.stop();
      }
    });
  },
);
