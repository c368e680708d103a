import { PROFILE_PROVIDERS, type ProfileStrategy } from '../auth0/identity-providers.ts';
import type { CreateProfileBody, UpdateProfileBody } from '../auth0/profiles-api.ts';
import type { ProfileDetails } from '../auth0/resources.ts';
import { PROFILE_FIELDS, type ProfileBody, type ProfileFieldId, type ProfileValues } from './fields.ts';

/** The request that creates a profile, without its introduction. What is empty is left out. */
export function toCreateBody(values: ProfileValues): CreateProfileBody {
  const ids = PROFILE_FIELDS.map(({ id }) => id);
  const body = Object.entries(write({}, values, ids)).filter(([, value]) => !isEmpty(value));
  return { ...Object.fromEntries(body), name: values.name };
}

/**
 * What Auth0 accepts as an empty value. For strategies, it accepts neither an empty list nor null, so all are listed.
 */
const CLEARED = {
  description: null,
  branding: null,
  user_attributes: null,
  allowed_strategies: PROFILE_PROVIDERS.map(({ id }) => id),
} satisfies UpdateProfileBody;

/**
 * The request that changes a profile, except its introduction. Has only the `changed` fields. Undefined if there are
 * none.
 */
export function toUpdateBody(
  profile: ProfileDetails,
  values: ProfileValues,
  changed: ProfileFieldId[],
): UpdateProfileBody | undefined {
  const current: ProfileBody = {
    branding: profile.branding,
    // They come from Auth0.
    allowed_strategies: profile.providers as ProfileStrategy[],
  };
  const body: UpdateProfileBody = write(current, values, changed);
  const keys = fieldsOf(changed).flatMap(({ request }) => request?.key ?? []);
  if (keys.length === 0) return undefined;
  const cleared: UpdateProfileBody = CLEARED;
  return Object.fromEntries(keys.map((key) => [key, isEmpty(body[key]) ? cleared[key] : body[key]]));
}

function write(body: ProfileBody, values: ProfileValues, ids: ProfileFieldId[]): ProfileBody {
  return fieldsOf(ids).reduce((written, field) => {
    const value = values[field.id];
    if (field.input === 'text' && typeof value === 'string')
      return field.request?.write(value, written) ?? written;
    if (field.input === 'checkboxes' && typeof value !== 'string')
      return field.request?.write(value, written) ?? written;
    return written;
  }, body);
}

const fieldsOf = (ids: ProfileFieldId[]) => PROFILE_FIELDS.filter(({ id }) => ids.includes(id));

/** An empty text, list or object. */
function isEmpty(value: unknown): boolean {
  return !value || Object.keys(value).length === 0;
}
