import { afterEach, describe, expect, it } from 'vitest';
import { audits, expectClean, MODES, message, startWorld, type World } from '../harness.ts';

let world: World;
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

describe.each(MODES)('a person over %s', (mode) => {
  it.each(['user_not_found', 'user_not_visible', 'team_access_not_granted'])(
    'has no access if users.info answers %s, which is not logged as a failure',
    async (code) => {
      world = await startWorld({ mode });
      const { slack, maria, sales, log } = world;
      slack.fail('users.info', { error: code });
      await maria.command(sales.id, '');
      await message(
        world,
        maria,
        sales.id,
        /^You don't have access to \/sso-ticket\. Ask the person who runs this bot\.$/,
      );
      expect(maria.modal).toBeUndefined();
      expect(audits(world, 'access_denied')).toMatchObject([{ user: maria.id, reason: 'user' }]);
      expect(log.join('\n')).not.toContain("Slack didn't say who a user is");
    },
  );

  it("has no access if the bot can't see them", async () => {
    world = await startWorld({ mode });
    const { slack, sales } = world;
    const stranger = slack.addUser({ name: 'Stranger', visible: false });
    sales.members.add(stranger.id);
    await slack.as(stranger.id).command(sales.id, '');
    await message(world, slack.as(stranger.id), sales.id, /You don't have access/);
    expect(slack.calls.find(({ method }) => method === 'users.info')?.response).toMatchObject({
      error: 'user_not_visible',
    });
  });
});
