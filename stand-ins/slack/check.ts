/** Returns the problems of a value at a JSON pointer. */
export type Check = (value: unknown, at: string) => string[];
export type Fields = Record<string, Check>;
export type Properties = Record<string, unknown>;
/** Checks several fields of an object together. */
export type Rule = (object: Properties, at: string) => string[];

/** A problem in Slack's format. */
export function problem(what: string, at: string): string[] {
  return [`${what} [json-pointer:${at || '/'}]`];
}

/** Whether a value is an object, and not an array or null. */
export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a value if it is an array. */
export function items(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a value if it is an array. */
export function objects(value: unknown): Properties[] {
  return items(value).filter(isObject);
}

export const boolean: Check = (value, at) =>
  typeof value === 'boolean' ? [] : problem('must be a boolean', at);

export function string(max: number, min = 1): Check {
  return (value, at) => {
    if (typeof value !== 'string') return problem('must be a string', at);
    if (/\p{Cs}/u.test(value)) return problem('must be valid Unicode', at);
    if (value.length < min) return problem(`must be more than ${min - 1} characters`, at);
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, at);
    return [];
  };
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  return (value, at) => {
    if (!Number.isInteger(value)) return problem('must be an integer', at);
    if (Number(value) < min) return problem(`must be greater than or equal to ${min}`, at);
    if (Number(value) > max) return problem(`must be less than or equal to ${max}`, at);
    return [];
  };
}

export function oneOf(...allowed: string[]): Check {
  return (value, at) =>
    allowed.some((one) => one === value) ? [] : problem(`must be one of: ${allowed.join(', ')}`, at);
}

export function list(check: Check, { min = 1, max = Number.POSITIVE_INFINITY } = {}): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return problem('must be an array', at);
    const problems = value.flatMap((item: unknown, index) => check(item, `${at}/${index}`));
    if (value.length < min) problems.unshift(...problem(`no less than ${min} items required`, at));
    if (value.length > max) problems.unshift(...problem(`no more than ${max} items allowed`, at));
    return problems;
  };
}

/** An object with only these fields. */
export function object(required: Fields, optional: Fields = {}, ...rules: Rule[]): Check {
  const known = new Map(Object.entries({ ...required, ...optional }));
  return (value, at) => {
    if (!isObject(value)) return problem('must be an object', at);
    // JSON leaves out undefined properties.
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return [
      ...Object.keys(required)
        .filter((name) => value[name] === undefined)
        .flatMap((name) => problem(`missing required field: ${name}`, at)),
      ...fields.flatMap(([name, field]) => {
        const check = known.get(name);
        return check ? check(field, `${at}/${name}`) : problem(`invalid additional property: ${name}`, at);
      }),
      ...rules.flatMap((rule) => rule(value, at)),
    ];
  };
}

/** An object whose `type` selects the check for its other fields. */
export function byType(kinds: Fields): Check {
  const known = new Map(Object.entries(kinds));
  return (value, at) => {
    if (!isObject(value)) return problem('must be an object', at);
    const { type, ...rest } = value;
    const check = typeof type === 'string' ? known.get(type) : undefined;
    return check ? check(rest, at) : problem(`unsupported type: ${String(type)}`, `${at}/type`);
  };
}

export function exactlyOne(...names: string[]): Rule {
  return (value, at) =>
    names.filter((name) => value[name] !== undefined).length === 1
      ? []
      : problem(`exactly one of these fields is required: ${names.join(', ')}`, at);
}

export function atLeastOne(...names: string[]): Rule {
  return (value, at) =>
    names.some((name) => value[name] !== undefined)
      ? []
      : problem(`at least one of these fields is required: ${names.join(', ')}`, at);
}
