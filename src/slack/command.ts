import type { TicketKind } from '../ticket/values.ts';

/** What someone typed after the command, understood. */
export type Wish =
  | { wish: 'form'; kind: TicketKind; text: string | undefined }
  | { wish: 'profiles' }
  | { wish: 'help' };

/** Understands the text of the command; any text is a wish. Subcommands in any case, with any blanks around. */
export function readCommand(typed: string): Wish {
  const text = unescaped(typed).replace(/\s+/g, ' ').trim();
  const [, subcommand = '', rest = ''] = /^(\S*) ?(.*)$/s.exec(text) ?? [];
  const word = subcommand.toLowerCase();
  if (word === 'edit') return { wish: 'form', kind: 'edit', text: rest || undefined };
  if (!rest && (word === 'profiles' || word === 'help')) return { wish: word };
  return { wish: 'form', kind: 'new', text: text || undefined };
}

/** Slack escapes these three characters in a command's text. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
