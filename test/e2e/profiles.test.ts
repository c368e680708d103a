import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { WorldOptions } from '../harness.ts';
import {
  buttonsIn,
  CONTEXT,
  expectClean,
  expectInert,
  MODES,
  message,
  modal,
  readingOf,
  settled,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

describe.each(MODES)('the list of profiles (%s)', (mode) => {
  it('is visible to everyone, and lets another person create a link with a profile', async () => {
    await start({ mode });
    const { maria, tom, sales } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, tom, sales.id, sentences.profileCount(2));
    expect(list).toMatchObject({ stored: true, via: 'response_url' });
    expect(list.visibleTo).toBeUndefined();
    const read = readingOf(list);
    const { providers, allProviders } = sentences.PROFILE_LABELS;
    expect(read).toContain(
      `Microsoft and Okta ssp_f6qBHtjNfq5XhM7CKTZ2xp For customers on Entra ID or Okta ${providers}Microsoft Entra ID, Okta Workforce, Okta Workforce (SAML)`,
    );
    expect(read).toContain(
      `Standard ssp_n7SNCL8seoyV1TuSTCnAeo Single sign-on with any provider ${providers}${allProviders}`,
    );
    expect(buttonsIn(list)).toEqual([sentences.FORM_SUBMIT, sentences.FORM_SUBMIT]);

    // All buttons have the same text. The second one, for Standard, gets its own so that Tom can press it.
    const button = list.blocks.findLast(({ type }) => type === 'actions')?.elements?.[0];
    if (button?.text) button.text.text = 'The last one';
    await tom.press('The last one', list);
    const view = await modal(world, tom, sentences.FORM_TITLE.new);
    expect(view.blocks.map(({ block_id }) => block_id)).not.toContain('conversation');
    expect(maria.modal).toBeUndefined();
    const chosen = tom.value('profile').selected_option;
    expect(chosen).toMatchObject({ value: 'ssp_n7SNCL8seoyV1TuSTCnAeo', text: { text: 'Standard' } });
    await tom.type('connectionName', 'from-the-list');
    await tom.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await tom.submit();
    const link = await message(world, tom, sales.id, sentences.linkTitle('from-the-list'));
    expect(link.visibleTo).toBe(tom.id);
    expect(maria.sees(sales.id).filter(({ stored }) => stored)).toEqual([list]);
    // The list is unchanged for everyone.
    expect(list.replaced).toEqual([]);
    expect(world.auth0.tickets[0]?.profileId).toBe('ssp_n7SNCL8seoyV1TuSTCnAeo');
  });
});

describe('the list of profiles', () => {
  it('fits 20 profiles with long texts and many attributes', async () => {
    await start({
      tenant: (auth0) => {
        auth0.profiles = Array.from({ length: 20 }, (_, number) => ({
          id: `ssp_${String(number).padStart(22, '0')}`,
          name: `Profile ${number} ${'n'.repeat(90)}`,
          description: `Description ${number} ${'d'.repeat(120)}`,
          allowed_strategies: [
            ...['oidc', 'samlp', 'waad', 'google-apps', 'adfs', 'okta', 'auth0-samlp', 'okta-samlp'],
            ...['keycloak-samlp', 'pingfederate'],
          ],
          user_attributes: Array.from({ length: 20 }, (_, index) => ({
            name: `attribute-${index}-${'a'.repeat(200)}`,
            description: '',
            is_optional: index % 2 === 0,
          })),
        }));
      },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, sentences.profileCount(20));
    for (let number = 0; number < 20; number += 1) {
      expect(textOf(list)).toContain(`Profile ${number} n`);
      expect(textOf(list)).toContain(`Description ${number} d`);
    }
    expect(textOf(list)).toContain(sentences.PROFILE_LABELS.required);
    expect(textOf(list)).toContain(sentences.PROFILE_LABELS.optional);
    expect(buttonsIn(list)).toHaveLength(20);
    for (const name of ['Okta Workforce', 'Microsoft Entra ID', 'Google Workspace', 'Keycloak (SAML)'])
      expect(textOf(list)).toContain(name);
  });

  it('does not turn text from the tenant into mentions or links', async () => {
    const evil =
      '<!channel> <!here> <@U0123456> <https://evil.example|click> https://evil.example *b* _i_ :x:';
    await start({
      tenant: (auth0) => {
        auth0.profiles = [
          { id: 'ssp_n7SNCL8seoyV1TuSTCnAeo', name: evil, description: evil, allowed_strategies: [evil] },
        ];
      },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, sentences.profileCount(1));
    expect(textOf(list)).toContain(evil);
    expectInert(list);
    await maria.press(sentences.FORM_SUBMIT, list);
    expectInert({ blocks: (await modal(world, maria, sentences.FORM_TITLE.new)).blocks });
  });

  it('says how to create a profile if there is none, and shows a new one', async () => {
    await start({
      tenant: (auth0) => {
        auth0.profiles = [];
      },
    });
    const { maria, tom, sales, auth0, slack } = world;
    await maria.command(sales.id, 'profiles');
    const answer = await message(world, maria, sales.id, sentences.noProfiles(CONTEXT));
    expect(answer.visibleTo).toBe(maria.id);
    // The bot reloads an empty list on its own. The profile is created after that.
    await slack
      .until(
        () => auth0.requests.filter(({ path }) => path.endsWith('/self-service-profiles')).length >= 2,
        500,
      )
      .catch(() => undefined);
    await settled();
    auth0.profiles = [{ id: 'ssp_n7SNCL8seoyV1TuSTCnAeo', name: 'Fresh' }];
    await maria.command(sales.id, 'profiles');
    await message(world, tom, sales.id, /Fresh/);
  });

  it('can be loaded with “Try again” if it was empty when a form was opened', async () => {
    await start({
      tenant: (auth0) => {
        auth0.profiles = [];
      },
    });
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, 'acme-corp');
    await modal(world, maria, sentences.noProfiles(CONTEXT));
    await settled();
    auth0.profiles = [{ id: 'ssp_n7SNCL8seoyV1TuSTCnAeo', name: 'Fresh' }];
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBe('acme-corp');
  });

  it('is replaced by an error that only the requester sees if Auth0 denies it', async () => {
    await start();
    const { maria, tom, sales, auth0 } = world;
    auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:self_service_profiles');
    await maria.command(sales.id, 'profiles');
    const error = new Auth0Error('missing_permission', { permission: 'read:self_service_profiles' });
    const answer = await message(world, maria, sales.id, sentences.auth0Sentence(error, 'read', CONTEXT));
    expect(answer.visibleTo).toBe(maria.id);
    expect(tom.sees(sales.id)).toEqual([]);
  });

  it('says that it is loading if Auth0 is slow', async () => {
    await start();
    const { maria, tom, sales, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, { delay: 2_500 }, 1);
    expect(await maria.command(sales.id, 'profiles')).toMatchObject({ ok: true });
    const wait = await message(world, maria, sales.id, sentences.PROFILES_LOADING);
    expect(wait.visibleTo).toBe(maria.id);
    await message(world, tom, sales.id, sentences.profileCount(2));
  });

  it('is reported as not posted if Slack rejects it', async () => {
    await start();
    const { maria, sales, slack } = world;
    slack.fail('response_url', { error: 'used_url' }, 1);
    await maria.command(sales.id, 'profiles');
    await message(world, maria, sales.id, sentences.PROFILES_NOT_POSTED);
  });
});
