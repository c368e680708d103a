import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { BotProcess } from '../../stand-ins/bot-process.ts';
import { addPeople } from '../../stand-ins/people.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  botSettings,
  buttonsIn,
  CONTEXT,
  creates,
  databaseSettings,
  expectClean,
  fillNew,
  like,
  live,
  message,
  modal,
  RESPONSE_TIMEOUT_MS,
  says,
  textOf,
  type World,
} from '../harness.ts';
import { testCertificate } from '../setup.ts';

/** SECURITY.md promises a message within this time. */
const MESSAGE_WITHIN_MS = 40_000;

let folder: string;
let slack: Slack;
let auth0: Auth0;
let database: Record<string, string>;
const bots: BotProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-crash-'));
  [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
  database = await databaseSettings(folder);
});
afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.kill()));
  await Promise.all([slack.stop(), auth0.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the built bot over Socket Mode. */
async function startBot(): Promise<BotProcess> {
  const bot = new BotProcess(
    {
      NODE_EXTRA_CA_CERTS: process.env.TEST_TLS_CERT ?? '',
      ...botSettings(slack, auth0, 'socket'),
      ...database,
    },
    { cwd: folder },
  );
  bots.push(bot);
  await bot.waitForLine(/The bot is ready/);
  return bot;
}

function worldOf(bot: BotProcess): World {
  const nothing = () => Promise.resolve();
  const app = { start: async () => ({ port: 0 }), stop: nothing };
  return { slack, auth0, port: 0, app, ...addPeople(slack), log: bot.log, database, stop: nothing };
}

const interruptedText = (interruption: Parameters<typeof sentences.interrupted>[1]) =>
  like(sentences.interrupted('acme-corp', interruption, ANY));

describe.each(['the restarted bot', 'another instance'] as const)('after a crash, %s', (who) => {
  /** Kills the bot, and makes sure that another one runs. Returns the time of the kill. */
  async function crash(bot: BotProcess): Promise<number> {
    if (who === 'another instance') await startBot();
    await bot.kill();
    const killedAt = Date.now();
    if (who !== 'another instance') await startBot();
    return killedAt;
  }

  it('tells the requester that the pending call may have created a link', async () => {
    const bot = await startBot();
    const world = worldOf(bot);
    const { maria } = world;
    await fillNew(world);
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, 'hang');
    await maria.submit();
    await slack.until(() => creates(world).length > 0);
    const killedAt = await crash(bot);
    const warnings = () =>
      slack.messages.filter(
        ({ via, blocks }) =>
          via === 'chat.postMessage' && says(textOf({ blocks }), interruptedText('unknown')),
      );
    const [first] = await slack.until(
      () => (warnings().length > 0 ? warnings() : undefined),
      MESSAGE_WITHIN_MS,
    );
    expect(Date.now() - killedAt).toBeLessThan(MESSAGE_WITHIN_MS);
    expect(buttonsIn(first)).toEqual([sentences.OPEN_FORM_AGAIN]);
    // The form has what was entered before.
    auth0.clearFaults();
    await maria.close();
    await maria.press(sentences.OPEN_FORM_AGAIN, first);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(warnings()).toHaveLength(1);
    expect(creates(world)).toHaveLength(1);
    expectClean(world);
  });

  it('revokes a link that may not have been delivered, and says so', async () => {
    const bot = await startBot();
    const world = worldOf(bot);
    const { maria } = world;
    await fillNew(world);
    slack.fail('response_url', 'hang');
    await maria.submit();
    await slack.until(() => auth0.tickets.length > 0);
    await bot.waitForLine(/ticket_made/);
    const killedAt = await crash(bot);
    slack.clearFaults();
    await slack.until(
      () =>
        slack.messages.some(
          ({ via, blocks }) =>
            via === 'chat.postMessage' && says(textOf({ blocks }), interruptedText('revoked')),
        ),
      MESSAGE_WITHIN_MS,
    );
    expect(Date.now() - killedAt).toBeLessThan(MESSAGE_WITHIN_MS);
    expect(auth0.tickets).toMatchObject([{ state: 'revoked' }]);
    expectClean(world);
  });
});

it('a bot that is killed repeatedly keeps every delivered link and creates none twice', async () => {
  const ROUNDS = 5;
  const names: string[] = [];
  let bot = await startBot();
  const world = worldOf(bot);
  const { maria, tom, sales } = world;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const person of [maria, tom]) {
      const name = `acme-${names.length}`;
      names.push(name);
      await fillNew(world, { person, name });
    }
    await Promise.all([maria.submit(), tom.submit()]);
    // Kill the bot at a different moment in each round.
    await slack.until(() => creates(world).length > round || undefined, 5_000).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, round * 25));
    await bot.kill();
    bot = await startBot();
    for (const person of [maria, tom]) if (person.modal) await person.close();
  }
  // The button of every delivered link works, so the link is on record.
  const links = [maria, tom].flatMap((person) =>
    person
      .sees(sales.id)
      .flatMap((shown) => (buttonsIn(shown).includes(sentences.REVOKE_LINK) ? [{ person, shown }] : [])),
  );
  for (const { person, shown } of links) {
    await person.press(sentences.REVOKE_LINK, shown);
    await message(world, person, sales.id, like(sentences.revoked(ANY, CONTEXT)));
    await slack.until(() => !buttonsIn(shown).includes(sentences.REVOKE_LINK));
  }
  // For every other link that was requested, the bot says that it was revoked or may exist.
  const requested = creates(world).map(({ body }) => JSON.stringify(body));
  expect(new Set(requested).size).toBe(requested.length);
  await slack.until(
    () =>
      names.every(
        (name) =>
          links.some(({ shown }) => JSON.stringify(shown.replaced ?? shown).includes(name)) ||
          !requested.some((body) => body.includes(`"${name}"`)) ||
          slack.messages.some((shown) =>
            says(
              textOf(shown),
              like(sentences.interrupted(name, 'revoked', ANY), sentences.interrupted(name, 'unknown', ANY)),
            ),
          ),
      ),
    MESSAGE_WITHIN_MS,
  );
  expect(live(world).length).toBeLessThanOrEqual(requested.length - links.length);
});
