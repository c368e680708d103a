import type { types } from '@slack/bolt';
import type { AuditLine } from '../audit.ts';
import { customerMessage } from '../ticket/customer-message.ts';
import { identityProviderName } from '../ticket/identity-providers.ts';
import { MAX_OPENS } from '../ticket/lifetime.ts';
import type { TicketRequest } from '../ticket/request.ts';
import type { Profile } from '../ticket/tenant.ts';
import type { Choice } from '../ticket/values.ts';
import {
  bold,
  clip,
  code,
  context as contextBlock,
  copyable,
  date,
  fallback,
  labelled,
  mention,
  rich,
  section,
  text,
  warning,
} from './blocks.ts';
import { type FormRequest, openFormButton, postProfilesButton, revokeButton } from './buttons.ts';

/** A message: blocks to see, and a text for notifications and screen readers. */
export interface Message {
  text: string;
  blocks: types.KnownBlock[];
}

/** A plain sentence, with buttons where there is a way on. */
export function notice(sentence: string, label: string | undefined, ...buttons: types.Button[]): Message {
  return {
    text: fallback(sentence),
    blocks: [
      rich(section(text(sentence))),
      ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
      ...labelled(label),
    ],
  };
}

/** A request that came to nothing, with the form to try again: for whoever has closed the modal. */
export function failure(sentence: string, retry: FormRequest, label: string | undefined): Message {
  const actions: types.ActionsBlock = {
    type: 'actions',
    elements: [openFormButton('Open the form again', retry)],
  };
  return { text: fallback(sentence), blocks: [warning(sentence), actions, ...labelled(label)] };
}

/** What the message that brings the link is made of. */
export interface LinkDetails {
  request: TicketRequest;
  url: string;
  /** When the link expires unless it is opened before, in seconds since 1970. */
  expires: number;
  /** Whose link it is: their name, and their time zone (an IANA name). */
  requester: { name: string; timeZone: string };
  /** The house's own text to the customer. */
  template: string | undefined;
  /** The ticket, sealed for the button that revokes it. */
  sealed: string;
  /** Whether a receipt was sent, which can revoke the ticket too. */
  receipt: boolean;
  label: string | undefined;
}

/** The message that brings the link: to its requester, ephemeral, and to nobody else. */
export function linkMessage(details: LinkDetails): Message {
  const { request, url, expires, sealed, receipt, label } = details;
  const what = request.kind === 'new' ? 'set up single sign-on' : 'change their single sign-on';
  return {
    // Without the URL: this text stands in notifications.
    text: fallback(`The SSO link for ${request.connection} is ready.`),
    blocks: [
      rich(
        section(bold(`SSO link for ${request.customer}`)),
        section(text(`With it, the customer's IT admin can ${what}. Only you can see this message.`)),
      ),
      rich(...facts(request).map(([name, value]) => section(bold(`${name}: `), text(value)))),
      rich(copyable(url)),
      rich(
        section(bold('Expires: '), date(expires), text(' if it has not been opened by then.')),
        section(
          text(
            `It opens at most ${MAX_OPENS} times, and the five hours for the set-up start when anything opens it; a link preview or a mail scanner may count. So make the link when the customer's admin is ready, don't post it in a channel, and keep only one link for a connection live at a time.`,
          ),
        ),
      ),
      ...(request.kind === 'new' && request.clients.length === 0
        ? [
            warning(
              "No application was chosen, so the customer's admin gets no button to enable the connection: your own team has to enable it in Auth0 when they are done.",
            ),
          ]
        : []),
      rich(section(bold('For your customer, ready to copy:')), copyable(textToCustomer(details))),
      { type: 'actions', elements: [revokeButton(sealed)] },
      contextBlock(
        receipt
          ? 'This message is gone once you reload Slack. You can still revoke the link then: the receipt in your conversation with this bot has the same button.'
          : 'This message is gone once you reload Slack, and it holds the only way to revoke the link: no receipt could be sent to you.',
      ),
      ...labelled(label),
    ],
  };
}

/** The receipt while Auth0 makes the link, and for good if the bot dies meanwhile. */
export function pendingReceipt(connection: string, reference: string, label: string | undefined): Message {
  return notice(
    `An SSO link for ${connection} is being made. It comes to you alone, in the conversation where you asked, and this message becomes its receipt. If this message has not changed after a minute, something went wrong: if you have no link by then, ask for a new one. (Reference: ${reference})`,
    label,
  );
}

/**
 * The receipt: a stored message to the requester alone, without the link. Auth0 can list no tickets, so this
 * is what is left of one.
 */
export function receiptMessage(
  request: TicketRequest,
  expires: number,
  sealed: string,
  label: string | undefined,
): Message {
  return {
    text: fallback(`Receipt: an SSO link for ${request.connection}`),
    blocks: [
      rich(
        section(bold(`Receipt: SSO link for ${request.customer}`)),
        section(
          text('The link itself is not kept anywhere: if it is lost, revoke it here and make a new one.'),
        ),
      ),
      rich(
        ...facts(request).map(([name, value]) => section(bold(`${name}: `), text(value))),
        section(bold('Expires: '), date(expires), text(' if it has not been opened by then.')),
      ),
      { type: 'actions', elements: [revokeButton(sealed)] },
      ...labelled(label),
    ],
  };
}

/** What the audit channel hears: who, for which connection, which profile, until when; never the link. */
export function auditMessage(
  event: 'made' | 'revoked',
  { user, what, connection = '', profile, expires }: Omit<AuditLine, 'event'>,
  label: string | undefined,
): Message {
  const did = event === 'made' ? 'made an SSO link' : 'revoked the SSO link';
  const until = expires ? Math.floor(Date.parse(expires) / 1000) : undefined;
  return {
    text: fallback(`Someone ${did} for ${connection}.`),
    blocks: [
      rich(
        section(
          ...(user ? [mention(user)] : [text('The bot')]),
          text(` ${did} for `),
          bold(connection),
          text(what ? ` (${what === 'new' ? 'a new connection' : 'an edit'})` : ''),
          text(profile ? `, profile ${profile}` : ''),
          ...(until ? [text(', until '), date(until)] : []),
          text('.'),
        ),
      ),
      ...labelled(label),
    ],
  };
}

/** What a receipt says of a link that nobody got. */
export function undeliveredReceipt(connection: string, label: string | undefined): Message {
  return notice(
    `The link for ${connection} could not be delivered, so it was revoked at once. Nobody has seen it.`,
    label,
  );
}

/** Names as one text, at most `max` characters. */
const names = (choices: Choice[], max = 600) => clip(choices.map(({ name }) => name).join(', '), max);

function facts(request: TicketRequest): [string, string][] {
  return [
    [request.kind === 'new' ? 'New connection' : 'Connection', request.connection],
    ['Profile', request.profile.name],
    ...(request.organizations.length
      ? [['Organizations', names(request.organizations)] as [string, string]]
      : []),
    ...(request.clients.length ? [['Applications', names(request.clients)] as [string, string]] : []),
    ...request.options.map(({ label, value }): [string, string] => [label, clip(value, 300)]),
  ];
}

function textToCustomer({ request, url, expires, requester, template }: LinkDetails): string {
  return customerMessage(template, request.kind, {
    link: url,
    connection: request.connection,
    customer: clip(request.customer, 300),
    expiry: writtenDate(expires, requester.timeZone),
    requester: requester.name,
  });
}

/** How moments are written out in each time zone: to make one of these takes longer than all else of a message. */
const written = new Map<string, Intl.DateTimeFormat>();

/** A moment written out, with its time zone: "Saturday, 28 November 2026 at 15:04 (Europe/Berlin)". */
function writtenDate(seconds: number, timeZone: string): string {
  const format =
    written.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone });
  written.set(timeZone, format);
  return `${format.format(seconds * 1000)} (${timeZone})`;
}

/** What stands instead of the link once it is revoked. */
export function revokedMessage(connection: string, label: string | undefined): Message {
  return notice(
    `The link for ${connection} no longer works: it was revoked. A set-up begun with it has ended too. If a message still shows the link, ignore it.`,
    label,
  );
}

/**
 * The self-service profiles, for everybody in the conversation; `alone`: for the requester, who decides. Auth0
 * allows 20: two blocks each fit into a message.
 */
export function profileList(
  profiles: readonly Profile[],
  label: string | undefined,
  alone?: 'alone',
): Message {
  const count =
    profiles.length === 1 ? 'One self-service profile' : `${profiles.length} self-service profiles`;
  return {
    text: count,
    blocks: [
      rich(
        section(bold(count)),
        section(text('A profile decides what a customer can choose from when they set up single sign-on.')),
      ),
      ...(alone
        ? [
            warning(
              'Only you can see this: people from other companies may be in this conversation, and profiles can name other customers.',
            ),
            { type: 'actions' as const, elements: [postProfilesButton()] },
          ]
        : []),
      ...profiles.flatMap((profile) => profileBlocks(profile)),
      ...labelled(label),
    ],
  };
}

function profileBlocks(profile: Profile): types.KnownBlock[] {
  const attributes = (optional: boolean) =>
    clip(
      profile.attributes
        .filter((attribute) => attribute.optional === optional)
        .map(({ name }) => name)
        .join(', '),
      300,
    );
  const required = attributes(false);
  const optional = attributes(true);
  const choice = { id: profile.id, name: clip(profile.name, 75) };
  return [
    rich(
      section(bold(clip(profile.name, 150)), text('  '), code(profile.id)),
      ...(profile.description ? [section(text(clip(profile.description, 300)))] : []),
      section(
        bold('Identity providers: '),
        text(profile.providers.map(identityProviderName).join(', ') || 'all providers'),
      ),
      ...(required ? [section(bold('Required attributes: '), text(required))] : []),
      ...(optional ? [section(bold('Optional attributes: '), text(optional))] : []),
    ),
    {
      type: 'actions',
      elements: [openFormButton('Create ticket', { kind: 'new', values: { profile: [choice] } })],
    },
  ];
}

/** Said wherever a profile is needed and the tenant has none. */
export const NO_PROFILES =
  'There is no self-service profile in Auth0 yet, and every link needs one. Someone with access to the Auth0 Dashboard makes one under Authentication → Self-Service Enterprise Configuration; then try again.';

/** One line for each thing that can be typed. */
export function helpMessage(command: string, label: string | undefined): Message {
  const lines: [string, string][] = [
    [command, 'make a link for a new SSO connection'],
    [
      `${command} Acme Corp`,
      "the same, with the names filled in, and the customer's organization if one is called so",
    ],
    [`${command} edit`, 'make a link to change an existing SSO connection'],
    [`${command} edit acme-corp`, 'the same, with that connection chosen (its name, display name or ID)'],
    [`${command} profiles`, 'list the self-service profiles, for everybody in this conversation'],
    [`${command} help`, 'this help'],
  ];
  return {
    text: `What you can type: ${lines.map(([typed]) => typed).join(', ')}`,
    blocks: [
      rich(
        section(
          text("A link lets a customer's IT admin set up single sign-on with you, alone. You can type:\n"),
        ),
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: lines.map(([typed, what]) => section(code(typed), text(` – ${what}`))),
        },
      ),
      ...labelled(label),
    ],
  };
}
