import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.ts';

const read = (url: string) =>
  readConfig({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: '0123456789abcdef',
    SLACK_API_URL: url,
    AUTH0_DOMAIN: 'acme.eu.auth0.com',
    AUTH0_CLIENT_ID: 'id',
    AUTH0_CLIENT_SECRET: 'secret',
    ALLOWED: 'everyone',
    EDITORS: 'everyone',
  }).slack.apiUrl;

it.each([
  ['https://slack.com/api', 'https://slack.com/api/'],
  ['https://slack-gov.com/api/', 'https://slack-gov.com/api/'],
  ['http://127.0.0.1:4000/api/', 'http://127.0.0.1:4000/api/'],
  ['http://localhost:4000/api', 'http://localhost:4000/api/'],
  ['http://slack.localhost:4000/api/', 'http://slack.localhost:4000/api/'],
  ['http://[::1]:4000/api/', 'http://[::1]:4000/api/'],
])('SLACK_API_URL can be %s', (given, url) => {
  expect(read(given)).toBe(url);
});

it.each([
  'http://slack.com/api/',
  'http://10.0.0.1/api/',
  'http://127.0.0.1.example.com/api/',
  'http://localhost.example.com/api/',
  'http://localhost@example.com/api/',
])('SLACK_API_URL cannot be %s, which would send the bot token in plain text', (given) => {
  expect(() => read(given)).toThrow(
    '- SLACK_API_URL must begin with https://; http:// is for a stand-in on this machine (127.0.0.1, localhost or [::1])',
  );
});
