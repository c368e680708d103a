import { afterEach, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { Slack } from '../../stand-ins/slack/server.ts';
import {
  CONTEXT,
  createLink,
  expectClean,
  fillNew,
  live,
  message,
  modal,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;

afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const AUDIT = 'C0AUDIT';
const addChannel = (slack: Slack, botIsMember = true) =>
  slack.addChannel({ id: AUDIT, name: 'audit', kind: 'public', members: ['U0TOM', 'U0MARIA'], botIsMember });

const CREATED = `${sentences.AUDIT_ACTIONS.ticket_made} for acme-corp`;

it('lets an editor revoke a link from the audit channel', async () => {
  world = await startWorld({
    workspace: (slack) => addChannel(slack),
    env: { AUDIT_CHANNEL: AUDIT, EDITORS: 'U0TOM' },
  });
  const { maria, tom } = world;
  await createLink(world);
  const posted = await message(world, tom, AUDIT, CREATED);
  const before = JSON.stringify(posted.blocks);
  await tom.press(sentences.REVOKE_LINK, posted);
  await message(world, tom, AUDIT, sentences.revoked('acme-corp', CONTEXT));
  expect(live(world)).toEqual([]);
  expect(JSON.stringify(posted.blocks)).toBe(before);
  await message(world, maria, AUDIT, `${sentences.AUDIT_ACTIONS.ticket_revoked} for acme-corp`);
});

it('retries an audit message that Slack rejected', async () => {
  world = await startWorld({ workspace: (slack) => addChannel(slack), env: { AUDIT_CHANNEL: AUDIT } });
  const { maria, slack } = world;
  await fillNew(world);
  slack.fail('chat.postMessage', { error: 'internal_error' });
  await maria.submit();
  await modal(world, maria, sentences.DONE_TITLE);
  slack.clearFaults();
  await message(world, maria, AUDIT, CREATED);
});

it('delivers links and logs a warning if the bot is not in the audit channel', async () => {
  world = await startWorld({
    workspace: (slack) => addChannel(slack, false),
    env: { AUDIT_CHANNEL: AUDIT },
  });
  const { slack, log } = world;
  await slack.until(() => log.some((line) => line.includes(`not a member of AUDIT_CHANNEL ${AUDIT}`)));
  await createLink(world);
  await slack.until(() =>
    log.some((line) => line.includes('The message to AUDIT_CHANNEL could not be posted')),
  );
  expect(textOf(world.maria.sees(world.sales.id).at(-1))).toContain('acme-corp');
});
