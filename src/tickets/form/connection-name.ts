import { isConnectionName, MAX_CONNECTION_NAME_LENGTH } from '../../auth0/resources.ts';
import type { FieldProblem } from '../errors.ts';

/** What Auth0 would refuse about a connection's name. */
export function connectionNameProblem(name: string): FieldProblem | undefined {
  if (name.length > MAX_CONNECTION_NAME_LENGTH) {
    return { code: 'connection_name_too_long', max: MAX_CONNECTION_NAME_LENGTH, length: name.length };
  }
  return isConnectionName(name) ? undefined : { code: 'connection_name_invalid' };
}

/** More text than any name needs. The time to normalize it can grow with the square of its length. */
const MAX_TEXT_LENGTH = 1_000;

/** A valid connection name made from any text, such as `acme-soehne-gmbh`. Empty if the text has nothing usable. */
export async function deriveConnectionName(text: string): Promise<string> {
  // Loaded on first use: its character tables would slow down the start.
  const { default: slugify } = await import('@sindresorhus/slugify');
  const slug = slugify(text.slice(0, MAX_TEXT_LENGTH), {
    decamelize: false,
    customReplacements: [
      ['&', ' '],
      ["'", ''],
      ['’', ''],
    ],
  });
  // A slug has single hyphens only.
  return slug.slice(0, MAX_CONNECTION_NAME_LENGTH).replace(/-$/, '');
}
