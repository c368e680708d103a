import type { TicketBody } from '../../auth0/management-api.ts';
import type { ProtectedResources } from '../../auth0/protected-resources.ts';
import type { SearchSource } from '../../auth0/resources.ts';
import type { Tenant } from '../../auth0/tenant.ts';
import type { Policy } from '../../config/config.ts';
import type { FieldProblem } from '../errors.ts';

/** A link sets up a new connection, or lets the customer's admin edit an existing one. */
export type TicketKind = 'new' | 'edit';

/** Something picked by name: what a person reads, and the ID that Auth0 knows. */
export interface Choice {
  id: string;
  name: string;
}

/** What the rules of a field depend on, besides the form's values. */
export interface FormContext {
  kind: TicketKind;
  /** Whether the person is an editor. */
  isEditor: boolean;
  policy: Policy;
  /** The parts of the tenant that are in memory. */
  tenant: Pick<Tenant, 'profiles' | 'client' | 'organization' | 'connection' | 'connectionNamed'> & {
    protected: Pick<ProtectedResources, 'includes'>;
  };
  /** A link for the same connection that works now, if the form asks about it. Texts are as people see them. */
  liveLink?: { requester: string; created: string; expires: string; canRevoke: boolean } | undefined;
}

/** The values of a form: a text for each text field, a list of choices for every other field. */
export type FormValues = Readonly<Record<string, string | Choice[]>>;

/** A field's part of the request. `request.ts` adds the connection's name, which Auth0 requires with the rest. */
export type RequestPart = Omit<TicketBody, 'connection_config'> & {
  connection_config?: Partial<NonNullable<TicketBody['connection_config']>>;
};

/** What all fields have in common. `Value` is a text or a list of choices. */
interface FieldBase<Id extends string, Value> {
  /** Also the ID of the block and the action in Slack, so it must never change. */
  id: Id;
  /** The kinds of tickets with this field in their form. */
  for: readonly TicketKind[];
  label: string;
  hint?: string | ((context: FormContext) => string);
  placeholder?: string;
  /** May be left empty. */
  optional?: boolean | ((context: FormContext) => boolean);
  /** What is wrong with an optional field that is empty, because of the other fields. */
  validateEmpty?: (values: FormValues) => FieldProblem | undefined;
  /** What is wrong if a field that is not optional is empty. By default, a sentence for its kind of input. */
  missing?: FieldProblem;
  /** The heading under "More options". Without one, the field is always shown. See `groupIn`. */
  group?: string | ((value: Value, context: FormContext) => string | undefined);
  /** Widens who can sign in, so only editors may change it. */
  editorsOnly?: boolean;
  /** Whether the form has the field at all. By default it does. */
  available?: (policy: Policy) => boolean;
  /** Shown only while other fields have certain values. While hidden, the field has its default value. */
  dependsOn?: {
    fields: readonly ChoiceField[];
    shown: (values: FormValues, context: Pick<FormContext, 'kind' | 'isEditor' | 'liveLink'>) => boolean;
  };
  /** Called only if the field has a value. */
  validate?: (value: Value, values: FormValues, context: FormContext) => FieldProblem | undefined;
  /** This field's part of the request, merged with the others'. Empty if the field doesn't apply. */
  request?: (value: Value, values: FormValues, kind: TicketKind) => RequestPart;
  /** How messages show the value. Undefined: they don't. */
  summary?: (value: Value) => string | undefined;
}

export interface TextField<Id extends string = string> extends FieldBase<Id, string> {
  input: 'text';
  maxLength: number;
  multiline?: boolean;
}

/** One of a short list. */
export interface ListField<Id extends string = string> extends FieldBase<Id, Choice[]> {
  input: 'list';
  options: (context: FormContext) => Choice[];
  initial: (context: FormContext) => Choice | undefined;
}

/** Any of a few checkboxes. */
export interface CheckboxField<Id extends string = string> extends FieldBase<Id, Choice[]> {
  input: 'checkboxes';
  options: Choice[];
  initial: (context: FormContext) => Choice[];
}

/** Found by typing, in a list that may have 100,000 entries. */
export interface SearchField<Id extends string = string> extends FieldBase<Id, Choice[]> {
  input: 'search';
  source: SearchSource;
  multiple: boolean;
  initial?: (context: FormContext) => Choice[];
}

/** A conversation in Slack. */
export interface ConversationField<Id extends string = string> extends FieldBase<Id, Choice[]> {
  input: 'conversation';
}

export type ChoiceField<Id extends string = string> =
  | ListField<Id>
  | CheckboxField<Id>
  | SearchField<Id>
  | ConversationField<Id>;

/**
 * One thing that a form asks for, in one place: label, input, initial value, rule, and its part of the request.
 * How it looks in Slack follows from `input`.
 */
export type Field = TextField | ChoiceField;

/** The text of another field. Empty if the form doesn't have it. */
export function textOf(values: FormValues, field: TextField): string {
  const value = values[field.id];
  return typeof value === 'string' ? value : '';
}

/** The choices of another field. Empty if the form doesn't have it. */
export function choicesOf(values: FormValues, field: ChoiceField): Choice[] {
  const value = values[field.id];
  return Array.isArray(value) ? value : [];
}

/** The ID of the first choice. */
export const firstId = (choices: Choice[]) => choices[0]?.id;

export const hasId = (choices: Choice[], id: string) => choices.some((choice) => choice.id === id);

/** The names of all choices, as people see them. */
export const namesOf = (choices: Choice[]) => choices.map(({ name }) => name).join(', ');

export const optionalIn = ({ optional }: Field, context: FormContext) =>
  typeof optional === 'function' ? optional(context) : (optional ?? false);

/** The heading of the fields that only editors see. */
const EDITORS_GROUP = 'For editors';

/** The heading of a field under "More options". Undefined if the field is always shown. */
export function groupIn(field: Field, values: FormValues, context: FormContext): string | undefined {
  if (field.editorsOnly) return EDITORS_GROUP;
  if (typeof field.group !== 'function') return field.group;
  return field.input === 'text'
    ? field.group(textOf(values, field), context)
    : field.group(choicesOf(values, field), context);
}

export const hintIn = ({ hint }: Field, context: FormContext) =>
  typeof hint === 'function' ? hint(context) : hint;
