import { expect, it } from 'vitest';
import { PROFILE_FIELDS, type ProfileFieldId } from '../../src/profiles/fields.ts';
import { FIRST_PROFILE } from '../../src/profiles/form.ts';

/** Every text of the fields of a profile form, word for word. The type requires every field. */
const FIELDS: Record<
  ProfileFieldId,
  { label: string; hint: string; placeholder?: string; options?: string[] }
> = {
  name: {
    label: 'Name',
    hint: 'Your team sees this name when they choose a profile.',
    placeholder: 'Enterprise customers',
  },
  description: {
    label: 'Description',
    hint: 'When to use this profile.',
    placeholder: 'For customers with their own identity provider',
  },
  providers: {
    label: 'Identity providers',
    hint: "What the customer's admin can choose from. If you select none, they can choose from all.",
    options: [
      'OpenID Connect',
      'SAML',
      'Microsoft Entra ID',
      'Google Workspace',
      'Microsoft AD FS',
      'Okta Workforce',
      'Auth0 (SAML)',
      'Okta Workforce (SAML)',
      'Keycloak (SAML)',
      'PingFederate',
    ],
  },
  logoUrl: {
    label: 'Logo URL',
    hint: 'The logo on the pages that the customer sees. Must start with https://.',
    placeholder: 'https://acme.com/logo.png',
  },
  primaryColor: {
    label: 'Primary color',
    hint: 'A hex code for buttons and links, for example #0059d6.',
    placeholder: '#0059d6',
  },
  attributes: {
    label: 'User attributes',
    hint: 'What the identity provider sends about each user, up to 20. Write one on each line: name, colon, description, then “required” or “optional”.',
    placeholder: 'email: Work email, required',
  },
  introduction: {
    label: 'Introduction',
    hint: "The text on the first page that the customer sees. It can have simple HTML: basic text styles and links. Leave it empty for Auth0's own text.",
  },
};

it('the fields of a profile form have the expected texts', () => {
  const texts = PROFILE_FIELDS.map((field) => [
    field.id,
    {
      label: field.label,
      hint: field.hint,
      ...('placeholder' in field && { placeholder: field.placeholder }),
      ...('options' in field && { options: field.options.map(({ name }) => name) }),
    },
  ]);
  expect(Object.fromEntries(texts)).toEqual(FIELDS);
});

it('the first profile has the expected values', () => {
  expect(FIRST_PROFILE).toEqual({
    name: 'Standard',
    description: 'Single sign-on with any identity provider',
    providers: [],
    logoUrl: '',
    primaryColor: '',
    attributes:
      'email: Work email, required\ngiven_name: First name, optional\nfamily_name: Last name, optional',
    introduction: '',
  });
});
