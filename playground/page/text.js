// @ts-check
import { h, noteCopy, notify } from './dom.js';

/**
 * The names for mentions, the user's time zone, and how far the bot's time is ahead.
 *
 * @type {{ people: Map<string, string>, channels: Map<string, string>, tz: string, aheadMs: number }}
 */
export const names = { people: new Map(), channels: new Map(), tz: 'UTC', aheadMs: 0 };

/** @type {Record<string, string>} */
const EMOJI = {
  warning: '⚠️',
  white_check_mark: '✅',
  x: '❌',
  lock: '🔒',
  link: '🔗',
  wave: '👋',
  key: '🔑',
  tada: '🎉',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  rotating_light: '🚨',
  no_entry: '⛔',
};

/** Converts Slack's emoji name to a character. @param {string} name */
const emoji = (name) => EMOJI[name] ?? `:${name}:`;

/**
 * Formats a date in the user's time zone, with Slack's tokens.
 *
 * @param {number} seconds since 1970
 * @param {string} format such as `{date_long} at {time}`
 */
export function formatDate(seconds, format) {
  const at = new Date(seconds * 1000);
  /** @param {Intl.DateTimeFormatOptions} options */
  const written = (options) =>
    new Intl.DateTimeFormat('en-US', { timeZone: names.tz, ...options }).format(at);
  /** @param {number} days */
  const isIn = (days) =>
    written({ dateStyle: 'short' }) ===
    new Intl.DateTimeFormat('en-US', { timeZone: names.tz, dateStyle: 'short' }).format(
      Date.now() + names.aheadMs + days * 864e5,
    );
  const pretty = isIn(0) ? 'today' : isIn(1) ? 'tomorrow' : isIn(-1) ? 'yesterday' : undefined;
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (token, name, asPretty) => {
    if (asPretty && pretty) return pretty;
    switch (name) {
      case 'date_num':
        return written({ year: 'numeric', month: '2-digit', day: '2-digit' });
      case 'date':
        return written({ year: 'numeric', month: 'long', day: 'numeric' });
      case 'date_short':
        return written({ year: 'numeric', month: 'short', day: 'numeric' });
      case 'date_long':
        return written({ dateStyle: 'full' });
      case 'time':
        return written({ hour: 'numeric', minute: '2-digit' });
      case 'time_secs':
        return written({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
      default:
        return token;
    }
  });
}

/** @param {string} id */
const user = (id) => h('span.mention', `@${names.people.get(id) ?? id}`);
/** @param {string} id */
const channel = (id) => h('span.mention', `#${names.channels.get(id) ?? id}`);

/**
 * Renders a text object. Supports bold, italic, code, strikethrough, mentions, links and dates of `mrkdwn`.
 * Links are plain text, because they leave the playground.
 *
 * @param {import('../../stand-ins/slack/server.ts').Text | undefined} given
 * @returns {(Node | string)[]}
 */
export function textOf(given) {
  if (!given) return [];
  const { type, text } = given;
  if (type !== 'mrkdwn') return [text];
  const entities = (/** @type {string} */ part) =>
    part.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return text.split(/(<[^<>\n]+>|`[^`\n]+`|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|:[a-z_]+:)/).map((part) => {
    const inner = entities(part.slice(1, -1));
    const date = /^<!date\^(\d+)\^([^|^]+)/.exec(part);
    if (date) return formatDate(Number(date[1]), date[2] ?? '');
    if (part.startsWith('<@')) return user(inner.slice(1).split('|')[0] ?? '');
    if (part.startsWith('<#')) return channel(inner.slice(1).split('|')[0] ?? '');
    if (part.startsWith('<')) return h('span.link', inner.split('|').at(-1) ?? '');
    if (/^`.+`$/.test(part)) return h('code', inner);
    if (/^\*.+\*$/.test(part)) return h('strong', inner);
    if (/^_.+_$/.test(part)) return h('em', inner);
    if (/^~.+~$/.test(part)) return h('s', inner);
    if (/^:[a-z_]+:$/.test(part)) return emoji(inner);
    return entities(part);
  });
}

/**
 * Renders an element of rich text. The Slack stand-in has validated it.
 *
 * @param {any} part
 * @returns {Node | string}
 */
export function richText(part) {
  const children = () => (part.elements ?? []).map(richText);
  switch (part.type) {
    case 'rich_text_section':
      return h('p', ...children());
    case 'rich_text_quote':
      return h('blockquote', ...children());
    case 'rich_text_list':
      return h(
        part.style === 'ordered' ? 'ol' : 'ul',
        {},
        ...(part.elements ?? []).map((/** @type {any} */ one) => h('li', richText(one))),
      );
    case 'rich_text_preformatted':
      return preformatted(
        (part.elements ?? []).map((/** @type {any} */ one) => one.text ?? one.url ?? '').join(''),
      );
    case 'emoji':
      return emoji(part.name);
    case 'user':
      return user(part.user_id);
    case 'channel':
      return channel(part.channel_id);
    case 'link':
      return h('span.link', part.text ?? part.url);
    case 'date':
      return h('time', { title: part.fallback }, formatDate(part.timestamp, part.format));
    case 'text':
      return styled(part.text, part.style ?? {});
    default:
      return `[${part.type}]`;
  }
}

/**
 * @param {string} text
 * @param {{ bold?: boolean, italic?: boolean, code?: boolean, strike?: boolean }} style
 */
function styled(text, { bold, italic, code, strike }) {
  /** @type {Node | string} */
  let node = text;
  if (code) node = h('code', node);
  if (strike) node = h('s', node);
  if (italic) node = h('em', node);
  if (bold) node = h('strong', node);
  return node;
}

/** Preformatted text with a copy button. @param {string} text */
function preformatted(text) {
  const button = h('button.copy', { click: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      notify('Your browser didn’t allow this. Select the text and copy it.');
      return;
    }
    noteCopy(text);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  }
  return h('div.pre', h('pre', text), button);
}
