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

/** Nobody waits for longer than this without a word, whatever is broken; a busy machine has its part in it. */
export const NOTHING_HANGS_MS = 45_000;

/** Runs a scenario in a world of its own; afterwards the bot must still do its job, and nothing may be out. */
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
    // Some faults make the bot do what Slack complains of, such as to use a trigger that is too old by now.
    if (violations) world.slack.violations.length = 0;
    expectClean(world);
  } finally {
    await world.stop();
  }
}

/** The process is there and answers, once all is well again. */
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

/** Everything that a person reads just now: the modal, with its errors, and the messages of a conversation. */
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

/** Waits until the person reads something that says this. */
export function untilReads(world: World, words: Words, timeoutMs = NOTHING_HANGS_MS): Promise<true> {
  return world.slack.until(() => says(reads(world), words) || undefined, timeoutMs);
}

/** The lines of the log, parsed, that hold all of this. */
export function logged({ log }: World, fields: Record<string, unknown>): Record<string, unknown>[] {
  return log
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
}

/** No ticket is live but those whose link somebody got; `lost` more may be, that nobody has seen. */
export function expectLive(world: World, { seen, lost = 0 }: { seen: number; lost?: number }): void {
  const got = live(world).filter(({ id }) =>
    world.slack.messages.some(
      ({ visibleTo, deleted, blocks }) => visibleTo && !deleted && JSON.stringify(blocks).includes(id),
    ),
  );
  expect(got).toHaveLength(seen);
  expect(live(world)).toHaveLength(seen + lost);
}
