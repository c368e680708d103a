import type { FieldProblem } from '../errors.ts';
import { features, organizations } from './basics.ts';
import { domainsProblem, parseDomains } from './domains.ts';
import {
  type CheckboxField,
  type Choice,
  choicesOf,
  type FormValues,
  firstId,
  hasId,
  type ListField,
  namesOf,
  type TextField,
  type TicketKind,
  textOf,
} from './field.ts';

const group = 'Domains';

const VERIFICATION: Choice[] = [
  { id: 'none', name: 'Off' },
  { id: 'optional', name: 'Optional' },
  { id: 'required', name: 'Required' },
];

/** The verification that is sent. For an edit only if “Domains” is checked, and then never “off”. */
function verificationIn(values: FormValues, kind: TicketKind): 'optional' | 'required' | undefined {
  if (kind === 'edit' && !hasId(choicesOf(values, features), 'domain_verification')) return undefined;
  const id = firstId(choicesOf(values, domainVerification));
  return id === 'optional' || id === 'required' ? id : undefined;
}

/** An edit has domains only if they are checked as a feature. */
const ifPossible = {
  fields: [features],
  shown: (values: FormValues, { kind }: { kind: TicketKind }) =>
    kind === 'new' || hasId(choicesOf(values, features), 'domain_verification'),
};

export const domainVerification: ListField<'domainVerification'> = {
  input: 'list',
  id: 'domainVerification',
  for: ['new', 'edit'],
  group,
  dependsOn: ifPossible,
  label: 'Domain verification',
  hint: "Whether the customer's IT admin proves that they own their email domain. Required: they must prove it before they can enable the connection.",
  // Without verification, Auth0 leaves the domain step out of an edit.
  options: ({ kind }) => (kind === 'edit' ? VERIFICATION.slice(1) : VERIFICATION),
  initial: ({ kind, policy }) =>
    VERIFICATION.find(
      ({ id }) => id === policy.defaultDomainVerification && (kind === 'new' || id !== 'none'),
    ) ?? VERIFICATION.find(({ id }) => id === (kind === 'new' ? 'none' : 'optional')),
  request: (_, values, kind) => {
    const domain_verification = verificationIn(values, kind);
    return domain_verification ? { domain_aliases_config: { domain_verification } } : {};
  },
  summary: (value) => (firstId(value) === 'none' ? undefined : namesOf(value)),
};

export const pendingDomains: TextField<'pendingDomains'> = {
  input: 'text',
  id: 'pendingDomains',
  for: ['new', 'edit'],
  group,
  dependsOn: {
    fields: [features, domainVerification],
    shown: (values, { kind }) => verificationIn(values, kind) !== undefined,
  },
  label: 'Domains the customer must verify',
  hint: "Filled in for the customer's IT admin. Separate domains with commas, spaces, or line breaks.",
  placeholder: 'acme.com, acme.co.uk',
  maxLength: 3000,
  multiline: true,
  optional: true,
  validate: (text, values, { kind, isEditor }) => {
    if (verificationIn(values, kind)) return domainsProblem(text, isEditor) ?? tooManyDomains(values);
    return { code: kind === 'edit' ? 'domains_feature_off' : 'domain_verification_off' };
  },
  request: (text, values, kind) => {
    const { domains } = parseDomains(text);
    const domain_verification = verificationIn(values, kind);
    return domains.length && domain_verification
      ? { domain_aliases_config: { domain_verification, pending_domains: domains } }
      : {};
  },
  summary: (text) => parseDomains(text).domains.join(', '),
};

export const verifiedDomains: TextField<'verifiedDomains'> = {
  input: 'text',
  id: 'verifiedDomains',
  for: ['new'],
  label: 'Domains already verified',
  hint: 'Not verified by Auth0: anyone with an email address there is sent to this connection. Add only domains your team has checked.',
  placeholder: 'acme.com',
  maxLength: 3000,
  multiline: true,
  optional: true,
  editorsOnly: true,
  validate: (text, values, { isEditor }) => domainsProblem(text, isEditor) ?? tooManyDomains(values),
  request: (text) => {
    const { domains } = parseDomains(text);
    return domains.length ? { connection_config: { options: { domain_aliases: domains } } } : {};
  },
  summary: (text) => parseDomains(text).domains.join(', '),
};

/** Auth0 doesn't create a ticket with more domains than this. */
const MAX_DOMAINS = 1_000;
const MAX_DOMAINS_OF_ONE_ORGANIZATION = 100;
/** How many verified domains can also go to the organization. */
const MAX_DISCOVERY_DOMAINS = 5;

function tooManyDomains(values: FormValues): FieldProblem | undefined {
  const oneOrganization = choicesOf(values, organizations).length === 1;
  const max = oneOrganization ? MAX_DOMAINS_OF_ONE_ORGANIZATION : MAX_DOMAINS;
  const texts = [textOf(values, pendingDomains), textOf(values, verifiedDomains)];
  const count = new Set(texts.flatMap((text) => parseDomains(text).domains)).size;
  return count > max ? { code: 'domains_too_many', max, count, oneOrganization } : undefined;
}

/** Auth0 can find an organization by domain only if there is exactly one, and if there are or may be domains. */
function discoveryApplies(values: FormValues, kind: TicketKind): boolean {
  const verified = kind === 'new' && parseDomains(textOf(values, verifiedDomains)).domains.length > 0;
  const hasDomains = verified || verificationIn(values, kind) !== undefined;
  return hasDomains && choicesOf(values, organizations).length === 1;
}

export const organizationDiscovery: CheckboxField<'organizationDiscovery'> = {
  input: 'checkboxes',
  id: 'organizationDiscovery',
  for: ['new', 'edit'],
  group,
  dependsOn: {
    fields: [organizations, features, domainVerification],
    // Only editors can enter domains that are already verified.
    shown: (values, { kind, isEditor }) =>
      choicesOf(values, organizations).length === 1 &&
      (verificationIn(values, kind) !== undefined || (kind === 'new' && isEditor)),
  },
  label: 'Find the organization by email domain',
  hint: 'Needs one organization, and domains that are verified or can be.',
  options: [{ id: 'use', name: 'Send people with a verified email domain to the organization' }],
  initial: () => [],
  optional: true,
  validate: (_, values, { kind }) => {
    const verified = kind === 'new' ? parseDomains(textOf(values, verifiedDomains)).domains.length : 0;
    if (verified > MAX_DISCOVERY_DOMAINS) {
      return { code: 'discovery_domains_too_many', max: MAX_DISCOVERY_DOMAINS, count: verified };
    }
    if (discoveryApplies(values, kind)) return undefined;
    const count = choicesOf(values, organizations).length;
    return count === 1
      ? { code: 'discovery_needs_domains' }
      : { code: 'discovery_needs_one_organization', count };
  },
  request: (checked, values, kind) =>
    // Always sent where it applies, because Auth0 treats a missing value as true.
    discoveryApplies(values, kind) ? { use_for_organization_discovery: checked.length > 0 } : {},
  summary: namesOf,
};
