import type { types } from '@slack/bolt';
import { VERSION } from '../../lib/version.ts';
import { code, context, rich, section, text } from '../blocks.ts';
import { openFormButton } from '../buttons.ts';
import { createLinkFor, HELP_INTRO, helpNotification, versionLine } from '../sentences.ts';
import { commandHelp } from '../subcommands.ts';
import type { Message } from './message.ts';

/**
 * Everything that can be typed, and the bot's version.
 *
 * @param customer what was typed, if it may be a customer's name
 */
export function helpMessage(command: string, customer?: string): Message {
  const lines = commandHelp(command);
  return {
    text: helpNotification(lines.map(([typed]) => typed)),
    blocks: [
      rich(section(text(HELP_INTRO)), {
        type: 'rich_text_list',
        style: 'bullet',
        elements: lines.map(([typed, does]) => section(code(typed), text(` – ${does}`))),
      }),
      ...(customer ? [createLinkBlock(customer)] : []),
      context(versionLine(VERSION)),
    ],
  };
}

const createLinkBlock = (customer: string): types.ActionsBlock => ({
  type: 'actions',
  elements: [openFormButton(createLinkFor(customer), { kind: 'new', values: {}, text: customer })],
});
