import type { types } from '@slack/bolt';
import { clip, wellFormed } from '../lib/text.ts';

/** Block Kit's limits, in characters or entries (Slack's reference). */
export const LIMITS = {
  viewTitle: 24,
  privateMetadata: 3000,
  sectionText: 3000,
  headerText: 150,
  inputText: 3000,
  contextElements: 10,
  contextText: 2000,
  placeholder: 150,
  buttonText: 75,
  buttonValue: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  options: 100,
  optionText: 75,
  optionValue: 75,
  optionDescription: 75,
} as const;

/** Plain text: a name in it can't mention anyone, become a link, or format text. Slack refuses an empty one. */
export function plain(text: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: clip(wellFormed(text).trim() || '–', max), emoji: false };
}

/** A message's `text`, for notifications and screen readers. Slack reads it as mrkdwn, so it is escaped. */
export function notificationText(value: string): string {
  return clip(wellFormed(value), 500)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

export type RichElement = types.RichTextSection['elements'][number];

// Rich text shows any text as it is, like plain text.

/** Slack refuses an empty text. */
const shown = (value: string) => wellFormed(value) || '–';

export const text = (value: string): RichElement => ({ type: 'text', text: shown(value) });
export const bold = (value: string): RichElement => ({
  type: 'text',
  text: shown(value),
  style: { bold: true },
});
export const code = (value: string): RichElement => ({
  type: 'text',
  text: shown(value),
  style: { code: true },
});
const emoji = (name: string): RichElement => ({ type: 'emoji', name });

/** A person, by their user ID; Slack shows the name. */
export const mention = (user: string): RichElement => ({ type: 'user', user_id: user });

/** A channel, by its ID; Slack shows the name. */
export const channelName = (channel: string): RichElement => ({ type: 'channel', channel_id: channel });

/** A time in the reader's own time zone: "Saturday, November 28, 2026 at 3:04 PM". @param seconds since 1970 */
export const date = (seconds: number): RichElement => formattedDate(seconds, '{date_long} at {time}');

/** A short time in the reader's own time zone: "today at 3:04 PM". @param seconds since 1970 */
export const shortDate = (seconds: number): RichElement =>
  formattedDate(seconds, '{date_short_pretty} at {time}');

function formattedDate(timestamp: number, format: string): RichElement {
  return { type: 'date', timestamp, format, fallback: new Date(timestamp * 1000).toUTCString() };
}

export const section = (...elements: RichElement[]): types.RichTextSection => ({
  type: 'rich_text_section',
  elements,
});

export const bullets = (texts: readonly string[]): types.RichTextList => ({
  type: 'rich_text_list',
  style: 'bullet',
  elements: texts.map((each) => section(text(each))),
});

/** Text to copy, shown as it is. A URL in it doesn't become a link. */
export const copyable = (value: string): types.RichTextPreformatted => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: shown(value) }],
});

export const rich = (...elements: types.RichTextBlockElement[]): types.RichTextBlock => ({
  type: 'rich_text',
  elements,
});

/** Small gray text. */
export const context = (value: string): types.ContextBlock => ({
  type: 'context',
  elements: [plain(value, LIMITS.contextText)],
});

/** A sentence with a warning sign. */
export const warning = (sentence: string): types.RichTextBlock =>
  rich(section(emoji('warning'), text(` ${sentence}`)));
