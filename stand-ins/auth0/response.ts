import type { z } from 'zod';

/** A response with `body` as JSON, with `html`, or without content. */
export interface ApiResponse {
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

/** An error response in the Management API's format. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorCode: string | undefined;

  constructor(status: number, message: string, errorCode?: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }

  get response(): ApiResponse {
    const { status, message, errorCode } = this;
    return { status, body: { statusCode: status, error: names[status] ?? 'Error', message, errorCode } };
  }
}

/** The error for an invalid body. `property` is a dotted path. */
export function invalidBody(reason: string, property?: string): ApiError {
  const where = property ? ` on property ${property}` : '';
  return new ApiError(400, `Payload validation error: '${reason}'${where}.`, 'invalid_body');
}

/** The error for an invalid query string. */
export function invalidQuery(reason: string, property?: string): ApiError {
  const where = property ? ` on property ${property}` : '';
  return new ApiError(400, `Query validation error: '${reason}'${where}.`, 'invalid_query_string');
}

/** Parses a value. Throws an error that describes the first problem. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  invalid: (reason: string, property?: string) => ApiError,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.message ?? 'Invalid', issue?.path.join('.'));
}
