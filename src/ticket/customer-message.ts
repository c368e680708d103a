import type { TicketKind } from './values.ts';

/** What the text to the customer can name; a template names them in braces: `{link}`. */
export interface Places {
  link: string;
  connection: string;
  /** The customer, as they were chosen. */
  customer: string;
  expiry: string;
  /** The requester's name. */
  requester: string;
}

const NAMES: (keyof Places)[] = ['link', 'connection', 'customer', 'expiry', 'requester'];

/** What is wrong with a house's own template, or undefined: it must name the link, and nothing that is not there. */
export function templateProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)].find(
    ([, place]) => !NAMES.some((name) => name === place),
  );
  if (unknown) return `names {${unknown[1]}}; there are ${NAMES.map((name) => `{${name}}`).join(', ')}`;
  return template.includes('{link}') ? undefined : 'must name {link}';
}

const OWN: Record<TicketKind, string> = {
  new: 'set up single sign-on for {customer}',
  edit: 'change the single sign-on settings of {customer}',
};

/** The text to the customer, by the house's template or the bot's own. */
export function customerMessage(template: string | undefined, kind: TicketKind, places: Places): string {
  const text =
    template ??
    [
      'Hello,',
      `here is your link to ${OWN[kind]}:`,
      '{link}',
      "Please open it when you have time to finish: it works until {expiry}, and once it is opened you have five hours. Please don't forward it: whoever has this link can change how your people log in.",
    ].join('\n\n');
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    // Only the template's own braces: what is filled in is not looked at again.
    NAMES.some((known) => known === name) ? places[name as keyof Places] : whole,
  );
}
