import type { Field, FormContext, TicketBody } from './field.ts';
import { allFields } from './forms.ts';
import { customDomainOf } from './option-fields.ts';
import { type Choice, emptyValues, type TicketKind, type Values } from './values.ts';

/** What a customer-success manager asks for: valid, and ready for Auth0. */
export interface TicketRequest {
  kind: TicketKind;
  profile: Choice;
  /** The connection's name, new or existing. */
  connection: string;
  /** The customer, by the name they were chosen by. */
  customer: string;
  clients: Choice[];
  organizations: Choice[];
  /** The other options that were used, as people read them. */
  options: { label: string; value: string }[];
  /** How long the link may wait to be opened first, in seconds. */
  seconds: number;
  body: TicketBody;
  /** The custom domain that the link opens on; undefined for the tenant's own. */
  customDomain: string | undefined;
}

/** What a form starts with; `given` goes before the fields' own defaults. */
export function initialValues(context: FormContext, given: Partial<Values>): Values {
  const values = emptyValues();
  for (const field of allFields(context.kind, context.policy)) {
    if (field.input === 'list') values[field.id] = asList(field.initial(context));
    if (field.input === 'ticks') values[field.id] = field.initial;
    if (field.input === 'search') values[field.id] = field.initial?.(context) ?? [];
  }
  return Object.assign(values, given);
}

/** Whether anything below “More options” differs from its default. */
export function usesOptions(values: Values, context: FormContext): boolean {
  const initial = initialValues(context, {});
  return allFields(context.kind, context.policy).some(
    ({ id, group }) => group && !same(values[id] ?? '', initial[id] ?? ''),
  );
}

const same = (a: string | Choice[], b: string | Choice[]) => JSON.stringify(a) === JSON.stringify(b);

const asList = (choice: Choice | undefined) => (choice ? [{ id: choice.id, name: choice.name }] : []);

/**
 * Every problem of the values, as a sentence at its field; empty when the form is right.
 *
 * @param trusted whether the person may use what widens who can get in
 */
export function problems(
  fields: Field[],
  values: Values,
  context: FormContext,
  trusted: boolean,
): Map<Field['id'], string> {
  const initial = initialValues(context, {});
  const found = new Map<Field['id'], string>();
  for (const field of fields) {
    const value = values[field.id] ?? '';
    const untrusted = field.widensTrust && !trusted && !same(value, initial[field.id] ?? '');
    const problem = untrusted
      ? EDITORS_ONLY
      : value.length === 0
        ? missing(field)
        : (outside(field, value, context) ?? field.problem?.(values, context));
    if (problem) found.set(field.id, problem);
  }
  return found;
}

const EDITORS_ONLY =
  "You don't have access to this option: it widens who can get in. Leave it as it was, or ask an editor to make the link.";

function missing(field: Field): string | undefined {
  if (field.optional) return undefined;
  if (field.input === 'text') return `Fill in “${field.label}”.`;
  if (field.id === 'clients') {
    return "Choose at least one application: without one, Auth0 shows the customer's admin no button to enable the connection.";
  }
  return field.input === 'ticks' ? 'Tick at least one.' : 'Choose one.';
}

/** What the input itself promises; a client that is not Slack's own may not keep to it. */
function outside(field: Field, value: string | Choice[], context: FormContext): string | undefined {
  if (typeof value === 'string') {
    return field.input === 'text' && value.length > field.maxLength
      ? `Use at most ${field.maxLength} characters; there are ${value.length}.`
      : undefined;
  }
  // A suggestion that was only a sentence ("still loading") comes back without an ID.
  if (field.input === 'search' && value.some(({ id }) => !id)) {
    return 'One of these was only a notice, not an entry. Take it out and choose again.';
  }
  if (field.input === 'list' || field.input === 'ticks') {
    const options = field.input === 'list' ? field.options(context) : field.options;
    const offered = new Set(options.map((option) => option.id));
    // Before the list is there, as after a restart, only Auth0 can say.
    if (offered.size > 0 && value.some((choice) => !offered.has(choice.id)))
      return 'This is not offered any more. Choose again.';
  }
  return undefined;
}

/** The request that valid values stand for. @throws if a required value is missing: check `problems` first */
export function toRequest(values: Values, { kind, policy, tenant }: FormContext): TicketRequest {
  const [profile] = values.profile;
  const [lifetime] = values.lifetime;
  if (!profile || !lifetime) throw new Error('toRequest needs values without problems');
  const [picked] = values.connection;
  const known = tenant.connection(picked?.id ?? '');
  // An option's text is cut where it is long.
  const connection = kind === 'new' ? values.connectionName : (known?.name ?? picked?.name ?? '');
  const options: TicketRequest['options'] = [];
  let body: TicketBody = {};
  for (const field of allFields(kind, policy)) {
    const part = field.request?.(values, kind);
    body = merge(body, part ?? {});
    // What adds nothing to the request was not used.
    const value = part && Object.keys(part).length === 0 ? undefined : field.summary?.(values);
    if (value) options.push({ label: field.label, value });
  }
  return {
    kind,
    profile,
    connection,
    customer:
      values.organizations.map((organization) => organization.name).join(', ') ||
      values.displayName ||
      known?.displayName ||
      connection,
    clients: values.clients,
    organizations: values.organizations,
    options,
    seconds: Number(lifetime.id),
    body,
    customDomain: customDomainOf(values),
  };
}

/** Objects are merged in depth; any other value of `b` replaces that of `a`. */
function merge(a: object, b: object): object {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
