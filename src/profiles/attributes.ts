import type { ProfileDetails } from '../auth0/resources.ts';
import { characterCount } from '../lib/text.ts';
import type { ProfileProblem } from './problems.ts';

type Attribute = ProfileDetails['attributes'][number];

/** Auth0's limits. */
const MAX_ATTRIBUTES = 20;
const MAX_NAME_LENGTH = 250;
const MAX_DESCRIPTION_LENGTH = 255;

/** Attributes as people write them, one per line: `email: Work email, required`. */
export function formatAttributes(attributes: Attribute[]): string {
  return attributes
    .map(({ name, description, optional }) => {
      const pair = description ? `${name}: ${description}` : `${name}:`;
      return `${pair}, ${optional ? 'optional' : 'required'}`;
    })
    .join('\n');
}

/** Reads what `formatAttributes` writes. Without “required”, an attribute is optional. */
export function parseAttributes(text: string): Attribute[] {
  return linesOf(text).map(parseLine);
}

/** What is wrong with a list of attributes. */
export function attributesProblem(text: string): ProfileProblem | undefined {
  const lines = linesOf(text);
  const attributes = lines.map(parseLine);
  const invalid = lines[attributes.findIndex(({ name }) => !name)];
  if (invalid) return { code: 'not_an_attribute', line: invalid };
  if (attributes.length > MAX_ATTRIBUTES) {
    return { code: 'too_many_attributes', max: MAX_ATTRIBUTES, count: attributes.length };
  }
  const seen = new Set<string>();
  for (const { name, description } of attributes) {
    if (seen.has(name)) return { code: 'attribute_twice', name };
    seen.add(name);
    if (characterCount(name) > MAX_NAME_LENGTH) {
      return { code: 'attribute_name_too_long', name, max: MAX_NAME_LENGTH };
    }
    if (characterCount(description) > MAX_DESCRIPTION_LENGTH) {
      return { code: 'attribute_description_too_long', name, max: MAX_DESCRIPTION_LENGTH };
    }
  }
  return undefined;
}

/**
 * The name is empty if the line isn't an attribute. A name can have colons, so a space must follow the one after it.
 */
function parseLine(line: string): Attribute {
  const comma = line.lastIndexOf(',');
  const ending = line
    .slice(comma + 1)
    .trim()
    .toLowerCase();
  const hasEnding = comma >= 0 && (ending === 'required' || ending === 'optional');
  const pair = hasEnding ? line.slice(0, comma).trim() : line;
  const colon = pair.endsWith(':') ? pair.length - 1 : pair.indexOf(': ');
  return {
    name: pair.slice(0, Math.max(colon, 0)).trim(),
    description: pair.slice(colon + 1).trim(),
    optional: !hasEnding || ending === 'optional',
  };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
