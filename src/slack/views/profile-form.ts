import type { types, ViewStateValue } from '@slack/bolt';
import { cleanTyped, cut, unescapeSlack, wellFormed } from '../../lib/text.ts';
import {
  PROFILE_FIELDS,
  type ProfileField,
  type ProfileFieldId,
  type ProfileTextField,
  type ProfileValues,
} from '../../profiles/fields.ts';
import { EMPTY_VALUES, type Versions, versionOf } from '../../profiles/form.ts';
import { context, LIMITS, plain, warning } from '../blocks.ts';
import type { ProfileFormState } from '../profile-form-state.ts';
import * as sentences from '../sentences.ts';

/** The callback ID of the form. Open forms contain it, so it must never change. */
export const PROFILE_FORM = 'profile';

export interface ProfileForm {
  state: Pick<ProfileFormState, 'kind' | 'attributeProfile'> & { tooLong: readonly ProfileFieldId[] };
  /** The fields that can be filled in. */
  fields: readonly ProfileFieldId[];
  values: ProfileValues;
  /** The sealed state. */
  metadata: string;
  /** Shown on top instead of the introduction: why the form is back. */
  notice?: string | undefined;
}

/** The form of a profile as a modal. */
export function profileFormView({ state, fields, values, metadata, notice }: ProfileForm): types.ModalView {
  const { kind } = state;
  return {
    type: 'modal',
    callback_id: PROFILE_FORM,
    title: plain(sentences.PROFILE_FORM_TITLE[kind], LIMITS.viewTitle),
    submit: plain(sentences.PROFILE_FORM_SUBMIT[kind], LIMITS.viewTitle),
    close: plain(sentences.FORM_CANCEL, LIMITS.viewTitle),
    private_metadata: metadata,
    blocks: [
      notice ? warning(notice) : context(sentences.PROFILE_FORM_INTRO[kind]),
      ...PROFILE_FIELDS.flatMap((field): types.KnownBlock[] => {
        if (fields.includes(field.id)) return [inputBlock(field, values)];
        const reason = reasonIfHidden(field, state);
        return reason ? [context(reason)] : [];
      }),
    ],
  };
}

function reasonIfHidden(
  { id, label }: (typeof PROFILE_FIELDS)[number],
  { attributeProfile, tooLong }: ProfileForm['state'],
): string | undefined {
  if (id === 'attributes' && attributeProfile) return sentences.attributesElsewhere(attributeProfile);
  return tooLong.includes(id) ? sentences.fieldTooLong(label) : undefined;
}

/** A field's block. Block and action have the field's ID. */
function inputBlock(field: (typeof PROFILE_FIELDS)[number], values: ProfileValues): types.InputBlock {
  const value = values[field.id];
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, LIMITS.sectionText),
    hint: plain(field.hint, LIMITS.sectionText),
    optional: !field.required,
    element:
      field.input === 'text'
        ? textElement(field, typeof value === 'string' ? value : '')
        : checkboxes(field, typeof value === 'string' ? [] : value),
  };
}

function textElement(
  { id, maxLength, multiline, placeholder }: ProfileTextField,
  text: string,
): types.PlainTextInput {
  const initial = cut(wellFormed(text), LIMITS.inputText);
  return {
    type: 'plain_text_input',
    action_id: id,
    // Keep a typed text that is too long, with its problem. Slack refuses a text over the maximum.
    max_length: Math.max(maxLength, initial.length),
    ...(multiline && { multiline: true }),
    ...(placeholder && { placeholder: plain(placeholder, LIMITS.placeholder) }),
    ...(initial && { initial_value: initial }),
  };
}

function checkboxes(
  { id, options }: Extract<ProfileField, { input: 'checkboxes' }>,
  checked: string[],
): types.Checkboxes {
  const offered = options.map((option) => ({
    text: plain(option.name, LIMITS.optionText),
    value: option.id,
  }));
  const initial = offered.filter(({ value }) => checked.includes(value));
  return {
    type: 'checkboxes',
    action_id: id,
    options: offered,
    ...(initial.length && { initial_options: initial }),
  };
}

/** The parts of a Slack view that a form is read from. */
interface ShownView {
  blocks?: { block_id?: string }[];
  state?: { values?: Record<string, Record<string, ViewStateValue>> };
}

/** A form as it comes back from Slack: its fields and their values. */
export interface FilledProfileForm {
  fields: ProfileFieldId[];
  values: ProfileValues;
}

/** Reads a form from its submission. @param versions what it showed when it opened */
export function readProfileForm({ blocks, state }: ShownView, versions: Versions): FilledProfileForm {
  const shown = new Set(blocks?.map((block) => block.block_id));
  const fields = PROFILE_FIELDS.filter(({ id }) => shown.has(id));
  const values = fields.map((field) => {
    const given = state?.values?.[field.id]?.[field.id];
    const value =
      field.input === 'text'
        ? readText(field.id, given?.value ?? '', versions)
        : (given?.selected_options ?? []).map((option) => option.value);
    return [field.id, value];
  });
  return { fields: fields.map(({ id }) => id), values: { ...EMPTY_VALUES, ...Object.fromEntries(values) } };
}

/** A text that comes back as it was shown is not cleaned, so that nobody changes a field that they haven't touched. */
function readText(id: ProfileFieldId, given: string, versions: Versions): string {
  const untouched = [given, unescapeSlack(given)].find((text) => versionOf(text) === versions[id]);
  return untouched ?? (id === 'introduction' ? cleanHtml(given) : cleanTyped(given));
}

/** HTML as it was typed. If Slack has escaped it, no bare &, < or > is in it. */
function cleanHtml(given: string): string {
  const isEscaped = !/[<>]|&(?!(?:lt|gt|amp);)/.test(given);
  return wellFormed(isEscaped ? unescapeSlack(given) : given).trim();
}
