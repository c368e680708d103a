import type { IssuedTicket } from '../../tickets/ticket.ts';
import { bold, date, notificationText, rich, section, text } from '../blocks.ts';
import { revokeButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import { detailLines } from './details.ts';
import type { Message } from './message.ts';

/** The receipt: a stored message to the requester, without the link, with a button that revokes it. */
export function receiptMessage(
  { request, expires }: Pick<IssuedTicket, 'request' | 'expires'>,
  sealed: string,
): Message {
  return {
    text: notificationText(sentences.receiptNotification(request.customer)),
    blocks: [
      rich(section(bold(sentences.receiptTitle(request.customer))), section(text(sentences.RECEIPT_ADVICE))),
      rich(
        ...detailLines(request),
        section(bold(sentences.EXPIRES), date(expires), text(sentences.IF_NOT_OPENED)),
      ),
      { type: 'actions', elements: [revokeButton(sealed)] },
    ],
  };
}
