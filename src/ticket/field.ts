import type { Management } from 'auth0/management';
import type { Policy } from '../settings.ts';
import type { KnownTenant } from './tenant.ts';
import type { Choice, ChoiceId, TextId, TicketKind, Values } from './values.ts';

/** The body of Auth0's create call, as its SDK types it. */
export type TicketBody = Management.CreateSelfServiceProfileSsoTicketRequestContent;

/** What a form is made in the light of: the house's policy, and what is known of the tenant. */
export interface FormContext {
  kind: TicketKind;
  policy: Policy;
  tenant: KnownTenant;
}

/**
 * One thing that a form asks for, whole and in one place: how it is named, what it starts with, its rule, and
 * where it goes in Auth0's request. How it looks in Slack follows from its `input`.
 */
export type Field = {
  label: string;
  hint?: string | undefined;
  placeholder?: string;
  /** May be left empty. */
  optional?: boolean;
  /** Stands below "More options", under a heading of this name. */
  group?: string;
  /** Widens who can get in, so that only editors may use it. */
  widensTrust?: boolean;
  /** What is wrong with the values at this field, as a sentence; asked only where the field has a value. */
  problem?: (values: Values, context: FormContext) => string | undefined;
  /** This field's part of the request, merged with the others'; nothing where it does not apply. */
  request?: (values: Values, kind: TicketKind) => TicketBody;
  /** What the messages say of this option, where it was used. */
  summary?: (values: Values) => string | undefined;
} & (TextField | ListField | TicksField | SearchField | ConversationField);

interface TextField {
  input: 'text';
  id: TextId;
  maxLength: number;
  multiline?: boolean;
}

/** One of a short list. */
interface ListField {
  input: 'list';
  id: ChoiceId;
  options: (context: FormContext) => Choice[];
  initial: (context: FormContext) => Choice | undefined;
}

/** Any of a few. */
interface TicksField {
  input: 'ticks';
  id: ChoiceId;
  options: Choice[];
  initial: Choice[];
}

/** Found by typing, in a list that may hold a hundred thousand. */
interface SearchField {
  input: 'search';
  id: ChoiceId;
  source: SearchSource;
  many: boolean;
  initial?: (context: FormContext) => Choice[];
}

/** A conversation in Slack. */
interface ConversationField {
  input: 'conversation';
  id: 'conversation';
}

/** What can be searched. */
export type SearchSource = 'clients' | 'organizations' | 'connections';

/** Whether one of the choices has this ID. */
export const chosen = (choices: Choice[], id: string) => choices.some((choice) => choice.id === id);
