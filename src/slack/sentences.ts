import { Auth0Error } from '../auth0/errors.ts';
import { clip } from '../lib/text.ts';
import { ProfileError, type SavedProfile } from '../profiles/errors.ts';
import { profileLabels } from '../profiles/fields.ts';
import type { ProfileProblem } from '../profiles/problems.ts';
import { type FieldProblem, TicketError } from '../tickets/errors.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import { MAX_OPENS } from '../tickets/lifetime.ts';
import type { AccessErrorCode } from './access.ts';

/**
 * Every sentence that people read in Slack, except the labels and hints of fields, which are in `tickets/form`, and the
 * help of each subcommand, which is in `subcommands.ts`.
 *
 * An error's sentence says what happened, what that means, and what to do.
 */

/** What sentences name. */
export interface SentenceContext {
  /** The slash command. */
  command: string;
  /** Whom to ask for access, from ACCESS_CONTACT. */
  contact: string | undefined;
}

const ask = ({ contact }: SentenceContext) => `Ask ${contact ?? 'the person who runs this bot'}.`;

// ------------------------------------------------------------------------------------------------ Access

export const ORG_WIDE_INSTALL =
  'The app is installed to the whole organization, but it must be installed to one workspace. Remove it from the organization, install it again from “Install App” at api.slack.com/apps, choose a workspace there instead of the organization, and set SLACK_BOT_TOKEN to the new bot token.';

/** Why a person may not do something. */
export function accessSentence(code: AccessErrorCode, context: SentenceContext): string {
  const { command } = context;
  switch (code) {
    case 'user':
    case 'workspace':
      return `You don't have access to ${command}. ${ask(context)}`;
    case 'channel':
      return `You don't have access to ${command} in this conversation: it works in certain channels only. ${ask(context)}`;
    case 'editor':
      return `You don't have access to links that change an existing connection. ${ask(context)}`;
    case 'profile_editor':
      return `You don't have permission to create or edit self-service profiles. ${ask(context)}`;
    case 'org_wide':
      return `${ORG_WIDE_INSTALL} ${ask(context)}`;
    case 'unknown':
      return `Slack cannot tell the bot who you are right now, so you don't have access to ${command}. Try again in a minute.`;
    case 'not_member':
      return 'You are not a member of the conversation that you chose, so the link cannot go there. Join it, or choose another one. No link was made.';
    case 'membership_unknown':
      return 'Slack does not tell the bot whether you are a member of the conversation that you chose, so the link cannot go there. Invite the bot to it, or choose another one. No link was made.';
  }
}

// ------------------------------------------------------------------------------------------------- Auth0

/** What Auth0 was asked to do. It decides what a failure means for the person. */
export type Auth0Task = 'create' | 'revoke' | 'read';

/** @param nameTaken for a create call: what to do if the connection's name is taken */
export function auth0Sentence(error: Auth0Error, task: Auth0Task, nameTaken = ''): string {
  const parts = [auth0Cause(error), auth0Consequence(error, task), auth0Advice(error, task, nameTaken)];
  return parts.filter(Boolean).join(' ');
}

/** What went wrong. */
export function auth0Cause({ code, permission, reason: text, status }: Auth0Error): string {
  // The sentence ends with a period of its own.
  const reason = text?.replace(/\.$/, '');
  switch (code) {
    case 'missing_permission':
      return `Auth0 does not allow it: the bot's Auth0 application lacks the permission ${permission}.`;
    case 'credentials_rejected':
      return "Auth0 does not accept the bot's credentials.";
    case 'name_taken':
      return 'A connection with this name already exists in Auth0.';
    case 'custom_domain_required':
      return 'This Auth0 tenant has several custom domains, so a link must use one of them.';
    case 'upgrade_required':
      return `The Auth0 subscription does not include this${reason ? `: “${reason}”` : ''}.`;
    case 'rejected':
    case 'conflict':
      return reason ? `Auth0 refused it: “${reason}”.` : 'Auth0 refused it.';
    case 'not_found':
      return `Auth0 does not know something that was chosen here${reason ? `: “${reason}”` : ''}.`;
    case 'rate_limited':
      return 'Auth0 limits how often it may be called, and it has been called too often.';
    case 'busy':
      return 'The bot has too many requests for Auth0 right now.';
    case 'unreachable':
      return 'The bot cannot reach Auth0.';
    case 'no_answer':
      return 'Auth0 did not answer, or its answer was incomplete.';
    case 'failed':
      return status ? `Auth0 had an internal error (${status}).` : 'Auth0 gave no answer that makes sense.';
    case 'stopping':
      return 'The bot is being restarted.';
  }
}

/** What that means for the person. Empty if they only wanted to read something. */
export function auth0Consequence({ mayHaveHappened }: Auth0Error, task: Auth0Task): string {
  switch (task) {
    case 'create':
      return mayHaveHappened
        ? 'You have no link. Auth0 may have made one anyway; nobody has seen it, and it expires on its own.'
        : 'No link was made.';
    case 'revoke':
      return mayHaveHappened ? 'The link may still work: treat it as active.' : 'The link still works.';
    case 'read':
      return '';
  }
}

const NAME_TAKEN = 'Choose another name, or change the existing one with “edit” and its name.';
const nameTakenAsk = (context: SentenceContext) => `Choose another name. ${ask(context)}`;

function auth0Advice({ code }: Auth0Error, task: Auth0Task, nameTaken: string): string {
  switch (code) {
    case 'missing_permission':
      return 'Ask the person who runs this bot to grant it, then try again.';
    case 'credentials_rejected':
      return 'Ask the person who runs this bot to check its Auth0 settings, then try again.';
    case 'name_taken':
      return nameTaken;
    case 'custom_domain_required':
      return 'Choose one at “Link opens on” under “More options”. If that is not there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.';
    case 'upgrade_required':
      return 'Ask the person who runs this bot.';
    case 'rejected':
    case 'conflict':
      return task === 'create' ? 'Change the form and try again.' : 'Ask the person who runs this bot.';
    case 'not_found':
      return task === 'create' ? 'Choose again: the lists are being refreshed.' : 'Try again in a minute.';
    case 'rate_limited':
    case 'busy':
    case 'unreachable':
      return 'Try again in a minute.';
    case 'no_answer':
    case 'failed':
      return task === 'create' ? 'Try again in a minute; the same name is fine.' : 'Try again in a minute.';
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
    return auth0Sentence(error, 'create', context.isEditor ? NAME_TAKEN : nameTakenAsk(context));
  }
  if (!(error instanceof TicketError)) return UNEXPECTED_CREATE_ERROR;
  const { details } = error;
  switch (details.code) {
    case 'resource_protected':
    case 'connection_not_editable':
      return editSentence(details, context);
    case 'protection_unresolved':
      return `${details.variable} names something that Auth0 does not know, so this link is refused for now. No link was made. ${ask(context)}`;
    case 'organization_has_connection':
      return `${organizationTaken(details.name, context)} No link was made.`;
    case 'connection_gone':
      return `There is no connection ${details.name} anymore. Choose another one.`;
    case 'reach_unknown':
      return error.cause instanceof Auth0Error
        ? `${auth0Sentence(error.cause, 'read')} No link was made.`
        : UNEXPECTED_CREATE_ERROR;
    case 'not_delivered': {
      const undelivered = 'Slack did not accept the message with the link, so you could not get it.';
      if (details.revoked) {
        return `${undelivered} The link was revoked right away, and nobody has seen it. Try again in a minute.`;
      }
      const button = context.receipt
        ? ' The receipt in your conversation with this bot has a button to revoke it.'
        : '';
      return `${undelivered} It could not be revoked either, but nobody has seen it, and it expires on its own.${button} Tell the person who runs this bot (reference ${details.correlationId}).`;
    }
  }
}

const UNEXPECTED_CREATE_ERROR =
  'Something went wrong inside the bot. Try again; if it happens again, tell the person who runs this bot.';

/** Why no link may edit a connection. */
export function editSentence(
  problem:
    | { code: 'resource_protected'; name: string }
    | { code: 'connection_not_editable'; name: string; strategy: string },
  context: SentenceContext,
): string {
  return problem.code === 'resource_protected'
    ? `${problem.name} is protected: no link may change it. ${ask(context)}`
    : `${problem.name} is not an enterprise connection that a customer's admin can set up (its type is ${problem.strategy}).`;
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
  choice_missing: () => 'Choose one.',
  checkbox_missing: () => 'Select at least one.',
  application_missing: () =>
    "Choose at least one application: without one, Auth0 shows the customer's admin no button to enable the connection.",
  text_too_long: ({ max, length }) => `Use at most ${max} characters; there are ${length}.`,
  not_a_choice: () => 'One of these was only a notice, not an entry. Take it out and choose again.',
  no_longer_offered: () => 'This is no longer offered. Choose again.',
  editors_only: () =>
    "You don't have access to this option: it widens who can get in. Leave it as it was, or ask an editor to make the link.",
  connection_name_too_long: ({ max, length }) =>
    `A connection name has at most ${max} characters; this one has ${length}.`,
  connection_name_invalid: () =>
    'Use letters (a–z), digits and single hyphens between them, for example acme-corp.',
  connection_name_against_policy: ({ pattern, hint }) =>
    `This is not how connections are named here. ${hint ?? `The name must match ${pattern}.`}`,
  connection_name_taken: ({ name, customer, isEditor }, context) =>
    isEditor
      ? `A connection named ${name} exists already. Choose another name, or change that one with “${context.command} edit ${name}”.`
      : organizationTaken(customer || 'This customer', context),
  resource_protected: editSentence,
  too_many_organizations: ({ max, count }) =>
    `Choose at most ${max} organizations; there are ${count}. An editor can choose more.`,
  form_outdated: ({ label }) =>
    `“${label}” has a new rule since this form was opened. Close the form and open it again.`,
  connection_not_editable: editSentence,
  metadata_pattern_mismatch: ({ label, pattern }) =>
    `This does not look like a ${label}: it must match ${pattern}.`,
  metadata_not_a_pair: ({ line }) =>
    `Write one “key: value” per line; this line is not one: “${clip(line, 60)}”.`,
  metadata_key_reserved: ({ key }) => `“${key}” can't be a key. Use another one.`,
  metadata_key_twice: ({ key, hasOwnField }) =>
    `“${clip(key, 60)}” appears twice${hasOwnField ? ' (it has a field of its own)' : ''}.`,
  metadata_too_many: ({ max, count }) => `Auth0 keeps at most ${max} pairs; there are ${count}.`,
  metadata_too_long: ({ key, max }) =>
    `The value of “${clip(key, 60)}” is too long: at most ${max} characters.`,
  not_an_https_url: () => 'Use a complete web address that begins with https://.',
  domains_invalid: ({ texts }) =>
    `No domain: ${quoted(texts)}. Write domains such as acme.com, separated by commas.`,
  domains_public: ({ domains }) =>
    `${quoted(domains)}: anybody can have a mail address there, so it is no customer's domain.`,
  domains_maybe_public: ({ domains }) =>
    `${quoted(domains)}: a list of email providers has this domain. If it belongs to the customer, ask an editor to create the link.`,
  domains_too_many: ({ max, count, oneOrganization }) =>
    `Auth0 allows at most ${max} domains ${oneOrganization ? 'with one organization' : 'in a link'}; there are ${count}, verified ones included.`,
  discovery_domains_too_many: ({ max, count }) =>
    `Auth0 can use at most ${max} domains that are already verified to find the organization; there are ${count}.`,
  domains_feature_off: () => 'Select “Domains” above, or leave this empty.',
  domain_verification_off: () => 'Set “Domain verification” to optional or required, or leave this empty.',
  discovery_needs_domains: () =>
    'This needs domains: let the customer verify some, or leave this unselected.',
  discovery_needs_one_organization: ({ count }) =>
    `This needs exactly one organization; ${count || 'none'} ${count > 1 ? 'are' : 'is'} chosen.`,
  idp_login_needs_application: () => 'Choose the application that people arrive at, below.',
  idp_login_off: () => 'Select “Login can start at the identity provider” above, or leave this empty.',
  idp_query_needs_oidc: () => 'A query goes with the protocol OpenID Connect only.',
  idp_query_unknown_parameters: ({ unknown, allowed }) =>
    `Only ${allowed.join(', ')} are allowed here, not ${unknown.join(', ')}.`,
  scim_needs_user_scopes: () => 'SCIM works only with all five scopes for users: select them below.',
  scim_not_supported: ({ provider, onlySync }) =>
    onlySync
      ? `${provider} has no SCIM provisioning: choose “Off” here, and use “Google Workspace directory sync” below.`
      : `${provider} has no provisioning: clear “Provisioning” above.`,
  sync_not_supported: ({ provider }) =>
    `Directory sync works with Google Workspace only, and this connection uses ${provider}. Choose “Off”.`,
  provisioning_is_empty: () => 'Provisioning is selected above, so choose what it covers.',
  provisioning_feature_off: () => 'Select “Provisioning” above, or turn this off.',
  google_not_offered: ({ profile }) => `The profile ${profile} does not offer Google Workspace.`,
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

export const RESTARTING = 'The bot is being restarted. Nothing was done; try again in a few seconds.';
export const SEAL_INVALID =
  'This cannot be used anymore: it is too old, or was not made for you. Nothing was done. Close it and type the command again.';
export const UNEXPECTED_ERROR =
  'Something went wrong inside the bot, and it may not have done what you asked. Try again; if it happens again, tell the person who runs this bot.';
export const FORM_NOT_OPENED = 'Slack did not open the form in time. Nothing was made.';
/** @param code Slack's error code, if it gave one: then it helps nobody to try again */
export const formRefused = (code: string | undefined, context: SentenceContext) =>
  code
    ? `Slack refuses to open the form (${code}). Nothing was made. ${ask(context)}`
    : `Slack did not open the form. Nothing was made. Try again in a minute; if it happens again, ask ${context.contact ?? 'the person who runs this bot'}.`;
export const LIST_LOADING = 'The list is still loading. Type again in a moment.';
export const NO_PROFILES =
  'There is no self-service profile in Auth0 yet, and every link needs one. Someone with access to the Auth0 Dashboard makes one under Authentication → Self-Service Enterprise Configuration; then try again.';

export const buttonExpired = (command: string) =>
  `This button cannot be used anymore. Type ${command} instead.`;

// ------------------------------------------------------------------------------------------------- Forms

export const FORM_TITLE: Record<TicketKind, string> = {
  new: 'New SSO connection',
  edit: 'Edit SSO connection',
};
export const FORM_INTRO: Record<TicketKind, string> = {
  new: "You get a link, visible to you alone. The customer's IT admin opens it and sets up single sign-on with it.",
  edit: "You get a link, visible to you alone. The customer's IT admin opens it and changes their single sign-on with it.",
};
export const FORM_SUBMIT = 'Create link';
export const FORM_CANCEL = 'Cancel';
export const MORE_OPTIONS = 'More options';
export const OPEN_FORM_AGAIN = 'Open the form again';
export const FORM_INCOMPLETE =
  'The button could not hold everything that you had filled in. Check each field, and fill in what is missing.';
/** The hint of a field that can't hold what was typed. */
export const textCut = (max: number) =>
  `What you typed is too long for this field: it shows the first ${max} characters only.`;

/** @param listComplete whether all connections are known @param similar whether similar ones are offered */
export function connectionNotFound(text: string, listComplete: boolean, similar: boolean): string {
  return [
    listComplete
      ? `There is no connection called “${text}”.`
      : `The list of connections is still loading, and no connection has exactly the name “${text}”.`,
    similar ? 'Did you mean one of these?' : '',
    'You can look for it by a part of its name, or make a new one.',
  ]
    .filter(Boolean)
    .join(' ');
}
export const editConnection = (name: string) => `Edit ${name}`;
export const FIND_CONNECTION = 'Find a connection';
export const NEW_CONNECTION = 'New connection';

// ------------------------------------------------------------------------------------------- Other views

export const CLOSE = 'Close';
export const TRY_AGAIN = 'Try again';
export const LOADING_TITLE = 'One moment';
export const PROBLEM_TITLE = 'That did not work';
export const ANSWER_TITLE = 'SSO tickets';
export const PROGRESS_TITLE = 'Making the link';
export const DONE_TITLE = 'The link is ready';

/** @param seconds how long the person has waited, if it is long */
export const loading = (seconds?: number) =>
  seconds
    ? `Auth0 has not answered yet, after ${seconds} seconds. The form opens on its own, or this window says why not.`
    : 'Asking Auth0 for what can be chosen… The form opens in a moment.';

export const PROGRESS_BEFORE_NAME = 'Auth0 is making the link for ';
export const PROGRESS_ADVICE =
  'You may close this window. The link, or the reason why there is none, comes as a message that only you can see, in the conversation where you asked.';
export const PROGRESS_IF_LOST =
  'If nothing has come within a minute, ask for a new link. Should Auth0 have made one that was lost on the way, nobody has seen it, and it expires on its own.';

/** How far a ticket is, for a person who has waited for some seconds. */
export function progressSentence(
  progress: { step: 'creating' | 'delivering' } | { step: 'rate_limited'; ahead: number },
  seconds: number,
): string {
  switch (progress.step) {
    case 'delivering':
      return `Auth0 has made the link, and Slack has not taken it yet, after ${seconds} seconds.`;
    case 'creating':
      return `The link is not there yet, after ${seconds} seconds: Auth0 takes its time.`;
    case 'rate_limited': {
      const { ahead } = progress;
      const others = ahead ? ` (${ahead} asked before you, and ${ahead === 1 ? 'goes' : 'go'} first)` : '';
      return `Auth0 limits how often it may be called, so the bot waits and tries again${others}: ${seconds} seconds so far. It gives up after half a minute.`;
    }
  }
}

export const DONE_BEFORE_NAME = 'The link for ';
export const DONE_IN_DIRECT_MESSAGE = ' is in your conversation with this bot (under Apps)';
export const DONE_IN_CHANNEL = ' is in ';
export const DONE_IN_CONVERSATION = ' is in the conversation';
export const DONE_AFTER_PLACE = ', visible to you alone.';
export const DONE_ADVICE =
  'Copy it from there and send it to the customer. The message is gone once you reload Slack.';

// ---------------------------------------------------------------------------------- The link's message

export const linkReady = (connection: string) => `The SSO link for ${connection} is ready.`;
export const linkTitle = (customer: string) => `SSO link for ${customer}`;
export const LINK_PURPOSE: Record<TicketKind, string> = {
  new: "With it, the customer's IT admin can set up single sign-on. Only you can see this message.",
  edit: "With it, the customer's IT admin can change their single sign-on. Only you can see this message.",
};
export const EXPIRES = 'Expires: ';
export const IF_NOT_OPENED = ' if it has not been opened by then.';
export const LINK_USE = `It opens at most ${MAX_OPENS} times, and the five hours for the set-up start when anything opens it; a link preview or a mail scanner may count. So make the link when the customer's admin is ready, don't post it in a channel, and keep only one link for a connection live at a time.`;
export const LINK_WITHOUT_APPLICATION =
  "No application was chosen, so the customer's admin gets no button to enable the connection: your own team has to enable it in Auth0 when they are done.";
export const doubtfulDomains = (domains: string[]) =>
  `${quoted(domains)}: a list of email providers has this domain. Make sure that it belongs to the customer.`;
export const FOR_YOUR_CUSTOMER = 'For your customer, ready to copy:';
export const LINK_HAS_RECEIPT =
  'This message is gone once you reload Slack. You can still revoke the link then: the receipt in your conversation with this bot has the same button.';
export const LINK_HAS_NO_RECEIPT =
  'This message is gone once you reload Slack, and it holds the only way to revoke the link: no receipt could be sent to you.';

/** The lines of a ticket's details. */
export const DETAIL_LABELS = {
  connection: { new: 'New connection', edit: 'Connection' },
  profile: 'Profile',
  organizations: 'Organizations',
  applications: 'Applications',
} as const;

// -------------------------------------------------------------------------------------------- Receipts

export const receiptPending = (connection: string, reference: string) =>
  `An SSO link for ${connection} is being created. It comes to you alone, in the conversation where you asked, and this message becomes its receipt. If this message has not changed after a minute, something went wrong: if you have no link by then, ask for a new one. (Reference: ${reference})`;
export const receiptNotification = (connection: string) => `Receipt: an SSO link for ${connection}`;
export const receiptTitle = (customer: string) => `Receipt: SSO link for ${customer}`;
export const RECEIPT_ADVICE =
  'The link itself is not kept anywhere: if it is lost, revoke it here and make a new one.';
export const receiptUndelivered = (connection: string) =>
  `The link for ${connection} could not be delivered, so it was revoked right away. Nobody has seen it.`;
export const receiptLost = (connection: string) =>
  `Slack did not accept the receipt for ${connection}, so the message with the link holds the only way to revoke it.`;
/** About a link that was not made, for a person who has closed the form. */
export const aboutLink = (connection: string, sentence: string) =>
  `About the link for ${connection}: ${sentence}`;

// ------------------------------------------------------------------------------------------- Revocation

export const REVOKE_LINK = 'Revoke link';
export const REVOKE_CONFIRMATION = {
  title: 'Revoke this link?',
  text: 'It stops working right away, also for someone who is setting up with it now. This cannot be undone; you can make a new link.',
  confirm: 'Revoke link',
  deny: 'Keep it',
} as const;
export const revoked = (connection: string) =>
  `The link for ${connection} no longer works: it was revoked. A set-up begun with it has ended too. If a message still shows the link, ignore it.`;
export const REVOKE_EXPIRED =
  'This link has expired, and so has any set-up begun with it: there is nothing left to revoke.';
export const REVOKE_FORGED =
  'This button cannot be used anymore, and nothing was revoked: its contents are not what this bot wrote, or its key was changed since. If the link must not work, ask the person who runs this bot.';

/** Why a link was not revoked. */
export function revokeSentence(error: Auth0Error, connection: string): string {
  const outcome = error.mayHaveHappened
    ? `It is not certain that the link for ${connection} was revoked.`
    : `The link for ${connection} was not revoked.`;
  return `${outcome} ${auth0Sentence(error, 'revoke')}`;
}

// -------------------------------------------------------------------------------------------- Profiles

export const profileCount = (count: number) =>
  count === 1 ? 'One self-service profile' : `${count} self-service profiles`;
export const PROFILES_PURPOSE =
  'A profile decides what a customer can choose from when they set up single sign-on.';
export const PROFILES_ONLY_YOU =
  'Only you can see this: people from other companies may be in this conversation, and profiles can name other customers.';
export const POST_PROFILES = 'Post in this channel';
export const PROFILES_LOADING = 'Asking Auth0 for the profiles… the list comes in a moment.';
export const PROFILES_NOT_POSTED = 'Slack did not accept the list of profiles. Type the command again.';
export const PROFILE_LABELS = {
  providers: 'Identity providers: ',
  allProviders: 'all providers',
  required: 'Required attributes: ',
  optional: 'Optional attributes: ',
  attributeProfile: 'User attribute profile: ',
} as const;
export const CREATE_TICKET = 'Create link';

// ---------------------------------------------------------------------- Creating and editing profiles

export const CREATE_PROFILE = 'Create profile';
export const EDIT_PROFILE = 'Edit';
export const NO_PROFILES_YET =
  'There is no self-service profile yet, and every link needs one. You can create the first one here.';

type ProfileFormKind = 'first' | 'new' | 'edit';

export const PROFILE_FORM_TITLE: Record<ProfileFormKind, string> = {
  first: 'Create the first profile',
  new: 'Create profile',
  edit: 'Edit profile',
};
export const PROFILE_FORM_INTRO: Record<ProfileFormKind, string> = {
  first:
    "Every link needs a self-service profile. It decides what a customer's IT admin can choose from, and what the pages look like. You can change all of this later.",
  new: "A self-service profile decides what a customer's IT admin can choose from, and what the pages look like.",
  edit: 'Your changes apply to every link that uses this profile, including links that are already out.',
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

/** Why a profile was not saved, or not as a whole. */
export function profileSentence(error: unknown, context: ProfileSentenceContext): string {
  if (error instanceof Auth0Error) return profileAuth0Sentence(error, context);
  if (!(error instanceof ProfileError)) return UNEXPECTED_ERROR;
  const { details } = error;
  switch (details.code) {
    case 'profile_gone':
      return PROFILE_GONE;
    case 'profile_not_read':
      return `${auth0Cause(details.reason)} Nothing was saved. ${auth0Advice(details.reason, 'read', '')}`;
    case 'profile_changed':
      return `Someone else changed this profile after you opened the form (${profileLabels(details.fields).join(', ')}). Nothing was saved. Copy what you typed, close this form, and open it again.`;
    case 'introduction_not_saved': {
      const { saved, reason } = details;
      const rest = saved.isNew
        ? `The profile “${saved.name}” was created, but its introduction ${notSaved(reason)}.`
        : `These changes were saved: ${profileLabels(saved.fields).join(', ')}. The introduction ${notSaved(reason)}.`;
      return `${rest} ${auth0Cause(reason)} ${profileAdvice(reason)}`;
    }
  }
}

const notSaved = ({ mayHaveHappened }: Auth0Error) =>
  mayHaveHappened ? 'may not have been saved' : 'was not saved';

function profileAuth0Sentence(error: Auth0Error, { command, isNew }: ProfileSentenceContext): string {
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
      : profileAdvice(error);
  return `${cause} Nothing was saved. ${advice}`;
}

const profileAdvice = (error: Auth0Error) =>
  error.code === 'rejected' || error.code === 'conflict'
    ? 'Change the form and try again.'
    : auth0Advice(error, 'read', '');

const PROFILE_FIELD_SENTENCES: {
  [Code in ProfileProblem['code']]: (problem: Extract<ProfileProblem, { code: Code }>) => string;
} = {
  text_missing: ({ label }) => `Fill in “${label}”.`,
  text_too_long: ({ max, length }) => `Use at most ${max} characters; there are ${length}.`,
  not_an_https_url: () => 'Use a complete web address that begins with https://.',
  not_a_color: () => 'Use six or three hexadecimal digits, for example #0059d6.',
  not_an_attribute: ({ line }) =>
    `Write each attribute like “email: Work email, required”, with a space after the colon. This line is different: “${clip(line, 60)}”.`,
  attribute_twice: ({ name }) => `“${clip(name, 60)}” appears twice.`,
  attribute_name_too_long: ({ name, max }) =>
    `The name “${clip(name, 60)}” is too long: use at most ${max} characters.`,
  attribute_description_too_long: ({ name, max }) =>
    `The description of “${clip(name, 60)}” is too long: use at most ${max} characters.`,
  too_many_attributes: ({ max, count }) => `Use at most ${max} attributes; there are ${count}.`,
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
  "A link lets a customer's IT admin set up single sign-on with you, alone. You can type:\n";
export const helpNotification = (typed: string[]) => `What you can type: ${typed.join(', ')}`;

// --------------------------------------------------------------------------------------- Audit channel

export const AUDIT_ACTIONS = {
  ticket_made: 'made an SSO link',
  ticket_revoked: 'revoked the SSO link',
} as const;
export const AUDIT_KINDS: Record<string, string> = { new: ' (a new connection)', edit: ' (an edit)' };
export const AUDIT_BOT = 'The bot';
export const auditNotification = (action: string, connection: string) =>
  `Someone ${action} for ${connection}.`;

// ------------------------------------------------------------------------------------------ All messages

export const tenantLine = (label: string) => `Tenant: ${label}`;
/** A text that was typed, short enough for a sentence. */
export const shortened = (text: string) => clip(text, 150);
