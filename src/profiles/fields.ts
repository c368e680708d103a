import { IDENTITY_PROVIDERS } from '../auth0/identity-providers.ts';
import type { Permission } from '../auth0/permissions.ts';
import type { ProfileStrategy, UpdateProfileBody } from '../auth0/profiles-api.ts';
import type { ProfileDetails } from '../auth0/resources.ts';
import { attributesProblem, formatAttributes, parseAttributes } from './attributes.ts';
import { MAX_LOGO_URL_LENGTH, parseColor, parseLogoUrl } from './branding.ts';
import type { ProfileProblem } from './errors.ts';

/** What the form shows of a profile, by field: a text, or the checked strategies. */
export interface ProfileValues {
  name: string;
  description: string;
  providers: string[];
  logoUrl: string;
  primaryColor: string;
  attributes: string;
  introduction: string;
}
export type ProfileFieldId = keyof ProfileValues;

/** A profile, as far as it is written with one call. The introduction has a call of its own. */
export type ProfileBody = Pick<
  { [Key in keyof UpdateProfileBody]: Exclude<UpdateProfileBody[Key], null> },
  'name' | 'description' | 'branding' | 'allowed_strategies' | 'user_attributes'
>;

interface FieldBase<Id extends ProfileFieldId> {
  /** Also the ID of the block and the action in Slack, so it must never change. */
  id: Id;
  label: string;
  hint: string;
  required?: boolean;
  /** What the form shows of a profile. */
  show: (profile: ProfileDetails, introduction: string) => ProfileValues[Id];
  /** Its key in the request. Undefined for the introduction. */
  key?: keyof ProfileBody;
  /** Writes a value into the request. */
  write?: (value: ProfileValues[Id], body: ProfileBody) => ProfileBody;
}

type TextId = Exclude<ProfileFieldId, 'providers'>;

export interface ProfileTextField<Id extends TextId = TextId> extends FieldBase<Id> {
  input: 'text';
  maxLength: number;
  multiline?: boolean;
  placeholder?: string;
  /** Called only if there is a text of at most `maxLength` characters. */
  validate?: (text: string) => ProfileProblem | undefined;
}

interface CheckboxField extends FieldBase<'providers'> {
  input: 'checkboxes';
  options: readonly { id: string; name: string }[];
}

const name: ProfileTextField<'name'> = {
  input: 'text',
  id: 'name',
  label: 'Name',
  hint: 'Your team chooses the profile by this name.',
  placeholder: 'Enterprise customers',
  maxLength: 100,
  required: true,
  show: (profile) => profile.name,
  key: 'name',
  write: (text, body) => ({ ...body, name: text }),
};

const description: ProfileTextField<'description'> = {
  input: 'text',
  id: 'description',
  label: 'Description',
  hint: 'When to use this profile.',
  placeholder: 'For customers with their own identity provider',
  maxLength: 140,
  show: (profile) => profile.description,
  key: 'description',
  write: (text, body) => ({ ...body, description: text }),
};

const providers: CheckboxField = {
  input: 'checkboxes',
  id: 'providers',
  label: 'Identity providers',
  hint: "What the customer's admin can choose from. Select none to offer all.",
  options: IDENTITY_PROVIDERS,
  show: (profile) => profile.providers.filter((strategy) => isKnown(strategy)),
  key: 'allowed_strategies',
  write: (checked, body) => {
    // A strategy that has no checkbox stays as it is.
    const others = (body.allowed_strategies ?? []).filter((strategy) => !isKnown(strategy));
    // Auth0 gave the others, and the rest have a checkbox.
    return { ...body, allowed_strategies: [...checked, ...others] as ProfileStrategy[] };
  },
};

const isKnown = (strategy: string) => IDENTITY_PROVIDERS.some(({ id }) => id === strategy);

const logoUrl: ProfileTextField<'logoUrl'> = {
  input: 'text',
  id: 'logoUrl',
  label: 'Logo URL',
  hint: 'The logo on the pages that the customer sees. Must begin with https://.',
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
  key: 'branding',
  write: (text, body) => {
    const { logo_url: _, ...branding } = body.branding ?? {};
    const url = parseLogoUrl(text);
    return { ...body, branding: { ...branding, ...(url && { logo_url: url }) } };
  },
};

const primaryColor: ProfileTextField<'primaryColor'> = {
  input: 'text',
  id: 'primaryColor',
  label: 'Primary color',
  hint: 'The color of buttons and links, as six or three hexadecimal digits.',
  placeholder: '#0059d6',
  maxLength: 20,
  show: ({ branding }) => branding.colors?.primary ?? '',
  validate: (text) => (parseColor(text) ? undefined : { code: 'not_a_color' }),
  key: 'branding',
  write: (text, body) => {
    const { colors, ...branding } = body.branding ?? {};
    const primary = parseColor(text);
    return { ...body, branding: { ...branding, ...(primary && { colors: { ...colors, primary } }) } };
  },
};

const attributes: ProfileTextField<'attributes'> = {
  input: 'text',
  id: 'attributes',
  label: 'User attributes',
  hint: 'What the identity provider sends about each user, up to 20. Write one on each line: name, colon, description, then “required” or “optional”.',
  placeholder: 'email: Work email, required',
  maxLength: 3000,
  multiline: true,
  show: (profile) => formatAttributes(profile.attributes),
  validate: attributesProblem,
  key: 'user_attributes',
  write: (text, body) => ({
    ...body,
    user_attributes: parseAttributes(text).map(({ name, description, optional }) => ({
      name,
      description,
      is_optional: optional,
    })),
  }),
};

const introduction: ProfileTextField<'introduction'> = {
  input: 'text',
  id: 'introduction',
  label: 'Introduction',
  hint: 'The text on the first page that the customer sees. It can have simple HTML: basic text styles and links. Leave it empty for Auth0’s own text.',
  maxLength: 2000,
  multiline: true,
  show: (_, text) => text,
};

/** Every field, in the order of the form. */
export const PROFILE_FIELDS = [
  name,
  description,
  providers,
  logoUrl,
  primaryColor,
  attributes,
  introduction,
] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];
