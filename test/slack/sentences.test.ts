import { describe, expect, it } from 'vitest';
import { Auth0Error, type Auth0ErrorCode } from '../../src/auth0/errors.ts';
import { ProfileError, type ProfileErrorDetails, type SavedProfile } from '../../src/profiles/errors.ts';
import { EMPTY_VALUES } from '../../src/profiles/form.ts';
import type { ProfileProblem } from '../../src/profiles/problems.ts';
import type { AccessErrorCode } from '../../src/slack/access-error.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { commandHelp, usageHint } from '../../src/slack/subcommands.ts';
import { type FieldProblem, TicketError, type TicketErrorDetails } from '../../src/tickets/errors.ts';

/**
 * Every text that people read in Slack, word for word. The texts of the forms' fields are in
 * `tickets/form/labels.test.ts`. Other tests import their texts from the code. To change a text, change it there and
 * here.
 *
 * The types require a text for every export and every code.
 */

/** Without ACCESS_CONTACT. */
const context: sentences.SentenceContext = { command: '/sso-ticket', contact: undefined };
/** With ACCESS_CONTACT. */
const named: sentences.SentenceContext = { command: '/sso-ticket', contact: '#it-help' };

/** A sentence with a time in it. */
const around = ({ before, after }: sentences.TimedSentence) => `${before}TIME${after}`;

/** The text in the code, and the expected one. */
type Row = [actual: string, expected: string];

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
      "/sso-ticket works only in certain channels, and this isn't one of them. Ask the person who runs this bot.",
    ],
    [
      sentences.accessSentence('channel', named),
      "/sso-ticket works only in certain channels, and this isn't one of them. Ask #it-help.",
    ],
  ],
  editor: [
    [
      sentences.accessSentence('editor', context),
      'Only editors can create links that change an existing connection. Ask the person who runs this bot.',
    ],
    [
      sentences.accessSentence('editor', named),
      'Only editors can create links that change an existing connection. Ask #it-help.',
    ],
  ],
  profile_editor: [
    [
      sentences.accessSentence('profile_editor', named),
      'Only profile editors can create or edit self-service profiles. Ask #it-help.',
    ],
  ],
  revoke: [
    [
      sentences.accessSentence('revoke', context),
      'Only the requester and editors can revoke this link. Ask the person who runs this bot.',
    ],
    [
      sentences.accessSentence('revoke', named),
      'Only the requester and editors can revoke this link. Ask #it-help.',
    ],
  ],
  workspace: [
    [sentences.accessSentence('workspace', named), "You don't have access to /sso-ticket. Ask #it-help."],
  ],
  not_member: [
    [
      sentences.accessSentence('not_member', named),
      "You aren't a member of the conversation you chose, so the link can't go there. Join it or choose another one. No link was created.",
    ],
  ],
  membership_unknown: [
    [
      sentences.accessSentence('membership_unknown', named),
      "The bot can't see whether you're a member of the conversation you chose, so the link can't go there. Invite the bot or choose another one. No link was created.",
    ],
  ],
  org_wide: [
    [
      sentences.accessSentence('org_wide', named),
      'The app is installed to the whole organization, but it works only in a single workspace. Remove it from the organization. Then open “Install App” at api.slack.com/apps, install it to one workspace, and set SLACK_BOT_TOKEN to the new bot token. Ask #it-help.',
    ],
  ],
  unknown: [
    [
      sentences.accessSentence('unknown', named),
      "Slack can't confirm who you are right now, so you can't use /sso-ticket. Try again in a minute.",
    ],
  ],
};

// ----------------------------------------------------------------------------------------- Auth0

/** What went wrong in a call to Auth0. */
const CAUSES: Record<Auth0ErrorCode, Row[]> = {
  missing_permission: [
    [
      cause('missing_permission', { permission: 'read:clients' }),
      "The bot's Auth0 application doesn't have the permission read:clients.",
    ],
  ],
  credentials_rejected: [[cause('credentials_rejected'), "Auth0 doesn't accept the bot's credentials."]],
  name_taken: [
    [
      cause('name_taken', { reason: 'Name is taken' }),
      'A connection with this name already exists in Auth0.',
    ],
  ],
  custom_domain_required: [
    [
      cause('custom_domain_required'),
      'Your Auth0 tenant has several custom domains, so the link needs one of them.',
    ],
  ],
  upgrade_required: [
    [
      cause('upgrade_required', { reason: 'Upgrade your subscription' }),
      "Your Auth0 plan doesn't include this: “Upgrade your subscription”.",
    ],
    [cause('upgrade_required'), "Your Auth0 plan doesn't include this."],
  ],
  rejected: [
    [
      cause('rejected', { reason: 'Payload validation error' }),
      'Auth0 refused the request: “Payload validation error”.',
    ],
    [cause('rejected', { reason: 'No such client.' }), 'Auth0 refused the request: “No such client”.'],
    [cause('rejected'), 'Auth0 refused the request.'],
  ],
  conflict: [
    [cause('conflict', { reason: 'The name is taken' }), 'Auth0 refused the request: “The name is taken”.'],
    [cause('conflict'), 'Auth0 refused the request.'],
  ],
  not_found: [
    [
      cause('not_found', { reason: 'No such client' }),
      'Something you chose no longer exists in Auth0: “No such client”.',
    ],
    [cause('not_found'), 'Something you chose no longer exists in Auth0.'],
  ],
  rate_limited: [[cause('rate_limited'), 'Auth0 is getting too many requests right now.']],
  busy: [[cause('busy'), 'Too many people are using the bot right now.']],
  unreachable: [[cause('unreachable'), "The bot can't reach Auth0."]],
  no_answer: [[cause('no_answer'), "Auth0 isn't responding."]],
  failed: [
    [cause('failed', { status: 503 }), 'Auth0 had an internal error (503).'],
    [cause('failed'), "The bot couldn't read Auth0's answer."],
  ],
  stopping: [[cause('stopping'), 'The bot is restarting.']],
};

function cause(code: Auth0ErrorCode, details?: ConstructorParameters<typeof Auth0Error>[1]): string {
  return sentences.auth0Cause(new Auth0Error(code, details));
}

/** What that means for the person. */
const CONSEQUENCES: Record<sentences.Auth0Task, Row[]> = {
  create: [
    [consequence('create', false), 'No link was created.'],
    [
      consequence('create', true),
      "You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own.",
    ],
  ],
  revoke: [
    [consequence('revoke', false), 'The link still works.'],
    [consequence('revoke', true), 'The link may still work.'],
  ],
  read: [
    [consequence('read', false), ''],
    [consequence('read', true), ''],
  ],
};

function consequence(task: sentences.Auth0Task, mayHaveHappened: boolean): string {
  return sentences.auth0Consequence(new Auth0Error('failed', { mayHaveHappened }), task);
}

/** The whole sentence, with what to do, as an editor reads it after each task. */
const AUTH0: Record<Auth0ErrorCode, Record<sentences.Auth0Task, string>> = {
  missing_permission: {
    create:
      "The bot's Auth0 application doesn't have the permission read:clients. No link was created. Ask the person who runs this bot to grant it, then try again.",
    revoke:
      "The bot's Auth0 application doesn't have the permission read:clients. The link still works. Ask the person who runs this bot to grant it, then try again.",
    read: "The bot's Auth0 application doesn't have the permission read:clients. Ask the person who runs this bot to grant it, then try again.",
  },
  credentials_rejected: {
    create:
      "Auth0 doesn't accept the bot's credentials. No link was created. Ask the person who runs this bot to check the bot's Auth0 settings, then try again.",
    revoke:
      "Auth0 doesn't accept the bot's credentials. The link still works. Ask the person who runs this bot to check the bot's Auth0 settings, then try again.",
    read: "Auth0 doesn't accept the bot's credentials. Ask the person who runs this bot to check the bot's Auth0 settings, then try again.",
  },
  name_taken: {
    create:
      'A connection with this name already exists in Auth0. No link was created. Choose another name, or type “edit” and the name to change the existing connection.',
    revoke: 'A connection with this name already exists in Auth0. The link still works.',
    read: 'A connection with this name already exists in Auth0.',
  },
  custom_domain_required: {
    create:
      "Your Auth0 tenant has several custom domains, so the link needs one of them. No link was created. Choose one at “Link opens on” under “More options”. If it isn't there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.",
    revoke:
      "Your Auth0 tenant has several custom domains, so the link needs one of them. The link still works. Choose one at “Link opens on” under “More options”. If it isn't there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.",
    read: "Your Auth0 tenant has several custom domains, so the link needs one of them. Choose one at “Link opens on” under “More options”. If it isn't there, ask the person who runs this bot to set AUTH0_CUSTOM_DOMAINS.",
  },
  upgrade_required: {
    create:
      "Your Auth0 plan doesn't include this: “Not like this”. No link was created. Ask the person who runs this bot.",
    revoke:
      "Your Auth0 plan doesn't include this: “Not like this”. The link still works. Ask the person who runs this bot.",
    read: "Your Auth0 plan doesn't include this: “Not like this”. Ask the person who runs this bot.",
  },
  rejected: {
    create: 'Auth0 refused the request: “Not like this”. No link was created. Change the form and try again.',
    revoke:
      'Auth0 refused the request: “Not like this”. The link still works. Ask the person who runs this bot.',
    read: 'Auth0 refused the request: “Not like this”. Ask the person who runs this bot.',
  },
  conflict: {
    create: 'Auth0 refused the request: “Not like this”. No link was created. Change the form and try again.',
    revoke:
      'Auth0 refused the request: “Not like this”. The link still works. Ask the person who runs this bot.',
    read: 'Auth0 refused the request: “Not like this”. Ask the person who runs this bot.',
  },
  not_found: {
    create:
      'Something you chose no longer exists in Auth0: “No such client”. No link was created. Choose again.',
    revoke:
      "Auth0 couldn't find what the bot asked for: “No such client”. The link still works. Try again in a minute.",
    read: "Auth0 couldn't find what the bot asked for: “No such client”. Try again in a minute.",
  },
  rate_limited: {
    create: 'Auth0 is getting too many requests right now. No link was created. Try again in a minute.',
    revoke: 'Auth0 is getting too many requests right now. The link still works. Try again in a minute.',
    read: 'Auth0 is getting too many requests right now. Try again in a minute.',
  },
  busy: {
    create: 'Too many people are using the bot right now. No link was created. Try again in a minute.',
    revoke: 'Too many people are using the bot right now. The link still works. Try again in a minute.',
    read: 'Too many people are using the bot right now. Try again in a minute.',
  },
  unreachable: {
    create: "The bot can't reach Auth0. No link was created. Try again in a minute.",
    revoke: "The bot can't reach Auth0. The link still works. Try again in a minute.",
    read: "The bot can't reach Auth0. Try again in a minute.",
  },
  no_answer: {
    create:
      "Auth0 isn't responding. You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own. Try again in a minute. You can use the same name.",
    revoke: "Auth0 isn't responding. The link may still work. Try again in a minute.",
    read: "Auth0 isn't responding. Try again in a minute.",
  },
  failed: {
    create:
      "Auth0 had an internal error (500). You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own. Try again in a minute. You can use the same name.",
    revoke: 'Auth0 had an internal error (500). The link may still work. Try again in a minute.',
    read: 'Auth0 had an internal error (500). Try again in a minute.',
  },
  stopping: {
    create: 'The bot is restarting. No link was created. Try again in a few seconds.',
    revoke: 'The bot is restarting. The link still works. Try again in a few seconds.',
    read: 'The bot is restarting. Try again in a few seconds.',
  },
};

/** An error with this code. */
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
  return task === 'create' ? whyNoLink(error) : sentences.auth0Sentence(error, task, context);
}

// -------------------------------------------------------------------------- Creating a ticket

/** Why there is no link, other than Auth0's errors. */
const NO_LINK: Record<TicketErrorDetails['code'], Row[]> = {
  resource_protected: [
    [
      ticket({ code: 'resource_protected', name: 'workforce' }),
      'workforce is protected, so no link can change it. Ask the person who runs this bot.',
    ],
    [
      ticket({ code: 'resource_protected', name: 'workforce' }, named),
      'workforce is protected, so no link can change it. Ask #it-help.',
    ],
  ],
  protection_unresolved: [
    [
      ticket({ code: 'protection_unresolved', variable: 'PROTECTED_CONNECTIONS' }),
      "PROTECTED_CONNECTIONS lists something that doesn't exist in Auth0, so the bot can't tell what is protected. No link was created. Ask the person who runs this bot.",
    ],
    [
      ticket({ code: 'protection_unresolved', variable: 'PROTECTED_CONNECTIONS' }, named),
      "PROTECTED_CONNECTIONS lists something that doesn't exist in Auth0, so the bot can't tell what is protected. No link was created. Ask #it-help.",
    ],
  ],
  organization_has_connection: [
    [
      ticket({ code: 'organization_has_connection', name: 'Globex Inc' }),
      'Globex Inc already has a connection. Ask the person who runs this bot. No link was created.',
    ],
    [
      ticket({ code: 'organization_has_connection', name: 'Globex Inc' }, named),
      'Globex Inc already has a connection. Ask #it-help. No link was created.',
    ],
  ],
  connection_not_editable: [
    [
      ticket({ code: 'connection_not_editable', name: 'google', strategy: 'google-oauth2' }),
      "google isn't an enterprise connection, so a customer's IT admin can't set it up (its type is google-oauth2). Choose another one.",
    ],
  ],
  connection_gone: [
    [
      ticket({ code: 'connection_gone', name: 'acme-corp' }),
      'The connection acme-corp no longer exists. Choose another one. No link was created.',
    ],
  ],
  reach_unknown: [
    [
      whyNoLink(new TicketError({ code: 'reach_unknown' }, { cause: new Auth0Error('no_answer') })),
      "Auth0 isn't responding. Try again in a minute. No link was created.",
    ],
    [
      ticket({ code: 'reach_unknown' }),
      'Something went wrong in the bot. Try again. If it happens again, tell the person who runs this bot.',
    ],
  ],
  not_delivered: [
    [
      ticket({ code: 'not_delivered', revoked: true, correlationId: 'b2c1' }),
      "Slack couldn't deliver your link. Nobody has seen it, and the bot revoked it. Try again in a minute.",
    ],
    [
      ticket({ code: 'not_delivered', revoked: false, correlationId: 'b2c1' }),
      "Slack couldn't deliver your link. Nobody has seen it, and it expires on its own, but the bot couldn't revoke it. To revoke it, use the button on the receipt in your conversation with this bot. Tell the person who runs this bot (reference b2c1).",
    ],
    [
      ticket({ code: 'not_delivered', revoked: false, correlationId: 'b2c1' }, context, { receipt: false }),
      "Slack couldn't deliver your link. Nobody has seen it, and it expires on its own, but the bot couldn't revoke it. Tell the person who runs this bot (reference b2c1).",
    ],
  ],
  not_replaced: [
    [
      whyNoLink(
        new TicketError(
          { code: 'not_replaced', customer: 'Globex Inc' },
          { cause: new Auth0Error('unreachable') },
        ),
      ),
      "The SSO link for Globex Inc wasn't revoked. The bot can't reach Auth0. The link still works. Try again in a minute. No link was created.",
    ],
    [
      ticket({ code: 'not_replaced', customer: 'Globex Inc' }),
      'This button no longer works, and nothing was revoked. If the link must stop working, ask the person who runs this bot. No link was created.',
    ],
  ],
  not_recorded: [
    [
      ticket({ code: 'not_recorded', revoked: true, correlationId: 'b2c1' }),
      "The bot couldn't record the link, so it revoked it. Nobody has seen it. Try again in a minute.",
    ],
    [
      ticket({ code: 'not_recorded', revoked: false, correlationId: 'b2c1' }),
      "The bot couldn't record the link, and couldn't revoke it. Nobody has seen it, and it expires on its own. Tell the person who runs this bot (reference b2c1).",
    ],
  ],
  too_many_links: [
    [
      ticket({ code: 'too_many_links', max: 20, nextAt: Date.now() + 11.5 * 60_000 }),
      "You've created 20 links in the last hour, which is the limit. You can create the next one in 12 minutes. No link was created.",
    ],
    [
      ticket({ code: 'too_many_links', max: 20, nextAt: Date.now() }),
      "You've created 20 links in the last hour, which is the limit. You can create the next one in 1 minute. No link was created.",
    ],
  ],
};

/** The advice depends on the person, because only an editor can change an existing connection. */
const NAME_TAKEN: Row[] = [
  [
    whyNoLink(new Auth0Error('name_taken'), named),
    'A connection with this name already exists in Auth0. No link was created. Choose another name, or type “edit” and the name to change the existing connection.',
  ],
  [
    whyNoLink(new Auth0Error('name_taken'), context, { isEditor: false }),
    'A connection with this name already exists in Auth0. No link was created. Choose another name, or ask the person who runs this bot.',
  ],
  [
    whyNoLink(new Auth0Error('name_taken'), named, { isEditor: false }),
    'A connection with this name already exists in Auth0. No link was created. Choose another name, or ask #it-help.',
  ],
  [
    whyNoLink(new Auth0Error('conflict'), named, { isEditor: false }),
    'Auth0 refused the request. No link was created. Change the form and try again.',
  ],
  [
    whyNoLink(new Error('not foreseen')),
    'Something went wrong in the bot. Try again. If it happens again, tell the person who runs this bot.',
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
    'workforce is protected, so no link can change it. Ask #it-help.',
  ],
  [
    sentences.editSentence({ code: 'connection_not_editable', name: 'db', strategy: 'auth0' }, named),
    "db isn't an enterprise connection, so a customer's IT admin can't set it up (its type is auth0). Choose another one.",
  ],
];

// -------------------------------------------------------------------------------------- Progress

/** How far the creation of a ticket is. */
const PROGRESS: Record<Parameters<typeof sentences.progressSentence>[0]['step'], Row[]> = {
  creating: [
    [
      sentences.progressSentence({ step: 'creating' }, 8),
      "Auth0 is slow right now. You've waited 8 seconds.",
    ],
  ],
  delivering: [
    [
      sentences.progressSentence({ step: 'delivering' }, 8),
      "Auth0 created the link. Slack hasn't delivered it yet, after 8 seconds.",
    ],
  ],
  rate_limited: [
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 0 }, 16),
      "Auth0 is getting too many requests right now, so the bot waits and tries again. You've waited 16 seconds. The bot stops trying after half a minute.",
    ],
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 1 }, 16),
      "Auth0 is getting too many requests right now, so the bot waits and tries again. 1 request is ahead of yours. You've waited 16 seconds. The bot stops trying after half a minute.",
    ],
    [
      sentences.progressSentence({ step: 'rate_limited', ahead: 2 }, 16),
      "Auth0 is getting too many requests right now, so the bot waits and tries again. 2 requests are ahead of yours. You've waited 16 seconds. The bot stops trying after half a minute.",
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
  one_text_missing: [
    [{ labels: ['Display name', 'Connection name'] }, 'Fill in “Display name” or “Connection name”.'],
  ],
  choice_missing: [[{}, 'Choose an option.']],
  checkbox_missing: [[{}, 'Select at least one.']],
  application_missing: [
    [
      {},
      "Choose at least one application. Without one, the customer's IT admin can't enable the connection.",
    ],
  ],
  text_too_long: [[{ max: 128, length: 129 }, 'Use 128 characters or fewer. You have 129.']],
  not_a_choice: [[{}, 'One of these is a message, not a choice. Remove it and choose again.']],
  no_longer_offered: [[{}, 'This is no longer offered. Choose again.']],
  editors_only: [
    [{}, 'Only editors can change this option. Set it back, or ask an editor to create the link.'],
  ],
  form_outdated: [
    [
      { label: 'Region' },
      'The rule for “Region” has changed since you opened this form. Close it and open it again.',
    ],
  ],
  connection_name_too_long: [[{ max: 128, length: 129 }, 'Use 128 characters or fewer. This name has 129.']],
  connection_name_underivable: [
    [{}, 'Enter a connection name. The display name has no letters to create one from.'],
  ],
  connection_name_invalid: [[{}, 'Use letters (a–z), digits, and single hyphens, for example acme-corp.']],
  connection_name_against_policy: [
    [
      { name: 'acme-corp', hint: 'Begin with sso-.' },
      "“acme-corp” doesn't follow your company's rule for connection names. Begin with sso-.",
    ],
    [
      { name: 'acme-corp' },
      "“acme-corp” doesn't follow your company's rule for connection names. Ask the person who runs this bot.",
    ],
  ],
  connection_name_taken: [
    [
      { name: 'acme-corp', customer: 'Acme Corp', isEditor: true },
      'A connection named acme-corp already exists. Choose another name, or type “/sso-ticket edit acme-corp” to change it.',
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
      'workforce is protected, so no link can change it. Ask the person who runs this bot.',
    ],
    [{ name: 'workforce' }, 'workforce is protected, so no link can change it. Ask #it-help.', named],
  ],
  too_many_organizations: [
    [{ max: 3, count: 4 }, 'Choose 3 organizations or fewer. You chose 4. Editors can choose more.'],
  ],
  connection_not_editable: [
    [
      { name: 'google', strategy: 'google-oauth2' },
      "google isn't an enterprise connection, so a customer's IT admin can't set it up (its type is google-oauth2). Choose another one.",
    ],
  ],
  metadata_pattern_mismatch: [
    [
      { label: 'CRM account ID', hint: '18 characters that start with 001' },
      '18 characters that start with 001',
    ],
    [
      { label: 'CRM account ID' },
      "This isn't a valid value for “CRM account ID”. If you don't know the format, ask the person who runs this bot.",
    ],
  ],
  metadata_not_a_pair: [
    [{ line: 'no colon here' }, "Enter one “key: value” on each line. This line isn't one: “no colon here”."],
  ],
  metadata_key_reserved: [[{ key: '__proto__' }, "You can't use “__proto__” as a key. Choose another one."]],
  metadata_key_twice: [
    [{ key: 'region', hasOwnField: false }, '“region” appears twice. Remove one.'],
    [{ key: 'region', hasOwnField: true }, '“region” has a field of its own. Remove it here.'],
  ],
  metadata_too_many: [[{ max: 10, count: 11 }, 'Auth0 allows 10 pairs. You have 11.']],
  metadata_too_long: [
    [
      { key: 'region', max: 255 },
      '“region” is too long. Use 255 characters or fewer for a key and for a value.',
    ],
  ],
  not_an_https_url: [[{}, 'Enter a complete URL that starts with https://.']],
  domains_invalid: [
    [
      { texts: ['acme', 'co.uk'] },
      'Not a domain: “acme”, “co.uk”. Enter domains such as acme.com, separated by commas.',
    ],
  ],
  domains_public: [
    [
      { domains: ['gmail.com', 'outlook.com'] },
      "Anyone can get an email address at “gmail.com”, “outlook.com”, so it can't be a customer's email domain. Remove it.",
    ],
  ],
  domains_maybe_public: [
    [
      { domains: ['example.email'] },
      '“example.email” is on a list of email providers. If it belongs to the customer, ask an editor to create the link.',
    ],
  ],
  domains_too_many: [
    [
      { max: 100, count: 101, oneOrganization: true },
      'Auth0 allows 100 domains with one organization. You have 101, including verified ones.',
    ],
    [
      { max: 1000, count: 1001, oneOrganization: false },
      'Auth0 allows 1000 domains in a link. You have 1001, including verified ones.',
    ],
  ],
  discovery_domains_too_many: [
    [{ max: 5, count: 6 }, 'Auth0 can use 5 already verified domains to find the organization. You have 6.'],
  ],
  domains_feature_off: [[{}, 'Select “Domains” above, or clear this field.']],
  domain_verification_off: [[{}, 'Set “Domain verification” to optional or required, or clear this field.']],
  discovery_needs_domains: [
    [{}, 'This needs email domains. Turn on “Domain verification”, or clear this option.'],
  ],
  discovery_needs_one_organization: [
    [{ count: 0 }, 'This needs exactly one organization. You chose none.'],
    [{ count: 2 }, 'This needs exactly one organization. You chose 2.'],
  ],
  idp_login_needs_application: [[{}, 'Choose the “Default application” below.']],
  idp_login_off: [[{}, 'Select “Login can start at the identity provider” above, or clear this field.']],
  idp_query_needs_oidc: [
    [{}, 'A query works with OpenID Connect only. Clear this field or change the protocol.'],
  ],
  idp_query_unknown_parameters: [
    [
      { unknown: ['prompt', 'state'], allowed: ['redirect_uri', 'scope'] },
      'You can use redirect_uri, scope here. Remove prompt, state.',
    ],
  ],
  scim_needs_user_scopes: [[{}, 'SCIM needs all five scopes for users. Select them below.']],
  scim_not_supported: [
    [
      { provider: 'Google Workspace', onlySync: true },
      "SCIM doesn't work with Google Workspace. Choose “Off” here and use “Google Workspace directory sync” below.",
    ],
    [
      { provider: 'ADFS', onlySync: false },
      "Provisioning doesn't work with ADFS. Clear “Provisioning” above.",
    ],
  ],
  sync_not_supported: [
    [
      { provider: 'SAML' },
      'Directory sync works with Google Workspace only. This connection uses SAML, so choose “Off”.',
    ],
  ],
  provisioning_is_empty: [[{}, 'You selected “Provisioning” above. Choose what it covers.']],
  provisioning_feature_off: [[{}, 'Select “Provisioning” above, or choose “Off” here.']],
  google_not_offered: [
    [
      { profile: 'Standard' },
      "The profile “Standard” doesn't offer Google Workspace. Choose “Off” here, or choose another profile.",
    ],
  ],
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
  text_too_long: [[{ max: 100, length: 101 }, 'Use 100 characters or fewer. You have 101.']],
  not_an_https_url: [[{}, 'Enter a complete URL that starts with https://.']],
  not_a_color: [[{}, 'Enter six or three hexadecimal digits, for example #0059d6.']],
  not_an_attribute: [
    [
      { line: 'email' },
      'Write each attribute like “email: Work email, required”, with a space after the colon. This line is different: “email”.',
    ],
  ],
  attribute_twice: [[{ name: 'email' }, '“email” appears twice.']],
  attribute_name_too_long: [
    [{ name: 'email', max: 250 }, 'The name “email” is too long. Use 250 characters or fewer.'],
  ],
  attribute_description_too_long: [
    [{ name: 'email', max: 255 }, 'The description of “email” is too long. Use 255 characters or fewer.'],
  ],
  too_many_attributes: [[{ max: 20, count: 21 }, 'Use 20 attributes or fewer. You have 21.']],
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

/** Why a profile was not saved, or only in part. */
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
      "Auth0 isn't responding. Nothing was saved. Try again in a minute.",
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
      'These changes were saved: Name, Logo URL. The introduction was not saved. Auth0 refused the request: “Too long”. Change the form and try again.',
    ],
    [
      partlySaved(unanswered, { isNew: true }),
      "The profile “Standard” was created, but its introduction may not have been saved. Auth0 isn't responding. Try again in a minute.",
    ],
  ],
  auth0: [
    [
      profileText(refused),
      'Auth0 refused the request: “Too long”. Nothing was saved. Change the form and try again.',
    ],
    [
      profileText(new Auth0Error('conflict', { reason: 'No more profiles can be created.' }), true),
      'Auth0 refused the request: “No more profiles can be created”. Nothing was saved. If the tenant has 20 profiles, delete one in the Auth0 Dashboard, then try again.',
    ],
    [
      profileText(new Auth0Error('missing_permission', { permission: 'update:self_service_profiles' })),
      "The bot's Auth0 application doesn't have the permission update:self_service_profiles. Nothing was saved. Ask the person who runs this bot to grant it, then try again.",
    ],
    [
      profileText(unanswered),
      "Auth0 isn't responding. Your changes may have been saved anyway. Copy what you typed, close this form, and open it again to see.",
    ],
    [
      profileText(unanswered, true),
      "Auth0 isn't responding. The profile may have been created anyway. Type /sso-ticket profiles to see whether it is there before you try again.",
    ],
  ],
  unexpected: [[profileText(new Error('odd')), sentences.unexpectedError(context)]],
};

/** Texts by the name of their export. A function has a row for each case. */
const OTHERS: { [Name in Exclude<keyof typeof sentences, Elsewhere>]: Texts<(typeof sentences)[Name]> } = {
  ORG_WIDE_INSTALL:
    'The app is installed to the whole organization, but it works only in a single workspace. Remove it from the organization. Then open “Install App” at api.slack.com/apps, install it to one workspace, and set SLACK_BOT_TOKEN to the new bot token.',

  // General
  RESTARTING: 'The bot is restarting. Nothing was changed. Try again in a few seconds.',
  sealInvalid: [
    [
      sentences.sealInvalid(context),
      'This form has expired or belongs to someone else. Nothing was changed. Type /sso-ticket again.',
    ],
    [
      sentences.sealInvalid(named),
      'This form has expired or belongs to someone else. Nothing was changed. Type /sso-ticket again.',
    ],
  ],
  unexpectedError: [
    [
      sentences.unexpectedError(context),
      'Something went wrong in the bot, and it may not have done what you asked. Try again. If it happens again, tell the person who runs this bot.',
    ],
    [
      sentences.unexpectedError(named),
      'Something went wrong in the bot, and it may not have done what you asked. Try again. If it happens again, tell #it-help.',
    ],
  ],
  recordsUnavailable: [
    [
      sentences.recordsUnavailable(context),
      "The bot can't reach its database right now, so it can't create or revoke links. Try again in a minute. If it happens again, tell the person who runs this bot.",
    ],
    [
      sentences.recordsUnavailable(named),
      "The bot can't reach its database right now, so it can't create or revoke links. Try again in a minute. If it happens again, tell #it-help.",
    ],
  ],
  FORM_NOT_OPENED: "Slack didn't open the form in time. Nothing was changed.",
  formRefused: [
    [
      sentences.formRefused('token_revoked', named),
      "Slack couldn't open the form (token_revoked). Nothing was changed. Ask #it-help.",
    ],
    [
      sentences.formRefused(undefined, named),
      "Slack couldn't open the form. Nothing was changed. Try again in a minute. If it happens again, ask #it-help.",
    ],
  ],
  LIST_LOADING: 'The list is still loading. Type again in a moment.',
  noProfiles: [
    [
      sentences.noProfiles(context),
      'Every link needs a self-service profile, and Auth0 has none yet. Ask the person who runs this bot to create one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration. Then try again.',
    ],
    [
      sentences.noProfiles(named),
      'Every link needs a self-service profile, and Auth0 has none yet. Ask #it-help to create one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration. Then try again.',
    ],
  ],
  buttonExpired: [
    [sentences.buttonExpired('/sso-ticket'), 'This button no longer works. Type /sso-ticket instead.'],
  ],

  // Forms
  FORM_TITLE: { new: 'New SSO connection', edit: 'Edit SSO connection' },
  FORM_INTRO: {
    new: "You'll get a link that only you can see. Send it to the customer's IT admin to set up single sign-on.",
    edit: "You'll get a link that only you can see. Send it to the customer's IT admin to change their single sign-on.",
  },
  FORM_SUBMIT: 'Create link',
  FORM_CANCEL: 'Cancel',
  MORE_OPTIONS: 'More options',
  OPEN_FORM_AGAIN: 'Open the form again',
  FORM_INCOMPLETE: "Some of what you entered couldn't be kept. Check each field and fill in what is missing.",
  textCut: [
    [sentences.textCut(150), 'Your text is too long. This field shows only the first 150 characters.'],
  ],
  connectionNotFound: [
    [
      sentences.connectionNotFound('acme', true, false),
      "There's no connection called “acme”. You can search by part of the name, or create a link for a new connection.",
    ],
    [
      sentences.connectionNotFound('acme', true, true),
      "There's no connection called “acme”. Did you mean one of these? You can search by part of the name, or create a link for a new connection.",
    ],
    [
      sentences.connectionNotFound('acme', false, false),
      'The list of connections is still loading, and none so far is called “acme”. You can search by part of the name, or create a link for a new connection.',
    ],
    [
      sentences.connectionNotFound('acme', false, true),
      'The list of connections is still loading, and none so far is called “acme”. Did you mean one of these? You can search by part of the name, or create a link for a new connection.',
    ],
  ],
  editConnection: [[sentences.editConnection('acme-corp'), 'Edit acme-corp']],
  FIND_CONNECTION: 'Search connections',
  customerHasConnection: [
    [
      sentences.customerHasConnection({ customer: 'Globex Inc', connection: 'globex' }, true, named),
      'Globex Inc already has a connection, globex. To change it, edit it instead of creating a new one.',
    ],
    [
      sentences.customerHasConnection({ customer: 'Globex Inc', connection: 'globex' }, false, named),
      'Globex Inc already has a connection, globex. To change it, ask #it-help.',
    ],
    [
      sentences.customerHasConnection({ customer: 'globex', connection: 'globex' }, true, named),
      'A connection named globex already exists. To change it, edit it instead of creating a new one.',
    ],
  ],
  EDIT_INSTEAD: 'Edit it instead',
  NEW_CONNECTION: 'Create a link for a new connection',

  // Other views
  CLOSE: 'Close',
  TRY_AGAIN: 'Try again',
  LOADING_TITLE: 'One moment',
  NO_ACCESS_TITLE: 'No access',
  PROBLEM_TITLE: "That didn't work",
  ANSWER_TITLE: 'SSO links',
  PROGRESS_TITLE: 'Creating your link',
  DONE_TITLE: 'Your link is ready',
  loading: [
    [sentences.loading(), 'Loading your applications and organizations from Auth0…'],
    [
      sentences.loading(8),
      "Auth0 hasn't answered for 8 seconds. The form opens as soon as it does, or this window tells you what went wrong.",
    ],
  ],
  PROGRESS_BEFORE_NAME: 'Creating the SSO link for ',
  PROGRESS_ADVICE:
    'You can close this window. You get the link as a message that only you can see, in the conversation where you asked.',
  PROGRESS_IF_LOST:
    'No message after a minute? Create a new link. If the first one was lost, nobody has seen it, and it expires on its own.',
  DONE_BEFORE_NAME: 'The SSO link for ',
  DONE_IN_DIRECT_MESSAGE: ' is in your conversation with this bot, under Apps',
  DONE_IN_CHANNEL: ' is in ',
  DONE_IN_CONVERSATION: ' is in the conversation where you asked',
  DONE_AFTER_PLACE: '. Only you can see it.',
  DONE_ADVICE:
    "Copy the text from there and send it to the customer's IT admin. The message disappears when you reload Slack.",

  // The link's message
  linkReady: [[sentences.linkReady('acme-corp'), 'Your SSO link for acme-corp is ready.']],
  linkTitle: [[sentences.linkTitle('Acme Corp'), 'SSO link for Acme Corp']],
  LINK_PURPOSE: {
    new: "Only you can see this message. Copy the text below and send it to the customer's IT admin, who sets up single sign-on with the link.",
    edit: "Only you can see this message. Copy the text below and send it to the customer's IT admin, who changes their single sign-on with the link.",
  },
  IF_NOT_OPENED: '. After opening the link, the customer has five hours to finish.',
  publicDomains: [
    [
      sentences.publicDomains(['example.email']),
      '“example.email” is on a list of email providers. Make sure that it belongs to the customer.',
    ],
  ],
  LINK_WITHOUT_APPLICATION:
    "You chose no application, so the customer's IT admin can't enable the connection. Your own team must enable it in Auth0 after the admin finishes.",
  OPEN_BY: 'Open by: ',
  LINK_RULES: {
    time: 'After opening the link, the customer has five hours to finish.',
    openings:
      'It opens at most 10 times, and link previews and email scanners count. Send it to one person, and never post it in a channel.',
    lost: 'Lost it? Replace it in your list of links.',
  },
  LINK_REPLACES: 'The earlier link no longer works. Send the customer this one instead.',
  alreadyRevoked: [
    [
      sentences.alreadyRevoked('Globex Inc'),
      'The SSO link for Globex Inc was already revoked. Use “Create again” in the list to get a new one.',
    ],
  ],
  LINK_HAS_RECEIPT:
    'This message disappears when you reload Slack. To revoke the link later, use the receipt in your conversation with this bot.',
  DETAIL_LABELS: {
    connection: { new: 'New connection', edit: 'Connection' },
    profile: 'Profile',
    organizations: 'Organizations',
    applications: 'Applications',
  },

  // Receipts
  receiptNotification: [[sentences.receiptNotification('acme-corp'), 'Receipt: SSO link for acme-corp']],
  receiptTitle: [[sentences.receiptTitle('Acme Corp'), 'Receipt: SSO link for Acme Corp']],
  RECEIPT_ADVICE: "The link itself isn't stored. If you lost it, revoke it here and create a new one.",
  RECEIPT_EXPIRED: 'This link has expired.',
  EXPIRED: 'Expired: ',
  REVOKED_BY: 'Revoked by: ',
  interrupted: [
    [
      sentences.interrupted('acme-corp', 'unknown', 'b2c1'),
      "The bot was interrupted while it created the SSO link for acme-corp. You didn't get a link. If Auth0 created one anyway, nobody has seen it, and it expires on its own. Create a new one. (Reference: b2c1)",
    ],
    [
      sentences.interrupted('acme-corp', 'revoked', 'b2c1'),
      "The bot was interrupted while it created the SSO link for acme-corp. The link may not have reached you, so the bot revoked it. Don't use it. Create a new one. (Reference: b2c1)",
    ],
    [
      sentences.interrupted('acme-corp', 'not_revoked', 'b2c1'),
      "The bot was interrupted while it created the SSO link for acme-corp. The link may not have reached you, and the bot couldn't revoke it. If you didn't get it, revoke it with the button on its receipt, and create a new one. (Reference: b2c1)",
    ],
  ],
  receiptLost: [
    [
      sentences.receiptLost('acme-corp'),
      "Slack couldn't deliver the receipt for acme-corp, so only the message with the link can revoke it.",
    ],
  ],
  aboutLink: [
    [
      sentences.aboutLink('acme-corp', "The bot can't reach Auth0."),
      "SSO link for acme-corp: The bot can't reach Auth0.",
    ],
  ],

  // Revocation
  REVOKE_LINK: 'Revoke link',
  REVOKE_CONFIRMATION: {
    title: 'Revoke this link?',
    text: "It stops working immediately, even for someone who is using it now. You can't undo this, but you can create a new link.",
    confirm: 'Revoke link',
    deny: 'Keep it',
  },
  revoked: [
    [
      sentences.revoked('acme-corp', named),
      'The SSO link for acme-corp no longer works. A connection that is already set up keeps working. To remove it, ask #it-help.',
    ],
  ],
  NOTHING_TO_REVOKE: "No link was created, so there's nothing to revoke.",
  revokeNoRecord: [
    [
      sentences.revokeNoRecord(context),
      'The bot has no record of this link, so nothing was revoked. If the link must stop working, ask the person who runs this bot.',
    ],
    [
      sentences.revokeNoRecord(named),
      'The bot has no record of this link, so nothing was revoked. If the link must stop working, ask #it-help.',
    ],
  ],
  REVOKE_EXPIRED: "This link has expired, so there's nothing left to revoke.",
  revokeButtonInvalid: [
    [
      sentences.revokeButtonInvalid(context),
      'This button no longer works, and nothing was revoked. If the link must stop working, ask the person who runs this bot.',
    ],
    [
      sentences.revokeButtonInvalid(named),
      'This button no longer works, and nothing was revoked. If the link must stop working, ask #it-help.',
    ],
  ],
  revokeSentence: [
    [
      sentences.revokeSentence(new Auth0Error('unreachable'), 'acme-corp', context),
      "The SSO link for acme-corp wasn't revoked. The bot can't reach Auth0. The link still works. Try again in a minute.",
    ],
    [
      sentences.revokeSentence(new Auth0Error('no_answer', { mayHaveHappened: true }), 'acme-corp', context),
      "The bot couldn't confirm that the SSO link for acme-corp was revoked. Auth0 isn't responding. The link may still work. Try again in a minute.",
    ],
  ],

  // Links
  CREATE_SSO_LINK: 'Create SSO link',
  EDIT_A_CONNECTION: 'Edit a connection',
  SHOW_LINKS: { mine: 'Show your links', all: 'Show everyone’s links' },
  listTitle: [
    [sentences.listTitle({ whose: 'mine', page: 0 }), 'Your SSO links'],
    [sentences.listTitle({ whose: 'all', page: 0 }), 'Everyone’s SSO links'],
    [sentences.listTitle({ whose: 'all', text: 'globex', page: 0 }), 'SSO links for “globex”'],
    [
      sentences.listTitle({ whose: 'all', text: 'globex', toRevoke: true, page: 0 }),
      'Links you can revoke for “globex”',
    ],
    [sentences.listTitle({ whose: 'all', toRevoke: true, page: 0 }), 'Links you can revoke'],
  ],
  noLinks: [
    [sentences.noLinks({ whose: 'mine', page: 0 }), "You haven't created any links yet."],
    [sentences.noLinks({ whose: 'all', page: 0 }), 'Nobody has created a link yet.'],
    [sentences.noLinks({ whose: 'all', text: 'globex', page: 0 }), "There's no link for “globex”."],
    [
      sentences.noLinks({ whose: 'all', text: 'globex', toRevoke: true, page: 0 }),
      "There's no active link for “globex” that you can revoke.",
    ],
    [
      sentences.noLinks({ whose: 'all', toRevoke: true, page: 0 }),
      "There's no active link that you can revoke.",
    ],
  ],
  LIST_ONLY_YOU: '(only you can see this)',
  LINK_KINDS: { new: 'new connection', edit: 'edit' },
  LINK_STATES: {
    requested: 'Being created',
    created: 'Active, not delivered yet',
    delivered: 'Active',
    opened: 'Opened',
    configured: 'Connection set up',
    enabled: 'Enabled',
    failed: 'Not created',
    revoked: 'Revoked',
    expired: 'Expired',
  },
  UNTIL: ' until ',
  BY: ' by ',
  CREATED_BY: 'Created by ',
  EVENT_LABELS: {
    created: 'Created',
    not_delivered: 'Not delivered',
    revoked: 'Revoked',
    failed: 'Not created',
    muted: 'Muted',
    followed: 'Followed',
  },
  reference: [[sentences.reference('b2c1'), 'Reference: b2c1']],
  NEXT_PAGE: 'Next page',
  PREVIOUS_PAGE: 'Previous page',
  CREATE_AGAIN: 'Create again',
  REPLACE_LINK: 'Replace link',
  REPLACE_CONFIRMATION: {
    title: 'Replace this link?',
    text: 'The old link stops working. You get a new one with the same values.',
    confirm: 'Replace link',
    deny: 'Keep it',
  },
  notReplaced: [
    [
      sentences.notReplaced('Globex Inc', 'Choose an option.'),
      "The SSO link for Globex Inc wasn't replaced, and it still works. Choose an option.",
    ],
  ],
  LINK_GONE: 'The bot has no record of this link.',
  connectionExists: [
    [
      sentences.connectionExists('Globex Inc', named),
      "Globex Inc already has this connection, so it can't be created again. To change it, ask #it-help.",
    ],
  ],

  // What becomes of a link
  setUpWith: [[sentences.setUpWith('Okta Workforce'), 'Connection set up (Okta Workforce)']],
  CONNECTION_CHANGED: 'Connection changed',
  SETTINGS_CHANGED: 'Settings changed',
  TEST_STARTED: 'Test sign-in started',
  TEST_DONE: 'Test sign-in',
  DOMAIN_STEPS: {
    domain_added: 'Email domain added',
    domain_verified: 'Email domain verified',
    domain_unverified: 'Email domain not verified yet',
    domain_removed: 'Email domain removed',
  },
  SESSION_ENDED: 'Left the setup',
  FINISHED: 'Finished',
  stepFailed: [
    [
      sentences.stepFailed("Auth0 couldn't save the connection"),
      "Failed: Auth0 couldn't save the connection",
    ],
  ],
  SETUP_EXPIRED: 'Expired before the setup was finished',
  OWN_TEAM_ENABLES: 'Your own team must enable it',
  enabledFor: [
    [sentences.enabledFor(['Customer Portal', 'Globex Inc']), 'Enabled for Customer Portal, Globex Inc'],
    [sentences.enabledFor([]), 'Enabled for another application'],
  ],
  ATTENTION: {
    expiring: 'Nothing is set up yet',
    unused: 'Nothing was set up',
    unfinished: 'Not finished',
    step_failed: 'A step failed',
    test_hanging: 'The test sign-in isn’t finished',
    domain_unverified: 'An email domain isn’t verified',
  },
  oneOfLinks: [
    [
      sentences.oneOfLinks(2, 'Globex Inc'),
      "Auth0 doesn't say which link this was: it's one of the two links for Globex Inc.",
    ],
    [
      sentences.oneOfLinks(3, 'Globex Inc'),
      "Auth0 doesn't say which link this was: it's one of the 3 links for Globex Inc.",
    ],
  ],
  WORKS_UNTIL: 'Works until, at the latest: ',
  NOW_IN_AUTH0: 'Now in Auth0: ',
  NO_CONNECTION: "the connection doesn't exist",
  STATE_UNKNOWN: "The bot couldn't get the customer's progress from Auth0, so this may be out of date.",
  connectionState: [
    [sentences.connectionState('SAML', ['Customer Portal'], true), 'SAML, enabled for Customer Portal'],
    [sentences.connectionState('', [], true), 'enabled for another application'],
    [sentences.connectionState('SAML', [], false), 'SAML, not enabled'],
  ],
  finished: [
    [
      sentences.finished('Globex Inc', ['Customer Portal']),
      'Globex Inc finished. SSO is on for Customer Portal.',
    ],
    [sentences.finished('Globex Inc', []), 'Globex Inc finished. SSO is on.'],
  ],
  finishedWithoutApplication: [
    [
      sentences.finishedWithoutApplication('Globex Inc'),
      'Globex Inc set up the connection. The link has no application, so your own team must enable the connection in Auth0.',
    ],
  ],
  changesFinished: [
    [sentences.changesFinished('Globex Inc'), 'Globex Inc finished. Their changes are saved.'],
  ],
  expiringNotice: [
    [
      around(sentences.expiringNotice('Globex Inc')),
      'Nobody has opened the SSO link for Globex Inc. Remind the customer to open the link by TIME.',
    ],
  ],
  nothingSetUpNotice: [
    [
      around(sentences.nothingSetUpNotice('Globex Inc')),
      'Nothing is set up for Globex Inc yet. Remind the customer to open the link by TIME.',
    ],
  ],
  openedUnusedNotice: [
    [
      sentences.openedUnusedNotice('Globex Inc'),
      "Globex Inc opened the SSO link but didn't set anything up, and their time has run out. Ask what stopped them, then create the link again.",
    ],
  ],
  unfinishedEditNotice: [
    [
      sentences.unfinishedEditNotice('Globex Inc'),
      "Globex Inc opened the link to change their connection but didn't finish, and their time has run out. If they still need it, create the link again.",
    ],
  ],
  leftNotice: [
    [
      around(sentences.leftNotice('Globex Inc')),
      'Globex Inc left the setup before it was finished. They can open the same link again until TIME.',
    ],
  ],
  testHangingNotice: [
    [
      around(sentences.testHangingNotice('Globex Inc')),
      "Globex Inc started a test sign-in at TIME and hasn't finished it. Most often the redirect URL or the certificate is wrong in their identity provider.",
    ],
  ],
  domainNotice: [
    [
      sentences.domainNotice('Globex Inc'),
      "Globex Inc hasn't verified an email domain. Their DNS needs the TXT record that the setup assistant shows. DNS changes can take up to 48 hours.",
    ],
  ],
  stepFailedNotice: [
    [
      sentences.stepFailedNotice('Globex Inc', 'ticket_consumption'),
      "Globex Inc ran into a problem: Auth0 didn't open the link. A link can be opened at most ten times. If they need more time, create a new link for them.",
    ],
    [
      sentences.stepFailedNotice('Globex Inc', 'connection_update'),
      "Globex Inc ran into a problem: Auth0 couldn't save the connection. Ask them to check what they copied from their identity provider: the metadata, the certificate, and the client ID.",
    ],
    [
      sentences.stepFailedNotice('Globex Inc', 'enable_connection'),
      "Globex Inc ran into a problem: Auth0 couldn't enable the connection. Ask them to try again. If it fails again, ask the team that runs your Auth0.",
    ],
    [
      sentences.stepFailedNotice('Globex Inc', 'domain_verification'),
      "Globex Inc ran into a problem: Auth0 couldn't add or check an email domain. Ask them to check that the domain is theirs, and that its DNS has the TXT record they were shown.",
    ],
    [
      sentences.stepFailedNotice('Globex Inc', 'provisioning_token_creation'),
      "Globex Inc ran into a problem: Auth0 couldn't set up user provisioning. Ask them to try that step again. They can also finish without it.",
    ],
    [
      sentences.stepFailedNotice('Globex Inc', 'toString'),
      'Globex Inc ran into a problem: a step of the setup failed. Ask them what the setup assistant says, and to try the step again.',
    ],
  ],
  failedStep: [[sentences.failedStep('missing_configuration').what, 'a step of the setup failed']],
  unusedNotice: [
    [
      sentences.unusedNotice('Globex Inc'),
      'The SSO link for Globex Inc has expired, and nothing was set up. If the customer still wants SSO, create the link again.',
    ],
  ],
  unfinishedNotice: [
    [
      sentences.unfinishedNotice('Globex Inc'),
      "Globex Inc set up the connection but hasn't enabled it, and their time has run out. They need a new link to continue.",
    ],
  ],
  FOR_THE_CUSTOMER: 'For the customer:',
  NOT_REACHED: "Slack couldn't deliver this message to ",
  MUTE_LINK: 'Mute this link',
  FOLLOW_LINK: 'Follow',
  CONTINUE_SETUP: 'Create a link to continue',
  muted: [
    [
      sentences.muted('Globex Inc', context),
      "You won't get any more messages about the SSO link for Globex Inc. To get them again, type /sso-ticket list and the customer's name, and click “Follow”.",
    ],
  ],
  followed: [
    [sentences.followed('Globex Inc'), "You'll get messages about the SSO link for Globex Inc from now on."],
  ],
  linkStillWorks: [
    [
      sentences.linkStillWorks('Globex Inc'),
      'Globex Inc already has an active link for this connection. The customer can use that one to continue.',
    ],
  ],
  alreadyEnabled: [
    [
      sentences.alreadyEnabled('Globex Inc'),
      "The connection of Globex Inc is already enabled, so there's nothing to continue.",
    ],
  ],
  NOTHING_TO_CONTINUE:
    "The connection of this link doesn't exist in Auth0, so there's nothing to continue. Create the link again.",
  notContinued: [
    [
      sentences.notContinued('Globex Inc', 'Choose an option.'),
      'No link to continue was created for Globex Inc. Choose an option.',
    ],
  ],

  // Profiles
  profileCount: [
    [sentences.profileCount(1), 'One self-service profile'],
    [sentences.profileCount(2), '2 self-service profiles'],
  ],
  PROFILES_PURPOSE:
    'A profile decides which identity providers a customer can choose from, and what they see during setup.',
  PROFILES_ONLY_YOU:
    'Only you can see this list, because people from other companies may be in this conversation and profiles can name your customers.',
  POST_PROFILES: 'Post in this channel',
  PROFILES_LOADING: 'Loading the profiles from Auth0…',
  PROFILES_NOT_POSTED: "Slack couldn't post the list of profiles. Type the command again.",
  PROFILE_LABELS: {
    providers: 'Identity providers: ',
    allProviders: 'all',
    required: 'Required attributes: ',
    optional: 'Optional attributes: ',
    attributeProfile: 'User attribute profile: ',
  },

  // Creating and editing profiles
  CREATE_PROFILE: 'Create profile',
  EDIT_PROFILE: 'Edit',
  NO_PROFILES_YET:
    'Every link needs a self-service profile, and Auth0 has none yet. You can create the first one here.',
  PROFILE_FORM_TITLE: { first: 'Create the first profile', new: 'Create profile', edit: 'Edit profile' },
  PROFILE_FORM_INTRO: {
    first:
      'Every link needs a self-service profile. It decides which identity providers a customer can choose from, and what they see during setup. You can change all of this later.',
    new: 'A self-service profile decides which identity providers a customer can choose from, and what they see during setup.',
    edit: 'Your changes apply to every link that uses this profile, including links that were already sent.',
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
  HELP_INTRO: "Create links that let a customer's IT admin set up single sign-on. You can type:\n",
  createLinkFor: [[sentences.createLinkFor('Help Scout'), 'Create a link for Help Scout']],
  versionLine: [[sentences.versionLine('1.2.3'), 'Version 1.2.3']],
  helpNotification: [
    [
      sentences.helpNotification(['/sso-ticket', '/sso-ticket help']),
      'You can type: /sso-ticket, /sso-ticket help',
    ],
  ],

  // Audit channel
  AUDIT_ACTIONS: { ticket_made: 'created an SSO link', ticket_revoked: 'revoked the SSO link' },
  AUDIT_KINDS: { new: ' (new connection)', edit: ' (edit)' },
  AUDIT_BOT: 'The bot',
  auditNotification: [
    [
      sentences.auditNotification(sentences.AUDIT_ACTIONS.ticket_made, 'acme-corp'),
      'Someone created an SSO link for acme-corp.',
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

/** Exports that the tables above contain. */
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

/** A text for a constant, and rows for a function. */
type Texts<Exported> = Exported extends string
  ? string
  : Exported extends (...values: never[]) => string
    ? Row[]
    : { readonly [Name in keyof Exported]: Texts<Exported[Name]> };

// ----------------------------------------------------------------------------------------- Tests

describe('the texts in Slack are as expected', () => {
  const exported: Record<string, unknown> = { ...sentences };

  it.each<[string, Row[]]>([
    ['about access', Object.values(ACCESS).flat()],
    ['about the causes of Auth0’s errors', Object.values(CAUSES).flat()],
    ['about the consequences of Auth0’s errors', Object.values(CONSEQUENCES).flat()],
    ['about a link that was not created', Object.values(NO_LINK).flat()],
    ['about a name that is taken, and about unexpected errors', NAME_TAKEN],
    ['about a connection that no link can change', NOT_EDITABLE],
    ['about progress', Object.values(PROGRESS).flat()],
  ])('%s', (_, rows) => {
    for (const [actual, expected] of rows) expect.soft(actual).toBe(expected);
  });

  it.each(keysOf(AUTH0))('about the Auth0 error %s', (code) => {
    for (const task of keysOf(AUTH0[code])) expect.soft(auth0Text(code, task)).toBe(AUTH0[code][task]);
  });

  it.each(keysOf(FIELDS))('about a field with the problem %s', (code) => {
    for (const [details, text, names = context] of FIELDS[code]) {
      // The table has the details of this code.
      const problem = { code, ...details } as FieldProblem;
      expect.soft(sentences.fieldSentence(problem, names)).toBe(text);
    }
  });

  it.each(keysOf(PROFILE_FIELDS))('about a profile’s field with the problem %s', (code) => {
    for (const [details, text] of PROFILE_FIELDS[code]) {
      // The table has the details of this code.
      const problem = { code, ...details } as ProfileProblem;
      expect.soft(sentences.profileFieldSentence(problem)).toBe(text);
    }
  });

  it.each(keysOf(PROFILE_NOT_SAVED))('about a profile that was not saved because of %s', (code) => {
    for (const [actual, expected] of PROFILE_NOT_SAVED[code]) expect.soft(actual).toBe(expected);
  });

  it.each(keysOf(OTHERS))('for %s', (name) => {
    const texts = OTHERS[name];
    if (Array.isArray(texts)) for (const [actual, expected] of texts) expect.soft(actual).toBe(expected);
    else expect(exported[name]).toEqual(texts);
  });

  it('in the help', () => {
    expect(commandHelp('/sso-ticket')).toEqual([
      ['/sso-ticket', 'create a link for a new connection'],
      ['/sso-ticket Acme Corp', "the same, with the customer's name and organization filled in"],
      ['/sso-ticket edit', 'create a link to change an existing connection'],
      ['/sso-ticket edit acme-corp', 'the same, for this connection (its name, display name, or ID)'],
      ['/sso-ticket list', 'list your links, to revoke or replace them'],
      ['/sso-ticket list Acme Corp', "show everyone's links for this customer"],
      ['/sso-ticket list all', "list everyone's links"],
      ['/sso-ticket revoke Acme Corp', 'revoke a link for this customer'],
      ['/sso-ticket profiles', 'list the self-service profiles for everyone in this conversation'],
      ['/sso-ticket help', 'show this help'],
    ]);
    expect(usageHint()).toBe('[customer | edit connection | list | revoke customer | profiles | help]');
  });
});

function keysOf<Key extends string>(table: Record<Key, unknown>): Key[] {
  // A table has only the keys of its type.
  return Object.keys(table) as Key[];
}
