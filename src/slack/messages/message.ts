import type { types } from '@slack/bolt';
import { notificationText, rich, section, text, warning } from '../blocks.ts';
import { type FormRequest, openFormButton } from '../buttons.ts';
import { OPEN_FORM_AGAIN } from '../sentences.ts';

/** Blocks to see, and a text for notifications and screen readers. */
export interface Message {
  text: string;
  blocks: types.KnownBlock[];
}

/** A sentence, with buttons if there is something to do. */
export function notice(sentence: string, ...buttons: types.Button[]): Message {
  return {
    text: notificationText(sentence),
    blocks: [
      rich(section(text(sentence))),
      ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
    ],
  };
}

/** Why a request failed, with a button that opens the form again. For a person who has closed the modal. */
export function failure(sentence: string, form: FormRequest): Message {
  return problem(sentence, openFormButton(OPEN_FORM_AGAIN, form));
}

/** A sentence with a warning sign, and a button to try again. */
export function problem(sentence: string, button: types.Button): Message {
  return {
    text: notificationText(sentence),
    blocks: [warning(sentence), { type: 'actions', elements: [button] }],
  };
}
