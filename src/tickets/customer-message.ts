import type { Placeholder } from '../config/customer-message.ts';
import type { TicketKind } from './form/field.ts';
import type { Attention } from './ticket.ts';

const PURPOSE: Record<TicketKind, string> = {
  new: 'set up single sign-on for {customer}',
  edit: 'change the single sign-on settings of {customer}',
};

/** The text to a customer who has not finished. @param expiry when the link must be opened, as people read it */
export function customerReminder(
  attention: Attention,
  { customer, expiry }: { customer: string; expiry: string },
): string {
  const texts: Record<Attention, string> = {
    expiring: `A reminder: please open the link to set up single sign-on for ${customer} by ${expiry}. If you can't find it, tell me, and I send you a new one.`,
    unused: `The link to set up single sign-on for ${customer} has expired. I'm sending you a new one.`,
    unfinished: `You've set up single sign-on for ${customer}, but it isn't on yet. I'm sending you a new link. Open it, test the connection, and enable it.`,
  };
  return `Hello,\n\n${texts[attention]}`;
}

/** The text to the customer, from the company's template or the built-in one. */
export function customerMessage(
  template: string | undefined,
  kind: TicketKind,
  values: Record<Placeholder, string>,
): string {
  const text =
    template ??
    [
      'Hello,',
      `Here is your link to ${PURPOSE[kind]}:`,
      '{link}',
      "It is for the IT admin who manages your company's logins. If that isn't you, please forward this message to that person, and to nobody else: anyone who has the link can change how your team logs in.",
      'Open the link by {expiry}. Once it is open, there are five hours to finish.',
      ...(values.requester ? ['Best regards,\n{requester}'] : []),
    ].join('\n\n');
  // One pass, so that braces in a value are left alone.
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? values[name as Placeholder] : placeholder,
  );
}
