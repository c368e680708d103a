import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { MARIA } from '../stand-ins/people.ts';
import type { Delivery, Person } from '../stand-ins/slack/server.ts';
import { HOME, type Running, stateFor } from './state.ts';
import { SWITCHES, type Switch } from './switches.ts';

/** How often the server checks for changes. */
const POLL_INTERVAL_MS = 50;
const PORTS_TO_TRY = 20;
const HOUR_MS = 3_600_000;

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** A user action on the page. `where` is a block ID. */
const actionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('goTo'), channel: z.string() }),
  z.object({ do: z.literal('command'), channel: z.string(), text: z.string() }),
  z.object({ do: z.literal('shortcut'), id: z.string() }),
  z.object({ do: z.literal('press'), button: z.string(), where: z.string(), message: z.string().optional() }),
  z.object({ do: z.literal('dismiss'), message: z.string() }),
  z.object({ do: z.literal('reload') }),
  z.object({ do: z.literal('copied'), text: z.string() }),
  z.object({ do: z.literal('type'), where: z.string(), text: z.string() }),
  z.object({ do: z.literal('choose'), where: z.string(), values: z.array(z.string()) }),
  z.object({ do: z.literal('select'), where: z.string(), values: z.array(z.string()) }),
  z.object({ do: z.literal('clear'), where: z.string() }),
  z.object({ do: z.literal('suggest'), where: z.string(), text: z.string() }),
  z.object({ do: z.literal('offered'), where: z.string() }),
  z.object({ do: z.literal('submit') }),
  z.object({ do: z.literal('close') }),
  z.object({ do: z.literal('forward'), hours: z.union([z.literal(1), z.literal(24)]) }),
  // Object.keys returns string[].
  z.object({
    do: z.literal('switch'),
    name: z.enum(Object.keys(SWITCHES) as [Switch, ...Switch[]]),
    on: z.boolean(),
  }),
]);
export type Action = z.output<typeof actionSchema>;

/** Creates the server of the page, which pushes state and receives actions. */
export function servePage(running: Running): Server {
  return createServer((request, response) => {
    serve(running, request, response).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else send(response, 409, 'application/json', JSON.stringify({ error: reason }));
    });
  });
}

/** Listens on 127.0.0.1, on this port or the next free one. Returns the port. */
export async function listen(server: Server, port: number): Promise<number> {
  for (let at = port; ; at += 1) {
    const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve).listen(at, '127.0.0.1', () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!problem) {
      const address = server.address();
      return typeof address === 'object' && address ? address.port : at;
    }
    if (problem.code !== 'EADDRINUSE' || at >= port + PORTS_TO_TRY) throw problem;
  }
}

async function serve(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request;
  const { host = '', origin } = headers;
  // Prevents DNS rebinding and cross-site requests.
  const port = request.socket.localPort;
  const isLocal = host === `127.0.0.1:${port}` || host === `localhost:${port}`;
  if (!isLocal || (origin !== undefined && origin !== `http://${host}`)) {
    send(response, 403, 'text/plain', 'Open this page as localhost.\n');
    return;
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`);
  const [, folder = '', name = ''] = pathname.split('/');
  if (method === 'GET' && pathname === '/') await sendFile(response, 'index.html');
  else if (method === 'GET' && folder === 'page' && /^[a-z-]+\.(css|js)$/.test(name)) {
    await sendFile(response, name);
  } else if (method === 'GET' && pathname === '/events') {
    pushState(running, searchParams.get('person') || MARIA.id, response);
  } else if (method === 'POST' && pathname === '/act') {
    const { person, ...action } = z
      .looseObject({ person: z.string() })
      .parse(JSON.parse(await text(request)));
    const result = await act(running, running.slack.as(person), actionSchema.parse(action));
    send(response, 200, 'application/json', JSON.stringify(result ?? {}));
  } else send(response, 404, 'text/plain', 'Not found\n');
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const content = await readFile(new URL(`page/${name}`, import.meta.url), 'utf8').catch(() => undefined);
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain';
  if (content === undefined) send(response, 404, 'text/plain', 'Not found\n');
  else send(response, 200, type, content);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type }).end(body);
}

/** Sends the state as server-sent events when it changes. */
function pushState(running: Running, person: string, response: ServerResponse): void {
  let sent = '';
  const push = () => {
    const state = JSON.stringify(stateFor(running, person));
    if (state !== sent) response.write(`data: ${state}\n\n`);
    sent = state;
  };
  const first = stateFor(running, person);
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  sent = JSON.stringify(first);
  response.write(`retry: 1000\ndata: ${sent}\n\n`);
  const timer = setInterval(push, POLL_INTERVAL_MS);
  response.once('close', () => clearInterval(timer));
}

/** Performs an action. Throws if Slack's client does not allow it. */
async function act(
  { switches, guide, clock }: Running,
  person: Person,
  action: Action,
): Promise<Delivery | object | undefined> {
  const visible = () => person.conversations.flatMap(({ id }) => person.sees(id));
  const message = (wanted: string) => {
    const found = visible().find(({ id }) => id === wanted);
    if (!found) throw new Error('This message no longer exists');
    return found;
  };
  switch (action.do) {
    case 'goTo':
      if (action.channel === HOME) return person.openHome();
      person.goTo(action.channel);
      return undefined;
    case 'command':
      return person.command(action.channel, action.text);
    case 'shortcut':
      return person.shortcut(action.id);
    case 'press':
      if (action.message === HOME) return person.pressHome(action.button, action.where);
      return person.press(action.button, action.message ? message(action.message) : undefined, action.where);
    case 'dismiss':
      person.dismiss(message(action.message));
      return undefined;
    case 'reload':
      for (const each of visible()) if (!each.stored) person.dismiss(each);
      return undefined;
    case 'copied':
      guide.noteCopy(action.text);
      return undefined;
    case 'type':
      return person.type(action.where, action.text);
    case 'choose':
      return person.choose(action.where, action.values);
    case 'select':
      return person.select(action.where, action.values);
    case 'clear':
      return person.clear(action.where);
    case 'suggest':
      return person.suggest(action.where, action.text);
    case 'offered':
      return person.offered(action.where).map(({ id }) => id);
    case 'submit':
      return person.submit();
    case 'close':
      return person.close();
    case 'forward':
      await clock.forward(action.hours * HOUR_MS);
      return undefined;
    case 'switch':
      switches.set(action.name, action.on);
      return undefined;
  }
}
