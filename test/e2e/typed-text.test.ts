import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, MODES, message, modal, startWorld, textOf, type World } from '../harness.ts';

let world: World;

describe.each(MODES)('typed text (%s)', (mode) => {
  beforeAll(async () => {
    world = await startWorld({ mode });
  });
  afterEach(async () => {
    expectClean(world);
    if (world.maria.modal) await world.maria.close();
  });
  afterAll(() => world.stop());

  it.each([
    'edit “hooli-okta”',
    'edit „hooli-okta“',
    'edit `hooli-okta`',
    "edit 'hooli-okta'",
    '\u200bedit hooli-okta',
    '\u2060\ufeffedit\u00a0hooli\u00ad-okta\u200b',
    '“edit hooli-okta”',
  ])('selects the connection for %j', async (typed) => {
    const { maria, sales } = world;
    await maria.command(sales.id, typed);
    await modal(world, maria, /Edit SSO connection/);
    expect(maria.value('connection').selected_option?.text.text).toBe('hooli-okta');
  });

  it('is read without quotes and invisible characters in fields and searches', async () => {
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', `\u200b“acme-${mode}”\u00a0`);
    await maria.type('displayName', '‘Acme\u00a0& S\u200böhne <GmbH>’');
    await maria.pick('clients', { type: '“\u200bcustomer\u00a0portal”', take: 'Customer Portal' });
    await maria.press('More options');
    await modal(world, maria, /Domain verification/);
    await maria.choose('domainVerification', 'optional');
    await maria.type('pendingDomains', '“acme.com”, `acme\u200b.de`');
    await maria.type('metadata', 'owner: “Tom & Co”\nregion:\u00a0emea');
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(maria.errors).toEqual({});
    await message(world, maria, sales.id, /SSO link for Acme & Söhne <GmbH>/);
    await modal(world, maria, /Your link is ready/);
    expect(auth0.tickets.at(-1)?.body).toMatchObject({
      connection_config: {
        name: `acme-${mode}`,
        display_name: 'Acme & Söhne <GmbH>',
        metadata: { owner: '“Tom & Co”', region: 'emea' },
      },
      domain_aliases_config: { pending_domains: ['acme.com', 'acme.de'] },
    });
  });

  it('is read correctly if Slack does not escape it', async () => {
    const { maria, sales, slack, auth0 } = world;
    slack.escapesText = false;
    await maria.command(sales.id, '');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', `plain-${mode}`);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.pick('organizations', { type: 'söhne <', take: 'Van Saren & Söhne <GmbH>' });
    await maria.submit();
    const link = await message(world, maria, sales.id, /SSO link for Van Saren/);
    expect(textOf(link)).toContain('SSO link for Van Saren & Söhne <GmbH>');
    await modal(world, maria, /Your link is ready/);
    expect(auth0.tickets.at(-1)?.body.connection_config?.name).toBe(`plain-${mode}`);
    slack.escapesText = true;
  });
});
