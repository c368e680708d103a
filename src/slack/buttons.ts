import type { types } from '@slack/bolt';
import { z } from 'zod';
import { emptyValues, type TicketKind, type Values } from '../ticket/values.ts';
import { clip, LIMITS, plain } from './blocks.ts';

/** The actions of the bot's buttons. */
export const OPEN_FORM = 'open_form';
export const REVOKE_TICKET = 'revoke_ticket';
export const POST_PROFILES = 'post_profiles';
export const MORE_OPTIONS = 'more_options';

/** A wish for a form: of which kind, and what it starts with. Nothing in it is secret, and every value is checked again. */
export interface FormRequest {
  kind: TicketKind;
  values: Partial<Values>;
  /** What was typed after the command: a name to look for. */
  text?: string | undefined;
}

const choices = z.array(z.object({ id: z.string().max(LIMITS.optionValue), name: z.string() }));
const formRequest = z.object({
  kind: z.enum(['new', 'edit']),
  values: z.record(z.string(), z.union([z.string(), choices])),
  text: z.string().optional(),
});

/** Reads the value of a button that opens a form; undefined if it is none of ours. */
export function readFormRequest(value: string | undefined): FormRequest | undefined {
  try {
    const { kind, values, text } = formRequest.parse(JSON.parse(value ?? ''));
    const empty = new Map(Object.entries(emptyValues()));
    const known = Object.entries(values).filter(([id]) => empty.has(id) || id.startsWith('required:'));
    if (known.some(([id, given]) => typeof given !== typeof (empty.get(id) ?? ''))) return undefined;
    // Each value has just been found to be of its field's type.
    return { kind, values: Object.fromEntries(known) as Partial<Values>, text };
  } catch {
    return undefined;
  }
}

/** What says which connection a form is about: kept in a button as long as anything is. */
const KEPT_LONGEST = new Set(['profile', 'connectionName', 'connection']);

/** A button that opens a form. What does not fit into a button's value is left out: the text, then the longest. */
export function openFormButton(label: string, request: FormRequest, blockOrder = 0): types.Button {
  const { conversation: _, ...values } = request.values;
  const kept: FormRequest = { kind: request.kind, values };
  const length = (value: unknown) => JSON.stringify(value).length;
  const rank = ([id, value]: [string, unknown]) => (KEPT_LONGEST.has(id) ? 0 : length(value));
  for (const [id] of Object.entries(values).toSorted((a, b) => rank(b) - rank(a))) {
    if (length(kept) <= LIMITS.buttonValue) break;
    delete kept.values[id as keyof Values]; // a key of `values`
  }
  const withText = { ...kept, text: request.text && clip(request.text, 300) };
  const value = JSON.stringify(length(withText) <= LIMITS.buttonValue ? withText : kept);
  return {
    type: 'button',
    // One message may hold several; within a block each needs its own action ID.
    action_id: blockOrder ? `${OPEN_FORM}:${blockOrder}` : OPEN_FORM,
    text: plain(label, LIMITS.buttonText),
    value,
  };
}

/** A button that revokes a ticket. @param sealed the ticket, sealed for this purpose */
export function revokeButton(sealed: string): types.Button {
  return {
    type: 'button',
    action_id: REVOKE_TICKET,
    style: 'danger',
    text: plain('Revoke link', LIMITS.buttonText),
    value: sealed,
    confirm: {
      title: plain('Revoke this link?', LIMITS.confirmTitle),
      text: plain(
        'It stops working at once, also for someone who is setting up with it now. This cannot be undone; you can make a new link.',
        LIMITS.confirmText,
      ),
      confirm: plain('Revoke link', LIMITS.confirmButton),
      deny: plain('Keep it', LIMITS.confirmButton),
      style: 'danger',
    },
  };
}

/** A button that shows the list of profiles to everybody in the conversation. */
export function postProfilesButton(): types.Button {
  return {
    type: 'button',
    action_id: POST_PROFILES,
    text: plain('Post in this channel', LIMITS.buttonText),
  };
}

/** A button that opens the rest of a form. */
export function moreOptionsButton(): types.Button {
  return { type: 'button', action_id: MORE_OPTIONS, text: plain('More options', LIMITS.buttonText) };
}
