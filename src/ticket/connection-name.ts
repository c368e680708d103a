/** 1–128 letters, digits and single hyphens between them: Auth0's own rule for a connection's name. */
const PATTERN = /^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/;

export const CONNECTION_NAME_LENGTH = 128;

/** What is wrong with a connection name, as a sentence, or undefined if Auth0 takes it. */
export function connectionNameProblem(name: string): string | undefined {
  if (name.length > CONNECTION_NAME_LENGTH) {
    return `A connection name has at most ${CONNECTION_NAME_LENGTH} characters; this one has ${name.length}.`;
  }
  if (!PATTERN.test(name)) {
    return 'Use letters (a–z), digits and single hyphens between them, for example acme-corp.';
  }
  return undefined;
}

/** A valid connection name made from any text, such as `acme-soehne-gmbh`; empty if nothing can be made of it. */
export async function deriveConnectionName(text: string): Promise<string> {
  // Its tables of letters are loaded by whoever is the first to need them, not by the start.
  const { default: slugify } = await import('@sindresorhus/slugify');
  const slug = slugify(text, {
    decamelize: false,
    customReplacements: [
      ['&', ' '],
      ["'", ''],
      ['’', ''],
    ],
  });
  return slug.slice(0, CONNECTION_NAME_LENGTH).replace(/-+$/, '');
}
