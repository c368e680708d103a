import type { types } from '@slack/bolt';
import * as z from 'zod';
import { clip } from '../lib/text.ts';
import { withoutNulls } from '../lib/without-nulls.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import { emptyValues, type Values } from '../tickets/form/form.ts';
import { LIMITS, plain } from './blocks.ts';
import * as sentences from './sentences.ts';
import type { TicketQuery } from './ticket-query.ts';

/** Action IDs. Messages in Slack contain them, so they must never change. */
export const OPEN_FORM = 'open_form';
export const REVOKE_TICKET = 'revoke_ticket';
export const POST_PROFILES = 'post_profiles';
export const MORE_OPTIONS = 'more_options';
export const REPLACE_TICKET = 'replace_ticket';
export const CREATE_AGAIN = 'create_again';
export const SHOW_PAGE = 'turn_page';
export const CONTINUE_SETUP = 'continue_setup';
export const MUTE_LINK = 'mute_link';
export const FOLLOW_LINK = 'follow_link';
export const REVOKE_LISTED = 'revoke_listed';
export const SHOW_LINKS = 'show_links';
export const CREATE_PROFILE = 'create_profile';
export const EDIT_PROFILE = 'edit_profile';

/** A form to open: its kind, and what it starts with. Nothing in it is secret, and every value is checked again. */
export interface FormRequest {
  kind: TicketKind;
  values: Partial<Values>;
  /** The text after the command: a name to look for. */
  text?: string | undefined;
  /** Whether some values didn't fit in a button. Then the form says so. */
  incomplete?: boolean | undefined;
}

const choices = z.array(z.object({ id: z.string().max(LIMITS.optionValue), name: z.string() }));
const formRequest = z.object({
  kind: z.enum(['new', 'edit']),
  values: z.record(z.string(), z.union([z.string(), choices])),
  text: z.string().optional(),
  incomplete: z.boolean().optional(),
});

/** Reads the value of a button that opens a form. Undefined if the bot didn't write it. */
export function readFormRequest(value: string | undefined): FormRequest | undefined {
  try {
    const { kind, values, ...rest } = formRequest.parse(withoutNulls(JSON.parse(value ?? '')));
    const empty = new Map(Object.entries(emptyValues()));
    const known = Object.entries(values).filter(([id]) => empty.has(id) || id.startsWith('required:'));
    if (known.some(([id, given]) => typeof given !== typeof (empty.get(id) ?? ''))) return undefined;
    // Each value has just been checked to have its field's type.
    return { kind, values: Object.fromEntries(known) as Partial<Values>, ...rest };
  } catch {
    return undefined;
  }
}

/** The values that identify the connection. They are left out of a button last. */
const IDENTIFYING = new Set(['profile', 'connectionName', 'connection']);

/** A button that opens a form. */
export function openFormButton(label: string, request: FormRequest, index = 0): types.Button {
  const { conversation: _, ...values } = request.values;
  const all: FormRequest = { ...request, values };
  const value = JSON.stringify(length(all) <= LIMITS.buttonValue ? all : shortened(all));
  return {
    type: 'button',
    // Within a block, each button needs its own action ID.
    action_id: index ? `${OPEN_FORM}:${index}` : OPEN_FORM,
    text: plain(label, LIMITS.buttonText),
    value,
  };
}

/** A request that fits into a button, without the longest values. The form says that it is incomplete. */
function shortened({ kind, values, text }: FormRequest): FormRequest {
  const kept: FormRequest = { kind, values: { ...values }, incomplete: true };
  if (text) kept.text = clip(text, MAX_SHORT_TEXT);
  const ranked = Object.entries(values).map(([id, value]) => ({
    id,
    rank: IDENTIFYING.has(id) ? 0 : length(value),
  }));
  for (const { id } of ranked.toSorted((a, b) => b.rank - a.rank)) {
    if (length(kept) <= LIMITS.buttonValue) break;
    delete kept.values[id as keyof Values]; // a key of `values`
  }
  return kept;
}

/** Fits into a button even if each character needs an escape. */
const MAX_SHORT_TEXT = 250;

const length = (value: unknown) => JSON.stringify(value).length;

/**
 * A button that revokes a ticket.
 *
 * @param id of its record, which grants no access
 * @param listed whether the message stays as it is afterwards, as a list does
 */
export function revokeButton(id: string, { listed = false } = {}): types.Button {
  const { title, text, confirm, deny } = sentences.REVOKE_CONFIRMATION;
  return {
    type: 'button',
    action_id: listed ? REVOKE_LISTED : REVOKE_TICKET,
    style: 'danger',
    text: plain(sentences.REVOKE_LINK, LIMITS.buttonText),
    value: id,
    confirm: {
      title: plain(title, LIMITS.confirmTitle),
      text: plain(text, LIMITS.confirmText),
      confirm: plain(confirm, LIMITS.confirmButton),
      deny: plain(deny, LIMITS.confirmButton),
      style: 'danger',
    },
  };
}

/** A button that revokes a ticket and creates another one with the same values. @param id of its record */
export function replaceButton(id: string): types.Button {
  const { title, text, confirm, deny } = sentences.REPLACE_CONFIRMATION;
  return {
    type: 'button',
    action_id: REPLACE_TICKET,
    text: plain(sentences.REPLACE_LINK, LIMITS.buttonText),
    value: id,
    confirm: {
      title: plain(title, LIMITS.confirmTitle),
      text: plain(text, LIMITS.confirmText),
      confirm: plain(confirm, LIMITS.confirmButton),
      deny: plain(deny, LIMITS.confirmButton),
    },
  };
}

/** @param id of the record */
const recordButton = (action: string, label: string, id: string): types.Button => ({
  type: 'button',
  action_id: action,
  text: plain(label, LIMITS.buttonText),
  value: id,
});

/** A button that opens the form of a ticket again. @param id of its record */
export const createAgainButton = (id: string) => recordButton(CREATE_AGAIN, sentences.CREATE_AGAIN, id);

/** A button that creates a link for the customer to continue with. @param id of the first link's record */
export const continueButton = (id: string) => recordButton(CONTINUE_SETUP, sentences.CONTINUE_SETUP, id);

/** A button that ends the messages about a link. @param id of its record */
export const muteButton = (id: string) => recordButton(MUTE_LINK, sentences.MUTE_LINK, id);

/** A button that sends the messages about a link to the person who clicks it. @param id of its record */
export const followButton = (id: string) => recordButton(FOLLOW_LINK, sentences.FOLLOW_LINK, id);

/** A button that shows another page of links. */
export function pageButton(label: string, query: TicketQuery): types.Button {
  return {
    type: 'button',
    // Within a block, each button needs its own action ID.
    action_id: `${SHOW_PAGE}:${query.page}`,
    text: plain(label, LIMITS.buttonText),
    value: JSON.stringify(query),
  };
}

/** A button on the home tab that shows a person's links, or everyone's. */
export function showLinksButton(whose: TicketQuery['whose']): types.Button {
  return {
    type: 'button',
    action_id: SHOW_LINKS,
    text: plain(sentences.SHOW_LINKS[whose], LIMITS.buttonText),
    value: whose,
  };
}

/** A button that posts the list of profiles for everyone in the conversation. */
export function postProfilesButton(): types.Button {
  return {
    type: 'button',
    action_id: POST_PROFILES,
    text: plain(sentences.POST_PROFILES, LIMITS.buttonText),
  };
}

/** A button that opens the form for a new profile. */
export function createProfileButton(label = sentences.CREATE_PROFILE): types.Button {
  return { type: 'button', action_id: CREATE_PROFILE, text: plain(label, LIMITS.buttonText) };
}

/** A button that opens the form of a profile. @param id the profile's */
export function editProfileButton(id: string, label = sentences.EDIT_PROFILE): types.Button {
  return { type: 'button', action_id: EDIT_PROFILE, text: plain(label, LIMITS.buttonText), value: id };
}

/** A button that shows the rest of a form. */
export function moreOptionsButton(): types.Button {
  return { type: 'button', action_id: MORE_OPTIONS, text: plain(sentences.MORE_OPTIONS, LIMITS.buttonText) };
}
