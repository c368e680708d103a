import { PROFILE_PROVIDERS, type ProfileStrategy } from '../auth0/identity-providers.ts';
import type { CreateProfileBody } from '../auth0/profiles-api.ts';
import type { ProfileDetails } from '../auth0/resources.ts';
import { attributesProblem, formatAttributes, parseAttributes } from './attributes.ts';
import { MAX_LOGO_URL_LENGTH, parseColor, parseLogoUrl } from './branding.ts';
import type { ProfileProblem } from './problems.ts';

/** The longest text that fits in a form, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 3000;

/** The parts of a profile that one call writes. The introduction has its own call. */
export type ProfileBody = Partial<Omit<CreateProfileBody, 'user_attribute_profile_id'>>;

/** What both kinds of field have in common. `Value` is a text or a list of checked IDs. */
interface FieldBase<Id extends string, Value> {
  /** Also the ID of the block and the action in Slack, so it must never change. */
  id: Id;
  label: string;
  hint: string;
  required?: boolean;
  /** The value that the form shows for a profile. */
  show: (profile: ProfileDetails, introduction: string) => Value;
  /** Its part of the request. Undefined for the introduction, which isn't part of it. */
  request?: {
    key: keyof ProfileBody;
    /** Writes a value into a request that has the rest. */
    write: (value: Value, body: ProfileBody) => ProfileBody;
  };
}

export interface ProfileTextField<Id extends string = string> extends FieldBase<Id, string> {
  input: 'text';
  maxLength: number;
  multiline?: boolean;
  placeholder?: string;
  /** Called only for a text of 1 to `maxLength` characters. */
  validate?: (text: string) => ProfileProblem | undefined;
}

interface ProfileCheckboxField<Id extends string = string> extends FieldBase<Id, string[]> {
  input: 'checkboxes';
  options: readonly { id: string; name: string }[];
}

/** One thing that the form asks for, in one place: label, limits, rule, and its part of the request. */
export type ProfileField = ProfileTextField | ProfileCheckboxField;

const name: ProfileTextField<'name'> = {
  input: 'text',
  id: 'name',
  label: 'Name',
  hint: 'Your team sees this name when they choose a profile.',
  placeholder: 'Enterprise customers',
  maxLength: 100,
  required: true,
  show: (profile) => profile.name,
  request: { key: 'name', write: (text, body) => ({ ...body, name: text }) },
};

const description: ProfileTextField<'description'> = {
  input: 'text',
  id: 'description',
  label: 'Description',
  hint: 'When to use this profile.',
  placeholder: 'For customers with their own identity provider',
  maxLength: 140,
  show: (profile) => profile.description,
  request: { key: 'description', write: (text, body) => ({ ...body, description: text }) },
};

const isOffered = (strategy: ProfileStrategy) => PROFILE_PROVIDERS.some(({ id }) => id === strategy);

const providers: ProfileCheckboxField<'providers'> = {
  input: 'checkboxes',
  id: 'providers',
  label: 'Identity providers',
  hint: "What the customer's admin can choose from. If you select none, they can choose from all.",
  options: PROFILE_PROVIDERS,
  show: (profile) => PROFILE_PROVIDERS.map(({ id }) => id).filter((id) => profile.providers.includes(id)),
  request: {
    key: 'allowed_strategies',
    write: (checked, body) => {
      const offered = PROFILE_PROVIDERS.map(({ id }) => id);
      const chosen = offered.filter((id) => checked.includes(id));
      // A strategy that has no checkbox yet stays allowed.
      const others = (body.allowed_strategies ?? []).filter((strategy) => !isOffered(strategy));
      if (others.length === 0) return { ...body, allowed_strategies: chosen };
      return { ...body, allowed_strategies: [...(chosen.length > 0 ? chosen : offered), ...others] };
    },
  },
};

const logoUrl: ProfileTextField<'logoUrl'> = {
  input: 'text',
  id: 'logoUrl',
  label: 'Logo URL',
  hint: 'The logo on the pages that the customer sees. Must start with https://.',
  placeholder: 'https://acme.com/logo.png',
  maxLength: MAX_LOGO_URL_LENGTH,
  show: ({ branding }) => branding.logo_url ?? '',
  validate: (text) => {
    const url = parseLogoUrl(text);
    if (!url) return { code: 'not_an_https_url' };
    const { length } = url;
    return length > MAX_LOGO_URL_LENGTH
      ? { code: 'text_too_long', max: MAX_LOGO_URL_LENGTH, length }
      : undefined;
  },
  request: {
    key: 'branding',
    write: (text, body) => {
      const { logo_url: _, ...branding } = body.branding ?? {};
      const url = parseLogoUrl(text);
      return { ...body, branding: { ...branding, ...(url && { logo_url: url }) } };
    },
  },
};

const primaryColor: ProfileTextField<'primaryColor'> = {
  input: 'text',
  id: 'primaryColor',
  label: 'Primary color',
  hint: 'A hex code for buttons and links, for example #0059d6.',
  placeholder: '#0059d6',
  maxLength: 20,
  show: ({ branding }) => branding.colors?.primary ?? '',
  validate: (text) => (parseColor(text) ? undefined : { code: 'not_a_color' }),
  request: {
    key: 'branding',
    write: (text, body) => {
      const { colors, ...branding } = body.branding ?? {};
      const primary = parseColor(text);
      return { ...body, branding: { ...branding, ...(primary && { colors: { ...colors, primary } }) } };
    },
  },
};

const attributes: ProfileTextField<'attributes'> = {
  input: 'text',
  id: 'attributes',
  label: 'User attributes',
  hint: 'What the identity provider sends about each user, up to 20. Write one on each line: name, colon, description, then “required” or “optional”.',
  placeholder: 'email: Work email, required',
  // 20 attributes can be longer, but not in a form.
  maxLength: MAX_TEXT_LENGTH,
  multiline: true,
  show: (profile) => formatAttributes(profile.attributes),
  validate: attributesProblem,
  request: {
    key: 'user_attributes',
    write: (text, body) => ({
      ...body,
      user_attributes: parseAttributes(text).map(({ optional, ...rest }) => ({
        ...rest,
        is_optional: optional,
      })),
    }),
  },
};

const introduction: ProfileTextField<'introduction'> = {
  input: 'text',
  id: 'introduction',
  label: 'Introduction',
  hint: "The text on the first page that the customer sees. It can have simple HTML: basic text styles and links. Leave it empty for Auth0's own text.",
  maxLength: 2000,
  multiline: true,
  show: (_, text) => text,
};

const FIELDS = [name, description, providers, logoUrl, primaryColor, attributes, introduction] as const;

/** The values of a form: a text for each text field, and the IDs of the checked boxes. */
export type ProfileValues = {
  [F in (typeof FIELDS)[number] as F['id']]: F extends ProfileTextField ? string : string[];
};
export type ProfileFieldId = keyof ProfileValues;

/** The labels of these fields, in the order of the form. */
export function profileLabels(ids: readonly string[]): string[] {
  return PROFILE_FIELDS.filter(({ id }) => ids.includes(id)).map(({ label }) => label);
}

/** Every field, in the order of the form. */
export const PROFILE_FIELDS: readonly (ProfileField & { id: ProfileFieldId })[] = FIELDS;
