import type { z } from 'zod';

/** What the server answers: JSON from `body`, or HTML, or nothing. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  html?: string;
}

const names: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
};

/** A refusal, in the shape that the Management API gives its errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly errorCode: string | undefined;

  constructor(status: number, message: string, errorCode?: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }

  get answer(): Answer {
    const { status, message, errorCode } = this;
    return { status, body: { statusCode: status, error: names[status] ?? 'Error', message, errorCode } };
  }
}

/** The refusal of a body that breaks a rule. `property` is a dotted path. */
export function invalidBody(reason: string, property?: string): Refusal {
  const where = property ? ` on property ${property}` : '';
  return new Refusal(400, `Payload validation error: '${reason}'${where}.`, 'invalid_body');
}

/** The refusal of a query string that breaks a rule. */
export function invalidQuery(reason: string, property?: string): Refusal {
  const where = property ? ` on property ${property}` : '';
  return new Refusal(400, `Query validation error: '${reason}'${where}.`, 'invalid_query_string');
}

/** Reads a value by its schema, or throws the refusal that names the first thing wrong with it. */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  invalid: (reason: string, property?: string) => Refusal,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.message ?? 'Invalid', issue?.path.join('.'));
}
