import type { types } from '@slack/bolt';
import { Auth0Error } from '../auth0/errors.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { Seal } from '../lib/seal.ts';
import { clip } from '../lib/text.ts';
import type { ProfileFieldId, ProfileValues } from '../profiles/fields.ts';
import {
  EMPTY_VALUES,
  FIRST_PROFILE,
  fieldsToCreate,
  fieldsToEdit,
  fieldsTooLong,
  shownValues,
  versionsOf,
} from '../profiles/form.ts';
import type { Access } from './access.ts';
import { type ProfileFormState, sealFormState } from './profile-form-state.ts';
import type { ReplyTarget } from './reply-target.ts';
import { PROFILE_GONE } from './sentences.ts';
import { problemView } from './views/notices.ts';
import { profileFormView } from './views/profile-form.ts';

/** What a person can do with profiles. */
export interface ProfileActions {
  create: boolean;
  edit: boolean;
}

/** Prepares the forms of self-service profiles. */
export class ProfileForms {
  readonly #tenant: Tenant;
  readonly #access: Access;
  readonly #seal: Seal;
  readonly #log: Log;

  constructor(deps: { tenant: Tenant; access: Access; seal: Seal; log: Log }) {
    this.#tenant = deps.tenant;
    this.#access = deps.access;
    this.#seal = deps.seal;
    this.#log = deps.log;
  }

  /** What a person can do, limited to what the permissions of the Auth0 application allow. */
  async actionsFor(user: string): Promise<ProfileActions> {
    if (!(await this.#access.isProfileEditor(user))) return { create: false, edit: false };
    try {
      const missing = await this.#tenant.api.missingPermissions();
      return { create: fieldsToCreate(missing).length > 0, edit: fieldsToEdit(missing).length > 0 };
    } catch (error) {
      this.#log.warn(errorFields(error), 'The permissions of the Auth0 application could not be read');
      return { create: false, edit: false };
    }
  }

  /** The form for a tenant's first profile. Undefined if the person can't create it. @throws Auth0Error */
  async forFirst(target: ReplyTarget): Promise<types.ModalView | undefined> {
    const { create } = await this.actionsFor(target.user);
    return create ? this.forNew(target) : undefined;
  }

  /** @throws Auth0Error */
  async forNew(target: ReplyTarget): Promise<types.ModalView> {
    const fields = fieldsToCreate(await this.#tenant.api.missingPermissions());
    if (fields.length === 0) {
      throw new Auth0Error('missing_permission', { permission: 'create:self_service_profiles' });
    }
    await this.#tenant.lists.profiles.load();
    const isFirst = this.#tenant.profiles().length === 0;
    const state: ProfileFormState = { target, kind: isFirst ? 'first' : 'new', versions: {}, tooLong: [] };
    return this.#view(state, fields, isFirst ? FIRST_PROFILE : EMPTY_VALUES);
  }

  /** The form of a profile as Auth0 has it now. @throws Auth0Error */
  async forEdit(id: string, target: ReplyTarget): Promise<types.ModalView> {
    const { profiles } = this.#tenant.api;
    const permitted = fieldsToEdit(await this.#tenant.api.missingPermissions());
    if (permitted.length === 0) {
      throw new Auth0Error('missing_permission', { permission: 'update:self_service_profiles' });
    }
    try {
      const [profile, introduction] = await Promise.all([
        profiles.get(id),
        permitted.includes('introduction') ? profiles.introduction(id) : '',
      ]);
      const values = shownValues(profile, introduction);
      const tooLong = fieldsTooLong(values).filter((field) => permitted.includes(field));
      const { attributeProfile } = profile;
      const fields = permitted.filter(
        (field) => !tooLong.includes(field) && !(field === 'attributes' && attributeProfile),
      );
      const state: ProfileFormState = {
        target,
        kind: 'edit',
        profile: { id, name: clip(profile.name, 100) },
        versions: versionsOf(values, fields),
        tooLong,
        ...(attributeProfile && { attributeProfile: await this.#attributeProfileName(attributeProfile) }),
      };
      return await this.#view(state, fields, values);
    } catch (error) {
      if (!(error instanceof Auth0Error && error.code === 'not_found')) throw error;
      this.#tenant.lists.profiles.invalidate();
      return problemView(PROFILE_GONE);
    }
  }

  async #attributeProfileName(id: string): Promise<string> {
    const names = await this.#tenant.api.profiles.attributeProfileNames();
    return clip(names.get(id) || id, 100);
  }

  async #view(
    state: ProfileFormState,
    fields: ProfileFieldId[],
    values: ProfileValues,
  ): Promise<types.ModalView> {
    return profileFormView({ state, fields, values, metadata: await sealFormState(this.#seal, state) });
  }
}
