import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import {
  calm,
  expectClean,
  live,
  says,
  startWorld,
  textOf,
  type Words,
  type World,
  type WorldOptions,
} from '../harness.ts';

/** Nobody waits longer than this for a message, even on a busy machine. */
export const NOTHING_HANGS_MS = 45_000;

/** Runs a scenario in its own world, and expects that the bot still works afterwards and leaked nothing. */
export async function inWorld(
  options: WorldOptions,
  scenario: (world: World) => Promise<void>,
  { violations = false } = {},
): Promise<void> {
  await calm();
  const world = await startWorld(options);
  try {
    await scenario(world);
    world.auth0.clearFaults();
    world.slack.clearFaults();
    await expectAlive(world);
    // Some faults make the bot break Slack's rules, for example by using a trigger that has expired.
    if (violations) world.slack.violations.length = 0;
    expectClean(world);
  } finally {
    await world.stop();
  }
}

/** Expects that the bot answers once the faults are gone. */
async function expectAlive({ slack, tom, sales }: World): Promise<void> {
  const alive = () => tom.sees(sales.id).some((each) => says(textOf(each), sentences.HELP_INTRO));
  const deadline = Date.now() + 30_000;
  while (!alive() && Date.now() < deadline) {
    await tom.command(sales.id, 'help');
    await sleep(200);
  }
  expect(
    alive(),
    slack.calls
      .slice(-3)
      .map(({ method }) => method)
      .join(),
  ).toBe(true);
}

/** Everything that Maria sees now: the modal, its errors, and the messages. */
export function reads({ maria, slack }: World): string {
  const view = maria.modal;
  const messages = slack.messages.filter(
    ({ visibleTo, deleted, channel }) =>
      !deleted &&
      (visibleTo === maria.id || (!visibleTo && maria.conversations.some(({ id }) => id === channel))),
  );
  return [
    view ? `${view.title.text} ${textOf(view)}` : '',
    ...Object.values(maria.errors),
    ...messages.map((each) => textOf(each)),
  ].join('\n');
}

/** Waits until Maria sees this text. */
export function untilReads(world: World, words: Words, timeoutMs = NOTHING_HANGS_MS): Promise<true> {
  return world.slack.until(() => says(reads(world), words) || undefined, timeoutMs);
}

/** The parsed log lines that have all of these fields. */
export function logged({ log }: World, fields: Record<string, unknown>): Record<string, unknown>[] {
  return log
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
}

/** Expects this many live tickets whose link someone got, and `lost` more whose link nobody has seen. */
export function expectLive(world: World, { seen, lost = 0 }: { seen: number; lost?: number }): void {
  const got = live(world).filter(({ id }) =>
    world.slack.messages.some(
      ({ visibleTo, deleted, blocks }) => visibleTo && !deleted && JSON.stringify(blocks).includes(id),
    ),
  );
  expect(got).toHaveLength(seen);
  expect(live(world)).toHaveLength(seen + lost);
}
