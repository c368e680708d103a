import {
  type Choice,
  choicesOf,
  type FormValues,
  firstId,
  type ListField,
  namesOf,
  type TextField,
} from './field.ts';
import { metadataProblem, parseMetadata } from './metadata.ts';

const group = 'Connection and link';

const THIRD_PARTY: Choice[] = [
  { id: 'no', name: 'No' },
  { id: 'yes', name: 'Yes' },
  { id: 'admin', name: "The customer's IT admin decides" },
];

export const thirdParty: ListField<'thirdParty'> = {
  input: 'list',
  id: 'thirdParty',
  for: ['new', 'edit'],
  label: 'Third-party applications',
  hint: 'Whether applications from other companies can use the connection too.',
  // A link can't promote an existing connection. It can only let the customer's admin decide.
  options: ({ kind }) => (kind === 'edit' ? THIRD_PARTY.filter(({ id }) => id !== 'yes') : THIRD_PARTY),
  initial: () => THIRD_PARTY[0],
  editorsOnly: true,
  request: (picked) => {
    switch (firstId(picked)) {
      case 'yes':
        return { connection_config: { is_domain_connection: true } };
      case 'admin':
        return { third_party_client_access_config: { allow_configuration: true } };
      default:
        return {};
    }
  },
  summary: (picked) => (firstId(picked) === 'no' ? undefined : namesOf(picked)),
};

export const metadata: TextField<'metadata'> = {
  input: 'text',
  id: 'metadata',
  for: ['new'],
  group,
  label: 'Metadata',
  hint: 'Saved with the connection, for your own use. Enter one “key: value” on each line.',
  placeholder: 'region: emea',
  maxLength: 3000,
  multiline: true,
  optional: true,
  validate: (text, _, { policy }) =>
    metadataProblem(
      text,
      policy.requiredMetadata.map(({ key }) => key),
    ),
  request: (text) => {
    const pairs = parseMetadata(text);
    return pairs.length ? { connection_config: { metadata: Object.fromEntries(pairs) } } : {};
  },
  summary: (text) =>
    parseMetadata(text)
      .map((pair) => pair.join(': '))
      .join(', '),
};

const TENANT_DOMAIN: Choice = { id: 'tenant', name: "The tenant's own domain" };

export const customDomain: ListField<'customDomain'> = {
  input: 'list',
  id: 'customDomain',
  for: ['new', 'edit'],
  group,
  label: 'Link opens on',
  available: (policy) => policy.customDomains.length > 0,
  options: ({ policy }) => [
    TENANT_DOMAIN,
    ...policy.customDomains.map((domain) => ({ id: domain, name: domain })),
  ],
  initial: () => TENANT_DOMAIN,
  summary: (picked) => (firstId(picked) === TENANT_DOMAIN.id ? undefined : namesOf(picked)),
};

/** The custom domain that the link opens on. Undefined for the tenant's own. */
export function customDomainIn(values: FormValues): string | undefined {
  const id = firstId(choicesOf(values, customDomain));
  return id === TENANT_DOMAIN.id ? undefined : id;
}
