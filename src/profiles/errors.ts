import type { Auth0Error } from '../auth0/errors.ts';
import type { ProfileFieldId, ProfileValues } from './fields.ts';

/** The state of a profile at Auth0 after a form was submitted. */
export interface SavedProfile {
  id: string;
  name: string;
  isNew: boolean;
  /** The fields that were saved. */
  fields: ProfileFieldId[];
}

/** Why a profile is not saved, or only in part. Other errors of Auth0 are `Auth0Error`s. */
export type ProfileErrorDetails =
  /** Someone changed these fields since the form opened. */
  | { code: 'profile_changed'; fields: ProfileFieldId[] }
  | { code: 'profile_gone' }
  /** Auth0 could not say whether someone changed it. */
  | { code: 'profile_not_read'; reason: Auth0Error }
  /** Everything else that was filled in is saved. `current` has the values that a form now shows. */
  | { code: 'introduction_not_saved'; saved: SavedProfile; current: ProfileValues; reason: Auth0Error };

export class ProfileError extends Error {
  override name = 'ProfileError';
  readonly details: ProfileErrorDetails;
  constructor(details: ProfileErrorDetails) {
    super(`Profile: ${details.code}`);
    this.details = details;
  }
}
