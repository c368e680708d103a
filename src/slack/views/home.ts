import type { types } from '@slack/bolt';
import type { TicketRecord } from '../../tickets/ticket.ts';
import { bold, LIMITS, plain, rich, section, text, warning } from '../blocks.ts';
import { openFormButton, showLinksButton } from '../buttons.ts';
import { ticketBlocks, type Viewer } from '../messages/ticket-list.ts';
import * as sentences from '../sentences.ts';
import type { TicketQuery } from '../ticket-query.ts';

/** What the home tab shows. */
export interface HomeContent {
  whose: TicketQuery['whose'];
  records: TicketRecord[];
  viewer: Viewer;
}

/**
 * The home tab: the buttons that create links, and the newest links, live ones first.
 *
 * @param now in milliseconds since 1970
 */
export function homeView({ whose, records, viewer }: HomeContent, now: number): types.HomeView {
  const create = openFormButton(sentences.CREATE_SSO_LINK, { kind: 'new', values: {} });
  const edit = openFormButton(sentences.EDIT_A_CONNECTION, { kind: 'edit', values: {} }, 1);
  const query = { whose, page: 0 } as const;
  return {
    type: 'home',
    blocks: [
      {
        type: 'actions',
        elements: [{ ...create, style: 'primary' }, ...(viewer.isEditor ? [edit] : [])],
      },
      { type: 'header', text: plain(sentences.listTitle(query), LIMITS.headerText) },
      { type: 'actions', elements: [showLinksButton(whose === 'mine' ? 'all' : 'mine')] },
      ...records.flatMap((record) => ticketBlocks(record, viewer, now)),
      ...(records.length === 0 ? [rich(section(text(sentences.noLinks(query))))] : []),
    ],
  };
}

/** The home tab of a person who has no access, or while the links can't be shown. */
export function homeNotice(title: string, sentence: string): types.HomeView {
  return { type: 'home', blocks: [rich(section(bold(title))), warning(sentence)] };
}
