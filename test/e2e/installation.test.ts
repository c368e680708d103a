import { afterEach, describe, expect, it } from 'vitest';
import { linkTitle, ORG_WIDE_INSTALL } from '../../src/slack/sentences.ts';
import {
  audits,
  expectClean,
  fillNew,
  live,
  MODES,
  message,
  modal,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const GRID = 'E0GRID';

let world: World;
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

describe.each(MODES)('an org-wide installation (%s)', (mode) => {
  it.each(['everyone', 'U0MARIA', 'S0CREW'])(
    'is reported at startup and to users with ALLOWED=%s',
    async (allowed) => {
      world = await startWorld({
        mode,
        env: { ALLOWED: allowed, ACCESS_CONTACT: '#identity-team' },
        workspace: (slack) => {
          slack.enterpriseId = GRID;
          slack.orgWide = true;
          slack.userGroups.set('S0CREW', new Set(['U0MARIA']));
        },
      });
      const { maria, sales, log } = world;
      expect(log.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ level: 'error', msg: ORG_WIDE_INSTALL }),
      );
      await maria.command(sales.id, '');
      const answer = await message(world, maria, sales.id, ORG_WIDE_INSTALL);
      expect(textOf(answer)).toContain(`${ORG_WIDE_INSTALL} Ask #identity-team.`);
      await maria.shortcut('create_sso_ticket');
      await modal(world, maria, ORG_WIDE_INSTALL);
      expect(audits(world, 'access_denied').map(({ reason }) => reason)).toEqual(['org_wide']);
    },
  );
});

describe.each(MODES)('a workspace in an Enterprise Grid organization (%s)', (mode) => {
  it.each(['everyone', 'W0GRID'])('gives only its own members access with ALLOWED=%s', async (allowed) => {
    world = await startWorld({
      mode,
      env: { ALLOWED: allowed },
      workspace: (slack) => {
        slack.enterpriseId = GRID;
      },
    });
    const { slack, sales } = world;
    const member = slack.as(
      slack.addUser({ id: 'W0GRID', name: 'Grace', teams: ['T0OTHER', slack.teamId] }).id,
    );
    const other = slack.as(slack.addUser({ id: 'W0OTHER', name: 'Otto', teams: ['T0OTHER'] }).id);
    for (const { id } of [member, other]) sales.members.add(id);
    await fillNew(world, { person: member });
    await member.submit();
    await message(world, member, sales.id, linkTitle('acme-corp'));
    await modal(world, member, /Your link is ready/);
    expect(live(world)).toHaveLength(1);
    await member.close();
    await member.shortcut('create_sso_ticket');
    await modal(world, member, /New SSO connection/);

    await other.command(sales.id, '');
    await message(world, other, sales.id, /You don't have access/);
    expect(other.modal).toBeUndefined();
  });
});
