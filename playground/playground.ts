import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Auth0, startAuth0 } from '../stand-ins/auth0/server.ts';
import { createCertificate } from '../stand-ins/certificate.ts';
import { type Slack, startSlack } from '../stand-ins/slack/server.ts';
import { type BotProcess, startBot } from './bot.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { listen, servePage } from './server.ts';
import { Switches } from './switches.ts';

export type Mode = 'http' | 'socket';

export interface PlaygroundOptions {
  /** How Slack reaches the bot: by signed requests, or over Socket Mode. */
  mode?: Mode;
  /** Where the page is to be; if that is in use, the next free one. */
  port?: number;
  /** Hears what the bot warns of, and its end. */
  say?: (line: string) => void;
}

/** The bot between a Slack and an Auth0 tenant of our own, and the page that shows all three. */
export interface Playground {
  readonly url: string;
  readonly port: number;
  readonly mode: Mode;
  readonly manifest: Manifest;
  readonly slack: Slack;
  readonly auth0: Auth0;
  readonly bot: BotProcess;
  readonly switches: Switches;
  stop(): Promise<void>;
}

/** Starts everything; `npm run build` must have run before. */
export async function startPlayground({
  mode = 'http',
  port = 4180,
  say = () => undefined,
}: PlaygroundOptions = {}): Promise<Playground> {
  const manifest = await readManifest();
  const folder = await mkdtemp(join(tmpdir(), 'sso-playground-'));
  const certificate = await createCertificate();
  const commandName = manifest.commands[0]?.command ?? '/sso-ticket';
  const [slack, auth0] = await Promise.all([startSlack({ commandName }), startAuth0(certificate)]);
  const channel = populate(slack);
  const switches = new Switches(slack, auth0, channel);

  const stops: (() => Promise<unknown>)[] = [
    () => slack.stop(),
    () => auth0.stop(),
    () => rm(folder, { recursive: true }),
  ];
  const stop = async () => {
    for (const each of stops.splice(0)) await each();
  };
  try {
    const certFile = join(folder, 'cert.pem');
    await writeFile(certFile, certificate.cert);
    const settings = {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      ...(mode === 'socket'
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      SLASH_COMMAND: commandName,
      AUTH0_DOMAIN: auth0.domain,
      AUTH0_CLIENT_ID: auth0.clientId,
      AUTH0_CLIENT_SECRET: auth0.clientSecret,
      ALLOW_EVERYONE: 'true',
      TENANT_LABEL: 'Playground',
      DEFAULT_PROFILE_ID: auth0.profiles[0]?.id ?? '',
      PORT: '0',
      NODE_EXTRA_CA_CERTS: certFile,
    };
    const bot = await startBot(settings, folder, say);
    let stopping = false;
    stops.unshift(() => {
      stopping = true;
      return bot.stop();
    });
    bot.onEnd((how) => {
      if (!stopping) say(`The bot has stopped (${how}). Start the playground again.`);
    });
    if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${bot.port}/slack/events`;

    const running = { mode, manifest, slack, auth0, bot, switches };
    const server: Server = servePage(running);
    const at = await listen(server, port);
    stops.unshift(async () => {
      server.close();
      server.closeAllConnections();
    });
    return { ...running, port: at, url: `http://127.0.0.1:${at}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The people and conversations of the page. @returns the channel that the bot is in */
function populate(slack: Slack) {
  const maria = slack.addUser({ id: 'UMARIA', name: 'Maria', tz: 'Europe/Berlin' });
  const tom = slack.addUser({ id: 'UTOM', name: 'Tom', tz: 'America/New_York' });
  const gwen = slack.addUser({ id: 'UGWEN', name: 'Gwen', tz: 'Europe/London', guest: true });
  const both = [maria.id, tom.id];
  const all = [...both, gwen.id];
  const sales = slack.addChannel({
    id: 'CSALES',
    name: 'sales',
    kind: 'public',
    members: all,
    botIsMember: true,
  });
  slack.addChannel({ id: 'CDEALS', name: 'deals-emea', kind: 'private', members: both });
  slack.addChannel({ id: 'DBOTH', kind: 'im', members: both });
  // Each person's own conversation with the bot, where receipts arrive.
  for (const id of all) slack.addChannel({ id: `DBOT${id}`, kind: 'im', members: [id], botIsMember: true });
  return sales;
}
