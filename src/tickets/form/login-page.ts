import { parseUrl } from '../../lib/url.ts';
import { type CheckboxField, choicesOf, namesOf, type TextField } from './field.ts';

export const showAsButton: CheckboxField<'showAsButton'> = {
  input: 'checkboxes',
  id: 'showAsButton',
  for: ['new'],
  label: 'Login page',
  options: [{ id: 'show', name: 'Show a button on the login page' }],
  initial: () => [],
  optional: true,
  editorsOnly: true,
  request: (checked) => (checked.length ? { connection_config: { show_as_button: true } } : {}),
  summary: namesOf,
};

export const iconUrl: TextField<'iconUrl'> = {
  input: 'text',
  id: 'iconUrl',
  for: ['new'],
  label: 'Icon URL',
  hint: 'The icon on the button. Must start with https://.',
  dependsOn: { fields: [showAsButton], shown: (values) => choicesOf(values, showAsButton).length > 0 },
  placeholder: 'https://acme.com/logo.png',
  maxLength: 1000,
  optional: true,
  editorsOnly: true,
  validate: (url) =>
    parseUrl(url)?.protocol === 'https:' && !/\s/.test(url) ? undefined : { code: 'not_an_https_url' },
  request: (url) => (url ? { connection_config: { options: { icon_url: new URL(url).href } } } : {}),
  summary: (url) => url,
};
