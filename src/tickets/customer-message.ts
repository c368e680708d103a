import type { Placeholder } from '../config/customer-message.ts';
import type { TicketKind } from './form/field.ts';
import type { Attention } from './summary.ts';

const PURPOSE: Record<TicketKind, string> = {
  new: 'set up single sign-on for {customer}',
  edit: 'change the single sign-on settings of {customer}',
};

/** What the text to a customer who has not finished depends on. */
interface Unfinished {
  kind: TicketKind;
  customer: string;
  /** The time until which the link works, as text. */
  expiry: string;
  /** Whether it still works. */
  isLive: boolean;
}

/** The text to a customer who has not finished. */
export function customerReminder(attention: Attention, unfinished: Unfinished): string {
  return `Hello,\n\n${reminderOf(attention, unfinished)}`;
}

function reminderOf(attention: Attention, { kind, customer, expiry, isLive }: Unfinished): string {
  const purpose = PURPOSE[kind].replace('{customer}', customer);
  switch (attention) {
    case 'expiring':
      return `A reminder: please open the link to ${purpose} by ${expiry}. If you can't find it, tell me, and I'll send you a new one.`;
    case 'unused':
      return `The link to ${purpose} has expired. I'm sending you a new one.`;
    case 'unfinished':
      if (isLive)
        return `You've started to ${purpose}, but it isn't finished. Please open the link again by ${expiry}.`;
      return kind === 'edit'
        ? `The link to ${purpose} has expired. I'm sending you a new one.`
        : `You've set up single sign-on for ${customer}, but it isn't on yet. I'm sending you a new link. Open it, test the connection, and enable it.`;
    case 'step_failed':
      return `I see that a step of the single sign-on setup for ${customer} failed. Please try it again. If it still fails, tell me what the page says.`;
    case 'test_hanging':
      return `I see that the test sign-in for ${customer} isn't finished. Please check the redirect URL and the certificate in your identity provider, then test again.`;
    case 'domain_unverified':
      return `An email domain of ${customer} isn't verified yet. Please add the TXT record from the setup page to your DNS. It can take up to 48 hours for the change to take effect.`;
  }
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
      'Open the link by {expiry}. After you open it, you have five hours to finish.',
      ...(values.requester ? ['Best regards,\n{requester}'] : []),
    ].join('\n\n');
  // One pass, so that braces in a value are left alone.
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? values[name as Placeholder] : placeholder,
  );
}
