import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  ANY_NUMBER,
  CONTEXT,
  cause,
  creates,
  fillNew,
  like,
  MAYBE_MADE,
  message,
  modal,
  NOTHING_MADE,
  says,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';
import { CAUSES, causeOf, expectLogged, expectTries, FAULTS } from './faults.ts';
import { expectLive, inWorld, logged, NOTHING_HANGS_MS, untilReads } from './scenario.ts';

/** A notice among the suggestions: why some or all of them are missing. */
const NOTICE = like(
  sentences.LIST_LOADING,
  ...Object.values(CAUSES).flat(),
  ...[
    cause('missing_permission', { permission: ANY }),
    cause('busy'),
    cause('unreachable'),
    cause('stopping'),
  ],
);

describe.concurrent('creating a link', () => {
  it.each(FAULTS)('either works or shows the cause when the call gets %s', (name, fault, kind, done) =>
    inWorld({}, async (world) => {
      const { maria, auth0 } = world;
      await fillNew(world);
      await warm(world);
      auth0.fail({ method: 'POST', path: /sso-ticket$/ }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.DONE_TITLE, NOTHING_HANGS_MS);
        expectLive(world, { seen: 1 });
        return;
      }
      // Without headers, the bot retries for half a minute and says so.
      if (name === '429 without headers')
        await untilReads(
          world,
          like(sentences.progressSentence({ step: 'rate_limited', ahead: 0 }, ANY_NUMBER)),
        );
      const view = await modal(world, maria, causeOf(kind), 60_000);
      expect(view.title.text).toBe(sentences.FORM_TITLE.new);
      await untilReads(world, kind === 'failed' || kind === 'no_answer' ? MAYBE_MADE : NOTHING_MADE);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(maria.value('clients').selected_options).toHaveLength(1);
      expectLogged(world, 'POST sso-ticket', kind);
      expectTries(creates(world).length, kind);
      // If Auth0 created a link anyway, nobody has seen it. The audit line's ID finds it in Auth0's log.
      expectLive(world, { seen: 0, lost: done ? 1 : 0 });
      const [create] = creates(world);
      expect(
        logged(world, { event: 'ticket_requested', correlationId: create?.headers['x-correlation-id'] }),
      ).toHaveLength(1);
    }),
  );
});

describe.concurrent('revoking a link', () => {
  it.each(FAULTS)('either works or shows the cause when the call gets %s', (_, fault, kind, done) =>
    inWorld({}, async (world) => {
      const { maria, auth0, sales } = world;
      await fillNew(world);
      await maria.submit();
      const link = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();
      auth0.fail({ path: /revoke$/ }, fault());
      await maria.press(sentences.REVOKE_LINK, link);
      // Auth0 answered 202, so the body doesn't matter.
      if (kind === 'late' || (kind === 'failed' && done)) {
        await untilReads(world, sentences.revoked('acme-corp', CONTEXT));
        expectLive(world, { seen: 0 });
        return;
      }
      // The path contains the ticket ID. Auth0's message may repeat it, so the bot doesn't show it.
      const wordless = kind === 'rejected' || kind === 'conflict' || kind === 'not_found';
      const words = wordless ? sentences.auth0Cause(new Auth0Error(kind), 'revoke') : causeOf(kind);
      await untilReads(world, words, 60_000);
      await untilReads(
        world,
        like(
          sentences.auth0Consequence(new Auth0Error('rejected'), 'revoke'),
          sentences.auth0Consequence(new Auth0Error('no_answer', { mayHaveHappened: true }), 'revoke'),
        ),
      );
      expectLogged(world, 'POST revoke', kind);
      expect(logged(world, { event: 'ticket_revoked' })).toEqual([]);
      expectLive(world, { seen: done ? 0 : 1 });
    }),
  );
});

describe.concurrent('the command', () => {
  it.each(FAULTS)('opens the form or shows the cause when the call for profiles gets %s', (_, fault, kind) =>
    inWorld({}, async (world) => {
      const { maria, auth0, sales } = world;
      auth0.fail({ path: '/self-service-profiles' }, fault());
      await maria.command(sales.id, '');
      await untilReads(
        world,
        like(sentences.LOADING_TITLE, sentences.PROBLEM_TITLE, sentences.FORM_TITLE.new),
        3_000,
      );
      if (kind === 'late') await modal(world, maria, sentences.FORM_TITLE.new, NOTHING_HANGS_MS);
      else {
        await modal(world, maria, causeOf(kind), NOTHING_HANGS_MS);
        expectLogged(world, 'GET self-service-profiles', kind);
        auth0.clearFaults();
        await maria.press(sentences.TRY_AGAIN);
        // The bot waits for a minute if Auth0's limit says so.
        if (kind !== 'rate_limited') await modal(world, maria, sentences.FORM_TITLE.new);
      }
    }),
  );
});

/** The lists that people search by typing. */
const LISTS: [field: string, call: string, path: string, open: (world: World) => Promise<unknown>][] = [
  ['clients', 'GET clients', '/clients', ({ maria, sales }) => maria.command(sales.id, '')],
  ['organizations', 'GET organizations', '/organizations', ({ maria, sales }) => maria.command(sales.id, '')],
  ['connection', 'GET connections', '/connections', ({ maria, sales }) => maria.command(sales.id, 'edit')],
];

describe.concurrent.each(LISTS)('the suggestions for "%s" (%s)', (field, call, path, open) => {
  it.each(FAULTS)('show a notice when the call gets %s, and then recover', (_, fault, kind) =>
    inWorld({}, async (world) => {
      const { maria, auth0, slack } = world;
      auth0.fail({ path }, fault());
      await open(world);
      await modal(world, maria, like(...Object.values(sentences.FORM_TITLE)));
      expect(await suggestions(maria, field, 'o')).toMatch(NOTICE);
      if (kind === 'late') {
        await slack.until(
          () => auth0.requests.some((each) => each.path === `/api/v2${path}` && each.ms > 0),
          NOTHING_HANGS_MS,
        );
      } else {
        await slack.until(() => logged(world, { call, code: kind })[0], NOTHING_HANGS_MS);
        // The bot waits for a minute if Auth0's limit says so.
        if (kind === 'rate_limited') return;
        auth0.clearFaults();
        // The bot caches the failure for a second, so that not every letter causes a call.
        await sleep(1_100);
      }
      expect(await suggestionsOnceLoaded(maria, field)).not.toMatch(NOTICE);
    }),
  );
});

/** The suggestions once the list has loaded, which may take several tries on a busy machine. */
async function suggestionsOnceLoaded(person: Person, field: string): Promise<string> {
  const deadline = performance.now() + NOTHING_HANGS_MS;
  for (;;) {
    const suggested = await suggestions(person, field, 'o');
    if (!says(suggested, sentences.LIST_LOADING) || performance.now() > deadline) return suggested;
    await sleep(200);
  }
}

/** The suggestions as a person reads them. */
async function suggestions(person: Person, field: string, typed: string): Promise<string> {
  const suggested = await person.suggest(field, typed);
  if (!suggested.ok) throw new Error(suggested.error);
  // Slack gives up after 3 seconds, but this machine may be busy.
  expect(suggested.ms).toBeLessThan(10_000);
  return suggested.options
    .map(({ text, description }) => `${text.text} ${description?.text ?? ''}`)
    .join('\n');
}

/** Lookups by an exact name or ID. If one fails, the list still provides suggestions. */
const LOOKUPS: [call: string, field: string, typed: string, path: RegExp, command: string][] = [
  ['GET clients/{id}', 'clients', 'Zz01234567890123456789012345678', /clients\/Zz/, ''],
  ['GET organizations/{id}', 'organizations', 'org_Zz01234567890123', /organizations\/org_Zz/, ''],
  ['GET organizations/name/{name}', 'organizations', 'globe', /organizations\/name\/globe/, ''],
  ['GET connections/{id}', 'connection', 'con_Zz01234567890123', /connections\/con_Zz/, 'edit'],
];

describe.concurrent.each(LOOKUPS)('the lookup %s', (call, field, typed, path, command) => {
  it.each(FAULTS)("doesn't prevent suggestions when it gets %s", (_, fault, kind, done) =>
    inWorld({}, async (world) => {
      const { maria, auth0, sales } = world;
      await maria.command(sales.id, command);
      await modal(world, maria, like(...Object.values(sentences.FORM_TITLE)));
      await warm(world);
      auth0.fail({ path }, fault());
      const suggested = await suggestions(maria, field, typed);
      if (typed === 'globe') expect(suggested).toMatch(/Globex Inc/);
      // In these cases, the stand-in carries out the call first, which is a 404 for an unknown ID.
      if (kind === 'late' || done) return;
      await world.slack.until(() => logged(world, { call, code: kind })[0], NOTHING_HANGS_MS);
    }),
  );
});

describe.concurrent('the command to edit a connection that only Auth0 knows', () => {
  it.each(FAULTS)('opens the form or shows the cause when the call gets %s', (_, fault, kind) =>
    inWorld({}, async (world) => {
      const { maria, auth0, sales } = world;
      await maria.command(sales.id, 'edit');
      await modal(world, maria, sentences.FORM_TITLE.edit);
      await warm(world);
      await maria.close();
      auth0.connections.push({
        id: 'con_Ne1wOn2Eo3Ne4Wo5',
        name: 'brand-new',
        strategy: 'samlp',
        enabled_clients: [],
      });
      auth0.fail({ path: '/connections' }, fault());
      await maria.command(sales.id, 'edit brand-new');
      if (kind === 'late') await modal(world, maria, sentences.FORM_TITLE.edit, NOTHING_HANGS_MS);
      else {
        await modal(world, maria, causeOf(kind), NOTHING_HANGS_MS);
        expectLogged(world, 'GET connections', kind);
      }
    }),
  );
});

describe.concurrent('an edit link for a connection that is not in the list', () => {
  it.each(FAULTS)('is created or the cause is shown when its check gets %s', (_, fault, kind) =>
    inWorld({}, async (world) => {
      const { maria, auth0, sales } = world;
      await maria.command(sales.id, 'edit initech-saml');
      await modal(world, maria, sentences.FORM_TITLE.edit);
      await warm(world);
      const id = 'con_Ne1wOn2Eo3Ne4Wo5';
      auth0.connections.push({ id, name: 'brand-new', strategy: 'samlp', enabled_clients: [] });
      const option = maria.value('connection').selected_option;
      if (!option) throw new Error('No connection is chosen');
      option.value = id;
      auth0.fail({ path: `/connections/${id}` }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.DONE_TITLE, NOTHING_HANGS_MS);
        expectLive(world, { seen: 1 });
        return;
      }
      const gone = kind === 'rejected' || kind === 'not_found';
      await modal(
        world,
        maria,
        gone
          ? like(
              whyNoLink(new TicketError({ code: 'connection_gone', name: ANY })),
              cause('rejected', { reason: ANY }),
            )
          : causeOf(kind),
        60_000,
      );
      expect(creates(world)).toEqual([]);
      expectLive(world, { seen: 0 });
    }),
  );
});

/** Without a token, the bot can't make any call. */
describe.concurrent('creating a link without a token', () => {
  it.each(FAULTS)('either works or shows the cause when the call for a token gets %s', (name, fault, kind) =>
    inWorld({}, async (world) => {
      const { maria, auth0 } = world;
      await fillNew(world);
      await warm(world);
      auth0.dropTokens();
      auth0.fail({ path: '/oauth/token' }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.DONE_TITLE, NOTHING_HANGS_MS);
        expectLive(world, { seen: 1 });
        return;
      }
      const words =
        kind === 'rate_limited'
          ? causeOf('rate_limited')
          : ['failed', 'no_answer'].includes(kind)
            ? cause('unreachable')
            : causeOf('credentials_rejected');
      await modal(world, maria, words, name === '429 without headers' ? 60_000 : NOTHING_HANGS_MS);
      await untilReads(world, NOTHING_MADE);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(auth0.tickets).toEqual([]);
      expect(logged(world, { call: 'POST sso-ticket', msg: 'Auth0 call failed' })).not.toEqual([]);
    }),
  );
});
