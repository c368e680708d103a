import { clip } from '../../lib/text.ts';
import { customerMessage } from '../../tickets/customer-message.ts';
import type { IssuedTicket } from '../../tickets/ticket.ts';
import {
  bold,
  bullets,
  context,
  copyable,
  date,
  notificationText,
  rich,
  section,
  text,
  warning,
} from '../blocks.ts';
import { revokeButton } from '../buttons.ts';
import type { Requester } from '../people.ts';
import * as sentences from '../sentences.ts';
import { writtenDate } from '../written-date.ts';
import { detailText } from './details.ts';
import type { Message } from './message.ts';

export interface LinkDetails {
  issued: IssuedTicket;
  /** Whose link it is. The text to the customer has their name and time zone. */
  requester: Requester;
  /** The company's template for the text to the customer. */
  template: string | undefined;
  /** Whether an earlier link was revoked for it. */
  replaces?: boolean;
}

/** The message with the link. Only its requester may see it. */
export function linkMessage({ issued, requester, template, replaces }: LinkDetails): Message {
  const { request, ticket, url } = issued;
  const expires = Math.floor(ticket.expiresAt / 1000);
  const { kind, connection, customer, publicDomains } = request;
  const withoutApplication = kind === 'new' && request.clients.length === 0;
  const forCustomer = customerMessage(template, kind, {
    link: url,
    connection,
    customer: clip(customer, 300),
    expiry: writtenDate(expires, requester.timeZone),
    requester: requester.name,
  });
  return {
    // Without the URL: notifications show this text.
    text: notificationText(sentences.linkReady(customer)),
    blocks: [
      rich(section(bold(sentences.linkTitle(customer))), section(text(sentences.LINK_PURPOSE[kind]))),
      rich(copyable(forCustomer)),
      rich(section(bold(sentences.OPEN_BY), date(expires)), bullets(Object.values(sentences.LINK_RULES))),
      ...(replaces ? [warning(sentences.LINK_REPLACES)] : []),
      ...(withoutApplication ? [warning(sentences.LINK_WITHOUT_APPLICATION)] : []),
      ...(publicDomains.length ? [warning(sentences.publicDomains(publicDomains))] : []),
      { type: 'actions', elements: [revokeButton(ticket.id)] },
      context(sentences.LINK_HAS_RECEIPT),
      context(detailText(request)),
    ],
  };
}
