import { VERSION } from '../../lib/version.ts';
import { code, context, rich, section, text } from '../blocks.ts';
import { HELP_INTRO, helpNotification, versionLine } from '../sentences.ts';
import { commandHelp } from '../subcommands.ts';
import type { Message } from './message.ts';

/** Everything that can be typed, and the bot's version. */
export function helpMessage(command: string): Message {
  const lines = commandHelp(command);
  return {
    text: helpNotification(lines.map(([typed]) => typed)),
    blocks: [
      rich(section(text(HELP_INTRO)), {
        type: 'rich_text_list',
        style: 'bullet',
        elements: lines.map(([typed, does]) => section(code(typed), text(` – ${does}`))),
      }),
      context(versionLine(VERSION)),
    ],
  };
}
