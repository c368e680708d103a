import { cleanTyped, withoutQuotes } from '../lib/text.ts';

/** What can follow the slash command. */
interface Subcommand {
  /** For the manifest's usage hint. */
  usage: string;
  /** Whether more text may follow, such as a connection's name. */
  takesText: boolean;
  /** Lines for the help: an example of what may follow the subcommand, and what it does. */
  help: [example: string, does: string][];
}

/** The subcommands, in the order of the help. Without one, the form for a new connection opens. */
const SUBCOMMANDS = {
  edit: {
    usage: 'edit connection',
    takesText: true,
    help: [
      ['', 'create a link to change an existing connection'],
      ['acme-corp', 'the same, for this connection (its name, display name, or ID)'],
    ],
  },
  list: {
    usage: 'list',
    takesText: true,
    help: [
      ['', 'list your links, to revoke or replace them'],
      ['Acme Corp', "show everyone's links for this customer"],
      ['all', "list everyone's links"],
    ],
  },
  revoke: {
    usage: 'revoke customer',
    takesText: true,
    help: [['Acme Corp', 'revoke a link for this customer']],
  },
  profiles: {
    usage: 'profiles',
    takesText: false,
    help: [['', 'list the self-service profiles for everyone in this conversation']],
  },
  help: { usage: 'help', takesText: false, help: [['', 'show this help']] },
} as const satisfies Record<string, Subcommand>;
export type SubcommandName = keyof typeof SUBCOMMANDS | 'new';

/** Other words for a subcommand. */
const ALIASES = new Map([['status', 'list']]);

/** The command without a subcommand. */
const NEW: Subcommand = {
  usage: 'customer',
  takesText: true,
  help: [
    ['', 'create a link for a new connection'],
    ['Acme Corp', "the same, with the customer's name and organization filled in"],
  ],
};

/**
 * First words that people type when they want help or something other than a form. A customer's name may have them,
 * too.
 */
const HELP_WORDS = new Set(
  '? h -h -? /? --help -help commands usage menu my show delete remove cancel link links ticket tickets profile'.split(
    ' ',
  ),
);

export interface ParsedCommand {
  subcommand: SubcommandName;
  /**
   * The rest of the text, with single spaces. For help, the whole text if it may be a customer's name. Undefined if
   * there is none.
   */
  text: string | undefined;
}

/** Parses the text after the slash command. Every text is valid: any other text is a customer's name. */
export function parseCommand(typed: string): ParsedCommand {
  const text = cleanTyped(typed).replace(/\s+/g, ' ');
  const [, first = '', rest = ''] = /^(\S*) ?(.*)$/s.exec(text) ?? [];
  const typedName = withoutQuotes(first).toLowerCase();
  const name = ALIASES.get(typedName) ?? typedName;
  if (isSubcommand(name) && (SUBCOMMANDS[name].takesText || !rest)) {
    return { subcommand: name, text: withoutQuotes(rest) || undefined };
  }
  const word = name.replace(/(?<=\w)[?!.]+$/, '');
  const asksForHelp = isSubcommand(word) || HELP_WORDS.has(word);
  if (asksForHelp) return { subcommand: 'help', text: /^[\p{L}\p{N}]/u.test(text) ? text : undefined };
  return { subcommand: 'new', text: text || undefined };
}

function isSubcommand(name: string): name is keyof typeof SUBCOMMANDS {
  return Object.hasOwn(SUBCOMMANDS, name);
}

/** Everything that can be typed, and what it does. */
export function commandHelp(command: string): [typed: string, does: string][] {
  const lines = (words: string[], help: Subcommand['help']) =>
    help.map(([example, does]): [string, string] => [[...words, example].filter(Boolean).join(' '), does]);
  return [
    ...lines([command], NEW.help),
    ...Object.entries(SUBCOMMANDS).flatMap(([name, { help }]) => lines([command, name], [...help])),
  ];
}

/** The `usage_hint` of the command in the manifest. */
export function usageHint(): string {
  return `[${[NEW, ...Object.values(SUBCOMMANDS)].map(({ usage }) => usage).join(' | ')}]`;
}
