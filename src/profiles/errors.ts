import type { Auth0Error } from '../auth0/errors.ts';
import type { ProfileFieldId } from './fields.ts';

/** What is wrong with the value of a field. `slack/sentences.ts` has a sentence for each code. */
export type ProfileProblem =
  | { code: 'text_missing'; label: string }
  | { code: 'text_too_long'; max: number; length: number }
  | { code: 'not_an_https_url' }
  | { code: 'not_a_color' }
  | { code: 'not_an_attribute'; line: string }
  | { code: 'attribute_twice'; name: string }
  | { code: 'attribute_name_too_long'; name: string; max: number }
  | { code: 'attribute_description_too_long'; name: string; max: number }
  | { code: 'too_many_attributes'; max: number; count: number };

/** Why a profile can't be saved, or not as a whole. Errors of Auth0's first call are `Auth0Error`s. */
export type ProfileErrorDetails =
  /** Somebody changed it since the form opened. */
  | { code: 'profile_changed'; fields: ProfileFieldId[] }
  | { code: 'profile_gone' }
  /** Everything is saved except the introduction. `cause` says why. */
  | { code: 'introduction_not_saved'; saved: SavedProfile; cause: Auth0Error };

/** A profile as Auth0 has it after a form was submitted. */
export interface SavedProfile {
  id: string;
  name: string;
  /** The fields that were saved. */
  fields: ProfileFieldId[];
  isNew: boolean;
}

export class ProfileError extends Error {
  override name = 'ProfileError';
  readonly details: ProfileErrorDetails;
  constructor(details: ProfileErrorDetails) {
    super(`Profile: ${details.code}`);
    this.details = details;
  }
}
