import { describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { ProfileError } from '../../src/profiles/errors.ts';
import { EMPTY_VALUES } from '../../src/profiles/form.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { MARIA } from '../../stand-ins/people.ts';
import { CONTEXT, like, message, modal, type World, type WorldOptions } from '../harness.ts';
import { causeOf, expectLogged, expectTries, FAULTS } from './faults.ts';
import { inWorld, logged, NOTHING_HANGS_MS, untilReads } from './scenario.ts';

const STANDARD = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const options: WorldOptions = { env: { PROFILE_EDITORS: MARIA.id } };

const calls = ({ auth0 }: World, method: string, path: RegExp) =>
  auth0.requests.filter((each) => each.method === method && path.test(each.path));
const POST = /self-service-profiles$/;
const PROFILE = new RegExp(`${STANDARD}$`);
const TEXT = /custom-text/;

async function pressIn(world: World, button: string, intro: string): Promise<void> {
  const { maria, sales } = world;
  await maria.command(sales.id, 'profiles');
  const list = await message(world, maria, sales.id, /self-service profiles/);
  const block = list.blocks.find(({ elements }) => elements?.some(({ value }) => value === STANDARD));
  await maria.press(button, list, button === sentences.EDIT_PROFILE ? block?.block_id : undefined);
  if (intro) await modal(world, maria, intro);
}

const openNew = (world: World) => pressIn(world, sentences.CREATE_PROFILE, sentences.PROFILE_FORM_INTRO.new);
const openEdit = (world: World) => pressIn(world, sentences.EDIT_PROFILE, sentences.PROFILE_FORM_INTRO.edit);

/** What follows the cause if Auth0 may have carried out the call, and if it certainly hasn't. */
const uncertain = (isNew: boolean) =>
  sentences
    .profileSentence(new Auth0Error('no_answer', { mayHaveHappened: true }), { ...CONTEXT, isNew })
    .replace(sentences.auth0Cause(new Auth0Error('no_answer')), '');
const NOTHING_SAVED = 'Nothing was saved.';

describe.concurrent('creating a profile', () => {
  it.each(FAULTS)('either works or shows the cause when the call gets %s', (_, fault, kind, done) =>
    inWorld(options, async (world) => {
      const { maria, auth0 } = world;
      await openNew(world);
      await maria.type('name', 'Fresh');
      auth0.fail({ method: 'POST', path: POST }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.PROFILE_DONE_TITLE.new, NOTHING_HANGS_MS);
        return;
      }
      await modal(world, maria, causeOf(kind), 60_000);
      await untilReads(world, kind === 'failed' || kind === 'no_answer' ? uncertain(true) : NOTHING_SAVED);
      expect(maria.value('name').value).toBe('Fresh');
      expectLogged(world, 'POST self-service-profiles', kind);
      expectTries(calls(world, 'POST', POST).length, kind);
      expect(logged(world, { event: 'profile_created' })).toEqual([]);
      expect(logged(world, { event: 'profile_requested' })).toHaveLength(1);
      expect(auth0.profiles.some(({ name }) => name === 'Fresh')).toBe(done);
    }),
  );
});

describe.concurrent('editing a profile', () => {
  it.each(FAULTS)('either works or shows the cause when the call gets %s', (_, fault, kind, done) =>
    inWorld(options, async (world) => {
      const { maria, auth0 } = world;
      await openEdit(world);
      await maria.type('name', 'Renamed');
      auth0.fail({ method: 'PATCH', path: PROFILE }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.PROFILE_DONE_TITLE.edit, NOTHING_HANGS_MS);
        return;
      }
      const gone = kind === 'not_found';
      await modal(world, maria, gone ? sentences.PROFILE_GONE : causeOf(kind), 60_000);
      if (!gone) {
        await untilReads(world, kind === 'failed' || kind === 'no_answer' ? uncertain(false) : NOTHING_SAVED);
      }
      expect(maria.value('name').value).toBe('Renamed');
      expectLogged(world, 'PATCH self-service-profiles/{id}', kind);
      expectTries(calls(world, 'PATCH', PROFILE).length, kind);
      expect(logged(world, { event: 'profile_changed' })).toEqual([]);
      expect(auth0.profiles.some(({ name }) => name === 'Renamed')).toBe(done);
    }),
  );
});

describe.concurrent('editing an introduction', () => {
  it.each(FAULTS)('either works or shows the cause when the call gets %s', (_, fault, kind) =>
    inWorld(options, async (world) => {
      const { maria, auth0 } = world;
      await openEdit(world);
      await maria.type('name', 'Renamed');
      await maria.type('introduction', 'Hello');
      auth0.fail({ method: 'PUT', path: TEXT }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.PROFILE_DONE_TITLE.edit, NOTHING_HANGS_MS);
        return;
      }
      await modal(world, maria, causeOf(kind), 60_000);
      const [saved] = sentences
        .profileSentence(
          new ProfileError({
            code: 'introduction_not_saved',
            saved: { id: STANDARD, name: 'Renamed', isNew: false, fields: ['name'] },
            current: EMPTY_VALUES,
            reason: new Auth0Error('busy', { mayHaveHappened: kind === 'failed' || kind === 'no_answer' }),
          }),
          { ...CONTEXT, isNew: false },
        )
        .split(sentences.auth0Cause(new Auth0Error('busy')));
      await untilReads(world, saved ?? '');
      expect(maria.value('introduction').value).toBe('Hello');
      expectLogged(world, 'PUT self-service-profiles/{id}/custom-text', kind);
      expectTries(calls(world, 'PUT', TEXT).length, kind);
      expect(logged(world, { event: 'profile_changed' })).toMatchObject([{ fields: ['name'] }]);
    }),
  );
});

/** What the bot reads before it opens a form, and again before it saves it. */
const READS: [call: string, path: RegExp][] = [
  ['GET self-service-profiles/{id}', PROFILE],
  ['GET self-service-profiles/{id}/custom-text', TEXT],
];

describe.concurrent.each(READS)('when %s', (call, path) => {
  it.each(FAULTS)('gets %s, a form opens or shows the cause', (_, fault, kind) =>
    inWorld(options, async (world) => {
      const { maria, auth0 } = world;
      auth0.fail({ method: 'GET', path }, fault());
      await pressIn(world, sentences.EDIT_PROFILE, '');
      if (kind === 'late') {
        await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit, NOTHING_HANGS_MS);
        return;
      }
      await modal(
        world,
        maria,
        kind === 'not_found' ? sentences.PROFILE_GONE : causeOf(kind),
        NOTHING_HANGS_MS,
      );
      expect(logged(world, { call, code: kind, msg: 'Auth0 call failed' })).not.toEqual([]);
      if (kind === 'not_found' || kind === 'rate_limited') return;
      auth0.clearFaults();
      await maria.press(sentences.TRY_AGAIN);
      await modal(world, maria, sentences.PROFILE_FORM_INTRO.edit);
    }),
  );

  it.each(FAULTS)('gets %s, a submission works or shows the cause', (_, fault, kind) =>
    inWorld(options, async (world) => {
      const { maria, auth0 } = world;
      await openEdit(world);
      await maria.type('name', 'Renamed');
      auth0.fail({ method: 'GET', path }, fault());
      await maria.submit();
      if (kind === 'late') {
        await modal(world, maria, sentences.PROFILE_DONE_TITLE.edit, NOTHING_HANGS_MS);
        return;
      }
      await modal(world, maria, kind === 'not_found' ? sentences.PROFILE_GONE : causeOf(kind), 60_000);
      await untilReads(world, like(NOTHING_SAVED, sentences.PROFILE_GONE));
      expect(maria.value('name').value).toBe('Renamed');
      expect(calls(world, 'PATCH', PROFILE)).toEqual([]);
    }),
  );
});
