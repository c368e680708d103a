import * as basics from './basics.ts';
import * as domains from './domain-verification.ts';
import { existingLink } from './existing-link.ts';
import {
  type Choice,
  type Field,
  type FormContext,
  type FormValues,
  groupIn,
  type SearchField,
  type TextField,
} from './field.ts';
import * as idpLogin from './idp-login.ts';
import * as loginPage from './login-page.ts';
import { requiredMetadataField } from './metadata.ts';
import * as other from './other.ts';
import * as provisioning from './provisioning.ts';

/** The fields before those for required metadata. */
const FIRST_FIELDS = [existingLink, basics.displayName, basics.connectionName] as const;

const OTHER_FIELDS = [
  basics.connection,
  basics.features,
  basics.clients,
  basics.organizations,
  basics.membership,
  basics.lifetime,
  basics.conversation,
  basics.profile,
  domains.domainVerification,
  domains.pendingDomains,
  domains.organizationDiscovery,
  other.metadata,
  other.customDomain,
  // For editors only
  domains.verifiedDomains,
  loginPage.showAsButton,
  loginPage.iconUrl,
  idpLogin.idpInitiated,
  idpLogin.idpClient,
  idpLogin.idpProtocol,
  idpLogin.idpQuery,
  provisioning.scim,
  provisioning.scimScopes,
  provisioning.tokenLifetime,
  provisioning.googleSync,
  other.thirdParty,
] as const;

/** Every field of every form, in the order of the screen. */
const FIELDS = [...FIRST_FIELDS, ...OTHER_FIELDS] as const;

/** The values of a form, by field ID: a text for each text field, a list of choices for every other one. */
export type Values = {
  [F in (typeof FIELDS)[number] as F['id']]: F extends TextField ? string : Choice[];
} & {
  /** Required metadata, by its key. */
  [required: `required:${string}`]: string;
};

/** A form with nothing in it. */
export function emptyValues(): Values {
  // One value for each field, of the type that its input has.
  return Object.fromEntries(
    FIELDS.map(({ id, input }) => [id, input === 'text' ? '' : []]),
  ) as unknown as Values;
}

/** Every field of a form, shown or not, in the order of the screen. */
export function fieldsOf({ kind, policy }: Pick<FormContext, 'kind' | 'policy'>): Field[] {
  const all: Field[] = [
    ...FIRST_FIELDS,
    ...policy.requiredMetadata.map(requiredMetadataField),
    ...OTHER_FIELDS,
  ];
  return all.filter((field) => field.for.includes(kind) && (field.available?.(policy) ?? true));
}

/** How much of a form is shown. */
export interface FormShape {
  /** Whether it asks where to send the link. */
  asksConversation: boolean;
  /** Whether “More options” is open. */
  more: boolean;
}

/** The fields that are shown. */
export function shownFields(
  { asksConversation, more }: FormShape,
  values: FormValues,
  context: FormContext,
): Field[] {
  return fieldsOf(context).filter(
    (field) =>
      (asksConversation || field.id !== 'conversation') &&
      (more || !groupIn(field, values, context)) &&
      (context.isEditor || !field.editorsOnly) &&
      (field.dependsOn?.shown(values, context) ?? true),
  );
}

/** The IDs of the fields that other fields of some form depend on. */
export function controllingFields(): Set<string> {
  return new Set(FIELDS.flatMap(({ dependsOn }: Field) => dependsOn?.fields.map(({ id }) => id) ?? []));
}

/** The fields that are found by typing. */
export function searchFields(): SearchField[] {
  return FIELDS.filter((field) => field.input === 'search');
}

/** What a form starts with. `given` takes precedence over the fields' own defaults. */
export function initialValues(context: FormContext, given: Partial<Values>): Values {
  const initial = fieldsOf(context).map((field) => [field.id, initialValue(field, context)]);
  return { ...emptyValues(), ...Object.fromEntries(initial), ...given };
}

function initialValue(field: Field, context: FormContext): string | Choice[] {
  switch (field.input) {
    case 'list': {
      const choice = field.initial(context);
      return choice ? [{ id: choice.id, name: choice.name }] : [];
    }
    case 'checkboxes':
      return field.initial(context);
    case 'search':
      return field.initial?.(context) ?? [];
    case 'conversation':
      return [];
    case 'text':
      return '';
  }
}

/** Whether anything below “More options” differs from its default. */
export function usesOptions(values: Values, context: FormContext): boolean {
  return fieldsOf(context).some(
    (field) => groupIn(field, values, context) && !isInitial(field, values, context),
  );
}

/** Whether a field has its default value. */
export function isInitial(
  field: Field,
  values: Record<string, string | Choice[]>,
  context: FormContext,
): boolean {
  // By IDs: an earlier version may have stored the same choice with another name.
  const idsIn = (value: string | Choice[]) =>
    typeof value === 'string' ? value : value.map(({ id }) => id).toSorted();
  const value = idsIn(values[field.id] ?? '');
  return JSON.stringify(value) === JSON.stringify(idsIn(initialValue(field, context)));
}
