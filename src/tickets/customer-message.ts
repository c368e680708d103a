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
      `here is your link to ${PURPOSE[kind]}:`,
      '{link}',
      "Please open it when you have time to finish: it works until {expiry}, and once it is opened you have five hours. Please don't forward it: anyone who has this link can change how your people log in.",
    ].join('\n\n');
  // One pass, so that braces in a value are left alone.
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? values[name as Placeholder] : placeholder,
  );
}
