import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { TicketKind, Values } from '../ticket/values.ts';
import { LIMITS, plain } from './blocks.ts';

/** The actions of the bot's buttons. */
export const OPEN_FORM = 'open_form';
export const REVOKE_TICKET = 'revoke_ticket';
export const POST_PROFILES = 'post_profiles';

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
  values: z
    .object({
      profile: choices,
      connectionName: z.string(),
      displayName: z.string(),
      connection: choices,
      features: choices,
      clients: choices,
      organizations: choices,
      membership: choices,
      lifetime: choices,
    } satisfies Record<Exclude<keyof Values, 'conversation'>, z.ZodType>)
    .partial(),
  text: z.string().optional(),
});

/** Reads the value of a button that opens a form; undefined if it is none of ours. */
export function readFormRequest(value: string | undefined): FormRequest | undefined {
  try {
    // zod's optional keys may hold undefined; JSON has no such values.
    return formRequest.parse(JSON.parse(value ?? '')) as FormRequest;
  } catch {
    return undefined;
  }
}

/** A button that opens a form. What does not fit into a button's value is left out, the longest lists first. */
export function openFormButton(label: string, request: FormRequest, blockOrder = 0): types.Button {
  const { conversation: _, ...values } = request.values;
  const kept: FormRequest = { ...request, values };
  for (const id of ['clients', 'organizations', 'displayName', 'connection'] as const) {
    if (JSON.stringify(kept).length <= LIMITS.buttonValue) break;
    delete kept.values[id];
  }
  return {
    type: 'button',
    // One message may hold several; within a block each needs its own action ID.
    action_id: blockOrder ? `${OPEN_FORM}:${blockOrder}` : OPEN_FORM,
    text: plain(label, LIMITS.buttonText),
    value: JSON.stringify(kept).slice(0, LIMITS.buttonValue),
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
