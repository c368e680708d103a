import { type Field, type FormContext, formFields, type TicketBody } from './fields.ts';
import { type Choice, NO_VALUES, type TicketKind, type Values } from './values.ts';

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
  /** How long the link may wait to be opened first, in seconds. */
  seconds: number;
  body: TicketBody;
}

/** What the fields of a form start with; `given` goes before their own defaults. */
export function initialValues(kind: TicketKind, given: Partial<Values>, context: FormContext): Values {
  const values = { ...NO_VALUES };
  for (const field of formFields(kind, false)) {
    if (field.input === 'list') values[field.id] = asList(field.initial?.(context));
    if (field.input === 'ticks') values[field.id] = field.initial;
    if (field.input === 'search') values[field.id] = field.initial?.(context) ?? [];
  }
  return { ...values, ...given };
}

const asList = (choice: Choice | undefined) => (choice ? [{ id: choice.id, name: choice.name }] : []);

/** Every problem of the values, as a sentence at its field; empty when the form is right. */
export function problems(fields: Field[], values: Values, context: FormContext): Map<Field['id'], string> {
  const found = new Map<Field['id'], string>();
  for (const field of fields) {
    const problem = isEmpty(values, field)
      ? missing(field, context)
      : (outside(field, values, context) ?? field.problem?.(values, context));
    if (problem) found.set(field.id, problem);
  }
  return found;
}

function isEmpty(values: Values, field: Field): boolean {
  return values[field.id].length === 0;
}

function missing(field: Field, { policy }: FormContext): string | undefined {
  if (field.optional?.(policy)) return undefined;
  if (field.input === 'text') return `Type a ${field.label.toLowerCase()}.`;
  if (field.id === 'clients') {
    return "Choose at least one application: without one, Auth0 shows the customer's admin no button to enable the connection.";
  }
  return field.input === 'ticks' ? 'Tick at least one.' : 'Choose one.';
}

/** What the input itself promises; a client that is not Slack's own may not keep to it. */
function outside(field: Field, values: Values, context: FormContext): string | undefined {
  if (field.input === 'text' && values[field.id].length > field.maxLength) {
    return `Use at most ${field.maxLength} characters; there are ${values[field.id].length}.`;
  }
  // A suggestion that was only a sentence ("still loading") comes back without an ID.
  if (field.input === 'search' && values[field.id].some(({ id }) => !id)) {
    return 'One of these was only a notice, not an entry. Take it out and choose again.';
  }
  if (field.input === 'list' || field.input === 'ticks') {
    const options = typeof field.options === 'function' ? field.options(context) : field.options;
    const offered = new Set(options.map((option) => option.id));
    if (values[field.id].some((choice) => !offered.has(choice.id))) {
      return 'This is not offered any more. Choose again.';
    }
  }
  return undefined;
}

/** The request that valid values stand for. @throws if a required value is missing: check `problems` first */
export function toRequest(kind: TicketKind, values: Values): TicketRequest {
  const [profile] = values.profile;
  const [lifetime] = values.lifetime;
  if (!profile || !lifetime) throw new Error('toRequest needs values without problems');
  let body: TicketBody = {};
  for (const field of formFields(kind, false)) body = merge(body, field.request?.(values, kind) ?? {});
  const connection = kind === 'new' ? values.connectionName : (values.connection[0]?.name ?? '');
  return {
    kind,
    profile,
    connection,
    customer:
      values.organizations.map((organization) => organization.name).join(', ') ||
      values.displayName ||
      connection,
    clients: values.clients,
    organizations: values.organizations,
    seconds: Number(lifetime.id),
    body,
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
