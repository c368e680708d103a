import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseUrl } from '../stand-ins/url.ts';
import { readJson, sharedFolder } from './shared-data.ts';

/** The parts of a request that the contract covers. */
interface CheckedRequest {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  body: unknown;
}

/** The contracts that Auth0 and Slack publish, as a second check besides the stand-ins. */
export interface Contracts {
  /** The problems of a request, by the Management API's description. None for other paths. */
  checkRequest(request: CheckedRequest): string[];
  /** The problems of the body of a successful answer. */
  checkResponse(request: Pick<CheckedRequest, 'method' | 'path'>, status: number, body: unknown): string[];
  /** The problems of a log event, by the schemas of the self-service flow. None for other events. */
  checkLogEvent(event: { type: string }): string[];
  /** The problems of an app manifest, by Slack's schema. */
  checkManifest(manifest: unknown): string[];
}

interface Media {
  content?: Record<string, { schema: AnySchema }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Record<string, unknown>;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: Media;
  responses: Record<string, Media>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

/** Read once in a process, because compiling the schemas takes a second. */
let cached: { contracts: Contracts | undefined } | undefined;

/** Undefined, with a notice, if the folder is missing. Then the tests against contracts are skipped. */
export function contracts(): Contracts | undefined {
  cached ??= { contracts: readContracts() };
  return cached.contracts;
}

function readContracts(): Contracts | undefined {
  const folder = sharedFolder('contracts');
  if (!folder) return undefined;
  return {
    ...readManagementApi(folder),
    checkLogEvent: readLogEvents(folder),
    checkManifest: readManifests(folder),
  };
}

function readManagementApi(folder: string): Pick<Contracts, 'checkRequest' | 'checkResponse'> {
  const api = readJson<OpenApi>(folder, 'auth0-management.openapi.json');
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false, coerceTypes: false });
  addFormats.default(ajv);
  for (const [name, test] of Object.entries(formats)) ajv.addFormat(name, test);
  for (const name of looseFormats) ajv.addFormat(name, true);
  ajv.addSchema(api, 'api');
  const compiled = new Map<string, ValidateFunction>();

  /** Validates against the schema at a place in the document, so that its references resolve. */
  function validate(pointer: string[], value: unknown): string[] {
    const ref = `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const check = compiled.get(ref) ?? ajv.compile({ $ref: ref });
    compiled.set(ref, check);
    return check(value) ? [] : describe(check.errors);
  }

  function find(method: string, path: string) {
    for (const [template, operations] of Object.entries(api.paths)) {
      const values = matchPath(template, path.slice('/api/v2'.length));
      const operation = operations[method.toLowerCase()];
      if (values && operation)
        return { pointer: ['paths', template, method.toLowerCase()], operation, values };
    }
    return undefined;
  }

  return {
    checkRequest({ method, path, query, body }) {
      if (!path.startsWith('/api/v2/')) return [];
      const found = find(method, path);
      if (!found) return [`${method} ${path} is not in the contract`];
      const { pointer, operation, values } = found;
      const parameters = operation.parameters ?? [];
      const given: Record<string, Record<string, string | string[]>> = { path: values, query };
      const problems = Object.keys(query)
        .filter(
          (name) => !parameters.some((parameter) => parameter.in === 'query' && parameter.name === name),
        )
        .map((name) => `query ${name} is not in the contract`);
      parameters.forEach((parameter, index) => {
        const value = given[parameter.in]?.[parameter.name];
        const label = `${parameter.in} ${parameter.name}`;
        if (value === undefined) {
          if (parameter.required) problems.push(`${label} is missing`);
          return;
        }
        const found = validate(
          [...pointer, 'parameters', String(index), 'schema'],
          typed(value, parameter.schema),
        );
        problems.push(...found.map((problem) => `${label}: ${problem}`));
      });
      if (!operation.requestBody)
        return body === undefined ? problems : [...problems, 'the call takes no body'];
      const schema = [...pointer, 'requestBody', 'content', 'application/json', 'schema'];
      return [...problems, ...validate(schema, body).map((problem) => `body: ${problem}`)];
    },

    checkResponse({ method, path }, status, body) {
      const found = find(method, path);
      if (!found) return [`${method} ${path} is not in the contract`];
      const response = found.operation.responses[status];
      if (!response) return [`${method} ${path} never answers ${status}`];
      if (!response.content?.['application/json']) return [];
      const content = ['responses', String(status), 'content', 'application/json', 'schema'];
      return validate([...found.pointer, ...content], body);
    },
  };
}

function readLogEvents(folder: string): Contracts['checkLogEvent'] {
  const schemas = readJson<Record<string, AnySchema>>(folder, 'auth0-tenant-log-ss-sso.schema.json');
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const checks = new Map(Object.entries(schemas).map(([type, schema]) => [type, ajv.compile(schema)]));
  return (event) => {
    const check = checks.get(event.type);
    if (check) return check(event) ? [] : describe(check.errors);
    return event.type.startsWith('ss_sso_') ? [`there is no contract for ${event.type}`] : [];
  };
}

function readManifests(folder: string): Contracts['checkManifest'] {
  return (manifest) => {
    const version = majorVersion(manifest);
    const name = `slack-manifest.v${version}.schema.json`;
    if (!existsSync(resolve(folder, name)))
      return [`there is no contract for a manifest of version ${version}`];
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const check = ajv.compile(readJson<AnySchema>(folder, name));
    return check(manifest) ? [] : describe(check.errors);
  };
}

function majorVersion(manifest: unknown): number {
  if (typeof manifest !== 'object' || manifest === null || !('_metadata' in manifest)) return 1;
  const metadata = manifest._metadata;
  if (typeof metadata !== 'object' || metadata === null || !('major_version' in metadata)) return 1;
  return Number(metadata.major_version);
}

/** Auth0's own formats, which its description names but doesn't define. */
const formats: Record<string, (value: string) => boolean> = {
  'connection-id': (value) => /^con_[A-Za-z0-9]{16}$/.test(value),
  'organization-id': (value) => /^org_[A-Za-z0-9]{16}$/.test(value),
  'client-id': (value) => /^[A-Za-z0-9_-]{1,64}$/.test(value),
  'organization-name': (value) => /^[a-z0-9][a-z0-9_-]{0,49}$/.test(value),
  'strict-https-uri-or-null': (value) => parseUrl(value)?.protocol === 'https:',
  'user-attribute-profile-id': (value) => /^uap_[A-Za-z0-9]+$/.test(value),
};

/** More of Auth0's formats, on fields that don't matter here. Any text is valid. */
const looseFormats = [
  'absolute-https-uri-or-empty',
  'absolute-https-uri-with-placeholders-or-empty',
  'connection-profile-id',
  'connection-realm',
  'credential-id',
  'ec-initiate-login-uri-template-url',
  'html-color',
];

/** The values in a path for the `{names}` of a template. */
function matchPath(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replace(/{(\w+)}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${pattern}$`).exec(path);
  if (!match) return undefined;
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

/** A query's text, converted to the type in the schema. */
function typed(value: string | string[], { type }: Record<string, unknown>): unknown {
  if (type === 'array') return [value].flat();
  if (Array.isArray(value)) return value;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  return value;
}

function describe(errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`;
  });
}
