import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WriteQueue } from '../../src/database/write-queue.ts';
import { createLog } from '../../src/lib/log.ts';
import { DenialLog, MAX_DENIED_PEOPLE } from '../../src/slack/denial-log.ts';
import { AuditLog } from '../../src/tickets/audit.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  audits,
  expectClean,
  holdDate,
  MODES,
  message,
  pass,
  settled,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const MINUTE = 61_000;
const REFUSED = /^You don't have access to \/sso-ticket/;

describe.each(MODES)('someone without access over %s', (mode) => {
  let world: World;
  let gil: Person;
  const denials = () => audits(world, 'access_denied');

  beforeEach(async () => {
    holdDate();
    world = await startWorld({ mode, env: { TENANT_LABEL: 'Staging' } });
    const { slack, sales } = world;
    gil = slack.as(slack.addUser({ name: 'Gil', guest: true }).id);
    sales.members.add(gil.id);
  });
  afterEach(async () => {
    expectClean(world);
    await world.stop();
    vi.useRealTimers();
  });

  it('is told so in the acknowledgement of every command, without an API call', async () => {
    const { slack, sales, tom } = world;
    // Without a response_url, only the acknowledgement can say it.
    slack.alter = ({ response_url: _, ...payload }) => payload;
    await gil.command(sales.id, 'help');
    const calls = slack.calls.length;
    for (const text of ['', 'edit acme', 'profiles', 'help']) {
      const { ok, ...delivery } = await gil.command(sales.id, text);
      expect(ok).toBe(true);
      expect(delivery).toMatchObject({
        ack: { response_type: 'ephemeral', text: expect.stringMatching(REFUSED) },
      });
    }
    await settled();
    const told = gil.sees(sales.id);
    expect(told).toHaveLength(5);
    for (const each of told) {
      expect(each).toMatchObject({ via: 'ack', visibleTo: gil.id, stored: false });
      expect(textOf(each)).toMatch(/You don't have access.*Tenant: Staging/);
    }
    expect(tom.sees(sales.id)).toEqual([]);
    expect(slack.calls.slice(calls)).toEqual([]);
  });

  it('gets one audit line a minute, and another that counts the rest', async () => {
    const { sales } = world;
    const first = {
      event: 'access_denied',
      user: gil.id,
      channel: sales.id,
      what: 'command',
      reason: 'user',
    };
    for (let times = 0; times < 4; times += 1) await gil.command(sales.id, 'help');
    expect(denials()).toMatchObject([first]);
    expect(denials()[0]).not.toHaveProperty('count');
    pass(MINUTE);
    await gil.command(sales.id, 'help');
    const rest = { event: 'access_denied', user: gil.id, reason: 'user' };
    expect(denials()).toMatchObject([first, { ...rest, count: 3 }, first]);
    await gil.command(sales.id, 'help');
    await world.app.stop();
    expect(denials()).toMatchObject([first, { ...rest, count: 3 }, first, { ...rest, count: 1 }]);
  });

  it('gets a line for each reason, even if someone else is denied too', async () => {
    const { slack, sales } = world;
    const pia = slack.as(slack.addUser({ name: 'Pia', guest: true }).id);
    sales.members.add(pia.id);
    for (const person of [gil, pia, gil, pia]) await person.command(sales.id, 'help');
    slack.alter = (payload) => ({ ...payload, team_id: 'T0OTHER' });
    await gil.command(sales.id, 'help');
    expect(denials().map(({ user, reason }) => [user, reason])).toEqual([
      [gil.id, 'user'],
      [pia.id, 'user'],
      [gil.id, 'workspace'],
    ]);
  });

  it('is told so once a minute after clicks', async () => {
    const { maria, slack, sales } = world;
    await maria.command(sales.id, 'profiles');
    const list = await message(world, maria, sales.id, /2 self-service profiles/);
    const told = () => gil.sees(sales.id).filter(({ text }) => REFUSED.test(text));
    const pia = slack.as(slack.addUser({ name: 'Pia', guest: true }).id);
    sales.members.add(pia.id);
    for (let times = 0; times < 3; times += 1) await gil.press('Create link', list);
    await slack.until(() => told().length === 1);
    // Another person is told too, and a command is still answered.
    await pia.press('Create link', list);
    await message(world, pia, sales.id, REFUSED);
    await gil.command(sales.id, 'help');
    await settled();
    expect(told().map(({ via }) => via)).toEqual(['response_url', 'ack']);
    pass(MINUTE);
    await gil.press('Create link', list);
    await slack.until(() => told().length === 3);
    expect(denials().filter(({ user }) => user === gil.id)).toMatchObject([
      { what: 'open_form' },
      { count: 3 },
      { what: 'open_form' },
    ]);
  });
});

describe('the denial log', () => {
  const lines: string[] = [];
  const newLog = () => {
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const store = { add: async () => undefined, finish: async () => undefined };
    const queue = new WriteQueue({ log });
    return new DenialLog({ audit: new AuditLog({ log, store, queue, onEvent: () => undefined }) });
  };
  const written = () => audits({ log: lines }).map(({ user, what, count }) => ({ user, what, count }));

  beforeEach(() => {
    lines.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('writes a count at the end of the minute if there were more denials', () => {
    const log = newLog();
    log.write({ user: 'U1', what: 'command', reason: 'user' });
    log.write({ user: 'U2', what: 'command', reason: 'user' });
    log.write({ user: 'U1', what: 'open_form', reason: 'user' });
    log.write({ user: 'U1', what: 'command', reason: 'user' });
    vi.advanceTimersByTime(59_999);
    expect(written()).toEqual([
      { user: 'U1', what: 'command' },
      { user: 'U2', what: 'command' },
    ]);
    vi.advanceTimersByTime(1);
    expect(written().slice(2)).toEqual([{ user: 'U1', count: 2 }]);
    vi.advanceTimersByTime(3_600_000);
    expect(written()).toHaveLength(3);
  });

  it('does not keep the process alive', () => {
    vi.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    const log = newLog();
    log.write({ user: 'U1', what: 'command', reason: 'user' });
    expect(timers()).toBe(before);
    log.flush();
  });

  it('remembers a limited number of people without losing a count', () => {
    const log = newLog();
    for (let at = 0; at <= MAX_DENIED_PEOPLE; at += 1) {
      for (let times = 0; times < 3; times += 1) log.write({ user: `U${at}`, what: 'x', reason: 'user' });
    }
    expect(vi.getTimerCount()).toBe(MAX_DENIED_PEOPLE);
    // The first person was dropped to make room.
    expect(written().filter(({ user }) => user === 'U0')).toEqual([
      { user: 'U0', what: 'x' },
      { user: 'U0', count: 2 },
    ]);
    log.flush();
    expect(vi.getTimerCount()).toBe(0);
    const counted = written().reduce((sum, { count = 1 }) => sum + Number(count), 0);
    expect(counted).toBe(3 * (MAX_DENIED_PEOPLE + 1));
  });
});
