import { Auth0Error } from '../../auth0/errors.ts';
import type { SearchSource } from '../../auth0/resources.ts';
import type { Tenant } from '../../auth0/tenant.ts';
import { connection, organizations } from './basics.ts';
import { deriveConnectionName } from './connection-name.ts';
import { type Choice, type ChoiceField, choicesOf, type FormContext, type FormValues } from './field.ts';
import { fieldsOf, type Values } from './form.ts';

/** The maximum number of lookups. The text to the customer is cut before it has more names. */
const MAX_LOOK_UPS = 10;

/**
 * The values with the names that the tenant and the fields know. Slack cuts the text of an option and may escape it,
 * so that text is used only for entries that are not in memory.
 */
export function withNames(values: FormValues, context: FormContext): FormValues {
  const named = fieldsOf(context).flatMap((field) => {
    if (field.input === 'text') return [];
    const choices = choicesOf(values, field).map(({ id, name }) => ({
      id,
      name: nameOf(field, id, context) ?? name,
    }));
    return [[field.id, choices] as const];
  });
  return { ...values, ...Object.fromEntries(named) };
}

function nameOf(field: ChoiceField, id: string, context: FormContext): string | undefined {
  switch (field.input) {
    case 'list':
      return nameIn(field.options(context), id);
    case 'checkboxes':
      return nameIn(field.options, id);
    case 'search':
      return entryName(field.source, id, context);
    case 'conversation':
      return undefined;
  }
}

const nameIn = (choices: Choice[], id: string) => choices.find((choice) => choice.id === id)?.name;

/** The name that people know. */
function entryName(source: SearchSource, id: string, { tenant }: FormContext): string | undefined {
  if (source === 'clients') return tenant.client(id)?.name;
  if (source === 'connections') return tenant.connection(id)?.name;
  const organization = tenant.organization(id);
  return organization && (organization.displayName || organization.name);
}

/**
 * Asks Auth0 for the organizations and the connection that are not in memory, for example after a restart, because the
 * customer sees their names.
 */
export async function loadNames(tenant: Tenant, values: FormValues): Promise<void> {
  const missing = [
    ...choicesOf(values, organizations)
      .slice(0, MAX_LOOK_UPS)
      .filter(({ id }) => !tenant.organization(id))
      .map(({ id }) => ['organizations', id] as const),
    ...choicesOf(values, connection)
      .filter(({ id }) => !tenant.connection(id))
      .map(({ id }) => ['connections', id] as const),
  ];
  await Promise.all(
    missing.map(([source, id]) =>
      tenant.lookUp(source, id).catch((error: unknown) => {
        // The text of the option is good enough. If Auth0 is down, the create call fails too.
        if (!(error instanceof Auth0Error)) throw error;
      }),
    ),
  );
}

/** The values with a connection name, created from the display name if there is none. */
export async function withConnectionName(values: Partial<Values>): Promise<Partial<Values>> {
  if (values.connectionName || !values.displayName) return values;
  return { ...values, connectionName: await deriveConnectionName(values.displayName) };
}
