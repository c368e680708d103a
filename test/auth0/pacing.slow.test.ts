import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallQueue, type RateLimitWait } from '../../src/auth0/call-queue.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { ManagementApi } from '../../src/auth0/management-api.ts';
import { RateLimiter } from '../../src/auth0/rate-limiter.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { botSettings } from '../../stand-ins/bot-settings.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import { testCertificate } from '../setup.ts';

const log = createLog('error', { write: () => undefined });

describe('many simultaneous calls', () => {
  let slack: Slack;
  let auth0: Auth0;
  beforeEach(async () => {
    [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
  });
  afterEach(() => Promise.all([slack.stop(), auth0.stop()]));

  const newApi = () => {
    const config = readConfig(botSettings(slack, auth0, 'http')).auth0;
    const stopping = new AbortController().signal;
    setMaxListeners(0, stopping);
    return new ManagementApi({ config, log, stopping });
  };
  const lookUps = () => auth0.requests.filter(({ path }) => path.endsWith('/connections'));

  it.each([
    ['ten per second', { perMinute: 600, burst: 10 }, 0],
    ['ten per second and responds slowly', { perMinute: 600, burst: 10 }, 150],
    ['four per second', { perMinute: 240, burst: 10 }, 20],
  ])('finish in order, with at most 10% retries, if Auth0 accepts %s', async (_, limit, latency) => {
    const api = newApi();
    await api.connectionByName('first', { deadline: Date.now() + 5_000 });
    auth0.endpointLimits = { 'GET /connections': limit };
    auth0.latency = latency;
    auth0.requests.length = 0;
    const names = Array.from({ length: 60 }, (_, index) => `customer-${index}`);
    const answered: string[] = [];
    const startedAt = performance.now();
    const all = names.map(async (name) => {
      await api.connectionByName(name, { deadline: Date.now() + 30_000 });
      answered.push(name);
    });
    await Promise.all(all);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(lookUps().length / names.length).toBeLessThanOrEqual(1.1);
    const accepted = lookUps().filter(({ status }) => status === 200);
    expect(accepted).toHaveLength(names.length);
    // Ten run at a time, so an answer can come up to nine places early or late.
    for (const [index, name] of answered.entries())
      expect(Math.abs(names.indexOf(name) - index)).toBeLessThan(10);
    const fastest = (names.length - limit.burst) / (limit.perMinute / 60);
    expect(seconds).toBeLessThan(fastest + 3);
  });

  it('do not delay calls to other endpoints or calls that do not wait', async () => {
    const api = newApi();
    auth0.endpointLimits = { 'GET /connections': { perMinute: 240, burst: 4 } };
    const all = Array.from({ length: 20 }, (_, index) =>
      api.connectionByName(`customer-${index}`, { deadline: Date.now() + 30_000 }),
    );
    await sleep(300);
    const startedAt = performance.now();
    await api.organizationByName('customer');
    // Without a deadline, a call is accepted or refused immediately.
    await api.connectionByName('other').catch((error: unknown) => expect(error).toBeInstanceOf(Auth0Error));
    expect(performance.now() - startedAt).toBeLessThan(500);
    await Promise.all(all);
  });
});

describe('a remaining allowance', () => {
  const inMs = (ms: number) => String((Date.now() + ms) / 1000);
  const headers = (remaining: string, reset: string) =>
    new Headers({
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': reset,
    });

  /** Makes one call whose answer has these headers, then 12 calls that never end. */
  async function runningAfter(answer: Headers, waits: RateLimitWait[] = []) {
    const limiter = new RateLimiter();
    const queue = new CallQueue(limiter);
    const wait = {
      deadline: Date.now() + 60_000,
      onWait: (each?: RateLimitWait) => void (each && waits.push(each)),
    };
    await queue.interactive('POST', async () => limiter.observe('POST', answer));
    let running = 0;
    for (let index = 0; index < 12; index += 1) {
      const call = () => {
        running += 1;
        return new Promise(() => undefined);
      };
      // Calls that don't start give up after 30 seconds, when the test is over.
      queue.interactive('POST', call, wait).catch(() => undefined);
    }
    await sleep(50);
    return { now: () => running, queue };
  }

  it('limits how many calls run, but not forever if calls hang', async () => {
    const running = await runningAfter(headers('3', inMs(500)));
    expect(running.now()).toBe(3);
    await sleep(2_200);
    expect(running.now()).toBe(10);
  });

  it('of zero holds calls back until the reset, then lets one through first', async () => {
    const waits: RateLimitWait[] = [];
    const running = await runningAfter(headers('0', inMs(400)), waits);
    expect(running.now()).toBe(0);
    expect(waits.map(({ ahead }) => ahead)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(await running.queue.interactive('POST', async () => 'does not wait')).toBe('does not wait');
    await sleep(500);
    expect(running.now()).toBe(1);
    await sleep(2_200);
    expect(running.now()).toBe(10);
  });

  it('of zero lets one call through if the reset has just passed', async () => {
    expect((await runningAfter(headers('0', inMs(-100)))).now()).toBe(1);
  });

  it.each([
    ['missing', new Headers()],
    ['not numbers', headers('none', 'soon')],
    ['negative', headers('-1', inMs(500))],
    ['a reset a minute ago', headers('0', inMs(-60_000))],
    ['a reset in an hour', headers('0', inMs(3_600_000))],
    ['a reset in milliseconds', headers('0', String(Date.now()))],
  ])('is ignored if the headers are invalid: %s', async (_, answer) => {
    expect((await runningAfter(answer)).now()).toBe(10);
  });
});
