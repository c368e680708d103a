import type { Placeholder } from '../config/customer-message.ts';
import type { TicketKind } from './form/field.ts';

const PURPOSE: Record<TicketKind, string> = {
  new: 'set up single sign-on for {customer}',
  edit: 'change the single sign-on settings of {customer}',
};

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
