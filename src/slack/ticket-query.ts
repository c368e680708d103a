import * as z from 'zod';

/** Which links a list shows. Its buttons contain it, so that any instance can show another page. */
export interface TicketQuery {
  /** The person's own, or everyone's. */
  whose: 'mine' | 'all';
  /** A part of the name of a customer, a connection or an organization. */
  text?: string | undefined;
  /** Only those that work and that the person may revoke. */
  toRevoke?: boolean | undefined;
  /** From 0. */
  page: number;
}

const ticketQuery: z.ZodType<TicketQuery> = z.object({
  whose: z.enum(['mine', 'all']),
  text: z.string().max(500).optional(),
  toRevoke: z.boolean().optional(),
  page: z.int().min(0).max(10_000),
});

/** Reads the value of a button that turns the page. Undefined if the bot didn't write it. */
export function readTicketQuery(value: string | undefined): TicketQuery | undefined {
  try {
    return ticketQuery.parse(JSON.parse(value ?? ''));
  } catch {
    return undefined;
  }
}

/** The links that `list` and what follows it ask for. */
export function listQuery(text: string | undefined): TicketQuery {
  if (text === undefined) return { whose: 'mine', page: 0 };
  if (/^(all|everybody|everyone)$/i.test(text)) return { whose: 'all', page: 0 };
  return { whose: 'all', text, page: 0 };
}
