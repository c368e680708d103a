import { Auth0Error } from '../auth0/errors.ts';
import { DatabaseError } from '../database/errors.ts';
import { clip } from '../lib/text.ts';
import { ProfileError, type SavedProfile } from '../profiles/errors.ts';
import { profileLabels } from '../profiles/fields.ts';
import type { ProfileProblem } from '../profiles/problems.ts';
import { type FieldProblem, TicketError } from '../tickets/errors.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import { MAX_OPENS } from '../tickets/lifetime.ts';
import type { Interruption } from '../tickets/recover.ts';
import type { Attention, TicketStatus } from '../tickets/summary.ts';
import type { EventType } from '../tickets/ticket.ts';
import type { AccessErrorCode } from './access-error.ts';
import type { TicketQuery } from './ticket-query.ts';

/**
 * Every sentence that people read in Slack, except the labels and hints of fields, which are in `tickets/form`, and the
 * help of each subcommand, which is in `subcommands.ts`.
 *
 * An error's sentence says what happened, what that means, and what to do.
 */

/** What sentences refer to. */
export interface SentenceContext {
  /** The slash command. */
  command: string;
  /** The contact for access, from ACCESS_CONTACT. */
  contact: string | undefined;
}

const contactIn = ({ contact }: SentenceContext) => contact ?? 'the person who runs this bot';
const ask = (context: SentenceContext) => `Ask ${contactIn(context)}.`;
const NOTHING_CREATED = 'No link was created.';

// ------------------------------------------------------------------------------------------------ Access

export const ORG_WIDE_INSTALL =
  'The app is installed to the whole organization, but it works only in a single workspace. Remove it from the organization. Then open “Install App” at api.slack.com/apps, install it to one workspace, and set SLACK_BOT_TOKEN to the new bot token.';

/** Why a person may not do something. */
export function accessSentence(code: AccessErrorCode, context: SentenceContext): string {
  const { command } = context;
  switch (code) {
    case 'user':
    case 'workspace':
      return `You don't have access to ${command}. ${ask(context)}`;
    case 'channel':
      return `${command} works only in certain channels, and this isn't one of them. ${ask(context)}`;
    case 'editor':
      return `Only editors can create links that change an existing connection. ${ask(context)}`;
    case 'profile_editor':
      return `Only profile editors can create or edit self-service profiles. ${ask(context)}`;
    case 'revoke':
      return `Only the requester and editors can revoke this link. ${ask(context)}`;
    case 'org_wide':
      return `${ORG_WIDE_INSTALL} ${ask(context)}`;
    case 'unknown':
      return `Slack can't confirm who you are right now, so you can't use ${command}. Try again in a minute.`;
    case 'not_member':
      return `You aren't a member of the conversation you chose, so the link can't go there. Join it or choose another one. ${NOTHING_CREATED}`;
    case 'membership_unknown':
      return `The bot can't see whether you're a member of the conversation you chose, so the link can't go there. Invite the bot or choose another one. ${NOTHING_CREATED}`;
  }
}

// ------------------------------------------------------------------------------------------------- Auth0

/** What Auth0 was asked to do. It decides what a failure means for the person. */
export type Auth0Task = 'create' | 'revoke' | 'read';

/**
 * What happened, what that means, and what to do.
 *
 * @param nameTaken for a create call: what to do if the connection's name is taken
 */
export function auth0Sentence(
  error: Auth0Error,
  task: Auth0Task,
  context: SentenceContext,
  nameTaken = '',
): string {
  const parts = [
    auth0Cause(error, task),
    auth0Consequence(error, task),
    auth0Advice(error, task, context, nameTaken),
  ];
  return parts.filter(Boolean).join(' ');
}

/** What went wrong. */
export function auth0Cause(
  { code, permission, reason: text, status }: Auth0Error,
  task: Auth0Task = 'create',
): string {
  // The sentence has its own period.
  const reason = text?.replace(/\.$/, '');
  switch (code) {
    case 'missing_permission':
      return `The bot's Auth0 application doesn't have the permission ${permission}.`;
    case 'credentials_rejected':
      return "Auth0 doesn't accept the bot's credentials.";
    case 'name_taken':
      return 'A connection with this name already exists in Auth0.';
    case 'custom_domain_required':
      return 'Your Auth0 tenant has several custom domains, so the link needs one of them.';
    case 'upgrade_required':
      return `Your Auth0 plan doesn't include this${reason ? `: “${reason}”` : ''}.`;
    case 'rejected':
    case 'conflict':
      return reason ? `Auth0 refused the request: “${reason}”.` : 'Auth0 refused the request.';
    case 'not_found':
      return task === 'create'
        ? `Something you chose no longer exists in Auth0${reason ? `: “${reason}”` : ''}.`
        : `Auth0 couldn't find what the bot asked for${reason ? `: “${reason}”` : ''}.`;
    case 'rate_limited':
      return 'Auth0 is getting too many requests right now.';
    case 'busy':
      return 'Too many people are using the bot right now.';
    case 'unreachable':
      return "The bot can't reach Auth0.";
    case 'no_answer':
      return "Auth0 isn't responding.";
    case 'failed':
      return status ? `Auth0 had an internal error (${status}).` : "The bot couldn't read Auth0's answer.";
    case 'stopping':
      return 'The bot is restarting.';
  }
}

/** What that means for the person. Empty if they only wanted to read something. */
export function auth0Consequence({ mayHaveHappened }: Auth0Error, task: Auth0Task): string {
  switch (task) {
    case 'create':
      return mayHaveHappened
        ? "You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own."
        : NOTHING_CREATED;
    case 'revoke':
      return mayHaveHappened ? 'The link may still work.' : 'The link still works.';
    case 'read':
      return '';
  }
}

const NAME_TAKEN = 'Choose another name, or type “edit” and the name to change the existing connection.';
const nameTakenAsk = (context: SentenceContext) => `Choose another name, or ask ${contactIn(context)}.`;

function auth0Advice(
  { code }: Auth0Error,
  task: Auth0Task,
  context: SentenceContext,
  nameTaken: string,
): string {
  const contact = contactIn(context);
  switch (code) {
    case 'missing_permission':
      return `Ask ${contact} to grant it, then try again.`;
    case 'credentials_rejected':
      return `Ask ${contact} to check the bot's Auth0 settings, then try again.`;
    case 'name_taken':
      return nameTaken;
    case 'custom_domain_required':
      return `Choose one at “Link opens on” under “More options”. If it isn't there, ask ${contact} to set AUTH0_CUSTOM_DOMAINS.`;
    case 'upgrade_required':
      return ask(context);
    case 'rejected':
    case 'conflict':
      return task === 'create' ? 'Change the form and try again.' : ask(context);
    case 'not_found':
      return task === 'create' ? 'Choose again.' : 'Try again in a minute.';
    case 'rate_limited':
    case 'busy':
    case 'unreachable':
      return 'Try again in a minute.';
    case 'no_answer':
    case 'failed':
      return task === 'create'
        ? 'Try again in a minute. You can use the same name.'
        : 'Try again in a minute.';
    case 'stopping':
      return 'Try again in a few seconds.';
  }
}

// ------------------------------------------------------------------------------------- Creating a ticket

export interface CreateSentenceContext extends SentenceContext {
  isEditor: boolean;
  /** Whether the person has a receipt with a button that revokes the ticket. */
  receipt: boolean;
}

/** Why there is no link. */
export function createSentence(error: unknown, context: CreateSentenceContext): string {
  if (error instanceof Auth0Error) {
    return auth0Sentence(error, 'create', context, context.isEditor ? NAME_TAKEN : nameTakenAsk(context));
  }
  if (error instanceof DatabaseError) return `${recordsUnavailable(context)} ${NOTHING_CREATED}`;
  if (!(error instanceof TicketError)) return unexpectedCreateError(context);
  const { details } = error;
  switch (details.code) {
    case 'resource_protected':
    case 'connection_not_editable':
      return editSentence(details, context);
    case 'protection_unresolved':
      return `${details.variable} lists something that doesn't exist in Auth0, so the bot can't tell what is protected. ${NOTHING_CREATED} ${ask(context)}`;
    case 'organization_has_connection':
      return `${organizationTaken(details.name, context)} ${NOTHING_CREATED}`;
    case 'connection_gone':
      return `The connection ${details.name} no longer exists. Choose another one. ${NOTHING_CREATED}`;
    case 'reach_unknown':
      return error.cause instanceof Auth0Error
        ? `${auth0Sentence(error.cause, 'read', context)} ${NOTHING_CREATED}`
        : unexpectedCreateError(context);
    case 'not_delivered': {
      const undelivered = "Slack couldn't deliver your link.";
      if (details.revoked) {
        return `${undelivered} Nobody has seen it, and the bot revoked it. Try again in a minute.`;
      }
      const button = context.receipt
        ? ' To revoke it, use the button on the receipt in your conversation with this bot.'
        : '';
      return `${undelivered} Nobody has seen it, and it expires on its own, but the bot couldn't revoke it.${button} Tell ${contactIn(context)} (reference ${details.correlationId}).`;
    }
    case 'not_replaced':
      return error.cause instanceof Auth0Error
        ? `${revokeSentence(error.cause, details.customer, context)} ${NOTHING_CREATED}`
        : `${revokeButtonInvalid(context)} ${NOTHING_CREATED}`;
    case 'not_recorded':
      return details.revoked
        ? "The bot couldn't record the link, so it revoked it. Nobody has seen it. Try again in a minute."
        : `The bot couldn't record the link, and couldn't revoke it. Nobody has seen it, and it expires on its own. Tell ${contactIn(context)} (reference ${details.correlationId}).`;
    case 'too_many_links': {
      const minutes = Math.max(1, Math.ceil((details.nextAt - Date.now()) / 60_000));
      return `You've created ${details.max} links in the last hour, which is the limit. You can create the next one in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. ${NOTHING_CREATED}`;
    }
  }
}

const unexpectedCreateError = (context: SentenceContext) =>
  `Something went wrong in the bot. Try again. If it happens again, tell ${contactIn(context)}.`;

/** Why no link may edit a connection. */
export function editSentence(
  problem:
    | { code: 'resource_protected'; name: string }
    | { code: 'connection_not_editable'; name: string; strategy: string },
  context: SentenceContext,
): string {
  return problem.code === 'resource_protected'
    ? `${problem.name} is protected, so no link can change it. ${ask(context)}`
    : `${problem.name} isn't an enterprise connection, so a customer's IT admin can't set it up (its type is ${problem.strategy}). Choose another one.`;
}

// ------------------------------------------------------------------------------------------------ Fields

type FieldSentences = {
  [Code in FieldProblem['code']]: (
    problem: Extract<FieldProblem, { code: Code }>,
    context: SentenceContext,
  ) => string;
};

const FIELD_SENTENCES: FieldSentences = {
  text_missing: ({ label }) => `Fill in “${label}”.`,
  one_text_missing: ({ labels: [one, other] }) => `Fill in “${one}” or “${other}”.`,
  choice_missing: () => 'Choose an option.',
  checkbox_missing: () => 'Select at least one.',
  application_missing: () =>
    "Choose at least one application. Without one, the customer's IT admin can't enable the connection.",
  text_too_long: ({ max, length }) => `Use ${max} characters or fewer. You have ${length}.`,
  not_a_choice: () => 'One of these is a message, not a choice. Remove it and choose again.',
  no_longer_offered: () => 'This is no longer offered. Choose again.',
  editors_only: () =>
    'Only editors can change this option. Set it back, or ask an editor to create the link.',
  connection_name_too_long: ({ max, length }) => `Use ${max} characters or fewer. This name has ${length}.`,
  connection_name_invalid: () => 'Use letters (a–z), digits, and single hyphens, for example acme-corp.',
  connection_name_underivable: () =>
    'Enter a connection name. The display name has no letters to create one from.',
  connection_name_against_policy: ({ name, hint }, context) =>
    `“${clip(name, 60)}” doesn't follow your company's rule for connection names. ${hint ?? ask(context)}`,
  connection_name_taken: ({ name, customer, isEditor }, context) =>
    isEditor
      ? `A connection named ${name} already exists. Choose another name, or type “${context.command} edit ${name}” to change it.`
      : organizationTaken(customer || 'This customer', context),
  resource_protected: editSentence,
  too_many_organizations: ({ max, count }) =>
    `Choose ${max} organizations or fewer. You chose ${count}. Editors can choose more.`,
  form_outdated: ({ label }) =>
    `The rule for “${label}” has changed since you opened this form. Close it and open it again.`,
  connection_not_editable: editSentence,
  metadata_pattern_mismatch: ({ label, hint }, context) =>
    hint ??
    `This isn't a valid value for “${label}”. If you don't know the format, ask ${contactIn(context)}.`,
  metadata_not_a_pair: ({ line }) =>
    `Enter one “key: value” on each line. This line isn't one: “${clip(line, 60)}”.`,
  metadata_key_reserved: ({ key }) => `You can't use “${key}” as a key. Choose another one.`,
  metadata_key_twice: ({ key, hasOwnField }) =>
    hasOwnField
      ? `“${clip(key, 60)}” has a field of its own. Remove it here.`
      : `“${clip(key, 60)}” appears twice. Remove one.`,
  metadata_too_many: ({ max, count }) => `Auth0 allows ${max} pairs. You have ${count}.`,
  metadata_too_long: ({ key, max }) =>
    `“${clip(key, 60)}” is too long. Use ${max} characters or fewer for a key and for a value.`,
  not_an_https_url: () => 'Enter a complete URL that starts with https://.',
  domains_invalid: ({ texts }) =>
    `Not a domain: ${quoted(texts)}. Enter domains such as acme.com, separated by commas.`,
  domains_public: ({ domains }) =>
    `Anyone can get an email address at ${quoted(domains)}, so it can't be a customer's email domain. Remove it.`,
  domains_maybe_public: ({ domains }) =>
    `${quoted(domains)} is on a list of email providers. If it belongs to the customer, ask an editor to create the link.`,
  domains_too_many: ({ max, count, oneOrganization }) =>
    `Auth0 allows ${max} domains ${oneOrganization ? 'with one organization' : 'in a link'}. You have ${count}, including verified ones.`,
  discovery_domains_too_many: ({ max, count }) =>
    `Auth0 can use ${max} already verified domains to find the organization. You have ${count}.`,
  domains_feature_off: () => 'Select “Domains” above, or clear this field.',
  domain_verification_off: () => 'Set “Domain verification” to optional or required, or clear this field.',
  discovery_needs_domains: () =>
    'This needs email domains. Turn on “Domain verification”, or clear this option.',
  discovery_needs_one_organization: ({ count }) =>
    `This needs exactly one organization. You chose ${count || 'none'}.`,
  idp_login_needs_application: () => 'Choose the “Default application” below.',
  idp_login_off: () => 'Select “Login can start at the identity provider” above, or clear this field.',
  idp_query_needs_oidc: () =>
    'A query works with OpenID Connect only. Clear this field or change the protocol.',
  idp_query_unknown_parameters: ({ unknown, allowed }) =>
    `You can use ${allowed.join(', ')} here. Remove ${unknown.join(', ')}.`,
  scim_needs_user_scopes: () => 'SCIM needs all five scopes for users. Select them below.',
  scim_not_supported: ({ provider, onlySync }) =>
    onlySync
      ? `SCIM doesn't work with ${provider}. Choose “Off” here and use “Google Workspace directory sync” below.`
      : `Provisioning doesn't work with ${provider}. Clear “Provisioning” above.`,
  sync_not_supported: ({ provider }) =>
    `Directory sync works with Google Workspace only. This connection uses ${provider}, so choose “Off”.`,
  provisioning_is_empty: () => 'You selected “Provisioning” above. Choose what it covers.',
  provisioning_feature_off: () => 'Select “Provisioning” above, or choose “Off” here.',
  google_not_offered: ({ profile }) =>
    `The profile “${profile}” doesn't offer Google Workspace. Choose “Off” here, or choose another profile.`,
};

/** What is wrong with a field, and how to fix it. */
export function fieldSentence(problem: FieldProblem, context: SentenceContext): string {
  // The table has an entry for each code, which takes exactly that problem.
  const sentence = FIELD_SENTENCES[problem.code] as (
    problem: FieldProblem,
    context: SentenceContext,
  ) => string;
  return sentence(problem, context);
}

const organizationTaken = (name: string, context: SentenceContext) =>
  `${name} already has a connection. ${ask(context)}`;

const quoted = (texts: string[]) =>
  texts
    .slice(0, 10)
    .map((text) => `“${clip(text, 60)}”`)
    .join(', ');

// ----------------------------------------------------------------------------------------------- General

export const RESTARTING = 'The bot is restarting. Nothing was changed. Try again in a few seconds.';
export const sealInvalid = ({ command }: SentenceContext) =>
  `This form has expired or belongs to someone else. Nothing was changed. Type ${command} again.`;
export const unexpectedError = (context: SentenceContext) =>
  `Something went wrong in the bot, and it may not have done what you asked. Try again. If it happens again, tell ${contactIn(context)}.`;
export const FORM_NOT_OPENED = "Slack didn't open the form in time. Nothing was changed.";
/** @param code Slack's error code, if it gave one: then trying again doesn't help */
export const formRefused = (code: string | undefined, context: SentenceContext) =>
  code
    ? `Slack couldn't open the form (${code}). Nothing was changed. ${ask(context)}`
    : `Slack couldn't open the form. Nothing was changed. Try again in a minute. If it happens again, ask ${contactIn(context)}.`;
export const LIST_LOADING = 'The list is still loading. Type again in a moment.';
export const noProfiles = (context: SentenceContext) =>
  `Every link needs a self-service profile, and Auth0 has none yet. Ask ${contactIn(context)} to create one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration. Then try again.`;

export const buttonExpired = (command: string) => `This button no longer works. Type ${command} instead.`;

/** The database can't be used. */
export const recordsUnavailable = (context: SentenceContext) =>
  `The bot can't reach its database right now, so it can't create or revoke links. Try again in a minute. If it happens again, tell ${contactIn(context)}.`;

// ------------------------------------------------------------------------------------------------- Forms

export const FORM_TITLE: Record<TicketKind, string> = {
  new: 'New SSO connection',
  edit: 'Edit SSO connection',
};
export const FORM_INTRO: Record<TicketKind, string> = {
  new: "You'll get a link that only you can see. Send it to the customer's IT admin to set up single sign-on.",
  edit: "You'll get a link that only you can see. Send it to the customer's IT admin to change their single sign-on.",
};
export const FORM_SUBMIT = 'Create link';
export const FORM_CANCEL = 'Cancel';
export const MORE_OPTIONS = 'More options';
export const OPEN_FORM_AGAIN = 'Open the form again';
export const FORM_INCOMPLETE =
  "Some of what you entered couldn't be kept. Check each field and fill in what is missing.";
/** The hint of a field if the typed text doesn't fit. */
export const textCut = (max: number) =>
  `Your text is too long. This field shows only the first ${max} characters.`;

/** @param listComplete whether all connections are known @param similar whether similar ones are offered */
export function connectionNotFound(text: string, listComplete: boolean, similar: boolean): string {
  return [
    listComplete
      ? `There's no connection called “${text}”.`
      : `The list of connections is still loading, and none so far is called “${text}”.`,
    similar ? 'Did you mean one of these?' : '',
    'You can search by part of the name, or create a link for a new connection.',
  ]
    .filter(Boolean)
    .join(' ');
}
export const editConnection = (name: string) => `Edit ${name}`;
export const FIND_CONNECTION = 'Search connections';
export const NEW_CONNECTION = 'Create a link for a new connection';

/** On the form for a new connection. @param canEdit whether a button offers to edit the connection */
export function customerHasConnection(
  { customer, connection }: { customer: string; connection: string },
  canEdit: boolean,
  context: SentenceContext,
): string {
  const exists =
    customer === connection
      ? `A connection named ${connection} already exists.`
      : `${customer} already has a connection, ${connection}.`;
  return canEdit
    ? `${exists} To change it, edit it instead of creating a new one.`
    : `${exists} To change it, ask ${contactIn(context)}.`;
}
export const EDIT_INSTEAD = 'Edit it instead';

// ------------------------------------------------------------------------------------------- Other views

export const CLOSE = 'Close';
export const TRY_AGAIN = 'Try again';
export const LOADING_TITLE = 'One moment';
export const PROBLEM_TITLE = "That didn't work";
export const NO_ACCESS_TITLE = 'No access';
export const ANSWER_TITLE = 'SSO links';
export const PROGRESS_TITLE = 'Creating your link';
export const DONE_TITLE = 'Your link is ready';

/** @param seconds how long the person has waited, if it is long */
export const loading = (seconds?: number) =>
  seconds
    ? `Auth0 hasn't answered for ${seconds} seconds. The form opens as soon as it does, or this window tells you what went wrong.`
    : 'Loading your applications and organizations from Auth0…';

export const PROGRESS_BEFORE_NAME = 'Creating the SSO link for ';
export const PROGRESS_ADVICE =
  'You can close this window. You get the link as a message that only you can see, in the conversation where you asked.';
export const PROGRESS_IF_LOST =
  'No message after a minute? Create a new link. If the first one was lost, nobody has seen it, and it expires on its own.';

/** The progress of a ticket, for a person who has waited for some seconds. */
export function progressSentence(
  progress: { step: 'creating' | 'delivering' } | { step: 'rate_limited'; ahead: number },
  seconds: number,
): string {
  switch (progress.step) {
    case 'delivering':
      return `Auth0 created the link. Slack hasn't delivered it yet, after ${seconds} seconds.`;
    case 'creating':
      return `Auth0 is slow right now. You've waited ${seconds} seconds.`;
    case 'rate_limited': {
      const { ahead } = progress;
      const others = ahead ? ` ${ahead} ${ahead === 1 ? 'request is' : 'requests are'} ahead of yours.` : '';
      return `Auth0 is getting too many requests right now, so the bot waits and tries again.${others} You've waited ${seconds} seconds. The bot stops trying after half a minute.`;
    }
  }
}

export const DONE_BEFORE_NAME = 'The SSO link for ';
export const DONE_IN_DIRECT_MESSAGE = ' is in your conversation with this bot, under Apps';
export const DONE_IN_CHANNEL = ' is in ';
export const DONE_IN_CONVERSATION = ' is in the conversation where you asked';
export const DONE_AFTER_PLACE = '. Only you can see it.';
export const DONE_ADVICE =
  "Copy the text from there and send it to the customer's IT admin. The message disappears when you reload Slack.";

// ---------------------------------------------------------------------------------- The link's message

export const linkReady = (customer: string) => `Your SSO link for ${customer} is ready.`;
export const linkTitle = (customer: string) => `SSO link for ${customer}`;
export const LINK_PURPOSE: Record<TicketKind, string> = {
  new: "Only you can see this message. Copy the text below and send it to the customer's IT admin, who sets up single sign-on with the link.",
  edit: "Only you can see this message. Copy the text below and send it to the customer's IT admin, who changes their single sign-on with the link.",
};
export const OPEN_BY = 'Open by: ';
/** What to know about a link. Auth0's limits. */
export const LINK_RULES = {
  time: 'After opening the link, the customer has five hours to finish.',
  openings: `It opens at most ${MAX_OPENS} times, and link previews and email scanners count. Send it to one person, and never post it in a channel.`,
  lost: 'Lost it? Replace it in your list of links.',
} as const;
export const LINK_REPLACES = 'The earlier link no longer works. Send the customer this one instead.';
export const LINK_WITHOUT_APPLICATION =
  "You chose no application, so the customer's IT admin can't enable the connection. Your own team must enable it in Auth0 after the admin finishes.";
export const publicDomains = (domains: string[]) =>
  `${quoted(domains)} is on a list of email providers. Make sure that it belongs to the customer.`;
export const LINK_HAS_RECEIPT =
  'This message disappears when you reload Slack. To revoke the link later, use the receipt in your conversation with this bot.';

/** The details of a ticket. */
export const DETAIL_LABELS = {
  connection: { new: 'New connection', edit: 'Connection' },
  profile: 'Profile',
  organizations: 'Organizations',
  applications: 'Applications',
} as const;

// -------------------------------------------------------------------------------------------- Receipts

export const receiptNotification = (customer: string) => `Receipt: SSO link for ${customer}`;
export const receiptTitle = (customer: string) => `Receipt: SSO link for ${customer}`;
export const RECEIPT_ADVICE =
  "The link itself isn't stored. If you lost it, revoke it here and create a new one.";
export const IF_NOT_OPENED = '. After opening the link, the customer has five hours to finish.';
export const receiptLost = (customer: string) =>
  `Slack couldn't deliver the receipt for ${customer}, so only the message with the link can revoke it.`;
export const RECEIPT_EXPIRED = 'This link has expired.';
export const EXPIRED = 'Expired: ';
export const REVOKED_BY = 'Revoked by: ';
/** About a link that was not created, for a person who has closed the form. */
export const aboutLink = (customer: string, sentence: string) => `SSO link for ${customer}: ${sentence}`;

/** About a link whose creation was interrupted, for example because the bot was killed. */
export function interrupted(customer: string, interruption: Interruption, reference: string): string {
  const outcome: Record<Interruption, string> = {
    unknown:
      "You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own. Create a new one.",
    revoked: "The link may not have reached you, so the bot revoked it. Don't use it. Create a new one.",
    not_revoked:
      "The link may not have reached you, and the bot couldn't revoke it. If you didn't get it, revoke it with the button on its receipt, and create a new one.",
  };
  return `The bot was interrupted while it created the SSO link for ${customer}. ${outcome[interruption]} (Reference: ${reference})`;
}

// ------------------------------------------------------------------------------------------- Revocation

export const REVOKE_LINK = 'Revoke link';
export const REVOKE_CONFIRMATION = {
  title: 'Revoke this link?',
  text: "It stops working immediately, even for someone who is using it now. You can't undo this, but you can create a new link.",
  confirm: 'Revoke link',
  deny: 'Keep it',
} as const;
export const revoked = (customer: string, context: SentenceContext) =>
  `The SSO link for ${customer} no longer works. A connection that is already set up keeps working. To remove it, ask ${contactIn(context)}.`;
export const REVOKE_EXPIRED = "This link has expired, so there's nothing left to revoke.";
export const revokeButtonInvalid = (context: SentenceContext) =>
  `This button no longer works, and nothing was revoked. If the link must stop working, ask ${contactIn(context)}.`;

export const revokeNoRecord = (context: SentenceContext) =>
  `The bot has no record of this link, so nothing was revoked. If the link must stop working, ask ${contactIn(context)}.`;
export const NOTHING_TO_REVOKE = "No link was created, so there's nothing to revoke.";

/** Why a link was not revoked. */
export function revokeSentence(error: Auth0Error, customer: string, context: SentenceContext): string {
  const outcome = error.mayHaveHappened
    ? `The bot couldn't confirm that the SSO link for ${customer} was revoked.`
    : `The SSO link for ${customer} wasn't revoked.`;
  return `${outcome} ${auth0Sentence(error, 'revoke', context)}`;
}

// ----------------------------------------------------------------------------------------------- Links

export function listTitle({ whose, text, toRevoke }: TicketQuery): string {
  const name = text && ` for “${shortened(text)}”`;
  if (toRevoke) return `Links you can revoke${name ?? ''}`;
  if (name) return `SSO links${name}`;
  return whose === 'mine' ? 'Your SSO links' : 'Everyone’s SSO links';
}
export function noLinks({ whose, text, toRevoke }: TicketQuery): string {
  const name = text && ` for “${shortened(text)}”`;
  if (toRevoke) return `There's no active link${name ?? ''} that you can revoke.`;
  if (name) return `There's no link${name}.`;
  return whose === 'mine' ? "You haven't created any links yet." : 'Nobody has created a link yet.';
}
export const CREATE_SSO_LINK = 'Create SSO link';
export const EDIT_A_CONNECTION = 'Edit a connection';
/** On the home tab. */
export const SHOW_LINKS = { mine: 'Show your links', all: 'Show everyone’s links' } as const;
export const LIST_ONLY_YOU = '(only you can see this)';
export const LINK_KINDS: Record<TicketKind, string> = { new: 'new connection', edit: 'edit' };
export const LINK_STATES: Record<TicketStatus, string> = {
  requested: 'Being created',
  created: 'Active, not delivered yet',
  delivered: 'Active',
  opened: 'Opened',
  configured: 'Connection set up',
  enabled: 'Enabled',
  failed: 'Not created',
  revoked: 'Revoked',
  expired: 'Expired',
};
export const UNTIL = ' until ';
export const BY = ' by ';
export const CREATED_BY = 'Created by ';
/** The labels of events in a link's history. */
export const EVENT_LABELS = {
  created: 'Created',
  not_delivered: 'Not delivered',
  revoked: 'Revoked',
  failed: 'Not created',
  muted: 'Muted',
  followed: 'Followed',
} as const satisfies Partial<Record<EventType, string>>;
/** For the person who runs the bot. */
export const reference = (correlationId: string) => `Reference: ${correlationId}`;
export const NEXT_PAGE = 'Next page';
export const PREVIOUS_PAGE = 'Previous page';
export const CREATE_AGAIN = 'Create again';
export const REPLACE_LINK = 'Replace link';
export const REPLACE_CONFIRMATION = {
  title: 'Replace this link?',
  text: 'The old link stops working. You get a new one with the same values.',
  confirm: 'Replace link',
  deny: 'Keep it',
} as const;
/** A link whose values are no longer valid. @param sentence why */
export const notReplaced = (customer: string, sentence: string) =>
  `The SSO link for ${customer} wasn't replaced, and it still works. ${sentence}`;
/** For a link that was to be revoked or replaced. */
export const alreadyRevoked = (customer: string) =>
  `The SSO link for ${customer} was already revoked. Use “Create again” in the list to get a new one.`;
export const LINK_GONE = 'The bot has no record of this link.';
/** The connection of an earlier link now exists, and the person isn't an editor. */
export const connectionExists = (customer: string, context: SentenceContext) =>
  `${customer} already has this connection, so it can't be created again. To change it, ask ${contactIn(context)}.`;

// ----------------------------------------------------------------------------------------- Link progress

/** The customer's steps. */
export const setUpWith = (provider: string) => `Connection set up (${provider})`;
export const CONNECTION_CHANGED = 'Connection changed';
export const SETTINGS_CHANGED = 'Settings changed';
export const TEST_STARTED = 'Test sign-in started';
export const TEST_DONE = 'Test sign-in';
export const DOMAIN_STEPS = {
  domain_added: 'Email domain added',
  domain_verified: 'Email domain verified',
  domain_unverified: 'Email domain not verified yet',
  domain_removed: 'Email domain removed',
} as const satisfies Partial<Record<EventType, string>>;
export const SESSION_ENDED = 'Left the setup';
export const FINISHED = 'Finished';
/** @param what of `FAILED_STEPS` */
export const stepFailed = (what: string) => `Failed: ${what}`;
export const SETUP_EXPIRED = 'Expired before the setup was finished';
export const OWN_TEAM_ENABLES = 'Your own team must enable it';
/** @param names of the applications that it is enabled for */
export const enabledFor = (names: string[]) =>
  names.length ? `Enabled for ${clip(names.join(', '), 300)}` : 'Enabled for another application';
export const ATTENTION: Record<Attention, string> = {
  expiring: 'Nothing is set up yet',
  unused: 'Nothing was set up',
  unfinished: 'Not finished',
  step_failed: 'A step failed',
  test_hanging: 'The test sign-in isn’t finished',
  domain_unverified: 'An email domain isn’t verified',
};
/** Auth0's log doesn't say which link was used. @param count at least 2 */
export const oneOfLinks = (count: number, customer: string) =>
  `Auth0 doesn't say which link this was: it's one of the ${count === 2 ? 'two' : count} links for ${customer}.`;
/** In a receipt, before the time when the session of an opened link ends. */
export const WORKS_UNTIL = 'Works until, at the latest: ';

/** The connection of a link, as Auth0 has it now. */
export const NOW_IN_AUTH0 = 'Now in Auth0: ';
export const NO_CONNECTION = "the connection doesn't exist";
export const STATE_UNKNOWN =
  "The bot couldn't get the customer's progress from Auth0, so this may be out of date.";
/** @param provider empty if Auth0 doesn't say */
export const connectionState = (provider: string, names: string[], isEnabled: boolean) =>
  `${provider}${provider && ', '}${isEnabled ? lowerFirst(enabledFor(names)) : 'not enabled'}`;
const lowerFirst = (sentence: string) => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;

/** The customer is done. @param applications the names of the applications that the connection is enabled for */
export const finished = (customer: string, applications: string[]) =>
  `${customer} finished. SSO is on${applications.length ? ` for ${clip(applications.join(', '), 300)}` : ''}.`;
export const finishedWithoutApplication = (customer: string) =>
  `${customer} set up the connection. The link has no application, so your own team must enable the connection in Auth0.`;
/** An edit. */
export const changesFinished = (customer: string) => `${customer} finished. Their changes are saved.`;
/** A sentence with a time in it. */
export interface TimedSentence {
  before: string;
  after: string;
}
export const expiringNotice = (customer: string): TimedSentence => ({
  before: `Nobody has opened the SSO link for ${customer}. Remind the customer to open the link by `,
  after: '.',
});
/** Without Auth0's log, nobody knows whether it was opened. */
export const nothingSetUpNotice = (customer: string): TimedSentence => ({
  before: `Nothing is set up for ${customer} yet. Remind the customer to open the link by `,
  after: '.',
});
export const unusedNotice = (customer: string) =>
  `The SSO link for ${customer} has expired, and nothing was set up. If the customer still wants SSO, create the link again.`;
export const openedUnusedNotice = (customer: string) =>
  `${customer} opened the SSO link but didn't set anything up, and their time has run out. Ask what stopped them, then create the link again.`;
export const unfinishedNotice = (customer: string) =>
  `${customer} set up the connection but hasn't enabled it, and their time has run out. They need a new link to continue.`;
export const unfinishedEditNotice = (customer: string) =>
  `${customer} opened the link to change their connection but didn't finish, and their time has run out. If they still need it, create the link again.`;
/** The session has ended, but the link can be opened again. */
export const leftNotice = (customer: string): TimedSentence => ({
  before: `${customer} left the setup before it was finished. They can open the same link again until `,
  after: '.',
});
export const testHangingNotice = (customer: string): TimedSentence => ({
  before: `${customer} started a test sign-in at `,
  after:
    " and hasn't finished it. Most often the redirect URL or the certificate is wrong in their identity provider.",
});
export const domainNotice = (customer: string) =>
  `${customer} hasn't verified an email domain. Their DNS needs the TXT record that the setup assistant shows. DNS changes can take up to 48 hours.`;
/** A refused step, and what to tell the customer. @param step Auth0's name for it */
export const stepFailedNotice = (customer: string, step: string) => {
  const { what, advice } = failedStep(step);
  return `${customer} ran into a problem: ${what}. ${advice}`;
};
interface FailedStep {
  what: string;
  advice: string;
}
const SAVING: FailedStep = {
  what: "Auth0 couldn't save the connection",
  advice:
    'Ask them to check what they copied from their identity provider: the metadata, the certificate, and the client ID.',
};
const DOMAIN: FailedStep = {
  what: "Auth0 couldn't add or check an email domain",
  advice: 'Ask them to check that the domain is theirs, and that its DNS has the TXT record they were shown.',
};
const PROVISIONING: FailedStep = {
  what: "Auth0 couldn't set up user provisioning",
  advice: 'Ask them to try that step again. They can also finish without it.',
};
const FAILED_STEPS: Record<string, FailedStep> = {
  ticket_consumption: {
    what: "Auth0 didn't open the link",
    advice: 'A link can be opened at most ten times. If they need more time, create a new link for them.',
  },
  connection_creation: SAVING,
  connection_update: SAVING,
  enable_connection: {
    what: "Auth0 couldn't enable the connection",
    advice: 'Ask them to try again. If it fails again, ask the team that runs your Auth0.',
  },
  add_domain: DOMAIN,
  domain_verification: DOMAIN,
  delete_pending_domain: DOMAIN,
  delete_verified_domain: DOMAIN,
  associate_verified_domain: DOMAIN,
  provisioning_token_creation: PROVISIONING,
  provisioning_token_deletion: PROVISIONING,
  provisioning_attribute_update: PROVISIONING,
  google_workspace_provisioning_consent_failed: PROVISIONING,
  google_workspace_provisioning_groups_failed: PROVISIONING,
};
/** @param step Auth0's name for it */
export const failedStep = (step: string): FailedStep =>
  (Object.hasOwn(FAILED_STEPS, step) && FAILED_STEPS[step]) || {
    what: 'a step of the setup failed',
    advice: 'Ask them what the setup assistant says, and to try the step again.',
  };
export const FOR_THE_CUSTOMER = 'For the customer:';
/** In AUDIT_CHANNEL, before a message that could not be delivered to a person. */
export const NOT_REACHED = "Slack couldn't deliver this message to ";

export const MUTE_LINK = 'Mute this link';
export const FOLLOW_LINK = 'Follow';
export const CONTINUE_SETUP = 'Create a link to continue';
export const muted = (customer: string, { command }: SentenceContext) =>
  `You won't get any more messages about the SSO link for ${customer}. To get them again, type ${command} list and the customer's name, and click “${FOLLOW_LINK}”.`;
export const followed = (customer: string) =>
  `You'll get messages about the SSO link for ${customer} from now on.`;
/** Why no link to continue was created. */
export const linkStillWorks = (customer: string) =>
  `${customer} already has an active link for this connection. The customer can use that one to continue.`;
export const alreadyEnabled = (customer: string) =>
  `The connection of ${customer} is already enabled, so there's nothing to continue.`;
export const NOTHING_TO_CONTINUE =
  "The connection of this link doesn't exist in Auth0, so there's nothing to continue. Create the link again.";
/** @param sentence why */
export const notContinued = (customer: string, sentence: string) =>
  `No link to continue was created for ${customer}. ${sentence}`;

// -------------------------------------------------------------------------------------------- Profiles

export const profileCount = (count: number) =>
  count === 1 ? 'One self-service profile' : `${count} self-service profiles`;
export const PROFILES_PURPOSE =
  'A profile decides which identity providers a customer can choose from, and what they see during setup.';
export const PROFILES_ONLY_YOU =
  'Only you can see this list, because people from other companies may be in this conversation and profiles can name your customers.';
export const POST_PROFILES = 'Post in this channel';
export const PROFILES_LOADING = 'Loading the profiles from Auth0…';
export const PROFILES_NOT_POSTED = "Slack couldn't post the list of profiles. Type the command again.";
export const PROFILE_LABELS = {
  providers: 'Identity providers: ',
  allProviders: 'all',
  required: 'Required attributes: ',
  optional: 'Optional attributes: ',
  attributeProfile: 'User attribute profile: ',
} as const;

// ---------------------------------------------------------------------- Creating and editing profiles

export const CREATE_PROFILE = 'Create profile';
export const EDIT_PROFILE = 'Edit';
export const NO_PROFILES_YET =
  'Every link needs a self-service profile, and Auth0 has none yet. You can create the first one here.';

type ProfileFormKind = 'first' | 'new' | 'edit';

export const PROFILE_FORM_TITLE: Record<ProfileFormKind, string> = {
  first: 'Create the first profile',
  new: 'Create profile',
  edit: 'Edit profile',
};
export const PROFILE_FORM_INTRO: Record<ProfileFormKind, string> = {
  first:
    'Every link needs a self-service profile. It decides which identity providers a customer can choose from, and what they see during setup. You can change all of this later.',
  new: 'A self-service profile decides which identity providers a customer can choose from, and what they see during setup.',
  edit: 'Your changes apply to every link that uses this profile, including links that were already sent.',
};
export const PROFILE_FORM_SUBMIT: Record<ProfileFormKind, string> = {
  first: 'Create profile',
  new: 'Create profile',
  edit: 'Save changes',
};
/** Instead of the attributes. @param name the user attribute profile's */
export const attributesElsewhere = (name: string) =>
  `User attributes come from the user attribute profile “${name}”. Edit them in the Auth0 Dashboard.`;
/** Instead of a field. */
export const fieldTooLong = (label: string) =>
  `“${label}” is too long for this form. Edit it in the Auth0 Dashboard.`;

export const PROFILE_PROGRESS_TITLE = 'Saving';
export const PROFILE_PROGRESS = 'Saving the profile ';
export const profileSlow = (seconds: number) =>
  `Auth0 hasn't answered yet, after ${seconds} seconds. You can close this window: the result then comes as a message that only you can see.`;
export const PROFILE_DONE_TITLE = { new: 'Profile created', edit: 'Changes saved' } as const;
export const PROFILE_UNCHANGED_TITLE = 'Nothing to save';
export const profileUnchanged = (name: string) => `You didn't change anything, so “${name}” stays as it is.`;

export const profileSaved = ({ name, isNew, fields }: SavedProfile) =>
  isNew
    ? `The profile “${name}” is ready. You can use it for links right away.`
    : `“${name}” is saved: ${profileLabels(fields).join(', ')}.`;

export const PROFILE_GONE = 'This profile no longer exists in Auth0, so nothing was saved.';

interface ProfileSentenceContext extends SentenceContext {
  /** Whether the profile was to be created. */
  isNew: boolean;
}

/** Why a profile was not saved, or only in part. */
export function profileSentence(error: unknown, context: ProfileSentenceContext): string {
  if (error instanceof Auth0Error) return profileAuth0Sentence(error, context);
  if (!(error instanceof ProfileError)) return unexpectedError(context);
  const { details } = error;
  switch (details.code) {
    case 'profile_gone':
      return PROFILE_GONE;
    case 'profile_not_read':
      return `${auth0Cause(details.reason)} Nothing was saved. ${auth0Advice(details.reason, 'read', context, '')}`;
    case 'profile_changed':
      return `Someone else changed this profile after you opened the form (${profileLabels(details.fields).join(', ')}). Nothing was saved. Copy what you typed, close this form, and open it again.`;
    case 'introduction_not_saved': {
      const { saved, reason } = details;
      const rest = saved.isNew
        ? `The profile “${saved.name}” was created, but its introduction ${notSaved(reason)}.`
        : `These changes were saved: ${profileLabels(saved.fields).join(', ')}. The introduction ${notSaved(reason)}.`;
      return `${rest} ${auth0Cause(reason)} ${profileAdvice(reason, context)}`;
    }
  }
}

const notSaved = ({ mayHaveHappened }: Auth0Error) =>
  mayHaveHappened ? 'may not have been saved' : 'was not saved';

function profileAuth0Sentence(error: Auth0Error, context: ProfileSentenceContext): string {
  const { command, isNew } = context;
  const { code, mayHaveHappened } = error;
  const cause = auth0Cause(error);
  if (mayHaveHappened) {
    const check = isNew
      ? `The profile may have been created anyway. Type ${command} profiles to see whether it is there before you try again.`
      : 'Your changes may have been saved anyway. Copy what you typed, close this form, and open it again to see.';
    return `${cause} ${check}`;
  }
  const advice =
    code === 'conflict' && isNew
      ? 'If the tenant has 20 profiles, delete one in the Auth0 Dashboard, then try again.'
      : profileAdvice(error, context);
  return `${cause} Nothing was saved. ${advice}`;
}

const profileAdvice = (error: Auth0Error, context: SentenceContext) =>
  error.code === 'rejected' || error.code === 'conflict'
    ? 'Change the form and try again.'
    : auth0Advice(error, 'read', context, '');

const PROFILE_FIELD_SENTENCES: {
  [Code in ProfileProblem['code']]: (problem: Extract<ProfileProblem, { code: Code }>) => string;
} = {
  text_missing: ({ label }) => `Fill in “${label}”.`,
  text_too_long: ({ max, length }) => `Use ${max} characters or fewer. You have ${length}.`,
  not_an_https_url: () => 'Enter a complete URL that starts with https://.',
  not_a_color: () => 'Enter six or three hexadecimal digits, for example #0059d6.',
  not_an_attribute: ({ line }) =>
    `Write each attribute like “email: Work email, required”, with a space after the colon. This line is different: “${clip(line, 60)}”.`,
  attribute_twice: ({ name }) => `“${clip(name, 60)}” appears twice.`,
  attribute_name_too_long: ({ name, max }) =>
    `The name “${clip(name, 60)}” is too long. Use ${max} characters or fewer.`,
  attribute_description_too_long: ({ name, max }) =>
    `The description of “${clip(name, 60)}” is too long. Use ${max} characters or fewer.`,
  too_many_attributes: ({ max, count }) => `Use ${max} attributes or fewer. You have ${count}.`,
};

/** What is wrong with a field of a profile, and how to fix it. */
export function profileFieldSentence(problem: ProfileProblem): string {
  // The table has an entry for each code, which takes exactly that problem.
  const sentence = PROFILE_FIELD_SENTENCES[problem.code] as (problem: ProfileProblem) => string;
  return sentence(problem);
}

export const PROFILE_AUDIT_ACTIONS = {
  profile_created: 'created the self-service profile',
  profile_changed: 'changed the self-service profile',
} as const;
export const profileAuditNotification = (action: string, name: string) => `Someone ${action} “${name}”.`;

// ------------------------------------------------------------------------------------------------ Help

export const HELP_INTRO =
  "Create links that let a customer's IT admin set up single sign-on. You can type:\n";
export const helpNotification = (typed: string[]) => `You can type: ${typed.join(', ')}`;
/** For a text that looks like a request for help, but may be a customer's name. */
export const createLinkFor = (customer: string) => `Create a link for ${customer}`;
export const versionLine = (version: string) => `Version ${version}`;

// --------------------------------------------------------------------------------------- Audit channel

export const AUDIT_ACTIONS = {
  ticket_made: 'created an SSO link',
  ticket_revoked: 'revoked the SSO link',
} as const;
export const AUDIT_KINDS: Record<string, string> = { new: ' (new connection)', edit: ' (edit)' };
export const AUDIT_BOT = 'The bot';
export const auditNotification = (action: string, connection: string) =>
  `Someone ${action} for ${connection}.`;

// ------------------------------------------------------------------------------------------ All messages

export const tenantLine = (label: string) => `Tenant: ${label}`;
/** A typed text, short enough for a sentence. */
export const shortened = (text: string) => clip(text, 150);
