import * as z from 'zod';
import { type Seal, SealError } from '../lib/seal.ts';
import { PROFILE_FIELDS } from '../profiles/fields.ts';
import { type ReplyTarget, replyTarget } from './reply-target.ts';
import { FORM_LIFETIME_SECONDS } from './timeouts.ts';

const fieldId = z.enum(PROFILE_FIELDS.map(({ id }) => id));

const formState = z.object({
  target: replyTarget,
  /** `first`: the tenant has no profile yet. */
  kind: z.enum(['first', 'new', 'edit']),
  /** The profile's ID and the name that it had. Undefined for a new one. */
  profile: z.object({ id: z.string(), name: z.string() }).optional(),
  /** What the form showed of the profile when it opened. */
  versions: z.partialRecord(fieldId, z.string()),
  /** The user attribute profile that has the attributes instead. */
  attributeProfile: z.string().optional(),
  /** The fields that can't be edited, because their text doesn't fit in the form. */
  tooLong: z.array(fieldId),
});

/** The data of a profile's form, besides its inputs. */
export type ProfileFormState = z.output<typeof formState>;

const PURPOSE = 'profile';

/** Seals the state for the view's `private_metadata`: up to 1,800 characters. */
export function sealFormState(seal: Seal, state: ProfileFormState): Promise<string> {
  return seal.seal(PURPOSE, state, FORM_LIFETIME_SECONDS);
}

/**
 * Opens the state of a form that came back from `user`.
 *
 * @throws SealError, even if the seal is ours but the form is another person's
 */
export async function openFormState(seal: Seal, sealed: string, user: string): Promise<ProfileFormState> {
  const state = await seal.open(PURPOSE, sealed, formState);
  const { user: opener }: ReplyTarget = state.target;
  if (opener !== user) throw new SealError('forged');
  return state;
}
