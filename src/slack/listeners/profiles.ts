import { RecentKeys } from '../../lib/recent-keys.ts';
import type { Seal } from '../../lib/seal.ts';
import { changedFields, validateProfile } from '../../profiles/form.ts';
import { CREATE_PROFILE, createProfileButton, EDIT_PROFILE, editProfileButton } from '../buttons.ts';
import type { Messenger } from '../delivery.ts';
import type { FormContent, FormOpener } from '../form-opener.ts';
import type { Click, Submission } from '../payloads.ts';
import { openFormState } from '../profile-form-state.ts';
import type { ProfileForms } from '../profile-forms.ts';
import { nameIn, type ProfileSaver } from '../profile-saver.ts';
import { openTarget } from '../reply-target.ts';
import type { Router } from '../router.ts';
import { profileFieldSentence } from '../sentences.ts';
import { PROFILE_SUBMISSION_TTL_MS } from '../timeouts.ts';
import { PROFILE_FORM, readProfileForm } from '../views/profile-form.ts';
import { nothingChangedView, profileProgressView } from '../views/profile-notices.ts';

interface Dependencies {
  messenger: Messenger;
  seal: Seal;
  formOpener: FormOpener;
  profileForms: ProfileForms;
  profileSaver: ProfileSaver;
}

/** Creating and editing self-service profiles. */
export function registerProfiles(router: Router, deps: Dependencies): void {
  const { profileForms } = deps;
  const role = 'profile_editor';

  router.button(CREATE_PROFILE, { parse: () => undefined, role: () => role }, (click) =>
    open(deps, click, (target) => ({
      prepare: async () => ({ view: await profileForms.forNew(target) }),
      button: createProfileButton,
    })),
  );
  router.button(EDIT_PROFILE, { parse: (value) => value ?? '', role: () => role }, (click) =>
    open(deps, click, (target) => ({
      prepare: async () => ({ view: await profileForms.forEdit(click.value, target) }),
      button: (label) => editProfileButton(click.value, label),
    })),
  );

  const submitted = new RecentKeys(PROFILE_SUBMISSION_TTL_MS);
  router.submission(PROFILE_FORM, { role }, (submission) => submit(deps, submitted, submission));
}

/** Opens a form: from a message in a new modal, from a view in its place. */
async function open(
  { seal, formOpener }: Dependencies,
  { target: clicked, triggerId, body: { view } }: Click<unknown>,
  contentFor: (target: Click<unknown>['target']) => FormContent,
): Promise<void> {
  const target = view ? await openTarget(seal, view.private_metadata, clicked.user) : clicked;
  await formOpener.show(contentFor(target), target, view ? { viewId: view.id } : { triggerId });
}

/**
 * Takes a submitted form. Problems are shown at their fields. A valid form is saved once, even if it is submitted
 * again: Slack offers that when an acknowledgement comes late.
 *
 * @throws SealError if the form was not opened by this person, or too long ago
 */
async function submit(
  { messenger, seal, profileSaver }: Dependencies,
  submitted: RecentKeys,
  { user, view, acknowledge }: Submission,
): Promise<void> {
  const state = await openFormState(seal, view.private_metadata, user);
  const { fields, values } = readProfileForm(view, state.versions);
  const form = { state, fields, values, viewId: view.id };
  const changed = changedFields(state.versions, values, fields);
  const problems = validateProfile(values, changed);
  if (problems.size > 0) {
    const errors = [...problems].map(([id, problem]) => [id, profileFieldSentence(problem)]);
    await acknowledge({ response_action: 'errors', errors: Object.fromEntries(errors) });
    return;
  }
  const next = changed.length > 0 ? profileProgressView(nameIn(form)) : nothingChangedView(nameIn(form));
  await acknowledge({ response_action: 'update', view: messenger.labelView(next) });
  // A form that was shown again has a new hash.
  if (changed.length === 0 || !submitted.add(`${view.id} ${view.hash}`)) return;
  await profileSaver.save(form);
}
