import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, newPerson, reset, startBot, type World } from './world.ts';

/** Of every call to Auth0, in ms. */
export const AUTH0_LATENCY_MS = 300;

/**
 * The median time in ms from the first command to its form. Nothing is stored, so the bot loads its lists from Auth0.
 * It has a token: it asks for one when it starts.
 */
export async function timeColdForms(world: World, count: number): Promise<number> {
  const { auth0, slack, channel } = world;
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-form-'));
    reset(world);
    const bot = await startBot(world, 'bot', 'http', { DATA_DIR: folder });
    await slack.until(() => auth0.requests.some(({ path, status }) => path === '/oauth/token' && status));
    auth0.latency = AUTH0_LATENCY_MS;
    const person = newPerson(world, 'First');
    const start = performance.now();
    await person.command(channel.id, '');
    await slack.until(() => person.modal?.submit, 20_000);
    times.push(performance.now() - start);
    auth0.latency = 0;
    await bot.stop();
    rmSync(folder, { recursive: true });
  }
  return median(times);
}
