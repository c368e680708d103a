import fc from 'fast-check';
import type { Profile } from '../src/auth0/resources.ts';
import type { Policy } from '../src/config/config.ts';
import { AUTH0_MAX_LINK_HOURS } from '../src/config/config.ts';
import { templateProblem } from '../src/config/customer-message.ts';
import { compilePattern, type Pattern } from '../src/config/pattern.ts';
import type { RequiredMetadata } from '../src/config/required-metadata.ts';
import type { Choice, Field, FormContext, TicketKind } from '../src/tickets/form/field.ts';
import { type FormShape, fieldsOf, type Values } from '../src/tickets/form/form.ts';

/** A company without its own rules. */
export const PLAIN_POLICY: Policy = {
  defaultProfileId: undefined,
  defaultClientIds: [],
  applicationsOptional: false,
  protected: { connections: [], organizations: [], clients: [] },
  connectionNamePattern: undefined,
  connectionNameHint: undefined,
  defaultLinkHours: AUTH0_MAX_LINK_HOURS,
  maxLinkHours: AUTH0_MAX_LINK_HOURS,
  defaultDomainVerification: undefined,
  requiredMetadata: [],
  customDomains: [],
  customerMessage: undefined,
};

export const NO_TENANT: FormContext['tenant'] = {
  profiles: () => [],
  client: () => undefined,
  connection: () => undefined,
  connectionNamed: () => undefined,
  organization: () => undefined,
  protected: { includes: () => false },
};

/** Any character. fast-check's own unit `binary` builds a table of a million entries in every process. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

const urlPart = fc.string({ unit: anyCharacter, maxLength: 20 }).map(encodeURIComponent);

/** The query of a URL, which may be empty. */
const anyQuery = fc
  .array(fc.tuple(urlPart, urlPart), { maxLength: 3 })
  .map((parameters) => parameters.map((parts) => parts.join('=')).join('&'));

/** Any URL. fast-check's own `webUrl` builds a table of a million entries in every process. */
export const anyUrl = (...schemes: ('https' | 'http')[]) =>
  fc
    .tuple(
      fc.constantFrom(...schemes),
      fc.webAuthority({ withPort: true }),
      fc.array(urlPart, { maxLength: 4 }),
      anyQuery,
      fc.option(urlPart),
    )
    .map(([scheme, authority, path, query, fragment]) => {
      const rest = `${query && `?${query}`}${fragment === null ? '' : `#${fragment}`}`;
      return `${scheme}://${authority}/${path.join('/')}${rest}`;
    });

/** Any text, short or long, with control characters, lone surrogates, emoji or Slack's markup. */
export function anyText(maxLength = 4_000): fc.Arbitrary<string> {
  const long = ['x', '😀', '"', '\\', '\ud83d', '\u0000', ' ', '&', 'a '].map((unit) =>
    unit.repeat(Math.floor(maxLength / unit.length)),
  );
  return fc.oneof(
    fc.string({ unit: anyCharacter, maxLength }),
    fc.string({ unit: 'grapheme', maxLength: Math.ceil(maxLength / 4) }),
    fc.constantFrom('', ' ', '-', '<!channel>', '<@U1>', 'https://evil.example', '__proto__', ...long),
  );
}

export const arbitraryKind = fc.constantFrom<TicketKind>('new', 'edit');

export const arbitraryChoices: fc.Arbitrary<Choice[]> = fc.uniqueArray(
  fc.record({ id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_]{1,75}$/), anyText(200)), name: anyText(300) }),
  { maxLength: 120, size: 'medium', selector: ({ id }) => id },
);

/** The kind of a form, how much of it is shown, and whether an editor sees it. */
export const arbitraryShape: fc.Arbitrary<FormShape & Pick<FormContext, 'kind' | 'isEditor'>> = fc.record({
  kind: arbitraryKind,
  asksConversation: fc.boolean(),
  more: fc.boolean(),
  isEditor: fc.boolean(),
});

/** Metadata keys that a company may require. Some are frequent, so that forms and policies share them. */
const arbitraryMetadataKey = fc.oneof(
  fc.constantFrom('crm', 'region', 'crm.account-id_2'),
  fc.stringMatching(/^[\w.-]{1,100}$/),
);

/** Any values of a form, valid or not. */
export const arbitraryValues: fc.Arbitrary<Values> = fc
  .tuple(
    fc.record({
      conversation: fc.array(fc.record({ id: fc.stringMatching(/^[CDG][A-Z0-9]{8}$/), name: anyText(80) }), {
        maxLength: 1,
      }),
      existingLink: fc.constant<Choice[]>([]),
      profile: arbitraryChoices,
      connectionName: anyText(200),
      displayName: anyText(200),
      connection: arbitraryChoices,
      features: arbitraryChoices,
      clients: arbitraryChoices,
      organizations: arbitraryChoices,
      membership: arbitraryChoices,
      lifetime: arbitraryChoices,
      showAsButton: offeredOrAny('showAsButton'),
      iconUrl: fc.oneof(anyUrl('https', 'http'), anyText(1_200)),
      domainVerification: offeredOrAny('domainVerification'),
      pendingDomains: arbitraryDomains(),
      verifiedDomains: arbitraryDomains(),
      organizationDiscovery: offeredOrAny('organizationDiscovery'),
      idpInitiated: offeredOrAny('idpInitiated'),
      idpClient: arbitraryChoices,
      idpProtocol: offeredOrAny('idpProtocol'),
      idpQuery: fc.oneof(anyQuery, anyText(400)),
      scim: offeredOrAny('scim'),
      scimScopes: offeredOrAny('scimScopes'),
      tokenLifetime: offeredOrAny('tokenLifetime'),
      googleSync: offeredOrAny('googleSync'),
      thirdParty: offeredOrAny('thirdParty'),
      metadata: fc.oneof(fc.constant('tier: gold\n\nregion: emea'), anyText()),
      customDomain: fc.oneof(
        fc.constantFrom('tenant', 'login.acme.com').map((id): Choice[] => [{ id, name: id }]),
        arbitraryChoices,
      ),
    }),
    fc.dictionary(
      arbitraryMetadataKey.map((key) => `required:${key}` as const),
      anyText(400),
      { maxKeys: 12 },
    ),
  )
  .map(([values, required]) => Object.assign(values, required));

/** Some choices that the field offers in either kind of form, or any others. */
function offeredOrAny(id: Field['id']): fc.Arbitrary<Choice[]> {
  const offered = [...fieldOptions('new', id), ...fieldOptions('edit', id)];
  return fc.oneof(fc.subarray(offered), arbitraryChoices);
}

/** Domains as people list them, or any text. */
function arbitraryDomains(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.array(fc.domain(), { maxLength: 5 }).map((domains) => domains.join(', ')),
    anyText(3_500),
  );
}

export const arbitraryProfile: fc.Arbitrary<Profile> = fc.record({
  id: fc.oneof(fc.stringMatching(/^ssp_[A-Za-z0-9]{22}$/), anyText(100)),
  name: anyText(300),
  description: anyText(),
  providers: fc.array(fc.oneof(fc.constantFrom('okta', 'waad', 'toString', '__proto__'), anyText(60)), {
    maxLength: 12,
  }),
  attributes: fc.array(fc.record({ name: anyText(300), optional: fc.boolean() }), { maxLength: 20 }),
  attributeProfile: fc.oneof(fc.constant(''), anyText(300)),
});

/** A pattern that no text matches. */
const NEVER = '[]';

function arbitraryPattern(...sources: string[]): fc.Arbitrary<Pattern | undefined> {
  return fc.option(fc.constantFrom(...sources.map(compilePattern)), { nil: undefined });
}

/** Any rules of a company that the settings allow. */
export const arbitraryPolicy: fc.Arbitrary<Policy> = fc.record({
  defaultProfileId: fc.option(anyText(60), { nil: undefined }),
  defaultClientIds: fc.array(anyText(60), { maxLength: 5 }),
  applicationsOptional: fc.boolean(),
  protected: fc.record({
    connections: fc.array(anyText(60), { maxLength: 5 }),
    organizations: fc.array(anyText(60), { maxLength: 5 }),
    clients: fc.array(anyText(60), { maxLength: 5 }),
  }),
  connectionNamePattern: arbitraryPattern('^[a-z]+-(prod|test)$', '^\\p{Lu}', NEVER),
  connectionNameHint: fc.option(anyText(200), { nil: undefined }),
  defaultLinkHours: fc.integer({ min: 1, max: AUTH0_MAX_LINK_HOURS }),
  maxLinkHours: fc.integer({ min: 1, max: AUTH0_MAX_LINK_HOURS }),
  defaultDomainVerification: fc.constantFrom('none', 'optional', 'required', undefined),
  requiredMetadata: fc.uniqueArray(
    fc.record<RequiredMetadata>({
      key: arbitraryMetadataKey,
      label: anyText(75).filter((label) => label.length > 0 && !label.includes('/')),
      pattern: arbitraryPattern('^001\\w{15}$', '^.', NEVER),
    }),
    { maxLength: 10, selector: ({ key }) => key },
  ),
  customDomains: fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9.-]{1,75}$/), { maxLength: 120 }),
  customerMessage: fc.option(
    fc
      .array(
        fc.oneof(
          fc.constantFrom('{link}', '{connection}', '{customer}', '{expiry}', '{requester}'),
          anyText(300),
        ),
      )
      .map((parts) => parts.join('').slice(0, 1_990).concat('{link}'))
      .filter((template) => templateProblem(template) === undefined),
    { nil: undefined },
  ),
});

/** The choices that a field of a form offers in any tenant. */
export function fieldOptions(kind: TicketKind, id: Field['id'], policy = PLAIN_POLICY): Choice[] {
  const field = fieldsOf({ kind, policy }).find((each) => each.id === id);
  if (field?.input === 'checkboxes') return field.options;
  if (field?.input === 'list') return field.options({ kind, isEditor: true, policy, tenant: NO_TENANT });
  return [];
}
