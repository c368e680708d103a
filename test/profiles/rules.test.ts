import { describe, expect, it } from 'vitest';
import { PROFILE_PROVIDERS } from '../../src/auth0/identity-providers.ts';
import type { ProfileDetails } from '../../src/auth0/resources.ts';
import { attributesProblem, formatAttributes, parseAttributes } from '../../src/profiles/attributes.ts';
import { parseColor, parseLogoUrl } from '../../src/profiles/branding.ts';
import { PROFILE_FIELDS, type ProfileFieldId, type ProfileValues } from '../../src/profiles/fields.ts';
import {
  changedFields,
  EMPTY_VALUES,
  FIRST_PROFILE,
  fieldsToCreate,
  fieldsToEdit,
  fieldsTooLong,
  shownValues,
  validateProfile,
  versionsOf,
} from '../../src/profiles/form.ts';
import { toCreateBody, toUpdateBody } from '../../src/profiles/request.ts';

const ALL = PROFILE_FIELDS.map(({ id }) => id);
const PROFILE: ProfileDetails = {
  id: 'ssp_n7SNCL8seoyV1TuSTCnAeo',
  name: 'Standard',
  description: 'For all',
  providers: ['okta', 'waad'],
  attributes: [
    { name: 'email', description: 'Work email', optional: false },
    { name: 'https://acme.com/claims/team', description: '', optional: true },
  ],
  attributeProfile: '',
  branding: {
    logo_url: 'https://acme.com/logo.png',
    colors: { primary: '#0059d6', page: '#fff' },
    font: 'x',
  },
};

describe('attributes', () => {
  it('are written one per line and parsed back', () => {
    const text = 'email: Work email, required\nhttps://acme.com/claims/team:, optional';
    expect(formatAttributes(PROFILE.attributes)).toBe(text);
    expect(parseAttributes(text)).toEqual(PROFILE.attributes);
  });

  it.each([
    ['email: Work email, required', 'email', 'Work email', false],
    ['email: Work email, REQUIRED', 'email', 'Work email', false],
    ['email: Work email,required', 'email', 'Work email', false],
    ['email: Work email', 'email', 'Work email', true],
    ['  email:   Work email ,  optional ', 'email', 'Work email', true],
    ['email: First, last, required', 'email', 'First, last', false],
    ['email: Is it required', 'email', 'Is it required', true],
    ['email: a, required, optional', 'email', 'a, required', true],
    ['email:', 'email', '', true],
    ['urn:oid:2.5.4.42: First name', 'urn:oid:2.5.4.42', 'First name', true],
    ['a: b: c', 'a', 'b: c', true],
  ])('are parsed from “%s”', (line, name, description, optional) => {
    expect(parseAttributes(`\n${line}\n\n`)).toEqual([{ name, description, optional }]);
    expect(attributesProblem(line)).toBeUndefined();
  });

  it.each(['email', 'email, required', 'email:Work email', ': Work email', ', required', 'urn:oid:2.5.4.42'])(
    'are not parsed from “%s”',
    (line) => expect(attributesProblem(`a: b\n${line}`)).toEqual({ code: 'not_an_attribute', line }),
  );

  it('must be within Auth0’s limits', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: b`).join('\n');
    expect(attributesProblem(lines(20))).toBeUndefined();
    expect(attributesProblem(lines(21))).toEqual({ code: 'too_many_attributes', max: 20, count: 21 });
    expect(attributesProblem('a: b\na: c')).toEqual({ code: 'attribute_twice', name: 'a' });
    const long = '😀'.repeat(251);
    expect(attributesProblem(`${long}: b`)).toEqual({
      code: 'attribute_name_too_long',
      name: long,
      max: 250,
    });
    expect(attributesProblem(`${'😀'.repeat(250)}: ${'😀'.repeat(255)}`)).toBeUndefined();
    expect(attributesProblem(`a: ${'b'.repeat(256)}`)).toEqual({
      code: 'attribute_description_too_long',
      name: 'a',
      max: 255,
    });
  });
});

describe('branding', () => {
  it.each([
    ['#0059d6', '#0059d6'],
    ['0059D6', '#0059d6'],
    ['#05D', '#0055dd'],
    ['fff', '#ffffff'],
  ])('accepts the color %s', (typed, color) => expect(parseColor(typed)).toBe(color));

  it.each(['', '#', '#12', '#12345', '#1234567', 'red', 'rgb(0,0,0)', '#00g'])(
    'rejects the color %j',
    (typed) => expect(parseColor(typed)).toBeUndefined(),
  );

  it.each([
    ['https://acme.com/logo.png', 'https://acme.com/logo.png'],
    ['HTTPS://Acme.com', 'https://acme.com/'],
    ['https://acme.com:8443/a?b=c#d', 'https://acme.com:8443/a?b=c#d'],
    ['https://müller.example/ä', 'https://xn--mller-kva.example/%C3%A4'],
    ['https://acme.com/a|b^c[d]', 'https://acme.com/a%7Cb%5Ec%5Bd%5D'],
    ['https://acme.com/50%#a#b', 'https://acme.com/50%25#a%23b'],
  ])('accepts the logo %s', (typed, url) => expect(parseLogoUrl(typed)).toBe(url));

  it.each([
    '',
    'acme.com/logo.png',
    'http://acme.com',
    'https://',
    'https://a b',
    'https://u:p@acme.com',
    'data:x',
    'https://a"b/',
  ])('rejects the logo %j', (typed) => expect(parseLogoUrl(typed)).toBeUndefined());
});

describe('a profile form', () => {
  it.each<[string, ProfileFieldId, string, object]>([
    ['no name', 'name', '', { code: 'text_missing', label: 'Name' }],
    ['a long name', 'name', 'x'.repeat(101), { code: 'text_too_long', max: 100, length: 101 }],
    ['a long description', 'description', 'x'.repeat(141), { code: 'text_too_long', max: 140, length: 141 }],
    ['an invalid logo URL', 'logoUrl', 'logo.png', { code: 'not_an_https_url' }],
    [
      'a logo that is too long when it is escaped',
      'logoUrl',
      `https://a.example/${'ä'.repeat(500)}`,
      { code: 'text_too_long', max: 1024, length: 3018 },
    ],
    ['an invalid color', 'primaryColor', 'blue', { code: 'not_a_color' }],
    ['an invalid attribute', 'attributes', 'email', { code: 'not_an_attribute', line: 'email' }],
    [
      'a long introduction',
      'introduction',
      'x'.repeat(2001),
      { code: 'text_too_long', max: 2000, length: 2001 },
    ],
  ])('is rejected with %s', (_, id, text, problem) => {
    expect([...validateProfile({ ...FIRST_PROFILE, [id]: text }, ALL)]).toEqual([[id, problem]]);
    // Values that nobody changed are not validated.
    expect(validateProfile({ ...FIRST_PROFILE, [id]: text }, [])).toEqual(new Map());
  });

  it('counts an emoji as one character', () => {
    expect(validateProfile({ ...FIRST_PROFILE, name: '😀'.repeat(100) }, ALL)).toEqual(new Map());
  });

  it('finds the fields that were changed', () => {
    const values = shownValues(PROFILE, '<b>Hi</b>');
    const versions = versionsOf(values, ALL);
    expect(changedFields(versions, values, ALL)).toEqual([]);
    expect(changedFields(versions, { ...values, name: 'x', providers: [] }, ALL)).toEqual([
      'name',
      'providers',
    ]);
  });

  it('leaves out values that are too long for it', () => {
    const attributes = Array.from({ length: 20 }, (_, index) => ({
      name: `${index}-${'a'.repeat(240)}`,
      description: 'd'.repeat(255),
      optional: true,
    }));
    expect(fieldsTooLong(shownValues({ ...PROFILE, attributes }, '😀'.repeat(2000)))).toEqual([
      'attributes',
      'introduction',
    ]);
  });

  it('offers only the fields that the permissions allow', () => {
    const withoutIntroduction = ALL.filter((id) => id !== 'introduction');
    expect(fieldsToCreate([])).toEqual(ALL);
    expect(fieldsToEdit([])).toEqual(ALL);
    expect(fieldsToCreate(['create:self_service_profiles'])).toEqual([]);
    expect(fieldsToEdit(['create:self_service_profiles'])).toEqual(ALL);
    expect(fieldsToCreate(['update:self_service_profiles'])).toEqual(ALL);
    expect(fieldsToEdit(['update:self_service_profiles'])).toEqual(['introduction']);
    for (const verb of ['read', 'update'] as const) {
      expect(fieldsToCreate([`${verb}:self_service_profile_custom_texts`])).toEqual(withoutIntroduction);
      expect(fieldsToEdit([`${verb}:self_service_profile_custom_texts`])).toEqual(withoutIntroduction);
    }
  });
});

describe('a profile request', () => {
  it('to create a profile leaves out empty values', () => {
    expect(toCreateBody({ ...EMPTY_VALUES, name: 'Standard' })).toEqual({ name: 'Standard' });
  });

  it('to create a profile has all values except the introduction', () => {
    const values: ProfileValues = {
      name: 'Standard',
      description: 'For all',
      providers: ['waad', 'okta'],
      logoUrl: 'https://acme.com/logo.png',
      primaryColor: '05d',
      attributes: 'email: Work email, required',
      introduction: '<b>Hi</b>',
    };
    expect(toCreateBody(values)).toEqual({
      name: 'Standard',
      description: 'For all',
      allowed_strategies: ['waad', 'okta'],
      branding: { logo_url: 'https://acme.com/logo.png', colors: { primary: '#0055dd' } },
      user_attributes: [{ name: 'email', description: 'Work email', is_optional: false }],
    });
  });

  const values = shownValues(PROFILE, '');
  const update = (changes: Partial<ProfileValues>, profile = PROFILE) =>
    toUpdateBody(profile, { ...values, ...changes }, Object.keys(changes) as ProfileFieldId[]);

  it('to change a profile has only the changed values', () => {
    expect(update({ name: 'Other' })).toEqual({ name: 'Other' });
    expect(update({ introduction: 'Hi' })).toBeUndefined();
    expect(update({})).toBeUndefined();
  });

  it('to change a profile clears empty values', () => {
    expect(
      update(
        { description: '', attributes: '', providers: [], logoUrl: '', primaryColor: '' },
        {
          ...PROFILE,
          branding: { logo_url: 'https://acme.com/logo.png', colors: { primary: '#0059d6' } },
        },
      ),
    ).toEqual({
      description: null,
      user_attributes: null,
      allowed_strategies: PROFILE_PROVIDERS.map(({ id }) => id),
      branding: null,
    });
  });

  it('keeps the rest of the branding', () => {
    expect(update({ logoUrl: '' })).toEqual({
      branding: { colors: { primary: '#0059d6', page: '#fff' }, font: 'x' },
    });
    expect(update({ primaryColor: '#fff' })).toEqual({
      branding: {
        logo_url: 'https://acme.com/logo.png',
        colors: { primary: '#ffffff', page: '#fff' },
        font: 'x',
      },
    });
  });

  it('keeps a strategy that has no checkbox', () => {
    const profile = { ...PROFILE, providers: ['okta', 'newer'] };
    expect(update({ providers: ['waad'] }, profile)).toEqual({ allowed_strategies: ['waad', 'newer'] });
    expect(update({ providers: [] }, profile)).toEqual({
      allowed_strategies: [...PROFILE_PROVIDERS.map(({ id }) => id), 'newer'],
    });
  });
});
