import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuth0 } from '../stand-ins/auth0/server.ts';
import type { BotProcess } from '../stand-ins/bot-process.ts';
import { botSettings, type Mode } from '../stand-ins/bot-settings.ts';
import { createCertificate } from '../stand-ins/certificate.ts';
import { addPeople, GWEN, MARIA } from '../stand-ins/people.ts';
import { type Channel, type Slack, startSlack } from '../stand-ins/slack/server.ts';
import { shiftBotTime, startBot } from './bot.ts';
import { Clock } from './clock.ts';
import { Guide } from './guide.ts';
import { readManifest } from './manifest.ts';
import { listen, servePage } from './server.ts';
import type { Running } from './state.ts';
import { Switches } from './switches.ts';

const STOP_TIMEOUT_MS = 3_000;

export interface PlaygroundOptions {
  /** How Slack reaches the bot: signed requests, or Socket Mode. */
  mode?: Mode;
  /** The port of the page. If it is in use, the next free port is used. */
  port?: number;
  /** Where links open, such as `https://acme.eu.auth0.com`. By default on this machine, over plain HTTP. */
  linkOrigin?: string;
  /** Receives the bot's warnings and errors. */
  log?: (line: string) => void;
}

/** The bot, the stand-ins that it uses, and the page that shows them. */
export interface Playground extends Running {
  readonly url: string;
  readonly port: number;
  readonly bot: BotProcess;
  stop(): Promise<void>;
}

/** Starts the bot, the stand-ins and the page. */
export async function startPlayground({
  mode = 'http',
  port = 4180,
  linkOrigin,
  log = () => undefined,
}: PlaygroundOptions = {}): Promise<Playground> {
  const manifest = await readManifest();
  const folder = await mkdtemp(join(tmpdir(), 'sso-playground-'));
  const certificate = await createCertificate();
  const commandName = manifest.commands[0]?.command ?? '/sso-ticket';
  const [slack, auth0] = await Promise.all([startSlack({ commandName }), startAuth0(certificate)]);
  const channel = addConversations(slack);
  auth0.scopes.push('read:logs');
  const switches = new Switches(slack, auth0, channel);
  const guide = new Guide(auth0, slack);

  const stops: (() => Promise<unknown>)[] = [
    () => slack.stop(),
    () => auth0.stop(),
    () => rm(folder, { recursive: true }),
  ];
  const stop = async () => {
    for (const stopPart of stops.splice(0)) await stopPart();
  };
  try {
    if (linkOrigin) auth0.linkOrigin = linkOrigin;
    else await auth0.openLinksOverHttp();
    const certFile = join(folder, 'cert.pem');
    await writeFile(certFile, certificate.cert);
    const settings = {
      ...botSettings(slack, auth0, mode),
      DATA_DIR: join(folder, 'data'),
      EDITORS: MARIA.id,
      PROFILE_EDITORS: MARIA.id,
      ACCESS_CONTACT: MARIA.name,
      SLASH_COMMAND: commandName,
      TENANT_LABEL: 'Playground',
      DEFAULT_PROFILE_ID: auth0.profiles[0]?.id ?? '',
      NODE_EXTRA_CA_CERTS: certFile,
    };
    const { bot, port: botPort } = await startBot(settings, folder, log);
    let stopping = false;
    stops.unshift(() => {
      stopping = true;
      return bot.stop(STOP_TIMEOUT_MS);
    });
    bot.child.once('exit', () => {
      if (!stopping) log(`The bot has stopped (${bot.ended}). Start the playground again.`);
    });
    if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${botPort}/slack/events`;
    const clock = new Clock((ms) => shiftBotTime(bot, ms));
    stops.push(async () => clock.stop());

    const running = { mode, manifest, slack, auth0, bot, switches, guide, clock };
    const server: Server = servePage(running);
    const pagePort = await listen(server, port);
    stops.unshift(async () => {
      server.close();
      server.closeAllConnections();
    });
    return { ...running, port: pagePort, url: `http://127.0.0.1:${pagePort}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adds the people and conversations of the page. @returns the channel that the bot is in */
function addConversations(slack: Slack): Channel {
  const { sales } = addPeople(slack);
  sales.members.add(slack.addUser(GWEN).id);
  // Each person's direct messages with the bot, where receipts arrive.
  for (const id of sales.members)
    slack.addChannel({ id: `D0BOT${id}`, kind: 'im', members: [id], botIsMember: true });
  return sales;
}
