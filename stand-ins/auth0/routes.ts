import * as z from 'zod';
import { type Call, insufficientScope, type Operation } from './call.ts';
import { clientId, connectionId, organizationId, organizationName } from './formats.ts';
import { operations } from './operations.ts';
import { ApiError, type ApiResponse, invalidPath } from './response.ts';
import { parse } from './validation.ts';

export type Endpoint = keyof typeof operations;

/** The scopes of a new application: the first of each operation that is not optional. */
export const defaultScopes: readonly string[] = [
  ...new Set(
    Object.values<Operation>(operations).flatMap(({ scopes, optional }) =>
      optional ? [] : scopes.slice(0, 1),
    ),
  ),
];

const customTextPage = z.object({
  language: z.enum(['en']).describe('The language of the custom text.'),
  page: z.enum(['get-started']).describe('The page where the custom text is shown.'),
});

/** The path parameters that Auth0 validates. It looks up any other ID as it is. */
const pathParameters: [template: RegExp, parameters: z.ZodType][] = [
  [
    /^\/organizations\/{id}$/,
    z.object({ id: organizationId.describe('ID of the organization to retrieve.') }),
  ],
  [/^\/organizations\/{id}\//, z.object({ id: organizationId.describe('Organization identifier.') })],
  [
    /^\/organizations\/name\/{name}$/,
    z.object({ name: organizationName.describe('name of the organization to retrieve.') }),
  ],
  [/\/custom-text\//, customTextPage],
  [/^\/clients\/{id}$/, z.object({ id: clientId.describe('ID of the client to retrieve.') })],
  [/^\/connections\/{id}$/, z.object({ id: connectionId.describe('The id of the connection to retrieve') })],
  [
    /^\/connections\/{id}\/clients$/,
    z.object({
      id: connectionId.describe('The id of the connection for which enabled clients are to be retrieved'),
    }),
  ],
];

const routes = Object.entries<Operation>(operations).map(([name, operation]) => {
  const [method, template = ''] = name.split(' ');
  const pattern = template.replace(/{(\w+)}/g, '(?<$1>[^/]+)');
  const parameters = pathParameters.find(([matches]) => matches.test(template))?.[1];
  return { name, method, pattern: new RegExp(`^/api/v2${pattern}$`), parameters, operation };
});

export interface Route {
  /** The endpoint, such as `GET /clients/{id}`. */
  name: string;
  /** Throws an `ApiError` if the call is not allowed or not valid. */
  handle(call: Omit<Call, 'id' | 'profileId'>): ApiResponse;
}

export function findRoute(method: string, path: string): Route | undefined {
  for (const { name, operation, parameters, ...route } of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (!match) continue;
    return {
      name,
      handle(call) {
        if (!operation.scopes.some((scope) => call.scopes.includes(scope))) {
          throw insufficientScope(operation.scopes);
        }
        const values: Record<string, string> = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, segment]) => [name, decode(segment)]),
        );
        if (parameters) parse(parameters, values, invalidPath);
        const { id = values.name ?? '', profileId = '' } = values;
        return operation.handle({ ...call, id, profileId });
      },
    };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, 'The path is not well encoded', 'invalid_uri');
  }
}
