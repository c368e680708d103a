import {
  type CheckboxField,
  type Choice,
  choicesOf,
  type FormValues,
  firstId,
  type ListField,
  namesOf,
  type SearchField,
  type TextField,
  textOf,
} from './field.ts';

export const idpInitiated: CheckboxField<'idpInitiated'> = {
  input: 'checkboxes',
  id: 'idpInitiated',
  for: ['new'],
  label: 'IdP-initiated login',
  options: [{ id: 'enabled', name: 'Login can start at the identity provider (SAML)' }],
  initial: () => [],
  optional: true,
  editorsOnly: true,
  validate: (_, values) =>
    choicesOf(values, idpClient).length ? undefined : { code: 'idp_login_needs_application' },
  request: (checked, values) => {
    const client = firstId(choicesOf(values, idpClient));
    const protocol = firstId(choicesOf(values, idpProtocol));
    const query = textOf(values, idpQuery);
    if (!checked.length || !client) return {};
    const idpinitiated = {
      enabled: true,
      client_id: client,
      ...(isProtocol(protocol) && { client_protocol: protocol }),
      ...(query && { client_authorizequery: query }),
    };
    return { connection_config: { options: { idpinitiated } } };
  },
  summary: namesOf,
};

const isOn = (values: FormValues) => choicesOf(values, idpInitiated).length > 0;
const ifOn = { fields: [idpInitiated], shown: isOn };

const problemIfOff = (values: FormValues) =>
  isOn(values) ? undefined : ({ code: 'idp_login_off' } as const);

export const idpClient: SearchField<'idpClient'> = {
  input: 'search',
  id: 'idpClient',
  for: ['new'],
  source: 'clients',
  multiple: false,
  dependsOn: ifOn,
  label: 'Default application',
  hint: 'Where people go when they log in from their identity provider.',
  placeholder: 'Type a name or an ID',
  optional: true,
  editorsOnly: true,
  validate: (_, values) => problemIfOff(values),
};

const PROTOCOLS: Choice[] = [
  { id: 'oauth2', name: 'OpenID Connect' },
  { id: 'samlp', name: 'SAML' },
  { id: 'wsfed', name: 'WS-Federation' },
];
const isProtocol = (id: string | undefined): id is 'oauth2' | 'samlp' | 'wsfed' =>
  PROTOCOLS.some((protocol) => protocol.id === id);

export const idpProtocol: ListField<'idpProtocol'> = {
  input: 'list',
  id: 'idpProtocol',
  for: ['new'],
  dependsOn: ifOn,
  label: 'Response protocol',
  hint: 'How Auth0 sends the login to that application.',
  options: () => PROTOCOLS,
  initial: () => PROTOCOLS[0],
  editorsOnly: true,
};

const QUERY_PARAMETERS = ['redirect_uri', 'scope', 'response_type'] as const;

export const idpQuery: TextField<'idpQuery'> = {
  input: 'text',
  id: 'idpQuery',
  for: ['new'],
  dependsOn: {
    fields: [idpInitiated, idpProtocol],
    shown: (values) => isOn(values) && firstId(choicesOf(values, idpProtocol)) === 'oauth2',
  },
  label: 'Query',
  hint: 'You can set redirect_uri, scope, and response_type.',
  placeholder: 'redirect_uri=https://app.acme.com&scope=openid email',
  maxLength: 256,
  optional: true,
  editorsOnly: true,
  validate: (query, values) => {
    const off = problemIfOff(values);
    if (off) return off;
    if (firstId(choicesOf(values, idpProtocol)) !== 'oauth2') return { code: 'idp_query_needs_oidc' };
    const unknown = [...new URLSearchParams(query).keys()].filter(
      (key) => !QUERY_PARAMETERS.some((allowed) => allowed === key),
    );
    return unknown.length
      ? { code: 'idp_query_unknown_parameters', unknown, allowed: QUERY_PARAMETERS }
      : undefined;
  },
};
