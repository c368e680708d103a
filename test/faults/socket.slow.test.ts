import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FORM_SUBMIT } from '../../src/slack/sentences.ts';
import type { Delivery } from '../../stand-ins/slack/server.ts';
import {
  creates,
  fillNew,
  holdDate,
  MODES,
  message,
  modal,
  pass,
  settled,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';
import { inWorld, logged, reads, untilReads } from './scenario.ts';

/** Slack's reasons for a connection that is about to close. */
const REASONS = ['refresh_requested', 'warning', 'link_disabled'];
/** Longer than all of the bot's attempts and waits, even on a busy machine. */
const RECONNECTED_MS = 90_000;
const NOT_ACKNOWLEDGED = 'The connection ended before an acknowledgement. The work goes on';

const opens = ({ slack }: World) => slack.calls.filter(({ method }) => method === 'apps.connections.open');

/** Closes the connection while a step that came over it is in progress. */
async function closeDuring({ slack }: World, reason: string, step: () => Promise<Delivery>) {
  slack.fail('users.info', { delay: 300 }, 1);
  const delivered = step();
  await slack.refreshSockets(reason, 0);
  expect(await delivered).toMatchObject({ ok: false });
}

describe.concurrent('a connection that Slack is about to close', () => {
  it.each(REASONS)('because of %s is replaced before it closes, and no command is lost', (reason) =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack, maria, sales } = world;
      let isRefreshing = true;
      const refreshed = slack.refreshSockets(reason).then(() => {
        isRefreshing = false;
      });
      while (isRefreshing) {
        expect(await maria.command(sales.id, 'help')).toMatchObject({ ok: true });
        await sleep(50);
      }
      await refreshed;
      await slack.until(() => slack.socketCount === 1);
      expect(slack.socketCounts).toEqual([1, 2, 1]);
      expect(opens(world)).toHaveLength(2);
    }),
  );

  it('is closed by the bot if Slack leaves it open', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      void slack.refreshSockets('warning', 3_600_000);
      await slack.until(() => slack.socketCount === 2);
      await slack.until(() => slack.socketCount === 1, RECONNECTED_MS);
      expect(slack.socketCounts).toEqual([1, 2, 1]);
    }));

  it('is replaced after it closes if Slack allows no second connection', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      slack.maxSockets = 1;
      await slack.refreshSockets('warning', 2_000);
      await slack.until(() => slack.socketCounts.length === 3, RECONNECTED_MS);
      expect(slack.socketCounts).toEqual([1, 0, 1]);
      expect(logged(world, { msg: 'The Socket Mode connection could not be opened' })[0]?.error).toMatch(
        /too_many_websockets/,
      );
    }));

  it('is replaced only once if Slack announces it twice', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      const refreshed = [
        slack.refreshSockets('warning', 500),
        slack.refreshSockets('refresh_requested', 500),
      ];
      await Promise.all(refreshed);
      await slack.until(() => slack.socketCount === 1);
      await settled();
      expect(opens(world)).toHaveLength(2);
    }));

  it('and its replacement handle an envelope only once if it comes over both', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack, maria, sales } = world;
      void slack.refreshSockets('warning', 60_000);
      await slack.until(() => slack.socketCount === 2);
      slack.duplicateEnvelopes = true;
      await maria.command(sales.id, 'help');
      await slack.until(() => logged(world, { msg: 'An envelope arrived a second time' })[0]);
      await message(world, maria, sales.id, /You can type/);
      await settled();
      expect(maria.sees(sales.id).filter((shown) => /You can type/.test(textOf(shown)))).toHaveLength(1);
      slack.duplicateEnvelopes = false;
    }));

  it.each(REASONS)('because of %s does not stop a command in progress if it closes immediately', (reason) =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { maria, sales } = world;
      await closeDuring(world, reason, () => maria.command(sales.id, ''));
      await modal(world, maria, /New SSO connection/);
      expect(reads(world)).not.toMatch(/may not have done/);
      expect(logged(world, { msg: NOT_ACKNOWLEDGED })).toHaveLength(1);
    }),
  );

  it('does not stop a shortcut in progress if it closes immediately', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { maria } = world;
      await closeDuring(world, 'refresh_requested', () => maria.shortcut('create_sso_ticket'));
      await modal(world, maria, /New SSO connection/);
      expect(logged(world, { msg: NOT_ACKNOWLEDGED })).toHaveLength(1);
    }));

  it('does not stop a click in progress if it closes immediately', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { maria, tom, sales, slack } = world;
      await maria.command(sales.id, 'profiles');
      const profiles = await slack.until(() =>
        slack.messages.find((shown) => /self-service profiles/.test(textOf(shown))),
      );
      await closeDuring(world, 'refresh_requested', () => tom.press(FORM_SUBMIT, profiles));
      await modal(world, tom, /New SSO connection/);
      expect(logged(world, { msg: NOT_ACKNOWLEDGED })).toHaveLength(1);
    }));
});

describe.concurrent('a lost connection', () => {
  it.each([
    'invalid_auth',
    'not_authed',
    'account_inactive',
    'user_removed_from_team',
    'team_disabled',
    'missing_scope',
    'internal_error',
  ])('is reopened after four %s errors, with growing waits and an error in the log for each', (error) =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      const before = opens(world).length;
      slack.fail('apps.connections.open', { error }, 4);
      slack.disconnectSockets();
      await slack.until(() => opens(world).length === before + 5, RECONNECTED_MS);
      await slack.until(() => slack.socketCount === 1);
      const lines = logged(world, { msg: 'The Socket Mode connection could not be opened' });
      expect(lines.map(({ level, failures }) => [level, failures])).toEqual(
        [1, 2, 3, 4].map((failures) => ['error', failures]),
      );
      // The waits grow.
      const times = opens(world).map(({ at }) => at);
      const waits = times.slice(before + 1).map((at, index) => at - (times[before + index] ?? 0));
      for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThan(450 * 2 ** index);
    }),
  );

  it('is reopened after a WebSocket request that is never answered', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      const before = opens(world).length;
      slack.hangUpgrades = 1;
      slack.disconnectSockets();
      await slack.until(() => slack.socketCounts.length === 3, RECONNECTED_MS);
      expect(opens(world)).toHaveLength(before + 2);
    }));

  it('is reopened quickly after a closing handshake that leaves the TCP connection open', () =>
    inWorld(
      {
        mode: 'socket',
        workspace: (slack) => {
          slack.leaveTcpOpen = true;
        },
      },
      async (world) => {
        const { slack } = world;
        const closedAt = Date.now();
        await slack.refreshSockets(undefined, 0);
        const [, second] = await slack.until(() => opens(world).length === 2 && opens(world));
        // Sooner than the client's pong timeout of 5 seconds.
        expect((second?.at ?? 0) - closedAt).toBeLessThan(4_500);
        await slack.until(() => slack.socketCount === 1);
      },
    ));

  it('is reopened at the first attempt', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      slack.disconnectSockets();
      await slack.until(() => slack.socketCounts.length === 3);
      expect(slack.socketCounts).toEqual([1, 0, 1]);
      expect(logged(world, { msg: 'The Socket Mode connection could not be opened' })).toEqual([]);
    }));
});

describe.concurrent('a bot that stops', () => {
  /** Expects that no connection is open, and that none opens later. */
  async function expectStopped(world: World): Promise<void> {
    const { slack } = world;
    await slack.until(() => slack.socketCount === 0);
    const { length } = opens(world);
    await sleep(1_500);
    expect(slack.socketCount).toBe(0);
    expect(opens(world)).toHaveLength(length);
  }

  it.each([false, true])('closes a connection and its replacement (TCP left open: %s)', async (leave) => {
    const world = await startWorld({
      mode: 'socket',
      workspace: (slack) => {
        slack.leaveTcpOpen = leave;
      },
    });
    void world.slack.refreshSockets('warning', 60_000);
    await world.slack.until(() => world.slack.socketCount === 2);
    await world.app.stop();
    await expectStopped(world);
    await world.stop();
  });

  it('opens no connection if it was reconnecting', async () => {
    const world = await startWorld({ mode: 'socket' });
    const { slack, app } = world;
    const before = opens(world).length;
    slack.fail('apps.connections.open', { error: 'internal_error' });
    slack.disconnectSockets();
    await slack.until(() => opens(world).length > before);
    slack.clearFaults();
    await app.stop();
    await expectStopped(world);
    await world.stop();
  });

  it('keeps no connection if apps.connections.open is still in progress', async () => {
    const world = await startWorld({ mode: 'socket' });
    const { slack, app } = world;
    slack.fail('apps.connections.open', { delay: 2_000 });
    slack.disconnectSockets();
    await slack.until(
      () => logged(world, { msg: 'The Socket Mode connection is ending. The bot opens a new one' })[0],
    );
    await settled();
    await app.stop();
    await slack.until(() => opens(world).length > 1);
    await expectStopped(world);
    await world.stop();
  });
});

describe.concurrent.each(MODES)('/healthz over %s', (mode) => {
  it('answers 503 while Slack rejects the bot token, and then 200 again', async () => {
    const world = await startWorld({ mode });
    const { slack, port } = world;
    const get = (page: string) => fetch(`http://127.0.0.1:${port}/${page}`);
    const health = async (wanted: number) => {
      const deadline = performance.now() + RECONNECTED_MS;
      const status = () => get('healthz').then((response) => response.status);
      while ((await status()) !== wanted && performance.now() < deadline) await sleep(100);
      expect(await status()).toBe(wanted);
      // A restart wouldn't help, so the bot stays live.
      expect((await get('livez')).status).toBe(200);
    };
    await health(200);
    slack.fail('auth.test', { error: 'token_revoked' });
    await health(503);
    slack.clearFaults();
    await health(200);
    await world.stop();
  });
});

it('the bot starts even if a WebSocket request is never answered, and connects later', () =>
  inWorld(
    {
      mode: 'socket',
      workspace: (slack) => {
        slack.hangUpgrades = 1;
      },
    },
    async (world) => {
      const { slack } = world;
      const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
      const fields = { version, port: world.port, mode: 'socket' };
      const yet = 'Not connected to Slack yet; trying again';
      expect(logged(world, { level: 'warn', msg: yet })).toMatchObject([fields]);
      expect(logged(world, { msg: 'The bot is ready' })).toEqual([]);
      await slack.until(() => slack.socketCount === 1, RECONNECTED_MS);
      await slack.until(() => logged(world, { msg: 'The bot is ready' }).length > 0);
      expect(logged(world, { msg: 'The bot is ready' })).toMatchObject([fields]);
    },
  ));

// Not concurrent, because it changes the date.
describe('a submission', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('whose connection closes before its acknowledgement creates no ticket', () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { maria } = world;
      holdDate();
      await fillNew(world);
      // After a minute, the bot has to ask Slack again who Maria is.
      pass(61_000);
      await closeDuring(world, 'refresh_requested', () => maria.submit());
      await untilReads(world, /may not have done/);
      expect(creates(world)).toEqual([]);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      vi.useRealTimers();
    }));
});
