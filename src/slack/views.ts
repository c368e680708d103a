import type { types } from '@slack/bolt';
import type { TicketRequest } from '../ticket/request.ts';
import {
  bold,
  channelName,
  context,
  LIMITS,
  labelled,
  plain,
  rich,
  section,
  text,
  warning,
} from './blocks.ts';
import { type FormRequest, openFormButton } from './buttons.ts';
import type { Place } from './delivery.ts';

/** A modal without inputs: something is going on, is done, or went wrong. */
interface Notice {
  title: string;
  blocks: types.KnownBlock[];
  label: string | undefined;
  metadata?: string | undefined;
  close?: string;
}

function noticeView({ title, blocks, label, metadata, close = 'Close' }: Notice): types.ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.viewTitle),
    close: plain(close, LIMITS.viewTitle),
    ...(metadata && { private_metadata: metadata }),
    blocks: [...labelled(label), ...blocks],
  };
}

/** While the lists that the form needs are still coming; after some seconds it says for how long they have been. */
export function loadingView(label: string | undefined, metadata: string, seconds?: number): types.ModalView {
  const sentence = seconds
    ? `Auth0 has not answered yet, after ${seconds} seconds. The form opens by itself, or this window says why not.`
    : 'Asking Auth0 for what can be chosen… The form opens in a moment.';
  const blocks = [rich(section(text(sentence)))];
  return noticeView({ title: 'One moment', blocks, label, metadata });
}

/** A form that could not be opened, with the reason and a way to try again. */
export function problemView(
  sentence: string,
  label: string | undefined,
  retry?: { request: FormRequest; metadata: string },
): types.ModalView {
  const blocks: types.KnownBlock[] = [warning(sentence)];
  if (retry) blocks.push({ type: 'actions', elements: [openFormButton('Try again', retry.request)] });
  return noticeView({ title: 'That did not work', blocks, label, metadata: retry?.metadata });
}

/** A modal that holds the blocks of an answer which otherwise stands in a message. */
export function answerView(
  blocks: types.KnownBlock[],
  label: string | undefined,
  metadata: string,
): types.ModalView {
  return noticeView({ title: 'SSO tickets', blocks, label, metadata });
}

/** From the submission until the link is there. `standing` says how it stands, if it takes longer. */
export function progressView(
  request: TicketRequest,
  label: string | undefined,
  standing?: string,
): types.ModalView {
  return noticeView({
    title: 'Making the link',
    label,
    close: 'Close',
    blocks: [
      rich(
        section(text('Auth0 is making the link for '), bold(request.connection), text('.')),
        ...(standing ? [section(text(`\n${standing}`))] : []),
        section(
          text(
            '\nYou may close this window. The link, or the reason why there is none, comes as a message that only you can see, in the conversation where you asked.',
          ),
        ),
      ),
      context(
        'If nothing has come within a minute, ask for a new link. Should Auth0 have made one that was lost on the way, nobody has seen it, and it expires by itself.',
      ),
    ],
  });
}

/** The link is there: in the `channel` where it was asked for, or in the person's conversation with the bot. */
export function doneView(
  request: TicketRequest,
  place: Place,
  channel: string | undefined,
  label: string | undefined,
): types.ModalView {
  return noticeView({
    title: 'The link is ready',
    label,
    blocks: [
      rich(
        section(
          text('The link for '),
          bold(request.connection),
          ...whereabouts(place, channel),
          text(', visible to you alone.'),
        ),
        section(
          text(
            '\nCopy it from there and send it to the customer. The message is gone once you reload Slack.',
          ),
        ),
      ),
    ],
  });
}

function whereabouts(place: Place, channel: string | undefined) {
  if (place === 'direct') return [text(' is in your conversation with this bot (under Apps)')];
  // A direct message of people's has no name of its own.
  return channel?.startsWith('C')
    ? [text(' is in '), channelName(channel)]
    : [text(' is in the conversation')];
}
