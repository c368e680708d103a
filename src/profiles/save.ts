import { randomUUID } from 'node:crypto';
import { Auth0Error } from '../auth0/errors.ts';
import type { ProfileDetails } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { ProfileError, type SavedProfile } from './errors.ts';
import type { ProfileFieldId, ProfileValues } from './fields.ts';
import { changedFields, shownValues, type Versions } from './form.ts';
import { toCreateBody, toUpdateBody } from './request.ts';

/** A line of the audit trail. */
interface ProfileRecord {
  /** The Slack user ID of the person who saves it, and the conversation in which they do. */
  user: string;
  channel: string | undefined;
  /** The profile's ID. A new one has none yet. */
  profile?: string | undefined;
  profileName: string;
  /** The fields that are saved. */
  fields: ProfileFieldId[];
  /** Auth0's own log shows it as `references.correlation_id`. */
  correlationId: string;
}

type ProfileEvent =
  /** Before the first call, so that it can always be traced to a person. */
  'profile_requested' | 'profile_created' | 'profile_changed';

export interface ProfileDependencies {
  tenant: Tenant;
  /** Writes to the audit trail. Never rejects. */
  record(event: ProfileEvent, details: ProfileRecord): Promise<void>;
  log: Log;
}

/** A valid form. */
export interface ProfileSubmission {
  user: string;
  channel: string | undefined;
  values: ProfileValues;
  /** The fields that the form has. */
  fields: ProfileFieldId[];
}

/** Creates a profile. @throws ProfileError, or Auth0Error from the create call */
export async function createProfile(
  deps: ProfileDependencies,
  { user, channel, values, fields }: ProfileSubmission,
): Promise<SavedProfile> {
  const { api, lists } = deps.tenant;
  const record = {
    ...{ user, channel, profileName: values.name, correlationId: randomUUID() },
    fields: fields.filter((id) => values[id].length > 0),
  };
  await deps.record('profile_requested', record);
  const created = await attempt(deps, record, () => api.profiles.create(toCreateBody(values), record));
  lists.profiles.add(created);
  const written = { ...record, profile: created.id };
  return saveIntroduction(deps, written, values.introduction, {
    isNew: true,
    current: shownValues(created, ''),
  });
}

/**
 * Saves the changes in a form. Auth0 can't compare before it writes, so the profile is read again right before.
 *
 * @param edited the profile, and what the form showed of it when it opened
 * @throws ProfileError, or Auth0Error if nothing was saved
 */
export async function changeProfile(
  deps: ProfileDependencies,
  { id: profile, versions }: { id: string; versions: Versions },
  { user, channel, values, fields }: ProfileSubmission,
): Promise<SavedProfile> {
  const { profiles } = deps.tenant.api;
  const changed = changedFields(versions, values, fields);
  const about = { user, channel, profile, correlationId: randomUUID() };
  const [current, introduction] = await attempt(deps, about, () => readProfile(deps, profile, fields));
  const others = changedFields(versions, shownValues(current, introduction), fields);
  // Auth0 accepts attributes only if the profile doesn't use a user attribute profile.
  if (current.attributeProfile && fields.includes('attributes')) others.push('attributes');
  if (others.length > 0) throw new ProfileError({ code: 'profile_changed', fields: others });

  const profileName = fields.includes('name') ? values.name : current.name;
  const record = { ...about, profileName, fields: changed };
  await deps.record('profile_requested', record);
  const body = toUpdateBody(current, values, changed);
  const updated = body ? await attempt(deps, record, () => profiles.update(profile, body, record)) : current;
  const shown = shownValues(updated, introduction);
  return saveIntroduction(deps, record, values.introduction, { isNew: false, current: shown });
}

/** @throws ProfileError: nothing is saved, whatever happened to the call */
async function readProfile(
  { tenant }: ProfileDependencies,
  id: string,
  fields: ProfileFieldId[],
): Promise<[ProfileDetails, introduction: string]> {
  const { profiles } = tenant.api;
  try {
    return await Promise.all([
      profiles.get(id),
      fields.includes('introduction') ? profiles.introduction(id) : '',
    ]);
  } catch (error) {
    if (!(error instanceof Auth0Error) || error.code === 'not_found') throw error;
    throw new ProfileError({ code: 'profile_not_read', reason: error });
  }
}

/** Makes a call that is needed to save anything. @throws ProfileError, or Auth0Error */
async function attempt<T>(
  { tenant, log }: ProfileDependencies,
  { user, profile, correlationId }: Pick<ProfileRecord, 'user' | 'profile' | 'correlationId'>,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    log.warn({ user, profile, correlationId, ...errorFields(error) }, 'A profile was not saved');
    // The list in memory may be outdated.
    tenant.lists.profiles.invalidate();
    const isGone = error instanceof Auth0Error && error.code === 'not_found' && profile !== undefined;
    throw isGone ? new ProfileError({ code: 'profile_gone' }) : error;
  }
}

/**
 * Saves the introduction, which has its own call, and records what is saved.
 *
 * @param current the values that a form shows before the call
 */
async function saveIntroduction(
  { tenant, record: write, log }: ProfileDependencies,
  record: ProfileRecord & { profile: string },
  introduction: string,
  { isNew, current }: { isNew: boolean; current: ProfileValues },
): Promise<SavedProfile> {
  const { profile: id, profileName: name, user, correlationId } = record;
  let failure: Auth0Error | undefined;
  if (record.fields.includes('introduction')) {
    try {
      await tenant.api.profiles.setIntroduction(id, introduction, record);
    } catch (error) {
      log.warn({ user, profile: id, correlationId, ...errorFields(error) }, 'An introduction was not saved');
      if (!(error instanceof Auth0Error)) throw error;
      failure = error;
    }
  }
  const fields = record.fields.filter((field) => !failure || field !== 'introduction');
  if (failure && !isNew && fields.length === 0) throw failure;
  if (!isNew) tenant.lists.profiles.invalidate();
  await write(isNew ? 'profile_created' : 'profile_changed', { ...record, fields });
  const saved = { id, name, isNew, fields };
  if (failure) throw new ProfileError({ code: 'introduction_not_saved', saved, current, reason: failure });
  return saved;
}
