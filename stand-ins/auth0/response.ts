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

/**
 * Makes the error for an invalid part of a request.
 *
 * @param reason what is wrong
 * @param property a path, such as `groups[0].email`
 * @param description the property's description in the published schema
 */
export type Invalid = (reason: string, property?: string, description?: string) => ApiError;

export const invalidBody = validationError('Payload', 'invalid_body');
export const invalidQuery = validationError('Query', 'invalid_query_string');
export const invalidPath = validationError('Path', 'invalid_uri');

function validationError(part: string, errorCode: string): Invalid {
  return (reason, property, description) => {
    const where = property ? ` on property ${property}` : '';
    const what = property && description ? ` (${description})` : '';
    return new ApiError(400, `${part} validation error: '${reason}'${where}${what}.`, errorCode);
  };
}
