import fc from 'fast-check';
import type { Policy } from '../src/settings.ts';
import { formFields } from '../src/ticket/fields.ts';
import type { KnownTenant, Profile } from '../src/ticket/tenant.ts';
import type { Choice, TicketKind, Values } from '../src/ticket/values.ts';

/** Any text at all: control characters, halves of characters, emoji, markup of Slack's; short and long. */
export function anyText(maxLength = 4_000): fc.Arbitrary<string> {
  const long = ['x', '😀', '"', '\\', '\ud83d', '\u0000', ' ', '&', 'a '].map((unit) =>
    unit.repeat(Math.floor(maxLength / unit.length)),
  );
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme', maxLength: Math.ceil(maxLength / 4) }),
    fc.constantFrom('', ' ', '-', '<!channel>', '<@U1>', 'https://evil.example', '__proto__', ...long),
  );
}

export const arbitraryKind = fc.constantFrom<TicketKind>('new', 'edit');

export const arbitraryChoices: fc.Arbitrary<Choice[]> = fc.uniqueArray(
  fc.record({ id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_]{1,75}$/), anyText(200)), name: anyText(300) }),
  { maxLength: 120, size: 'medium', selector: ({ id }) => id },
);

/** Anything that could stand in a form, possible or not. */
export const arbitraryValues: fc.Arbitrary<Values> = fc.record({
  conversation: fc.array(fc.record({ id: fc.stringMatching(/^[CDG][A-Z0-9]{8}$/), name: anyText(80) }), {
    maxLength: 1,
  }),
  profile: arbitraryChoices,
  connectionName: anyText(200),
  displayName: anyText(200),
  connection: arbitraryChoices,
  features: arbitraryChoices,
  clients: arbitraryChoices,
  organizations: arbitraryChoices,
  membership: arbitraryChoices,
  lifetime: arbitraryChoices,
});

export const arbitraryProfile: fc.Arbitrary<Profile> = fc.record({
  id: fc.oneof(fc.stringMatching(/^ssp_[A-Za-z0-9]{22}$/), anyText(100)),
  name: anyText(300),
  description: anyText(),
  providers: fc.array(fc.oneof(fc.constantFrom('okta', 'waad', 'toString', '__proto__'), anyText(60)), {
    maxLength: 12,
  }),
  attributes: fc.array(fc.record({ name: anyText(300), optional: fc.boolean() }), { maxLength: 20 }),
});

export const arbitraryPolicy: fc.Arbitrary<Policy> = fc.record({
  defaultProfileId: fc.option(anyText(60), { nil: undefined }),
  defaultClientIds: fc.array(anyText(60), { maxLength: 5 }),
  applicationsOptional: fc.boolean(),
  protectedConnections: fc.array(anyText(60), { maxLength: 5 }),
});

export const NO_TENANT: KnownTenant = {
  profiles: () => [],
  client: () => undefined,
  connection: () => undefined,
  connectionNamed: () => undefined,
};

/** The choices that a field of a form offers, whatever the tenant. */
export function fieldOptions(kind: TicketKind, id: keyof Values): Choice[] {
  const field = formFields(kind, false).find((each) => each.id === id);
  if (field?.input === 'ticks') return field.options;
  if (field?.input === 'list') {
    const policy = {
      defaultProfileId: undefined,
      defaultClientIds: [],
      applicationsOptional: false,
      protectedConnections: [],
    };
    return field.options({ policy, tenant: NO_TENANT });
  }
  return [];
}
