import { describe, expect, it } from 'vitest';
import { Auth0Error, type Auth0ErrorCode } from '../../src/auth0/errors.ts';
import { ProfileError, type ProfileErrorDetails, type SavedProfile } from '../../src/profiles/errors.ts';
import { EMPTY_VALUES } from '../../src/profiles/form.ts';
import type { ProfileProblem } from '../../src/profiles/problems.ts';
import type { AccessErrorCode } from '../../src/slack/access.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { commandHelp, usageHint } from '../../src/slack/subcommands.ts';
import { type FieldProblem, TicketError, type TicketErrorDetails } from '../../src/tickets/errors.ts';

/**
 * Every text that people read in Slack, literally; those of the forms' fields are in `tickets/form/labels.test.ts`.
 * Other tests take their texts from the code, so a change is made there and here.
 *
 * The types ask for a text for every export and every code.
 */

/** Without ACCESS_CONTACT. */
const context: sentences.SentenceContext = { command: '/sso-ticket', contact: undefined };
/** With ACCESS_CONTACT. */
const named: sentences.SentenceContext = { command: '/sso-ticket', contact: '#it-help' };

/** What the code says, and what it must say. */
type Row = [said: string, text: string];

// ---------------------------------------------------------------------------------------- Access

const ACCESS: Record<AccessErrorCode, Row[]> = {
  user: [
    [
      sentences.accessSentence('user', context),
      "You don't have access to /sso-ticket. Ask the person who runs this bot.",
    ],
    [sentences.accessSentence('user', named), "You don't have access to /sso-ticket. Ask #it-help."],
  ],
  channel: [
    [
      sentences.accessSentence('channel', context),
      "You don't have access to /sso-ticket in this conversation: it works in certain channels only. Ask the person who runs this bot.",
    ],
    [
      sentences.accessSentence('channel', named),
      "You don't have access to /sso-ticket in this conversation: it works in certain channels only. Ask #it-help.",
    ],
  ],
  editor: [
    [
      sentences.accessSentence('editor', context),
      "You don't have access to links that change an existing connection. Ask the person who runs this bot.",
    ],
    [
      sentences.accessSentence('editor', named),
      "You don't have access to links that change an existing connection. Ask #it-help.",
    ],
  ],
  profile_editor: [
    [
      sentences.accessSentence('profile_editor', named),
      "You don't have permission to create or edit self-service profiles. Ask #it-help.",
    ],
  ],
  workspace: [
    [sentences.accessSentence('workspace', named), "You don't have access to /sso-ticket. Ask #it-help."],
  ],
  not_member: [
    [
      sentences.accessSentence('not_member', named),
      'You are not a member of the conversation that you chose, so the link cannot go there. Join it, or choose another one. No link was made.',
    ],
  ],
  membership_unknown: [
    [
      sentences.accessSentence('membership_unknown', named),
      'Slack does not tell the bot whether you are a member of the conversation that you chose, so the link cannot go there. Invite the bot to it, or choose another one. No link was made.',
    ],
  ],
  org_wide: [
    [
      sentences.accessSentence('org_wide', named),
      'The app is installed to the whole organization, but it must be installed to one workspace. Remove it from the organization, install it again from “Install App” at api.slack.com/apps, choose a workspace there instead of the organization, and set SLACK_BOT_TOKEN to the new bot token. Ask #it-help.',
    ],
  ],
  unknown: [
    [
      sentences.accessSentence('unknown', named),
      "Slack cannot tell the bot who you are right now, so you don't have access to /sso-ticket. Try again in a minute.",
    ],
  ],
};

// ----------------------------------------------------------------------------------------- Auth0

/** What goes wrong at a call of Auth0's. */
const CAUSES: Record<Auth0ErrorCode, Row[]> = {
  missing_permission: [
    [
      cause('missing_permission', { permission: 'read:clients' }),
      "Auth0 does not allow it: the bot's Auth0 application lacks the permission read:clients.",
    ],
  ],
  credentials_rejected: [[cause('credentials_rejected'), "Auth0 does not accept the bot's credentials."]],
  name_taken: [
    [
      cause('name_taken', { reason: 'Name is taken' }),
      'A connection with this name already exists in Auth0.',
    ],
  ],
  custom_domain_required: [
    [
      cause('custom_domain_required'),
      'This Auth0 tenant has several custom domains, so a link must use one of them.',
    ],
  ],
  upgrade_required: [
    [
      cause('upgrade_required', { reason: 'Upgrade your subscription' }),
      'The Auth0 subscription does not include this: “Upgrade your subscription”.',
    ],
    [cause('upgrade_required'), 'The Auth0 subscription does not include this.'],
  ],
  rejected: [
    [
      cause('rejected', { reason: 'Payload validation error' }),
      'Auth0 refused it: “Payload validation error”.',
    ],
    [cause('rejected', { reason: 'No such client.' }), 'Auth0 refused it: “No such client”.'],
    [cause('rejected'), 'Auth0 refused it.'],
  ],
  conflict: [
    [cause('conflict', { reason: 'The name is taken' }), 'Auth0 refused it: “The name is taken”.'],
    [cause('conflict'), 'Auth0 refused it.'],
  ],
  not_found: [
    [
      cause('not_found', { reason: 'No such client' }),
      'Auth0 does not know something that was chosen here: “No such client”.',
    ],
    [cause('not_found'), 'Auth0 does not know something that was chosen here.'],
  ],
  rate_limited: [
    [cause('rate_limited'), 'Auth0 limits how often it may be called, and it has been called too often.'],
  ],
  busy: [[cause('busy'), 'The bot has too many requests for Auth0 right now.']],
  unreachable: [[cause('unreachable'), 'The bot cannot reach Auth0.']],
  no_answer: [[cause('no_answer'), 'Auth0 did not answer, or its answer was incomplete.']],
  failed: [
    [cause('failed', { status: 503 }), 'Auth0 had an internal error (503).'],
    [cause('failed'), 'Auth0 gave no answer that makes sense.'],
  ],
  stopping: [[cause('stopping'), 'The bot is being restarted.']],
};

function cause(code: Auth0ErrorCode, details?: ConstructorParameters<typeof Auth0Error>[1]): string {
  return sentences.auth0Cause(new Auth0Error(code, details));
}

/** What that means for the person. */
const CONSEQUENCES: Record<sentences.Auth0Task, Row[]> = {
  create: [
    [consequence('create', false), 'No link was made.'],
    [
      consequence('create', true),
      'You have no link. Auth0 may have made one anyway; nobody has seen it, and it expires on its own.',
    ],
  ],
  revoke: [
    [consequence('revoke', false), 'The link still works.'],
    [consequence('revoke', true), 'The link may still work: treat it as active.'],
  ],
  read: [
    [consequence('read', false), ''],
    [consequence('read', true), ''],
  ],
};

function consequence(task: sentences.Auth0Task, mayHaveHappened: boolean): string {
  return sentences.auth0Consequence(new Auth0Error('failed', { mayHaveHappened }), task);
}

/** All of it, with what to do, as an editor reads it who creates, revokes or looks at something. */
const AUTH0: Record<Auth0ErrorCode, Record<sentences.Auth0Task, string>> = {
  missing_permission: {
    create:
      "Auth0 does not allow it: the bot's Auth0 application lacks the permission read:clients. No link was made. Ask the person who runs this bot to grant it, then try again.",
    revoke:
      "Auth0 does not allow it: the bot's Auth0 application lacks the permission read:clients. The link still works. Ask the person who runs this bot to grant it, then try again.",
    read: "Auth0 does not allow it: the bot's Auth0 application lacks the permission read:clients. Ask the person who runs this bot to grant it, then try again.",
  },
  credentials_rejected: {
    create:
      "Auth0 does not accept the bot's credentials. No link was made. Ask the person who runs this bot to check its Auth0 settings, then try again.",
    revoke:
      "Auth0 does not accept the bot's credentials. The link still works. Ask the person who runs this bot to check its Auth0 settings, then try again.",
    read: "Auth0 does not accept the bot's credentials. Ask the person who runs this bot to check its Auth0 settings, then try again.",
  },
  name_taken: {
    create:
      'A connection with this name already exists in Auth0. No link was made. Choose another name, or change the existing one with “edit” and its name.',
    revoke: 'A connection with this name already exists in Auth0. The link still works.',
    read: 'A connection with this name already exists in Auth0.',
  },
  custom_domain_required: {
    create:
      'This Auth0 tenant has several custom domains, so a link must use one of them. No link was made. Choose one at “Link opens on” under “More options”. If that is not there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.',
    revoke:
      'This Auth0 tenant has several custom domains, so a link must use one of them. The link still works. Choose one at “Link opens on” under “More options”. If that is not there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.',
    read: 'This Auth0 tenant has several custom domains, so a link must use one of them. Choose one at “Link opens on” under “More options”. If that is not there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.',
  },
  upgrade_required: {
    create:
      'The Auth0 subscription does not include this: “Not like this”. No link was made. Ask the person who runs this bot.',
    revoke:
      'The Auth0 subscription does not include this: “Not like this”. The link still works. Ask the person who runs this bot.',
    read: 'The Auth0 subscription does not include this: “Not like this”. Ask the person who runs this bot.',
  },
  rejected: {
    create: 'Auth0 refused it: “Not like this”. No link was made. Change the form and try again.',
    revoke: 'Auth0 refused it: “Not like this”. The link still works. Ask the person who runs this bot.',
    read: 'Auth0 refused it: “Not like this”. Ask the person who runs this bot.',
  },
  conflict: {
    create: 'Auth0 refused it: “Not like this”. No link was made. Change the form and try again.',
    revoke: 'Auth0 refused it: “Not like this”. The link still works. Ask the person who runs this bot.',
    read: 'Auth0 refused it: “Not like this”. Ask the person who runs this bot.',
  },
  not_found: {
    create:
      'Auth0 does not know something that was chosen here: “No such client”. No link was made. Choose again: the lists are being refreshed.',
    revoke:
      'Auth0 does not know something that was chosen here: “No such client”. The link still works. Try again in a minute.',
    read: 'Auth0 does not know something that was chosen here: “No such client”. Try again in a minute.',
  },
  rate_limited: {
    create:
      'Auth0 limits how often it may be called, and it has been called too often. No link was made. Try again in a minute.',
    revoke:
      'Auth0 limits how often it may be called, and it has been called too often. The link still works. Try again in a minute.',
    read: 'Auth0 limits how often it may be called, and it has been called too often. Try again in a minute.',
  },
  busy: {
    create: 'The bot has too many requests for Auth0 right now. No link was made. Try again in a minute.',
    revoke: 'The bot has too many requests for Auth0 right now. The link still works. Try again in a minute.',
    read: 'The bot has too many requests for Auth0 right now. Try again in a minute.',
  },
  unreachable: {
    create: 'The bot cannot reach Auth0. No link was made. Try again in a minute.',
    revoke: 'The bot cannot reach Auth0. The link still works. Try again in a minute.',
    read: 'The bot cannot reach Auth0. Try again in a minute.',
  },
  no_answer: {
    create:
      'Auth0 did not answer, or its answer was incomplete. You have no link. Auth0 may have made one anyway; nobody has seen it, and it expires on its own. Try again in a minute; the same name is fine.',
    revoke:
      'Auth0 did not answer, or its answer was incomplete. The link may still work: treat it as active. Try again in a minute.',
    read: 'Auth0 did not answer, or its answer was incomplete. Try again in a minute.',
  },
  failed: {
    create:
      'Auth0 had an internal error (500). You have no link. Auth0 may have made one anyway; nobody has seen it, and it expires on its own. Try again in a minute; the same name is fine.',
    revoke:
      'Auth0 had an internal error (500). The link may still work: treat it as active. Try again in a minute.',
    read: 'Auth0 had an internal error (500). Try again in a minute.',
  },
  stopping: {
    create: 'The bot is being restarted. No link was made. Try again in a few seconds.',
    revoke: 'The bot is being restarted. The link still works. Try again in a few seconds.',
    read: 'The bot is being restarted. Try again in a few seconds.',
  },
};

/** The error that a code comes with. */
function auth0Error(code: Auth0ErrorCode): Auth0Error {
  return new Auth0Error(code, {
    permission: 'read:clients',
    reason: code === 'not_found' ? 'No such client' : 'Not like this',
    status: 500,
    mayHaveHappened: code === 'no_answer' || code === 'failed',
  });
}

function auth0Text(code: Auth0ErrorCode, task: sentences.Auth0Task): string {
  const error = auth0Error(code);
  return task === 'create' ? whyNoLink(error) : sentences.auth0Sentence(error, task);
}

// -------------------------------------------------------------------------- Creating a ticket

/** Why there is no link, besides Auth0's errors. */
const NO_LINK: Record<TicketErrorDetails['code'], Row[]> = {
  resource_protected: [
    [
      ticket({ code: 'resource_protected', name: 'workforce' }),
      'workforce is protected: no link may change it. Ask the person who runs this bot.',
    ],
    [
      ticket({ code: 'resource_protected', name: 'workforce' }, named),
      'workforce is protected: no link may change it. Ask #it-help.',
    ],
  ],
  protection_unresolved: [
    [
      ticket({ code: 'protection_unresolved', variable: 'PROTECTED_CONNECTIONS' }),
      'PROTECTED_CONNECTIONS names something that Auth0 does not know, so this link is refused for now. No link was made. Ask the person who runs this bot.',
    ],
    [
      ticket({ code: 'protection_unresolved', variable: 'PROTECTED_CONNECTIONS' }, named),
      'PROTECTED_CONNECTIONS names something that Auth0 does not know, so this link is refused for now. No link was made. Ask #it-help.',
    ],
  ],
  organization_has_connection: [
    [
      ticket({ code: 'organization_has_connection', name: 'Globex Inc' }),
      'Globex Inc already has a connection. Ask the person who runs this bot. No link was made.',
    ],
    [
      ticket({ code: 'organization_has_connection', name: 'Globex Inc' }, named),
      'Globex Inc already has a connection. Ask #it-help. No link was made.',
    ],
  ],
  connection_not_editable: [
    [
      ticket({ code: 'connection_not_editable', name: 'google', strategy: 'google-oauth2' }),
      "google is not an enterprise connection that a customer's admin can set up (its type is google-oauth2).",
    ],
  ],
  connection_gone: [
    [
      ticket({ code: 'connection_gone', name: 'acme-corp' }),
      'There is no connection acme-corp anymore. Choose another one.',
    ],
  ],
  reach_unknown: [
    [
      whyNoLink(new TicketError({ code: 'reach_unknown' }, { cause: new Auth0Error('no_answer') })),
      'Auth0 did not answer, or its answer was incomplete. Try again in a minute. No link was made.',
    ],
    [
      ticket({ code: 'reach_unknown' }),
      'Something went wrong inside the bot. Try again; if it happens again, tell the person who runs this bot.',
    ],
  ],
  not_delivered: [
    [
      ticket({ code: 'not_delivered', revoked: true, correlationId: 'b2c1' }),
      'Slack did not accept the message with the link, so you could not get it. The link was revoked right away, and nobody has seen it. Try again in a minute.',
    ],
    [
      ticket({ code: 'not_delivered', revoked: false, correlationId: 'b2c1' }),
      'Slack did not accept the message with the link, so you could not get it. It could not be revoked either, but nobody has seen it, and it expires on its own. The receipt in your conversation with this bot has a button to revoke it. Tell the person who runs this bot (reference b2c1).',
    ],
    [
      ticket({ code: 'not_delivered', revoked: false, correlationId: 'b2c1' }, context, { receipt: false }),
      'Slack did not accept the message with the link, so you could not get it. It could not be revoked either, but nobody has seen it, and it expires on its own. Tell the person who runs this bot (reference b2c1).',
    ],
  ],
};

/** What depends on the person: only an editor can change an existing connection. */
const NAME_TAKEN: Row[] = [
  [
    whyNoLink(new Auth0Error('name_taken'), named),
    'A connection with this name already exists in Auth0. No link was made. Choose another name, or change the existing one with “edit” and its name.',
  ],
  [
    whyNoLink(new Auth0Error('name_taken'), context, { isEditor: false }),
    'A connection with this name already exists in Auth0. No link was made. Choose another name. Ask the person who runs this bot.',
  ],
  [
    whyNoLink(new Auth0Error('name_taken'), named, { isEditor: false }),
    'A connection with this name already exists in Auth0. No link was made. Choose another name. Ask #it-help.',
  ],
  [
    whyNoLink(new Auth0Error('conflict'), named, { isEditor: false }),
    'Auth0 refused it. No link was made. Change the form and try again.',
  ],
  [
    whyNoLink(new Error('not foreseen')),
    'Something went wrong inside the bot. Try again; if it happens again, tell the person who runs this bot.',
  ],
];

function whyNoLink(error: unknown, names = context, { isEditor = true, receipt = true } = {}): string {
  return sentences.createSentence(error, { ...names, isEditor, receipt });
}

function ticket(details: TicketErrorDetails, names = context, person = {}): string {
  return whyNoLink(new TicketError(details), names, person);
}

const NOT_EDITABLE: Row[] = [
  [
    sentences.editSentence({ code: 'resource_protected', name: 'workforce' }, named),
    'workforce is protected: no link may change it. Ask #it-help.',
  ],
  [
    sentences.editSentence({ code: 'connection_not_editable', name: 'db', strategy: 'auth0' }, named),
    "db is not an enterprise connection that a customer's admin can set up (its type is auth0).",
  ],
];

// -------------------------------------------------------------------------------------- Progress

/** How far a ticket is. */
const PROGRESS: Record<Parameters<typeof sentences.progressSentence>[0]['step'], Row[]> = {
  creating: [
    [
      sentences.progressSentence({ step: 'creating' }, 8),
      'The link is not there yet, after 8 seconds: Auth0 takes its time.',
    ],
  ],
  delivering: [
    [
      sentences.progressSentence({ step: 'delivering' }, 8),
      'Auth0 has made the link, and Slack has not taken it yet, after 8 seconds.',
    ],
  ],
  rate_limited: [
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 0 }, 16),
      'Auth0 limits how often it may be called, so the bot waits and tries again: 16 seconds so far. It gives up after half a minute.',
    ],
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 1 }, 16),
      'Auth0 limits how often it may be called, so the bot waits and tries again (1 asked before you, and goes first): 16 seconds so far. It gives up after half a minute.',
    ],
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 2 }, 16),
      'Auth0 limits how often it may be called, so the bot waits and tries again (2 asked before you, and go first): 16 seconds so far. It gives up after half a minute.',
    ],
  ],
};

// ---------------------------------------------------------------------------------------- Fields

type Problem<Code> = Omit<Extract<FieldProblem, { code: Code }>, 'code'>;

/** What is wrong with a field, and how to fix it. */
const FIELDS: {
  [Code in FieldProblem['code']]: [Problem<Code>, text: string, names?: sentences.SentenceContext][];
} = {
  text_missing: [[{ label: 'Region' }, 'Fill in “Region”.']],
  choice_missing: [[{}, 'Choose one.']],
  checkbox_missing: [[{}, 'Select at least one.']],
  application_missing: [
    [
      {},
      "Choose at least one application: without one, Auth0 shows the customer's admin no button to enable the connection.",
    ],
  ],
  text_too_long: [[{ max: 128, length: 129 }, 'Use at most 128 characters; there are 129.']],
  not_a_choice: [[{}, 'One of these was only a notice, not an entry. Take it out and choose again.']],
  no_longer_offered: [[{}, 'This is no longer offered. Choose again.']],
  editors_only: [
    [
      {},
      "You don't have access to this option: it widens who can get in. Leave it as it was, or ask an editor to make the link.",
    ],
  ],
  form_outdated: [
    [
      { label: 'Region' },
      '“Region” has a new rule since this form was opened. Close the form and open it again.',
    ],
  ],
  connection_name_too_long: [
    [{ max: 128, length: 129 }, 'A connection name has at most 128 characters; this one has 129.'],
  ],
  connection_name_invalid: [
    [{}, 'Use letters (a–z), digits and single hyphens between them, for example acme-corp.'],
  ],
  connection_name_against_policy: [
    [
      { pattern: '^sso-', hint: 'Begin with sso-.' },
      'This is not how connections are named here. Begin with sso-.',
    ],
    [
      { pattern: '^sso-', hint: undefined },
      'This is not how connections are named here. The name must match ^sso-.',
    ],
  ],
  connection_name_taken: [
    [
      { name: 'acme-corp', customer: 'Acme Corp', isEditor: true },
      'A connection named acme-corp exists already. Choose another name, or change that one with “/sso-ticket edit acme-corp”.',
    ],
    [
      { name: 'acme-corp', customer: 'Acme Corp', isEditor: false },
      'Acme Corp already has a connection. Ask the person who runs this bot.',
    ],
    [
      { name: 'acme-corp', customer: 'Acme Corp', isEditor: false },
      'Acme Corp already has a connection. Ask #it-help.',
      named,
    ],
    [
      { name: 'acme-corp', customer: '', isEditor: false },
      'This customer already has a connection. Ask the person who runs this bot.',
    ],
  ],
  resource_protected: [
    [
      { name: 'workforce' },
      'workforce is protected: no link may change it. Ask the person who runs this bot.',
    ],
    [{ name: 'workforce' }, 'workforce is protected: no link may change it. Ask #it-help.', named],
  ],
  too_many_organizations: [
    [{ max: 3, count: 4 }, 'Choose at most 3 organizations; there are 4. An editor can choose more.'],
  ],
  connection_not_editable: [
    [
      { name: 'google', strategy: 'google-oauth2' },
      "google is not an enterprise connection that a customer's admin can set up (its type is google-oauth2).",
    ],
  ],
  metadata_pattern_mismatch: [
    [
      { label: 'CRM account ID', pattern: '^001' },
      'This does not look like a CRM account ID: it must match ^001.',
    ],
  ],
  metadata_not_a_pair: [
    [{ line: 'no colon here' }, 'Write one “key: value” per line; this line is not one: “no colon here”.'],
  ],
  metadata_key_reserved: [[{ key: '__proto__' }, "“__proto__” can't be a key. Use another one."]],
  metadata_key_twice: [
    [{ key: 'region', hasOwnField: false }, '“region” appears twice.'],
    [{ key: 'region', hasOwnField: true }, '“region” appears twice (it has a field of its own).'],
  ],
  metadata_too_many: [[{ max: 10, count: 11 }, 'Auth0 keeps at most 10 pairs; there are 11.']],
  metadata_too_long: [
    [{ key: 'region', max: 255 }, 'The value of “region” is too long: at most 255 characters.'],
  ],
  not_an_https_url: [[{}, 'Use a complete web address that begins with https://.']],
  domains_invalid: [
    [
      { texts: ['acme', 'co.uk'] },
      'No domain: “acme”, “co.uk”. Write domains such as acme.com, separated by commas.',
    ],
  ],
  domains_public: [
    [
      { domains: ['gmail.com', 'outlook.com'] },
      "“gmail.com”, “outlook.com”: anybody can have a mail address there, so it is no customer's domain.",
    ],
  ],
  domains_maybe_public: [
    [
      { domains: ['example.email'] },
      '“example.email”: a list of email providers has this domain. If it belongs to the customer, ask an editor to create the link.',
    ],
  ],
  domains_too_many: [
    [
      { max: 100, count: 101, oneOrganization: true },
      'Auth0 allows at most 100 domains with one organization; there are 101, verified ones included.',
    ],
    [
      { max: 1000, count: 1001, oneOrganization: false },
      'Auth0 allows at most 1000 domains in a link; there are 1001, verified ones included.',
    ],
  ],
  discovery_domains_too_many: [
    [
      { max: 5, count: 6 },
      'Auth0 can use at most 5 domains that are already verified to find the organization; there are 6.',
    ],
  ],
  domains_feature_off: [[{}, 'Select “Domains” above, or leave this empty.']],
  domain_verification_off: [[{}, 'Set “Domain verification” to optional or required, or leave this empty.']],
  discovery_needs_domains: [
    [{}, 'This needs domains: let the customer verify some, or leave this unselected.'],
  ],
  discovery_needs_one_organization: [
    [{ count: 0 }, 'This needs exactly one organization; none is chosen.'],
    [{ count: 2 }, 'This needs exactly one organization; 2 are chosen.'],
  ],
  idp_login_needs_application: [[{}, 'Choose the application that people arrive at, below.']],
  idp_login_off: [[{}, 'Select “Login can start at the identity provider” above, or leave this empty.']],
  idp_query_needs_oidc: [[{}, 'A query goes with the protocol OpenID Connect only.']],
  idp_query_unknown_parameters: [
    [
      { unknown: ['prompt', 'state'], allowed: ['redirect_uri', 'scope'] },
      'Only redirect_uri, scope are allowed here, not prompt, state.',
    ],
  ],
  scim_needs_user_scopes: [[{}, 'SCIM works only with all five scopes for users: select them below.']],
  scim_not_supported: [
    [
      { provider: 'Google Workspace', onlySync: true },
      'Google Workspace has no SCIM provisioning: choose “Off” here, and use “Google Workspace directory sync” below.',
    ],
    [{ provider: 'ADFS', onlySync: false }, 'ADFS has no provisioning: clear “Provisioning” above.'],
  ],
  sync_not_supported: [
    [
      { provider: 'SAML' },
      'Directory sync works with Google Workspace only, and this connection uses SAML. Choose “Off”.',
    ],
  ],
  provisioning_is_empty: [[{}, 'Provisioning is selected above, so choose what it covers.']],
  provisioning_feature_off: [[{}, 'Select “Provisioning” above, or turn this off.']],
  google_not_offered: [[{ profile: 'Standard' }, 'The profile Standard does not offer Google Workspace.']],
};

// ------------------------------------------------------------------------------------- All others

/** What is wrong with a field of a profile. */
const PROFILE_FIELDS: {
  [Code in ProfileProblem['code']]: [
    details: Omit<Extract<ProfileProblem, { code: Code }>, 'code'>,
    text: string,
  ][];
} = {
  text_missing: [[{ label: 'Name' }, 'Fill in “Name”.']],
  text_too_long: [[{ max: 100, length: 101 }, 'Use at most 100 characters; there are 101.']],
  not_an_https_url: [[{}, 'Use a complete web address that begins with https://.']],
  not_a_color: [[{}, 'Use six or three hexadecimal digits, for example #0059d6.']],
  not_an_attribute: [
    [
      { line: 'email' },
      'Write each attribute like “email: Work email, required”, with a space after the colon. This line is different: “email”.',
    ],
  ],
  attribute_twice: [[{ name: 'email' }, '“email” appears twice.']],
  attribute_name_too_long: [
    [{ name: 'email', max: 250 }, 'The name “email” is too long: use at most 250 characters.'],
  ],
  attribute_description_too_long: [
    [{ name: 'email', max: 255 }, 'The description of “email” is too long: use at most 255 characters.'],
  ],
  too_many_attributes: [[{ max: 20, count: 21 }, 'Use at most 20 attributes; there are 21.']],
};

function profileText(error: unknown, isNew = false): string {
  return sentences.profileSentence(error, { ...context, isNew });
}

function partlySaved(reason: Auth0Error, saved: Partial<SavedProfile>): string {
  return profileText(
    new ProfileError({
      code: 'introduction_not_saved',
      saved: { id: 'ssp_1', name: 'Standard', isNew: false, fields: ['name', 'logoUrl'], ...saved },
      current: EMPTY_VALUES,
      reason,
    }),
  );
}

const refused = new Auth0Error('rejected', { reason: 'Too long' });
const unanswered = new Auth0Error('no_answer', { mayHaveHappened: true });

/** Why a profile was not saved, or not as a whole. */
const PROFILE_NOT_SAVED: Record<ProfileErrorDetails['code'] | 'auth0' | 'unexpected', Row[]> = {
  profile_gone: [
    [
      profileText(new ProfileError({ code: 'profile_gone' })),
      'This profile no longer exists in Auth0, so nothing was saved.',
    ],
  ],
  profile_not_read: [
    [
      profileText(new ProfileError({ code: 'profile_not_read', reason: unanswered })),
      'Auth0 did not answer, or its answer was incomplete. Nothing was saved. Try again in a minute.',
    ],
  ],
  profile_changed: [
    [
      profileText(new ProfileError({ code: 'profile_changed', fields: ['primaryColor', 'name'] })),
      'Someone else changed this profile after you opened the form (Name, Primary color). Nothing was saved. Copy what you typed, close this form, and open it again.',
    ],
  ],
  introduction_not_saved: [
    [
      partlySaved(refused, {}),
      'These changes were saved: Name, Logo URL. The introduction was not saved. Auth0 refused it: “Too long”. Change the form and try again.',
    ],
    [
      partlySaved(unanswered, { isNew: true }),
      'The profile “Standard” was created, but its introduction may not have been saved. Auth0 did not answer, or its answer was incomplete. Try again in a minute.',
    ],
  ],
  auth0: [
    [profileText(refused), 'Auth0 refused it: “Too long”. Nothing was saved. Change the form and try again.'],
    [
      profileText(new Auth0Error('conflict', { reason: 'No more profiles can be created.' }), true),
      'Auth0 refused it: “No more profiles can be created”. Nothing was saved. If the tenant has 20 profiles, delete one in the Auth0 Dashboard, then try again.',
    ],
    [
      profileText(new Auth0Error('missing_permission', { permission: 'update:self_service_profiles' })),
      "Auth0 does not allow it: the bot's Auth0 application lacks the permission update:self_service_profiles. Nothing was saved. Ask the person who runs this bot to grant it, then try again.",
    ],
    [
      profileText(unanswered),
      'Auth0 did not answer, or its answer was incomplete. Your changes may have been saved anyway. Copy what you typed, close this form, and open it again to see.',
    ],
    [
      profileText(unanswered, true),
      'Auth0 did not answer, or its answer was incomplete. The profile may have been created anyway. Type /sso-ticket profiles to see whether it is there before you try again.',
    ],
  ],
  unexpected: [[profileText(new Error('odd')), sentences.UNEXPECTED_ERROR]],
};

/** Texts by the name of their export. A function has one row for each way that it can go. */
const OTHERS: { [Name in Exclude<keyof typeof sentences, Elsewhere>]: Texts<(typeof sentences)[Name]> } = {
  ORG_WIDE_INSTALL:
    'The app is installed to the whole organization, but it must be installed to one workspace. Remove it from the organization, install it again from “Install App” at api.slack.com/apps, choose a workspace there instead of the organization, and set SLACK_BOT_TOKEN to the new bot token.',

  // General
  RESTARTING: 'The bot is being restarted. Nothing was done; try again in a few seconds.',
  SEAL_INVALID:
    'This cannot be used anymore: it is too old, or was not made for you. Nothing was done. Close it and type the command again.',
  UNEXPECTED_ERROR:
    'Something went wrong inside the bot, and it may not have done what you asked. Try again; if it happens again, tell the person who runs this bot.',
  FORM_NOT_OPENED: 'Slack did not open the form in time. Nothing was made.',
  formRefused: [
    [
      sentences.formRefused('token_revoked', named),
      'Slack refuses to open the form (token_revoked). Nothing was made. Ask #it-help.',
    ],
    [
      sentences.formRefused(undefined, named),
      'Slack did not open the form. Nothing was made. Try again in a minute; if it happens again, ask #it-help.',
    ],
  ],
  LIST_LOADING: 'The list is still loading. Type again in a moment.',
  NO_PROFILES:
    'There is no self-service profile in Auth0 yet, and every link needs one. Someone with access to the Auth0 Dashboard makes one under Authentication → Self-Service Enterprise Configuration; then try again.',
  buttonExpired: [
    [sentences.buttonExpired('/sso-ticket'), 'This button cannot be used anymore. Type /sso-ticket instead.'],
  ],

  // Forms
  FORM_TITLE: { new: 'New SSO connection', edit: 'Edit SSO connection' },
  FORM_INTRO: {
    new: "You get a link, visible to you alone. The customer's IT admin opens it and sets up single sign-on with it.",
    edit: "You get a link, visible to you alone. The customer's IT admin opens it and changes their single sign-on with it.",
  },
  FORM_SUBMIT: 'Create link',
  FORM_CANCEL: 'Cancel',
  MORE_OPTIONS: 'More options',
  OPEN_FORM_AGAIN: 'Open the form again',
  FORM_INCOMPLETE:
    'The button could not hold everything that you had filled in. Check each field, and fill in what is missing.',
  textCut: [
    [
      sentences.textCut(150),
      'What you typed is too long for this field: it shows the first 150 characters only.',
    ],
  ],
  connectionNotFound: [
    [
      sentences.connectionNotFound('acme', true, false),
      'There is no connection called “acme”. You can look for it by a part of its name, or make a new one.',
    ],
    [
      sentences.connectionNotFound('acme', true, true),
      'There is no connection called “acme”. Did you mean one of these? You can look for it by a part of its name, or make a new one.',
    ],
    [
      sentences.connectionNotFound('acme', false, false),
      'The list of connections is still loading, and no connection has exactly the name “acme”. You can look for it by a part of its name, or make a new one.',
    ],
    [
      sentences.connectionNotFound('acme', false, true),
      'The list of connections is still loading, and no connection has exactly the name “acme”. Did you mean one of these? You can look for it by a part of its name, or make a new one.',
    ],
  ],
  editConnection: [[sentences.editConnection('acme-corp'), 'Edit acme-corp']],
  FIND_CONNECTION: 'Find a connection',
  NEW_CONNECTION: 'New connection',

  // Other views
  CLOSE: 'Close',
  TRY_AGAIN: 'Try again',
  LOADING_TITLE: 'One moment',
  PROBLEM_TITLE: 'That did not work',
  ANSWER_TITLE: 'SSO tickets',
  PROGRESS_TITLE: 'Making the link',
  DONE_TITLE: 'The link is ready',
  loading: [
    [sentences.loading(), 'Asking Auth0 for what can be chosen… The form opens in a moment.'],
    [
      sentences.loading(8),
      'Auth0 has not answered yet, after 8 seconds. The form opens on its own, or this window says why not.',
    ],
  ],
  PROGRESS_BEFORE_NAME: 'Auth0 is making the link for ',
  PROGRESS_ADVICE:
    'You may close this window. The link, or the reason why there is none, comes as a message that only you can see, in the conversation where you asked.',
  PROGRESS_IF_LOST:
    'If nothing has come within a minute, ask for a new link. Should Auth0 have made one that was lost on the way, nobody has seen it, and it expires on its own.',
  DONE_BEFORE_NAME: 'The link for ',
  DONE_IN_DIRECT_MESSAGE: ' is in your conversation with this bot (under Apps)',
  DONE_IN_CHANNEL: ' is in ',
  DONE_IN_CONVERSATION: ' is in the conversation',
  DONE_AFTER_PLACE: ', visible to you alone.',
  DONE_ADVICE: 'Copy it from there and send it to the customer. The message is gone once you reload Slack.',

  // The link's message
  linkReady: [[sentences.linkReady('acme-corp'), 'The SSO link for acme-corp is ready.']],
  linkTitle: [[sentences.linkTitle('Acme Corp'), 'SSO link for Acme Corp']],
  LINK_PURPOSE: {
    new: "With it, the customer's IT admin can set up single sign-on. Only you can see this message.",
    edit: "With it, the customer's IT admin can change their single sign-on. Only you can see this message.",
  },
  EXPIRES: 'Expires: ',
  IF_NOT_OPENED: ' if it has not been opened by then.',
  LINK_USE:
    "It opens at most 10 times, and the five hours for the set-up start when anything opens it; a link preview or a mail scanner may count. So make the link when the customer's admin is ready, don't post it in a channel, and keep only one link for a connection live at a time.",
  doubtfulDomains: [
    [
      sentences.doubtfulDomains(['example.email']),
      '“example.email”: a list of email providers has this domain. Make sure that it belongs to the customer.',
    ],
  ],
  LINK_WITHOUT_APPLICATION:
    "No application was chosen, so the customer's admin gets no button to enable the connection: your own team has to enable it in Auth0 when they are done.",
  FOR_YOUR_CUSTOMER: 'For your customer, ready to copy:',
  LINK_HAS_RECEIPT:
    'This message is gone once you reload Slack. You can still revoke the link then: the receipt in your conversation with this bot has the same button.',
  LINK_HAS_NO_RECEIPT:
    'This message is gone once you reload Slack, and it holds the only way to revoke the link: no receipt could be sent to you.',
  DETAIL_LABELS: {
    connection: { new: 'New connection', edit: 'Connection' },
    profile: 'Profile',
    organizations: 'Organizations',
    applications: 'Applications',
  },

  // Receipts
  receiptPending: [
    [
      sentences.receiptPending('acme-corp', 'b2c1'),
      'An SSO link for acme-corp is being created. It comes to you alone, in the conversation where you asked, and this message becomes its receipt. If this message has not changed after a minute, something went wrong: if you have no link by then, ask for a new one. (Reference: b2c1)',
    ],
  ],
  receiptNotification: [[sentences.receiptNotification('acme-corp'), 'Receipt: an SSO link for acme-corp']],
  receiptTitle: [[sentences.receiptTitle('Acme Corp'), 'Receipt: SSO link for Acme Corp']],
  RECEIPT_ADVICE: 'The link itself is not kept anywhere: if it is lost, revoke it here and make a new one.',
  receiptUndelivered: [
    [
      sentences.receiptUndelivered('acme-corp'),
      'The link for acme-corp could not be delivered, so it was revoked right away. Nobody has seen it.',
    ],
  ],
  receiptLost: [
    [
      sentences.receiptLost('acme-corp'),
      'Slack did not accept the receipt for acme-corp, so the message with the link holds the only way to revoke it.',
    ],
  ],
  aboutLink: [
    [
      sentences.aboutLink('acme-corp', 'The bot cannot reach Auth0.'),
      'About the link for acme-corp: The bot cannot reach Auth0.',
    ],
  ],

  // Revocation
  REVOKE_LINK: 'Revoke link',
  REVOKE_CONFIRMATION: {
    title: 'Revoke this link?',
    text: 'It stops working right away, also for someone who is setting up with it now. This cannot be undone; you can make a new link.',
    confirm: 'Revoke link',
    deny: 'Keep it',
  },
  revoked: [
    [
      sentences.revoked('acme-corp'),
      'The link for acme-corp no longer works: it was revoked. A set-up begun with it has ended too. If a message still shows the link, ignore it.',
    ],
  ],
  REVOKE_EXPIRED:
    'This link has expired, and so has any set-up begun with it: there is nothing left to revoke.',
  REVOKE_FORGED:
    'This button cannot be used anymore, and nothing was revoked: its contents are not what this bot wrote, or its key was changed since. If the link must not work, ask the person who runs this bot.',
  revokeSentence: [
    [
      sentences.revokeSentence(new Auth0Error('unreachable'), 'acme-corp'),
      'The link for acme-corp was not revoked. The bot cannot reach Auth0. The link still works. Try again in a minute.',
    ],
    [
      sentences.revokeSentence(new Auth0Error('no_answer', { mayHaveHappened: true }), 'acme-corp'),
      'It is not certain that the link for acme-corp was revoked. Auth0 did not answer, or its answer was incomplete. The link may still work: treat it as active. Try again in a minute.',
    ],
  ],

  // Profiles
  profileCount: [
    [sentences.profileCount(1), 'One self-service profile'],
    [sentences.profileCount(2), '2 self-service profiles'],
  ],
  PROFILES_PURPOSE: 'A profile decides what a customer can choose from when they set up single sign-on.',
  PROFILES_ONLY_YOU:
    'Only you can see this: people from other companies may be in this conversation, and profiles can name other customers.',
  POST_PROFILES: 'Post in this channel',
  PROFILES_LOADING: 'Asking Auth0 for the profiles… the list comes in a moment.',
  PROFILES_NOT_POSTED: 'Slack did not accept the list of profiles. Type the command again.',
  PROFILE_LABELS: {
    providers: 'Identity providers: ',
    allProviders: 'all providers',
    required: 'Required attributes: ',
    optional: 'Optional attributes: ',
    attributeProfile: 'User attribute profile: ',
  },
  CREATE_TICKET: 'Create link',

  // Creating and editing profiles
  CREATE_PROFILE: 'Create profile',
  EDIT_PROFILE: 'Edit',
  NO_PROFILES_YET:
    'There is no self-service profile yet, and every link needs one. You can create the first one here.',
  PROFILE_FORM_TITLE: { first: 'Create the first profile', new: 'Create profile', edit: 'Edit profile' },
  PROFILE_FORM_INTRO: {
    first:
      "Every link needs a self-service profile. It decides what a customer's IT admin can choose from, and what the pages look like. You can change all of this later.",
    new: "A self-service profile decides what a customer's IT admin can choose from, and what the pages look like.",
    edit: 'Your changes apply to every link that uses this profile, including links that are already out.',
  },
  PROFILE_FORM_SUBMIT: { first: 'Create profile', new: 'Create profile', edit: 'Save changes' },
  attributesElsewhere: [
    [
      sentences.attributesElsewhere('Default'),
      'User attributes come from the user attribute profile “Default”. Edit them in the Auth0 Dashboard.',
    ],
  ],
  fieldTooLong: [
    [
      sentences.fieldTooLong('User attributes'),
      '“User attributes” is too long for this form. Edit it in the Auth0 Dashboard.',
    ],
  ],
  PROFILE_PROGRESS_TITLE: 'Saving',
  PROFILE_PROGRESS: 'Saving the profile ',
  profileSlow: [
    [
      sentences.profileSlow(8),
      "Auth0 hasn't answered yet, after 8 seconds. You can close this window: the result then comes as a message that only you can see.",
    ],
  ],
  PROFILE_DONE_TITLE: { new: 'Profile created', edit: 'Changes saved' },
  PROFILE_UNCHANGED_TITLE: 'Nothing to save',
  profileUnchanged: [
    [sentences.profileUnchanged('Standard'), "You didn't change anything, so “Standard” stays as it is."],
  ],
  profileSaved: [
    [
      sentences.profileSaved({ id: 'ssp_1', name: 'Standard', isNew: true, fields: ['name'] }),
      'The profile “Standard” is ready. You can use it for links right away.',
    ],
    [
      sentences.profileSaved({
        id: 'ssp_1',
        name: 'Standard',
        isNew: false,
        fields: ['logoUrl', 'name'],
      }),
      '“Standard” is saved: Name, Logo URL.',
    ],
  ],
  PROFILE_GONE: 'This profile no longer exists in Auth0, so nothing was saved.',
  PROFILE_AUDIT_ACTIONS: {
    profile_created: 'created the self-service profile',
    profile_changed: 'changed the self-service profile',
  },
  profileAuditNotification: [
    [
      sentences.profileAuditNotification(sentences.PROFILE_AUDIT_ACTIONS.profile_created, 'Standard'),
      'Someone created the self-service profile “Standard”.',
    ],
  ],

  // Help
  HELP_INTRO: "A link lets a customer's IT admin set up single sign-on with you, alone. You can type:\n",
  helpNotification: [
    [
      sentences.helpNotification(['/sso-ticket', '/sso-ticket help']),
      'What you can type: /sso-ticket, /sso-ticket help',
    ],
  ],

  // Audit channel
  AUDIT_ACTIONS: { ticket_made: 'made an SSO link', ticket_revoked: 'revoked the SSO link' },
  AUDIT_KINDS: { new: ' (a new connection)', edit: ' (an edit)' },
  AUDIT_BOT: 'The bot',
  auditNotification: [
    [
      sentences.auditNotification(sentences.AUDIT_ACTIONS.ticket_made, 'acme-corp'),
      'Someone made an SSO link for acme-corp.',
    ],
    [
      sentences.auditNotification(sentences.AUDIT_ACTIONS.ticket_revoked, 'acme-corp'),
      'Someone revoked the SSO link for acme-corp.',
    ],
  ],

  // All messages
  tenantLine: [[sentences.tenantLine('Production EU'), 'Tenant: Production EU']],
  shortened: [
    [sentences.shortened('acme'), 'acme'],
    [sentences.shortened('x'.repeat(151)), `${'x'.repeat(149)}…`],
  ],
};

/** What the tables above hold. */
type Elsewhere =
  | 'accessSentence'
  | 'auth0Cause'
  | 'auth0Consequence'
  | 'auth0Sentence'
  | 'createSentence'
  | 'editSentence'
  | 'fieldSentence'
  | 'profileFieldSentence'
  | 'profileSentence'
  | 'progressSentence';

/** A text where the code has one, and rows where it has a function. */
type Texts<Exported> = Exported extends string
  ? string
  : Exported extends (...values: never[]) => string
    ? Row[]
    : { readonly [Name in keyof Exported]: Texts<Exported[Name]> };

// ----------------------------------------------------------------------------------------- Tests

describe('every sentence in Slack is as it stands here', () => {
  const exported: Record<string, unknown> = { ...sentences };

  it.each<[string, Row[]]>([
    ['about access', Object.values(ACCESS).flat()],
    ['about what goes wrong in Auth0', Object.values(CAUSES).flat()],
    ['about what that means', Object.values(CONSEQUENCES).flat()],
    ['about a link that was not made', Object.values(NO_LINK).flat()],
    ['about a name that is taken, and what nobody foresaw', NAME_TAKEN],
    ['about a connection that no link may edit', NOT_EDITABLE],
    ['about progress', Object.values(PROGRESS).flat()],
  ])('%s', (_, rows) => {
    for (const [said, text] of rows) expect.soft(said).toBe(text);
  });

  it.each(keysOf(AUTH0))('about Auth0: %s', (code) => {
    for (const task of keysOf(AUTH0[code])) expect.soft(auth0Text(code, task)).toBe(AUTH0[code][task]);
  });

  it.each(keysOf(FIELDS))('about a field: %s', (code) => {
    for (const [details, text, names = context] of FIELDS[code]) {
      // The table has the details of this very code.
      const problem = { code, ...details } as FieldProblem;
      expect.soft(sentences.fieldSentence(problem, names)).toBe(text);
    }
  });

  it.each(keysOf(PROFILE_FIELDS))('about a field of a profile: %s', (code) => {
    for (const [details, text] of PROFILE_FIELDS[code]) {
      // The table has the details of this very code.
      const problem = { code, ...details } as ProfileProblem;
      expect.soft(sentences.profileFieldSentence(problem)).toBe(text);
    }
  });

  it.each(keysOf(PROFILE_NOT_SAVED))('about a profile that was not saved: %s', (code) => {
    for (const [said, text] of PROFILE_NOT_SAVED[code]) expect.soft(said).toBe(text);
  });

  it.each(keysOf(OTHERS))('%s', (name) => {
    const texts = OTHERS[name];
    if (Array.isArray(texts)) for (const [said, text] of texts) expect.soft(said).toBe(text);
    else expect(exported[name]).toEqual(texts);
  });

  it('in the help', () => {
    expect(commandHelp('/sso-ticket')).toEqual([
      ['/sso-ticket', 'create a link for a new SSO connection'],
      [
        '/sso-ticket Acme Corp',
        "the same, with the names filled in, and the customer's organization if one is called so",
      ],
      ['/sso-ticket edit', 'create a link to change an existing SSO connection'],
      ['/sso-ticket edit acme-corp', 'the same, with that connection chosen (its name, display name or ID)'],
      ['/sso-ticket profiles', 'list the self-service profiles, for everybody in this conversation'],
      ['/sso-ticket help', 'this help'],
    ]);
    expect(usageHint()).toBe('[customer | edit connection | profiles | help]');
  });
});

function keysOf<Key extends string>(table: Record<Key, unknown>): Key[] {
  // A table has no other keys than those of its type.
  return Object.keys(table) as Key[];
}
