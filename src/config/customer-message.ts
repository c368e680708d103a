/** The placeholders that CUSTOMER_MESSAGE can have, such as `{link}`. */
const PLACEHOLDERS = ['link', 'connection', 'customer', 'expiry', 'requester'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What is wrong with a template, to follow the variable's name. It must have {link}, and no unknown placeholder. */
export function templateProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)].find(
    ([, name]) => !PLACEHOLDERS.some((known) => known === name),
  );
  if (unknown)
    return `names {${unknown[1]}}; there are ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}`;
  return template.includes('{link}') ? undefined : 'must name {link}';
}
