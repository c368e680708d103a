import { Auth0Error } from '../auth0/errors.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { startProgress } from '../lib/progress.ts';
import type { Seal } from '../lib/seal.ts';
import { ProfileError, type SavedProfile } from '../profiles/errors.ts';
import { versionsOf } from '../profiles/form.ts';
import { changeProfile, createProfile, type ProfileDependencies } from '../profiles/save.ts';
import { type AuditLog, newEvent } from '../tickets/audit.ts';
import type { Messenger } from './delivery.ts';
import { notice } from './messages/message.ts';
import { typedProfile } from './messages/profiles.ts';
import { type ProfileFormState, sealFormState } from './profile-form-state.ts';
import { sealTarget } from './reply-target.ts';
import { profileSaved, profileSentence, type SentenceContext } from './sentences.ts';
import { PROGRESS_INTERVAL_MS } from './timeouts.ts';
import { type FilledProfileForm, profileFormView } from './views/profile-form.ts';
import { createLinkButton, profileDoneView, profileProgressView } from './views/profile-notices.ts';

/** A valid form. */
export interface SubmittedProfile extends FilledProfileForm {
  state: ProfileFormState;
  viewId: string;
}

interface Dependencies {
  tenant: Tenant;
  audit: AuditLog;
  messenger: Messenger;
  seal: Seal;
  log: Log;
  sentenceContext: SentenceContext;
}

/** Saves the profile of a submitted form, and tells the person. */
export class ProfileSaver {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** While it runs, the modal shows how long it takes. If it fails, the form comes back with the reason. */
  async save(form: SubmittedProfile): Promise<void> {
    const { messenger, log } = this.#deps;
    const stopProgress = startProgress(PROGRESS_INTERVAL_MS, (seconds) =>
      messenger.updateView(form.viewId, profileProgressView(nameIn(form), seconds), { isProgress: true }),
    );
    try {
      const saved = await this.#write(form);
      await stopProgress();
      await this.#confirm(form, saved);
    } catch (error) {
      await stopProgress();
      if (!(error instanceof ProfileError || error instanceof Auth0Error)) {
        log.error(errorFields(error), 'Saving a profile failed');
      }
      await this.#returnForm(form, error);
    }
  }

  #write({ state, values, fields }: SubmittedProfile): Promise<SavedProfile> {
    const { tenant, audit, log } = this.#deps;
    const record: ProfileDependencies['record'] = (event, details) => audit.write(newEvent(event, details));
    const deps = { tenant, log, record };
    const { user, channel } = state.target;
    const submission = { user, channel, values, fields };
    return state.profile
      ? changeProfile(deps, { id: state.profile.id, versions: state.versions }, submission)
      : createProfile(deps, submission);
  }

  /** In the modal. If it is closed, in a message. */
  async #confirm({ state, viewId }: SubmittedProfile, saved: SavedProfile): Promise<void> {
    const { messenger, seal } = this.#deps;
    const { target } = state;
    const metadata = await sealTarget(seal, target);
    if (await messenger.updateView(viewId, profileDoneView(saved, metadata))) return;
    await messenger.send(target, notice(profileSaved(saved), createLinkButton(saved)));
  }

  /** Shows the form again with what was typed. If it is closed, sends all of it in a message. */
  async #returnForm(form: SubmittedProfile, error: unknown): Promise<void> {
    const { messenger, seal, sentenceContext } = this.#deps;
    const { values, fields, viewId } = form;
    const isNew = form.state.profile === undefined;
    const sentence = profileSentence(error, { ...sentenceContext, isNew });
    const state = stateAfter(form, error);
    const metadata = await sealFormState(seal, state);
    const view = profileFormView({
      state,
      fields,
      values: valuesAfter(form, error),
      metadata,
      notice: sentence,
    });
    if (await messenger.updateView(viewId, view)) return;
    await messenger.send(state.target, typedProfile(sentence, values, fields));
  }
}

/** If a part was saved, the form is now about a profile with that part, so that it isn't saved again. */
function stateAfter({ state, fields }: SubmittedProfile, error: unknown): ProfileFormState {
  if (!isPartly(error)) return state;
  const { saved, current } = error.details;
  const profile = { id: saved.id, name: saved.name };
  return { ...state, kind: 'edit', profile, versions: versionsOf(current, fields) };
}

function valuesAfter({ values }: SubmittedProfile, error: unknown) {
  return isPartly(error) ? { ...error.details.current, introduction: values.introduction } : values;
}

type PartlySaved = ProfileError & { details: { code: 'introduction_not_saved' } };

function isPartly(error: unknown): error is PartlySaved {
  return error instanceof ProfileError && error.details.code === 'introduction_not_saved';
}

/** The profile's name, even if the form doesn't have that field. */
export const nameIn = ({ fields, values, state }: Omit<SubmittedProfile, 'viewId'>): string =>
  fields.includes('name') ? values.name : (state.profile?.name ?? '');
