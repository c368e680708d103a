import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { originOf } from '../../src/slack/installation.ts';
import { accessSentence, NO_ACCESS_TITLE } from '../../src/slack/sentences.ts';
import { MARIA } from '../../stand-ins/people.ts';
import type { Fault, Json, Slack } from '../../stand-ins/slack/server.ts';
import {
  audits,
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  MODES,
  message,
  modal,
  settled,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

const SENTENCE = "You don't have access to /sso-ticket. Ask the person who runs this bot.";

let world: World;
async function start(options: WorldOptions) {
  world = await startWorld(options);
}
afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

/** Commands name their workspace in different fields from all other payloads. */
const isCommand = (payload: Json) => 'command' in payload;

/** From another workspace. */
const otherTeam = (payload: Json): Json =>
  isCommand(payload) ? { ...payload, team_id: 'T0OTHER' } : { ...payload, team: { id: 'T0OTHER' } };
/** For another app. */
const otherApp = (payload: Json): Json => ({ ...payload, api_app_id: 'A0OTHER' });
/** Without a workspace. */
const noTeam = (payload: Json): Json =>
  isCommand(payload) ? { ...payload, team_id: '' } : { ...payload, team: null };
/** With values of the wrong type. */
const nonsense = (payload: Json): Json =>
  isCommand(payload) ? { ...payload, team_id: 'undefined' } : { ...payload, team: [5], enterprise: 'E0' };

/** A payload from an Enterprise organization. @param team null if it is from the whole organization */
const ofEnterprise = (enterprise: string, team: string | null) => (payload: Json) =>
  isCommand(payload)
    ? { ...payload, team_id: team ?? '', enterprise_id: enterprise }
    : { ...payload, team: team && { id: team, enterprise_id: enterprise }, enterprise: { id: enterprise } };

/** What auth.test answers if the workspace belongs to an Enterprise organization. */
function inEnterprise({ teamId: team_id, botUserId: user_id }: Slack, enterprise_id: string): Fault {
  const body = JSON.stringify({ ok: true, team_id, enterprise_id, user_id, bot_id: undefined });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

const denied = (what: string) => [
  { event: 'access_denied', user: world.maria.id, what, reason: 'workspace' },
];

describe.each(MODES)('a payload over %s', (mode) => {
  beforeEach(async () => {
    await start({ mode });
    world.log.length = 0;
  });

  async function restart(options: WorldOptions) {
    await world.stop();
    await start({ mode, ...options });
    world.log.length = 0;
  }

  const FOREIGN: [string, (payload: Json) => Json][] = [
    ['from another workspace', otherTeam],
    ['for another app', otherApp],
    ['without a workspace', noTeam],
    ['with a malformed workspace', nonsense],
    ['from another Enterprise organization', ofEnterprise('E0OTHER', null)],
  ];

  it.each(FOREIGN)('%s is rejected if it is a command', async (_, alter) => {
    const { maria, sales, slack, auth0 } = world;
    slack.alter = alter;
    const calls = slack.calls.length;
    expect(await maria.command(sales.id, 'profiles')).toMatchObject({ ack: { text: SENTENCE } });
    expect(textOf(maria.sees(sales.id).at(-1))).toBe(SENTENCE);
    // The bot asks nothing about the person, and does nothing.
    const methods = slack.calls.slice(calls).map(({ method }) => method);
    expect(methods.filter((method) => method !== 'auth.test' && method !== 'bots.info')).toEqual([]);
    expect(auth0.requests.filter(({ path }) => path.startsWith('/api/v2'))).toEqual([]);
    expect(audits(world)).toMatchObject([{ ...denied('command')[0], channel: sales.id }]);
  });

  it.each(FOREIGN)('%s is rejected if it is a shortcut', async (_, alter) => {
    const { maria, slack } = world;
    slack.alter = alter;
    await maria.shortcut('create_sso_ticket');
    expect(textOf(await modal(world, maria, NO_ACCESS_TITLE)).trim()).toBe(SENTENCE);
    expect(audits(world)).toMatchObject(denied('shortcut'));
  });

  it.each(FOREIGN)('%s is rejected if it is a click', async (_, alter) => {
    const { maria, sales, slack } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, /2 self-service profiles/);
    slack.alter = alter;
    await maria.press('Create link', list);
    const told = await message(world, maria, sales.id, /You don't have access/);
    expect(told).toMatchObject({ text: SENTENCE, visibleTo: maria.id });
    expect(maria.modal).toBeUndefined();
    expect(audits(world)).toMatchObject([{ ...denied('open_form')[0], channel: sales.id }]);
  });

  it.each(FOREIGN)('%s is rejected if it is a search in a form or a submission', async (_, alter) => {
    const { maria, slack } = world;
    await fillNew(world);
    await warm(world);
    slack.alter = alter;
    expect(await maria.suggest('organizations', 'glob')).toMatchObject({ ok: true, options: [] });
    await maria.submit();
    expect(Object.values(maria.errors)).toEqual([SENTENCE]);
    expect(creates(world)).toEqual([]);
    // The second denial within a minute is counted, not written.
    expect(audits(world)).toMatchObject(denied('block_suggestion'));
  });

  it('from the right workspace is accepted if it names no app', async () => {
    const { maria, sales, slack } = world;
    slack.alter = ({ api_app_id: _, ...payload }) => payload;
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You can type/);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
  });

  it.each([
    ['from the whole Enterprise organization', null],
    ['from another workspace of the Enterprise organization', 'T0SISTER'],
  ])('%s is accepted, but not from another organization', async (_, team) => {
    await restart({ workspace: (slack) => slack.fail('auth.test', inEnterprise(slack, 'E0OWN')) });
    const { maria, sales, slack } = world;
    slack.alter = ofEnterprise('E0OWN', team);
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You can type/);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
    slack.alter = ofEnterprise('E0OTHER', team);
    await maria.command(sales.id, 'help');
    await message(world, maria, sales.id, /You don't have access/);
    expect(audits(world)).toMatchObject(denied('command'));
  });

  it('is rejected if someone from another company submits a form in a shared channel', async () => {
    const { maria, slack } = world;
    await fillNew(world);
    // As Slack Connect sends it: the team is theirs, and the view names the workspace of the app.
    slack.alter = (payload) => ({
      ...payload,
      team: { id: 'T0OTHER', enterprise_id: 'E0OTHER' },
      enterprise: { id: 'E0OTHER' },
      view: { ...(payload.view as Json), team_id: 'T0OTHER', app_installed_team_id: slack.teamId },
    });
    await maria.submit();
    expect(Object.values(maria.errors)).toEqual([SENTENCE]);
    expect(creates(world)).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['an error', { error: 'fatal_error' }],
    ['a truncated answer', 'cut'],
    ['an answer without an app', { status: 200, body: '{"ok":true,"bot":{}}' }],
    ['a timeout', 'hang'],
  ])('is rejected while the bot cannot ask Slack which app it is (%s)', async (_, fault) => {
    await restart({ workspace: (slack) => slack.fail('bots.info', fault) });
    const { maria, sales, slack } = world;
    const { ms } = await maria.command(sales.id, 'help');
    expect(ms).toBeLessThan(3_000);
    await message(world, maria, sales.id, accessSentence('unknown', CONTEXT));
    expect(audits(world)).toMatchObject([{ event: 'access_denied', reason: 'unknown' }]);
    slack.clearFaults();
    // A call that hangs times out.
    await vi.waitFor(
      async () => {
        await maria.command(sales.id, 'help');
        expect(maria.sees(sales.id).some((each) => /You can type/.test(textOf(each)))).toBe(true);
      },
      { timeout: 20_000, interval: 500 },
    );
  });
});

it('without the scope users:read, the bot still works and checks the workspace', async () => {
  await start({ env: { ALLOWED: MARIA.id } });
  const { maria, sales, slack } = world;
  slack.scopes = slack.scopes.filter((scope) => scope !== 'users:read');
  await maria.command(sales.id, 'help');
  await message(world, maria, sales.id, /You can type/);
  slack.alter = otherTeam;
  await maria.command(sales.id, 'help');
  await message(world, maria, sales.id, /You don't have access/);
});

it('the bot asks Slack only once which app it is', async () => {
  await start({});
  const { maria, tom, sales, slack } = world;
  for (const person of [maria, tom, maria]) await person.command(sales.id, 'help');
  await settled();
  expect(slack.calls.filter(({ method }) => method === 'bots.info')).toHaveLength(1);
});

it('url_verification and ssl_check, which name no workspace, are answered', async () => {
  await start({ mode: 'http' });
  const { slack } = world;
  const verification = JSON.stringify({ type: 'url_verification', token: 'x', challenge: 'a challenge' });
  const headers = { 'content-type': 'application/json' };
  const answer = await slack.deliverRaw({ body: verification, headers });
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('a challenge') });
  expect(await slack.deliverRaw({ body: 'ssl_check=1&token=x' })).toMatchObject({ status: 200 });
  expect(audits(world)).toEqual([]);
});

describe('the origin of an event', () => {
  it('is its authorizations, because in a shared channel its team can be another company', async () => {
    await start({});
    const event = {
      type: 'event_callback',
      team_id: 'T0OTHER',
      enterprise_id: 'E0OTHER',
      api_app_id: 'A0OWN',
      authorizations: [{ enterprise_id: null, team_id: 'T0OWN', is_bot: true }],
    };
    expect(originOf(event)).toEqual({ teams: ['T0OWN'], enterprises: [], app: 'A0OWN' });
    const { authorizations: _, ...older } = event;
    expect(originOf(older)).toEqual({ teams: ['T0OTHER'], enterprises: ['E0OTHER'], app: 'A0OWN' });
    // Only events have authorizations. Any other payload with this field is forged.
    expect(originOf({ ...event, type: 'view_submission' }).teams).toEqual(['T0OTHER']);
  });
});
