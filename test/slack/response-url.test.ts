import { describe, expect, it } from 'vitest';
import { isSlackUrl } from '../../src/slack/web-api.ts';

const API = 'https://slack.com/api/';

describe('isSlackUrl', () => {
  it.each([
    ['https://hooks.slack.com/commands/T0/1/x', API],
    ['https://hooks.slack.com:443/actions/T0/1/x', API],
    ['https://hooks.slack-gov.com/app/T0/1/x', API],
    ['http://127.0.0.1:4000/response/x', 'http://127.0.0.1:4000/api/'],
  ])('accepts %s if the API is at %s', (url, api) => {
    expect(isSlackUrl(url, api)).toBe(true);
  });

  it.each([
    ['http://hooks.slack.com/commands/T0/1/x', API],
    ['https://hooks.slack.com:8443/commands/T0/1/x', API],
    ['https://hooks.slack.com.example.com/x', API],
    ['https://hooks.slack.com@example.com/x', API],
    ['https://xhooks.slack.com/x', API],
    ['https://example.com/?https://hooks.slack.com', API],
    ['ftp://hooks.slack.com/x', API],
    ['http://127.0.0.1:4001/response/x', 'http://127.0.0.1:4000/api/'],
    ['http://127.0.0.1:4000/response/x', API],
    ['/commands/x', API],
    ['', API],
  ])('rejects %j if the API is at %s', (url, api) => {
    expect(isSlackUrl(url, api)).toBe(false);
  });
});
