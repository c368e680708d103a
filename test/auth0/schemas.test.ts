import { describe, expect, it } from 'vitest';
import {
  clientPage,
  connectionPage,
  organizationPage,
  profilePage,
  ticketSchema,
} from '../../src/auth0/schemas.ts';

describe('a page', () => {
  it('gives invalid records default values or drops them, and keeps the others', () => {
    const organizations = [
      { id: 'org_1', name: 'acme', display_name: null },
      { id: 'org_2', name: null },
      { id: 'org_3', name: 7, display_name: { de: 'x' } },
      { name: 'no-id', display_name: 'x' },
      null,
      'text',
    ];
    expect(organizationPage.parse({ organizations, next: null })).toEqual({
      entries: [
        { id: 'org_1', name: 'acme', displayName: '' },
        { id: 'org_2', name: 'org_2', displayName: '' },
        { id: 'org_3', name: 'org_3', displayName: '' },
      ],
      next: undefined,
      dropped: 3,
    });
    const connections = [{ id: 'con_1', name: 'acme', display_name: null, strategy: null }];
    expect(connectionPage.parse({ connections, next: 'more' })).toMatchObject({
      entries: [{ id: 'con_1', strategy: '' }],
      next: 'more',
    });
  });

  it('gives invalid values in a profile their defaults', () => {
    const self_service_profiles = [
      { id: 'ssp_1', user_attributes: null, allowed_strategies: null, description: null },
      {
        id: 'ssp_2',
        name: 'A',
        user_attributes: [{ name: 'email' }, null],
        user_attribute_profile_id: 'uap_1',
      },
    ];
    const { entries } = profilePage.parse({ self_service_profiles });
    expect(entries).toMatchObject([
      { id: 'ssp_1', name: 'ssp_1', providers: [], attributes: [], attributeProfile: '' },
      { id: 'ssp_2', attributes: [], attributeProfile: 'uap_1' },
    ]);
  });

  it.each([[{}], [''], [null], [{ organizations: null }], [{ organizations: {} }]])(
    'is rejected if it has no list: %j',
    (page) => {
      expect(organizationPage.safeParse(page).success).toBe(false);
    },
  );
});

it('a page of applications skips those that a connection cannot be enabled for, without counting them as dropped', () => {
  const types = [undefined, null, 'regular_web', 'spa', 'native', 'sso_integration'];
  const others = ['non_interactive', 'resource_server', 'express_configuration'];
  const clients = [...types, ...others].map((app_type, index) => ({
    client_id: `id_${index}`,
    name: 'x',
    app_type,
  }));
  const { entries, dropped } = clientPage.parse({ clients });
  expect(entries.map(({ id }) => id)).toEqual(types.map((_, index) => `id_${index}`));
  expect(dropped).toBe(0);
});

describe('the link to a new ticket', () => {
  const path = '/self-service/connections-flow?ticket=abc';
  const accepts = (domain: string, url: string) => ticketSchema(domain).safeParse({ ticket: url }).success;

  it.each(['acme.eu.auth0.com', 'localhost:8443', 'login.acme.com'])(
    'can use HTTPS if the tenant is at %s',
    (domain) => {
      expect(accepts(domain, `https://acme.eu.auth0.com${path}`)).toBe(true);
    },
  );

  it.each(['localhost', 'localhost:8443', '127.0.0.1:8443', '[::1]:8443'])(
    'can use HTTP to this machine only, if the tenant is at %s',
    (domain) => {
      for (const host of ['localhost:4180', '127.0.0.1:4180', '[::1]:4180']) {
        expect(accepts(domain, `http://${host}${path}`), host).toBe(true);
      }
      for (const host of [
        'acme.eu.auth0.com',
        'localhost.evil.com',
        '127.0.0.1.nip.io',
        'evil.localhost',
        '127.0.0.2',
        '0.0.0.0',
        'user@localhost',
        'user:word@127.0.0.1',
        'localhost@evil.com',
        'localhost:80@evil.com',
        'localhost%2eevil.com',
      ]) {
        expect(accepts(domain, `http://${host}${path}`), host).toBe(false);
      }
    },
  );

  it.each([
    'acme.eu.auth0.com',
    'localhost.evil.com',
    'localhost.evil.com:8443',
    'evil.com:localhost',
    '127.0.0.1.nip.io',
    '127.0.0.11',
    '127.0.0.2',
    'my-localhost',
    'my.localhost:8443',
    'localhost:',
    'localhost:8443/',
    'localhost:8443.evil.com',
    'user@localhost',
    'user@localhost:8443',
    'localhost@evil.com',
    'localhost\n',
    'localhost\nevil.com',
    '[::2]:8443',
    '::1',
    '',
  ])('cannot use HTTP if the tenant is at %j', (domain) => {
    for (const host of ['localhost:4180', '127.0.0.1:4180', '[::1]:4180', 'acme.eu.auth0.com']) {
      expect(accepts(domain, `http://${host}${path}`), host).toBe(false);
    }
  });

  it.each(['ftp:', 'javascript:', 'file:', 'ws:'])('cannot use the protocol %s', (protocol) => {
    expect(accepts('localhost:8443', `${protocol}//localhost${path}`)).toBe(false);
  });

  it('must contain a ticket', () => {
    for (const url of ['https://acme.eu.auth0.com/', 'http://localhost:4180/?ticket=']) {
      expect(accepts('localhost:8443', url)).toBe(false);
    }
  });
});
