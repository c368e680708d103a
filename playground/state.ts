import { providerName } from '../stand-ins/auth0/providers.ts';
import type { Auth0, RecordedRequest } from '../stand-ins/auth0/server.ts';
import { allowedStrategies } from '../stand-ins/auth0/tenant.ts';
import { linkTo, type Ticket } from '../stand-ins/auth0/ticket.ts';
import type { Mode } from '../stand-ins/bot-settings.ts';
import { MARIA } from '../stand-ins/people.ts';
import type {
  Block,
  Call,
  Channel,
  Person as Client,
  Message,
  Slack,
  Text,
  Values,
} from '../stand-ins/slack/server.ts';
import type { Clock } from './clock.ts';
import type { Guide, Progress } from './guide.ts';
import type { Manifest } from './manifest.ts';
import { SWITCHES, type Switch, type Switches } from './switches.ts';

/** The parts of a running playground that the page shows. */
export interface Running {
  /** How Slack reaches the bot: signed requests, or Socket Mode. */
  readonly mode: Mode;
  readonly manifest: Manifest;
  readonly slack: Slack;
  readonly auth0: Auth0;
  readonly bot: { readonly ended: string | undefined };
  readonly switches: Switches;
  readonly guide: Guide;
  readonly clock: Clock;
}

/** The ID of the home tab among the conversations. */
export const HOME = 'home';

/** How many requests the page shows. */
const MAX_REQUESTS = 40;

/** Everything that the page shows to one user. */
export interface State {
  manifest: Manifest;
  mode: Mode;
  /** How the bot's process ended, once it has. */
  ended: string | undefined;
  me: Person;
  people: Person[];
  /** The conversations that this user sees, with their messages. */
  channels: Conversation[];
  modal: Modal | undefined;
  guide: Progress;
  /** How far the time is ahead of the real one, in milliseconds. */
  aheadMs: number;
  switches: { name: Switch; label: string; on: boolean }[];
  tenant: {
    tickets: TicketRow[];
    connections: Row[];
    profiles: Row[];
  };
  requests: RequestRow[];
  /** What the bot did wrong, although Slack may accept it. */
  violations: string[];
}

interface Person {
  id: string;
  name: string;
  tz: string;
  /** What sets the person apart, shown beside the name. */
  role: 'editor' | 'member' | 'guest';
}

interface Conversation {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im' | 'bot' | 'home';
  botIsMember: boolean;
  messages: Posted[];
}

/** A message from the bot. */
export interface Posted extends Pick<Message, 'id' | 'ts' | 'text' | 'blocks'> {
  ephemeral: boolean;
}

export interface Modal {
  id: string;
  title: Text;
  submit: Text | null;
  close: Text | null;
  blocks: Block[];
  values: Values;
  errors: Record<string, string>;
}

/** A resource of the tenant. */
interface Row {
  id: string;
  name: string;
  detail: string;
  kind?: string;
}

interface TicketRow {
  id: string;
  /** The link. */
  url: string;
  state: Ticket['state'] | 'configured' | 'finished';
  connection: string;
  kind: 'new' | 'edit';
  profile: string;
  opens: number;
  expiresAt: number;
}

/** A request from the bot. */
interface RequestRow {
  id: string;
  to: 'Auth0' | 'Slack';
  what: string;
  /** An HTTP status, or Slack's result. */
  outcome: string;
  ok: boolean;
  ms: number | undefined;
  at: number;
  /** The JSON body of a POST request to Auth0. */
  body: string | undefined;
}

export function stateFor(running: Running, personId: string): State {
  const { slack, auth0, bot, manifest, mode, switches, guide, clock } = running;
  const person = slack.as(personId);
  const people = [...slack.users.values()]
    .filter(({ isBot }) => !isBot)
    .map(({ id, name, tz, guest }) => ({
      id,
      name,
      tz,
      role: guest ? ('guest' as const) : id === MARIA.id ? ('editor' as const) : ('member' as const),
    }));
  const me = people.find(({ id }) => id === personId);
  if (!me) throw new Error(`There is no user ${personId}`);
  return {
    manifest,
    mode,
    ended: bot.ended,
    me,
    people,
    channels: [...conversationsOf(person, people, manifest.name), homeOf(person, manifest.name)],
    modal: person.modal && {
      id: person.modal.id,
      title: person.modal.title,
      submit: person.modal.submit,
      close: person.modal.close,
      blocks: person.modal.blocks,
      values: person.modal.state.values,
      errors: person.errors,
    },
    guide: guide.progress,
    aheadMs: clock.offsetMs,
    // Object.keys returns string[].
    switches: (Object.keys(SWITCHES) as Switch[]).map((name) => ({
      name,
      label: SWITCHES[name],
      on: switches.on.has(name),
    })),
    tenant: tenantOf(auth0),
    requests: withoutRepetitions(
      [...auth0.requests.flatMap(toAuth0), ...slack.calls.map(toSlack)].sort(
        (one, other) => other.at - one.at,
      ),
    ).slice(0, MAX_REQUESTS),
    violations: slack.violations,
  };
}

function conversationsOf(person: Client, people: Person[], bot: string): Conversation[] {
  return person.conversations.map((channel) => ({
    id: channel.id,
    ...named(channel, person.id, people, bot),
    botIsMember: channel.botIsMember,
    messages: person.sees(channel.id).map(({ id, ts, text, blocks, stored }) => ({
      id,
      ts,
      text,
      blocks,
      ephemeral: !stored,
    })),
  }));
}

/** The home tab, as a conversation with one message. */
function homeOf({ home }: Client, bot: string): Conversation {
  // The hash begins with the time of the change.
  const message = home && {
    id: HOME,
    ts: home.hash.replace(/\..*/, ''),
    text: '',
    blocks: home.blocks,
    ephemeral: false,
  };
  return {
    id: HOME,
    name: `${bot}: Home`,
    kind: 'home',
    botIsMember: true,
    messages: message ? [message] : [],
  };
}

function named({ kind, name, members, botIsMember }: Channel, me: string, people: Person[], bot: string) {
  if (kind !== 'im') return { kind, name };
  if (botIsMember) return { kind: 'bot' as const, name: bot };
  const other = people.find(({ id }) => id !== me && members.has(id));
  return { kind, name: other?.name ?? name };
}

function tenantOf(auth0: Auth0): State['tenant'] {
  const { tickets, connections, profiles } = auth0;
  const nameOf = (id: string | undefined) => connections.find((one) => one.id === id)?.name ?? id ?? '';
  return {
    tickets: tickets.toReversed().map((ticket) => {
      const { id, body, profileId, opens, expiresAt } = ticket;
      return {
        id,
        url: linkTo(ticket, auth0),
        state: stateOf(ticket),
        connection: body.connection_config?.name ?? nameOf(body.connection_id),
        kind: body.connection_id ? 'edit' : 'new',
        profile: profiles.find((one) => one.id === profileId)?.name ?? profileId,
        opens,
        expiresAt,
      };
    }),
    connections: connections.toReversed().map(({ id, name, strategy, display_name = '' }) => ({
      id,
      name,
      kind: providerName(strategy),
      detail: display_name,
    })),
    profiles: profiles.map((profile) => ({
      id: profile.id,
      name: profile.name,
      detail: allowedStrategies(profile).map(providerName).join(', '),
    })),
  };
}

/** A link's state, with the progress of the customer's admin. */
function stateOf({ state, connectionId, progress }: Ticket): TicketRow['state'] {
  if (progress.finished && state !== 'revoked') return 'finished';
  return state === 'opened' && connectionId ? 'configured' : state;
}

/** Keeps the newest of identical reads: the bot asks Auth0 every few seconds about the customers' progress. */
function withoutRepetitions(rows: RequestRow[]): RequestRow[] {
  const seen = new Set<string>();
  return rows.filter(({ to, what, outcome }) => {
    const key = `${to} ${what} ${outcome}`;
    const isRepeated = what.startsWith('GET ') && seen.has(key);
    seen.add(key);
    return !isRepeated;
  });
}

/** Leaves out opened links, which are not requests from the bot. */
function toAuth0(request: RecordedRequest, index: number): RequestRow[] {
  const { method, path, query, status, ms, at, body, lost } = request;
  if (path === '/self-service/connections-flow') return [];
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    ),
  );
  const short = path.replace('/api/v2', '').replace(/[A-Za-z0-9]{40,}/, (ticket) => `${ticket.slice(0, 6)}…`);
  return [
    {
      id: `auth0-${index}`,
      to: 'Auth0',
      // A search of the log contains times, which differ each time.
      what: `${method} ${short}${parameters.size > 0 && short !== '/logs' ? `?${parameters}` : ''}`,
      outcome: status > 0 ? String(status) : lost ? 'no answer' : '…',
      ok: !lost && status < 300,
      ms: status === 0 ? undefined : ms,
      at,
      body:
        path.startsWith('/api/v2') && method === 'POST' && body !== undefined
          ? JSON.stringify(body, undefined, 2)
          : undefined,
    },
  ];
}

function toSlack({ method, response, at }: Call, index: number): RequestRow {
  const error =
    typeof response === 'object' && response !== null && 'error' in response ? response.error : undefined;
  // A response_url returns text.
  const outcome = error ?? (typeof response === 'string' ? response : response ? 'ok' : 'no answer');
  return {
    id: `slack-${index}`,
    to: 'Slack',
    what: method,
    outcome: String(outcome),
    ok: outcome === 'ok',
    ms: undefined,
    at,
    body: undefined,
  };
}
