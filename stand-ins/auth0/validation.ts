import * as z from 'zod';
import type { Invalid } from './response.ts';

/** Parses a value. Throws an error that describes the first problem in the same way as Auth0's own validator. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  invalid: Invalid,
): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw invalid('Invalid');
  const key = issue.path.at(-1);
  // Auth0 reports a missing property at the object that lacks it.
  const missing = key !== undefined && issue.code.startsWith('invalid_') && issue.input === undefined;
  const path = missing ? issue.path.slice(0, -1) : issue.path;
  const reason = missing ? `Missing required property: ${String(key)}` : reasonOf(issue);
  throw invalid(reason, propertyAt(path), descriptionAt(schema, path));
}

/** The description of a property such as `connection_config.name`. */
export function describedAs(schema: z.ZodType, property: string): string | undefined {
  return descriptionAt(schema, property.split('.'));
}

/** A string in one of Auth0's own formats, such as `organization-id`. */
export function format(name: string, pattern: RegExp | ((value: string) => boolean)) {
  const test = pattern instanceof RegExp ? (value: string) => pattern.test(value) : pattern;
  return z.string().refine(test, {
    error: ({ input }) => `Object didn't pass validation for format ${name}: ${String(input)}`,
  });
}

/** A string. Length counts code points, as in JSON Schema: an emoji is one character. */
export function text(max: number, min = 0) {
  return z.string().superRefine((value, context) => {
    const { length } = [...value];
    if (length > max) context.addIssue(`String is too long (${length} chars), maximum ${max}`);
    if (length < min) context.addIssue(`String is too short (${length} chars), minimum ${min}`);
  });
}

function reasonOf(issue: z.core.$ZodIssue): string {
  const input = typeof issue.input === 'string' ? issue.input : JSON.stringify(issue.input);
  switch (issue.code) {
    case 'invalid_type': {
      // All numbers of the API are integers.
      const expected = ['int', 'number'].includes(issue.expected) ? 'integer' : issue.expected;
      return `Expected type ${expected} but found type ${typeOf(issue.input)}`;
    }
    case 'invalid_value':
      return `No enum match for: ${input}`;
    case 'invalid_format':
      return `String does not match pattern ${(issue.pattern ?? '').slice(1, -1)}: ${input}`;
    case 'unrecognized_keys':
      return `Additional properties not allowed: ${issue.keys.join(',')}`;
    case 'too_small':
      return Array.isArray(issue.input)
        ? `Array is too short (${issue.input.length}), minimum ${issue.minimum}`
        : `Value ${input} is ${issue.inclusive ? 'less than' : 'equal or less than exclusive'} minimum ${issue.minimum}`;
    case 'too_big':
      return Array.isArray(issue.input)
        ? `Array is too long (${issue.input.length}), maximum ${issue.maximum}`
        : `Value ${input} is greater than maximum ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function propertyAt(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function descriptionAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return z.globalRegistry.get(schema)?.description;
  const inner = innermost(schema);
  let next: z.core.$ZodType | undefined;
  if (inner instanceof z.ZodObject) next = inner.shape[String(key)];
  else if (inner instanceof z.ZodArray) next = inner.element;
  return next && descriptionAt(next, rest);
}

function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? innermost(schema.unwrap())
    : schema;
}
