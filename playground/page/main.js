// @ts-check
import { blockElement } from './blocks.js';
import { act, byId, h, say, session, show, showList } from './dom.js';
import { showModal } from './modal.js';
import { showTenant } from './tenant.js';
import { moment, names, textOf } from './text.js';

/** @typedef {import('../state.ts').State} State */
/** @typedef {import('../state.ts').Posted} Posted */

/** @type {HTMLInputElement} */
const composer = byId('composer');
const hints = byId('hints');
const messages = byId('messages');

/** @type {State | undefined} */
let state;
/** @type {EventSource | undefined} */
let events;
/** The conversation that is looked at. */
let channel = '';
/** Who looks at what, as the stand-in of Slack was told. */
let told = '';
/** The last message seen, by person and conversation. @type {Map<string, string>} */
const seen = new Map();
/** The commands that fit what was typed. @type {State['manifest']['commands']} */
let fitting = [];

/** Acts as another person; the server picks one if none is named. @param {string} person */
function become(person) {
  session.person = person;
  remember();
  events?.close();
  events = new EventSource(`/events?person=${person}`);
  events.addEventListener('message', ({ data }) => render(JSON.parse(data)));
  events.addEventListener('error', () => {
    // A playground that is there, but does not know this person, ends the stream for good.
    if (events?.readyState === EventSource.CLOSED && person) become('');
    else
      show(byId('banner'), 'gone', () => [
        'The playground has stopped. Start it again, and reload the page.',
      ]);
  });
}

/** The address says who looks at what, so that a reload comes back to it. */
function remember() {
  history.replaceState(null, '', `#${session.person}/${channel}`);
}

/** Turns to a conversation. @param {string} id */
function goTo(id) {
  channel = id;
  if (state) render(state);
  messages.scrollTop = messages.scrollHeight;
  composer.focus();
}

/** @param {State} next */
function render(next) {
  state = next;
  const { manifest, mode, ended, me, people, channels, modal } = next;
  session.person = me.id;
  names.tz = me.tz;
  names.people = new Map(people.map(({ id, name }) => [id, name]));
  names.channels = new Map(channels.map(({ id, name }) => [id, name]));
  const here = channels.find(({ id }) => id === channel) ?? channels[0];
  if (!here) return;
  channel = here.id;
  if (told !== `${me.id}/${channel}`) {
    told = `${me.id}/${channel}`;
    remember();
    act({ do: 'goTo', channel }).catch((error) => say(String(error)));
  }
  seen.set(`${me.id}/${here.id}`, here.messages.at(-1)?.ts ?? '');

  show(byId('banner'), ended, (how) => [
    how !== undefined && `The bot has stopped (${how}). Start the playground again.`,
  ]);
  show(byId('mode'), mode, () => [mode === 'socket' ? 'Socket Mode' : 'HTTP']);
  show(byId('people'), { people, me: me.id }, () =>
    people.map(({ id, name, guest }) =>
      h(
        'label.person',
        h('input', {
          type: 'radio',
          name: 'person',
          id: `person-${id}`,
          checked: id === me.id,
          change: () => become(id),
        }),
        h('span', name, guest && h('small', ' guest')),
      ),
    ),
  );
  show(byId('shortcuts'), manifest.shortcuts, (all) => [
    ...all.map(({ id, name, description }) =>
      menuItem(`shortcut-${id}`, name, description, () => useShortcut(id)),
    ),
    menuItem('reload', 'Reload Slack', 'Messages that only you can see are gone then', () =>
      act({ do: 'reload' }),
    ),
  ]);
  for (const [list, kinds] of /** @type {const} */ ([
    ['channels', ['public', 'private']],
    ['direct', ['im', 'bot']],
  ])) {
    const some = channels.filter(({ kind }) => kinds.some((one) => one === kind));
    showList(
      byId(list),
      some.map(({ id, name, kind, messages: all }) => ({
        id,
        name,
        kind,
        here: id === here.id,
        unread: all.filter(({ ts }) => ts > (seen.get(`${me.id}/${id}`) ?? '')).length,
      })),
      ({ id, name, kind, here: current, unread }) => [
        h(
          'button',
          {
            id: `channel-${id}`,
            class: `channel ${kind} ${unread ? 'unread' : ''}`,
            'aria-current': current ? 'page' : undefined,
            click: () => goTo(id),
          },
          h('span.icon', { 'aria-hidden': 'true' }),
          h('span.name', name),
          unread > 0 && h('span.count', { 'aria-label': `${unread} new` }, String(unread)),
        ),
      ],
    );
  }
  show(byId('title'), [here.name, here.kind, here.botIsMember, manifest.name], () => [
    h('h1', { class: `channel ${here.kind}` }, h('span.icon', { 'aria-hidden': 'true' }), here.name),
    h(
      'small',
      here.kind === 'bot'
        ? 'Your own conversation with the bot'
        : here.botIsMember
          ? `${manifest.name} is in this channel`
          : `${manifest.name} is not in ${here.kind === 'im' ? 'this conversation' : 'this channel'}`,
    ),
  ]);
  // What is rendered depends on the reader's time zone, and on nothing else but the message.
  showList(
    messages,
    here.messages.map((message) => ({ ...message, tz: me.tz, name: manifest.name })),
    messageElement,
  );
  byId('empty').hidden = here.messages.length > 0;
  composer.placeholder = `Message ${here.kind === 'im' || here.kind === 'bot' ? '' : '#'}${here.name}. Type / for commands`;
  showTenant(next);
  showModal(modal);
}

/** @param {string} id @param {string} name @param {string} detail @param {() => Promise<unknown>} run */
function menuItem(id, name, detail, run) {
  const click = () => {
    byId('menu').hidePopover();
    run().catch((error) => say(String(error)));
  };
  return h('button', { id, click }, h('strong', name), h('small', detail));
}

/** @param {string} id */
async function useShortcut(id) {
  const result = await act({ do: 'shortcut', id });
  if (!result.ok) say(`The shortcut failed: ${result.error}.`);
}

/** @param {Posted & { name: string }} message */
function messageElement({ id, ts, text, blocks, ephemeral, name }) {
  return [
    h(
      'article',
      { class: `message ${ephemeral ? 'ephemeral' : ''}`, 'aria-label': text },
      h('span.avatar', { 'aria-hidden': 'true' }),
      h(
        'div.content',
        ephemeral &&
          h(
            'p.only',
            h('span', 'Only visible to you'),
            h(
              'button.plain',
              { id: `dismiss-${id}`, click: () => act({ do: 'dismiss', message: id }) },
              'Dismiss message',
            ),
          ),
        h('p.by', h('strong', name), h('span.tag', 'APP'), h('time', moment(Number(ts), '{time}'))),
        ...(blocks.length > 0
          ? blocks.map((block) => blockElement(block, id))
          : [h('p.block', ...textOf({ type: 'mrkdwn', text }))]),
      ),
    ),
  ];
}

// New messages come into view; so does the first one after a change of conversation.
new MutationObserver((changes) => {
  if (changes.some(({ target, addedNodes }) => target === messages && addedNodes.length > 0))
    messages.lastElementChild?.scrollIntoView({ block: 'nearest' });
}).observe(messages, { childList: true });

// ------------------------------------------------------------------------------------------ the composer

composer.addEventListener('input', suggestCommands);
composer.addEventListener('blur', () => {
  hints.hidden = true;
});
composer.addEventListener('keydown', (event) => {
  const [first] = fitting;
  const complete = composer.value.split(' ')[0] === first?.command;
  if (event.key === 'Escape') hints.hidden = true;
  else if ((event.key === 'Tab' || event.key === 'Enter') && first && !hints.hidden && !complete) {
    event.preventDefault();
    take(first.command);
  }
});
byId('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  send(composer.value.trim());
});

/** Commands that begin with what was typed, with their hints. */
function suggestCommands() {
  const [typed = ''] = composer.value.split(' ');
  fitting = typed.startsWith('/')
    ? (state?.manifest.commands ?? []).filter(({ command }) => command.startsWith(typed))
    : [];
  hints.hidden = fitting.length === 0;
  show(hints, fitting, (all) =>
    all.map(({ command, hint, description }) =>
      h(
        'div',
        {
          role: 'option',
          'aria-selected': 'true',
          mousedown: (/** @type {Event} */ event) => event.preventDefault(),
          click: () => take(command),
        },
        h('strong', command),
        h('code', hint),
        h('small', description),
      ),
    ),
  );
}

/** @param {string} command */
function take(command) {
  composer.value = `${command} `;
  composer.focus();
  suggestCommands();
}

/** @param {string} text */
async function send(text) {
  if (!text) return;
  const [typed = '', ...words] = text.split(' ');
  const command = state?.manifest.commands.find((one) => one.command === typed);
  hints.hidden = true;
  if (!command) {
    say(
      typed.startsWith('/')
        ? `${typed} is not a valid command.`
        : 'In this small Slack only commands do something. Type / to see them.',
    );
    return;
  }
  composer.value = '';
  try {
    const result = await act({ do: 'command', channel, text: words.join(' ') });
    if (!result.ok) say(`${typed} failed with the error "${result.error}".`);
  } catch (error) {
    say(String(error));
  }
}

byId('panel-toggle').addEventListener('click', () => {
  const open = document.body.classList.toggle('panel-open');
  byId('panel-toggle').setAttribute('aria-expanded', String(open));
});

const [person = '', where = ''] = location.hash.slice(1).split('/');
channel = where;
become(person);
composer.focus();
