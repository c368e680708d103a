import { createHash } from 'node:crypto';
import type { Permission } from '../auth0/permissions.ts';
import type { ProfileDetails } from '../auth0/resources.ts';
import { characterCount } from '../lib/text.ts';
import {
  MAX_TEXT_LENGTH,
  PROFILE_FIELDS,
  type ProfileField,
  type ProfileFieldId,
  type ProfileValues,
} from './fields.ts';
import type { ProfileProblem } from './problems.ts';

/** A fingerprint of each value that a form showed when it opened. A new profile has none. */
export type Versions = Partial<Record<ProfileFieldId, string>>;

/** The form of a new profile. */
export const EMPTY_VALUES: ProfileValues = {
  name: '',
  description: '',
  providers: [],
  logoUrl: '',
  primaryColor: '',
  attributes: '',
  introduction: '',
};

/** What the form for a tenant's first profile starts with. */
export const FIRST_PROFILE: ProfileValues = {
  ...EMPTY_VALUES,
  name: 'Standard',
  description: 'Single sign-on with any identity provider',
  attributes: [
    'email: Work email, required',
    'given_name: First name, optional',
    'family_name: Last name, optional',
  ].join('\n'),
};

/** The values that a form shows for a profile. */
export function shownValues(profile: ProfileDetails, introduction: string): ProfileValues {
  const values = PROFILE_FIELDS.map((field) => [field.id, field.show(profile, introduction)]);
  // One value for each field, of the type that its input has.
  return Object.fromEntries(values) as unknown as ProfileValues;
}

const INTRODUCTION: Permission[] = [
  'read:self_service_profile_custom_texts',
  'update:self_service_profile_custom_texts',
];

/** The fields that can be filled in for a new profile. None if none can be created. */
export function fieldsToCreate(missing: Permission[]): ProfileFieldId[] {
  if (missing.includes('create:self_service_profiles')) return [];
  return permittedFields(missing);
}

/** The fields of profiles that can be edited. */
export function fieldsToEdit(missing: Permission[]): ProfileFieldId[] {
  const permitted = permittedFields(missing);
  return missing.includes('update:self_service_profiles')
    ? permitted.filter((id) => id === 'introduction')
    : permitted;
}

function permittedFields(missing: Permission[]): ProfileFieldId[] {
  const ids = PROFILE_FIELDS.map(({ id }) => id);
  return INTRODUCTION.some((name) => missing.includes(name))
    ? ids.filter((id) => id !== 'introduction')
    : ids;
}

/** The fields that can't be edited, because their text doesn't fit in a form. */
export function fieldsTooLong(values: ProfileValues): ProfileFieldId[] {
  return PROFILE_FIELDS.map(({ id }) => id).filter((id) => {
    const value = values[id];
    return typeof value === 'string' && value.length > MAX_TEXT_LENGTH;
  });
}

/** A fingerprint of one value. */
export function versionOf(value: string | string[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 12);
}

/** @param fields those that the form shows */
export function versionsOf(values: ProfileValues, fields: ProfileFieldId[]): Versions {
  return Object.fromEntries(fields.map((id) => [id, versionOf(values[id])]));
}

/** The fields with a value that differs from what the form showed when it opened. */
export function changedFields(
  versions: Versions,
  values: ProfileValues,
  fields: ProfileFieldId[],
): ProfileFieldId[] {
  return fields.filter((id) => versionOf(values[id]) !== versions[id]);
}

/**
 * What is wrong, by field. Empty if nothing is.
 *
 * @param fields the fields to check. Unchanged ones need no check.
 */
export function validateProfile(
  values: ProfileValues,
  fields: ProfileFieldId[],
): Map<ProfileFieldId, ProfileProblem> {
  const problems = new Map<ProfileFieldId, ProfileProblem>();
  for (const field of PROFILE_FIELDS.filter(({ id }) => fields.includes(id))) {
    const value = values[field.id];
    const problem = typeof value === 'string' ? textProblem(field, value) : undefined;
    if (problem) problems.set(field.id, problem);
  }
  return problems;
}

function textProblem(field: ProfileField, text: string): ProfileProblem | undefined {
  if (field.input !== 'text') return undefined;
  if (!text) return field.required ? { code: 'text_missing', label: field.label } : undefined;
  const length = characterCount(text);
  if (length > field.maxLength) return { code: 'text_too_long', max: field.maxLength, length };
  return field.validate?.(text);
}
