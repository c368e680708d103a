import { clip } from '../../lib/text.ts';
import { customerMessage } from '../../tickets/customer-message.ts';
import type { IssuedTicket } from '../../tickets/ticket.ts';
import { bold, context, copyable, date, notificationText, rich, section, text, warning } from '../blocks.ts';
import { revokeButton } from '../buttons.ts';
import type { Requester } from '../people.ts';
import * as sentences from '../sentences.ts';
import { detailLines } from './details.ts';
import type { Message } from './message.ts';

export interface LinkDetails {
  issued: IssuedTicket;
  /** Whose link it is. The text to the customer has their name and time zone. */
  requester: Requester;
  /** The company's template for the text to the customer. */
  template: string | undefined;
}

/** The message that brings the link. Only its requester may see it. */
export function linkMessage({ issued, requester, template }: LinkDetails): Message {
  const { request, ticket, url } = issued;
  const expires = Math.floor(ticket.expiresAt / 1000);
  const { kind, connection, customer, doubtfulDomains } = request;
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
    text: notificationText(sentences.linkReady(connection)),
    blocks: [
      rich(section(bold(sentences.linkTitle(customer))), section(text(sentences.LINK_PURPOSE[kind]))),
      rich(...detailLines(request)),
      rich(copyable(url)),
      rich(
        section(bold(sentences.EXPIRES), date(expires), text(sentences.IF_NOT_OPENED)),
        section(text(sentences.LINK_USE)),
      ),
      ...(withoutApplication ? [warning(sentences.LINK_WITHOUT_APPLICATION)] : []),
      ...(doubtfulDomains.length ? [warning(sentences.doubtfulDomains(doubtfulDomains))] : []),
      rich(section(bold(sentences.FOR_YOUR_CUSTOMER)), copyable(forCustomer)),
      { type: 'actions', elements: [revokeButton(ticket.id)] },
      context(sentences.LINK_HAS_RECEIPT),
    ],
  };
}

/** Formats by time zone. Creating one takes longer than the rest of a message. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** A time with its zone: "Saturday, 28 November 2026 at 15:04 (Europe/Berlin)". @param seconds since 1970 */
function writtenDate(seconds: number, timeZone: string): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone });
  formats.set(timeZone, format);
  return `${format.format(seconds * 1000)} (${timeZone})`;
}
