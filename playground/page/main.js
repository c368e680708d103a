// @ts-check
import { blockElement } from './blocks.js';
import { act, byId, h, noteCopy, notify, session, show, showList } from './dom.js';
import { showGuide } from './guide.js';
import { showModal } from './modal.js';
import { showTenant } from './tenant.js';
import { formatDate, names, textOf } from './text.js';

/** @typedef {import('../state.ts').State} State */
/** @typedef {import('../state.ts').Posted} Posted */

/** @type {HTMLInputElement} */
const composer = byId('composer');
const hints = byId('hints');
const log = byId('log');
const messages = byId('messages');

/** @type {State | undefined} */
let state;
/** @type {EventSource | undefined} */
let events;
/** The open conversation. */
let channel = '';
/** The user and conversation that the server knows of. */
let reported = '';
/** The last message seen, by user and conversation. @type {Map<string, string>} */
const seen = new Map();
/** The commands that match the typed text. @type {State['manifest']['commands']} */
let matching = [];

/** Switches to a user, by default to the server's first. @param {string} person */
function become(person) {
  session.person = person;
  updateUrl();
  events?.close();
  events = new EventSource(`/events?person=${person}`);
  events.addEventListener('message', ({ data }) => render(JSON.parse(data)));
  events.addEventListener('error', () => {
    // The server closes the stream if it does not know this user.
    if (events?.readyState === EventSource.CLOSED && person) become('');
    else
      show(byId('banner'), 'gone', () => [
        'The playground has stopped. Start it again, then reload the page.',
      ]);
  });
}

/** Stores user and conversation in the URL, so that a reload restores them. */
function updateUrl() {
  history.replaceState(null, '', `#${session.person}/${channel}`);
}

/** Opens a conversation. @param {string} id */
function goTo(id) {
  channel = id;
  if (state) render(state);
  log.scrollTop = log.scrollHeight;
  composer.focus();
}

/** @param {State} next */
function render(next) {
  state = next;
  const { manifest, mode, ended, me, people, channels, modal, guide, aheadMs } = next;
  session.person = me.id;
  names.tz = me.tz;
  names.aheadMs = aheadMs;
  names.people = new Map(people.map(({ id, name }) => [id, name]));
  names.channels = new Map(channels.map(({ id, name }) => [id, name]));
  const current = channels.find(({ id }) => id === channel) ?? channels[0];
  if (!current) return;
  channel = current.id;
  if (reported !== `${me.id}/${channel}`) {
    reported = `${me.id}/${channel}`;
    updateUrl();
    act({ do: 'goTo', channel }).catch((error) => notify(String(error)));
  }
  seen.set(`${me.id}/${current.id}`, current.messages.at(-1)?.ts ?? '');

  show(byId('banner'), ended, (how) => [
    how !== undefined && `The bot has stopped (${how}). Start the playground again.`,
  ]);
  show(byId('mode'), mode, () => [mode === 'socket' ? 'Socket Mode' : 'HTTP']);
  show(byId('people'), { people, me: me.id }, () =>
    people.map(({ id, name, role }) =>
      h(
        'label.person',
        h('input', {
          type: 'radio',
          name: 'person',
          id: `person-${id}`,
          checked: id === me.id,
          change: () => become(id),
        }),
        h('span', name, h('small', ` ${role}`)),
      ),
    ),
  );
  show(byId('shortcuts'), manifest.shortcuts, (all) => [
    ...all.map(({ id, name, description }) =>
      menuItem(`shortcut-${id}`, name, description, () => useShortcut(id)),
    ),
    menuItem('reload', 'Reload Slack', 'Messages that only you can see disappear', () =>
      act({ do: 'reload' }),
    ),
  ]);
  for (const [list, kinds] of /** @type {const} */ ([
    ['channels', ['public', 'private']],
    ['direct', ['im', 'bot', 'home']],
  ])) {
    const some = channels.filter(({ kind }) => kinds.some((one) => one === kind));
    showList(
      byId(list),
      some.map(({ id, name, kind, messages: all }) => ({
        id,
        name,
        kind,
        isCurrent: id === current.id,
        unread: all.filter(({ ts }) => ts > (seen.get(`${me.id}/${id}`) ?? '')).length,
      })),
      ({ id, name, kind, isCurrent, unread }) => [
        h(
          'button',
          {
            id: `channel-${id}`,
            class: `channel ${kind} ${unread ? 'unread' : ''}`,
            'aria-current': isCurrent ? 'page' : undefined,
            click: () => goTo(id),
          },
          h('span.icon', { 'aria-hidden': 'true' }),
          h('span.name', name),
          unread > 0 && h('span.count', { 'aria-label': `${unread} new` }, String(unread)),
        ),
      ],
    );
  }
  show(byId('title'), [current.name, current.kind, current.botIsMember, manifest.name], () => [
    h('h1', { class: `channel ${current.kind}` }, h('span.icon', { 'aria-hidden': 'true' }), current.name),
    h(
      'small',
      current.kind === 'bot'
        ? 'Your direct messages with the bot'
        : current.kind === 'home'
          ? 'The bot’s home tab'
          : current.botIsMember
            ? `${manifest.name} is in this channel`
            : `${manifest.name} is not in ${current.kind === 'im' ? 'this conversation' : 'this channel'}`,
    ),
  ]);
  // Dates depend on the user's time zone, and on what is today.
  showList(
    messages,
    current.messages.map((message) => ({ ...message, tz: me.tz, aheadMs, name: manifest.name })),
    messageElement,
  );
  byId('empty').hidden = current.messages.length > 0;
  byId('compose').hidden = current.kind === 'home';
  composer.placeholder = `Message ${current.kind === 'im' || current.kind === 'bot' ? '' : '#'}${current.name}. Type / for commands`;
  showGuide(guide, {
    command: manifest.commands[0]?.command ?? '',
    bot: manifest.name,
    type: fillIn,
  });
  showTenant(next);
  showModal(modal);
}

/** @param {string} id @param {string} name @param {string} detail @param {() => Promise<unknown>} run */
function menuItem(id, name, detail, run) {
  const click = () => {
    byId('menu').hidePopover();
    run().catch((error) => notify(String(error)));
  };
  return h('button', { id, click }, h('strong', name), h('small', detail));
}

/** @param {string} id */
async function useShortcut(id) {
  const result = await act({ do: 'shortcut', id });
  if (!result.ok) notify(`The shortcut failed: ${result.error}.`);
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
        h('p.by', h('strong', name), h('span.tag', 'APP'), h('time', formatDate(Number(ts), '{time}'))),
        ...(blocks.length > 0
          ? blocks.map((block) => blockElement(block, id))
          : [h('p.block', ...textOf({ type: 'mrkdwn', text }))]),
      ),
    ),
  ];
}

// Scrolls to new messages.
new MutationObserver((changes) => {
  if (changes.some(({ target, addedNodes }) => target === messages && addedNodes.length > 0))
    messages.lastElementChild?.scrollIntoView({ block: 'nearest' });
}).observe(messages, { childList: true });

composer.addEventListener('input', suggestCommands);
composer.addEventListener('blur', hideHints);
composer.addEventListener('keydown', (event) => {
  const [first] = matching;
  const complete = composer.value.split(' ')[0] === first?.command;
  if (event.key === 'Escape') hideHints();
  else if ((event.key === 'Tab' || event.key === 'Enter') && first && !hints.hidden && !complete) {
    event.preventDefault();
    fillIn(`${first.command} `);
  }
});
byId('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  send(composer.value.trim());
});

/** Shows the commands that start with the typed text. */
function suggestCommands() {
  const [typed = ''] = composer.value.split(' ');
  matching = typed.startsWith('/')
    ? (state?.manifest.commands ?? []).filter(({ command }) => command.startsWith(typed))
    : [];
  hints.hidden = matching.length === 0;
  composer.setAttribute('aria-expanded', String(!hints.hidden));
  show(hints, matching, (all) =>
    all.map(({ command, hint, description }) =>
      h(
        'div',
        {
          role: 'option',
          'aria-selected': 'true',
          mousedown: (/** @type {Event} */ event) => event.preventDefault(),
          click: () => fillIn(`${command} `),
        },
        h('strong', command),
        h('code', hint),
        h('small', description),
      ),
    ),
  );
}

function hideHints() {
  hints.hidden = true;
  composer.setAttribute('aria-expanded', 'false');
}

/** Fills in the message box. @param {string} text */
function fillIn(text) {
  composer.value = text;
  composer.focus();
  suggestCommands();
}

/** @param {string} text */
async function send(text) {
  if (!text) return;
  const [typed = '', ...words] = text.split(' ');
  const command = state?.manifest.commands.find((one) => one.command === typed);
  hideHints();
  if (!command) {
    notify(
      typed.startsWith('/')
        ? `${typed} is not a valid command.`
        : 'This simulated Slack only has commands. Type / to see them.',
    );
    return;
  }
  composer.value = '';
  try {
    const result = await act({ do: 'command', channel, text: words.join(' ') });
    if (!result.ok) notify(`${typed} failed with the error "${result.error}".`);
  } catch (error) {
    notify(String(error));
  }
}

// A link can also be copied without its button.
document.addEventListener('copy', () => noteCopy(String(getSelection())));

byId('panel-toggle').addEventListener('click', () => {
  const open = document.body.classList.toggle('panel-open');
  byId('panel-toggle').setAttribute('aria-expanded', String(open));
});

const [person = '', where = ''] = location.hash.slice(1).split('/');
channel = where;
become(person);
composer.focus();
