import { errorFields, type Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import type { LiveLink } from '../tickets/form/existing-link.ts';
import type { TicketStore } from '../tickets/store.ts';
import type { TicketRecord } from '../tickets/ticket.ts';
import type { People } from './people.ts';
import { LIVE_LINKS_TIMEOUT_MS } from './timeouts.ts';
import { writtenDate } from './written-date.ts';

const MAX_LIVE_LINKS = 20;

/** What a form says about the links that already work for its connection. */
export interface LiveLinks {
  records: TicketRecord[];
  /** The newest one, as the form shows it. */
  link: Omit<LiveLink, 'canRevoke'>;
  /** Whether all of them are the person's own. */
  isOwn: boolean;
  /** Whether the form's submission is on record. One of the links may be its own then. */
  isRepeated: boolean;
}

interface Dependencies {
  store: TicketStore;
  people: People;
  log: Log;
}

/**
 * The links for a connection that work now. Undefined if there are none. `unknown` if the database or Slack doesn't
 * respond in time: then the creation fails, or there is one link too many.
 */
export async function findLiveLinks(
  deps: Dependencies,
  search: Search,
): Promise<LiveLinks | 'unknown' | undefined> {
  const found = find(deps, search).then(
    (links) => ({ links }),
    (error: unknown) => {
      deps.log.warn(errorFields(error), 'The links for a connection could not be looked up');
      return undefined;
    },
  );
  const inTime = await within(LIVE_LINKS_TIMEOUT_MS, found);
  return inTime ? inTime.links : 'unknown';
}

interface Search {
  /** The connection's name. */
  connection: string;
  /** Who asks. */
  user: string;
  submission: string;
}

async function find(
  { store, people }: Dependencies,
  { connection, user, submission }: Search,
): Promise<LiveLinks | undefined> {
  const query = { connection, liveOnly: true, now: Date.now(), limit: MAX_LIVE_LINKS };
  const records = await store.list(query);
  const [newest] = records;
  if (!newest) return undefined;
  const { requester, createdAt, expiresAt = createdAt } = newest.ticket;
  const [creator, { timeZone }, isRepeated] = await Promise.all([
    people.requester(requester),
    people.requester(user),
    store.hasSubmission(submission),
  ]);
  return {
    records,
    link: {
      requester: requester === user ? 'You' : creator.name || 'A colleague',
      created: writtenDate(Math.floor(createdAt / 1000), timeZone),
      expires: writtenDate(Math.floor(expiresAt / 1000), timeZone),
    },
    isOwn: records.every(({ ticket }) => ticket.requester === user),
    isRepeated,
  };
}
