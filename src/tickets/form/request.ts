import type { TicketBody } from '../../auth0/management-api.ts';
import {
  clients as clientsField,
  connection,
  connectionName,
  displayName,
  lifetime,
  organizations as organizationsField,
  profile,
} from './basics.ts';
import { pendingDomains, verifiedDomains } from './domain-verification.ts';
import { maybePublic, parseDomains } from './domains.ts';
import {
  type Choice,
  choicesOf,
  type Field,
  type FormContext,
  type FormValues,
  firstId,
  type RequestPart,
  type TicketKind,
  textOf,
} from './field.ts';
import { fieldsOf } from './form.ts';
import { withNames } from './names.ts';
import { customDomainIn } from './other.ts';

/** What a person asks for: valid, and ready for Auth0. */
export interface TicketRequest {
  kind: TicketKind;
  profile: Choice;
  /** The connection's name, new or existing. */
  connection: string;
  /**
   * The customer's name: the organization's if there is exactly one, otherwise the display name or the connection's
   * name.
   */
  customer: string;
  clients: Choice[];
  organizations: Choice[];
  /** The other options that were used, as people see them. */
  options: { label: string; value: string }[];
  /** Domains that may be public, which an editor accepted. */
  publicDomains: string[];
  /** How long the link may wait to be opened, in seconds. */
  seconds: number;
  body: TicketBody;
  /** The custom domain that the link opens on. Undefined for the tenant's own. */
  customDomain: string | undefined;
}

/** Turns valid values into a request. @throws Error if a required value is missing: call `validateForm` first */
export function toRequest(filledIn: FormValues, context: FormContext): TicketRequest {
  const { kind, tenant } = context;
  const values = withNames(filledIn, context);
  const [chosenProfile] = choicesOf(values, profile);
  const seconds = Number(firstId(choicesOf(values, lifetime)));
  if (!chosenProfile || !seconds) throw new Error('toRequest needs valid values');
  const [edited] = choicesOf(values, connection);
  const known = tenant.connection(edited?.id ?? '');
  const name = kind === 'new' ? textOf(values, connectionName) : (edited?.name ?? '');
  const organizations = choicesOf(values, organizationsField);
  const fields = fieldsOf(context).map((field) => ({ field, part: requestPart(field, values, kind) }));
  return {
    kind,
    profile: chosenProfile,
    connection: name,
    customer: customerName(organizations, textOf(values, displayName) || known?.displayName || name),
    clients: choicesOf(values, clientsField),
    organizations,
    // An option with an empty part was not used.
    options: fields.flatMap(({ field, part }) => {
      const value = part && Object.keys(part).length === 0 ? undefined : summaryOf(field, values);
      return value ? [{ label: field.label, value }] : [];
    }),
    publicDomains: maybePublic(
      [pendingDomains, verifiedDomains].flatMap((field) => parseDomains(textOf(values, field)).domains),
    ),
    seconds,
    body: toBody(
      fields.map(({ part }) => part ?? {}),
      name,
    ),
    customDomain: customDomainIn(values),
  };
}

const customerName = ([first, ...others]: Choice[], otherwise: string) =>
  first && others.length === 0 ? first.name : otherwise;

function requestPart(field: Field, values: FormValues, kind: TicketKind): RequestPart | undefined {
  return field.input === 'text'
    ? field.request?.(textOf(values, field), values, kind)
    : field.request?.(choicesOf(values, field), values, kind);
}

function summaryOf(field: Field, values: FormValues): string | undefined {
  return field.input === 'text'
    ? field.summary?.(textOf(values, field))
    : field.summary?.(choicesOf(values, field));
}

function toBody(parts: RequestPart[], name: string): TicketBody {
  const { connection_config, ...body } = parts.reduce<RequestPart>(merge, {});
  return { ...body, ...(connection_config && { connection_config: { ...connection_config, name } }) };
}

/** Merges objects deeply. Any other value of `b` replaces that of `a`. */
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
