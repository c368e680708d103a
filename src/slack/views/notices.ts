import type { types } from '@slack/bolt';
import type { TicketRequest } from '../../tickets/form/request.ts';
import { bold, channelName, context, LIMITS, plain, rich, section, text, warning } from '../blocks.ts';
import type { ArrivedIn } from '../delivery.ts';
import * as sentences from '../sentences.ts';

/** A modal without inputs. @param metadata for the buttons in it */
export function noticeView(title: string, blocks: types.KnownBlock[], metadata?: string): types.ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.viewTitle),
    close: plain(sentences.CLOSE, LIMITS.viewTitle),
    ...(metadata && { private_metadata: metadata }),
    blocks,
  };
}

/** While the lists that a form needs are loading. @param seconds how long, if it is long */
export function loadingView(metadata: string, seconds?: number): types.ModalView {
  return noticeView(sentences.LOADING_TITLE, [rich(section(text(sentences.loading(seconds))))], metadata);
}

/** That a person may not do something. */
export function noAccessView(sentence: string): types.ModalView {
  return noticeView(sentences.NO_ACCESS_TITLE, [warning(sentence)]);
}

/** Why something failed, with a button that tries it again if that may help. */
export function problemView(
  sentence: string,
  retry?: { button: types.Button; metadata: string },
): types.ModalView {
  const blocks: types.KnownBlock[] = [warning(sentence)];
  if (retry) {
    blocks.push({ type: 'actions', elements: [retry.button] });
  }
  return noticeView(sentences.PROBLEM_TITLE, blocks, retry?.metadata);
}

/** A modal with the blocks of a message. */
export function answerView(blocks: types.KnownBlock[], metadata: string): types.ModalView {
  return noticeView(sentences.ANSWER_TITLE, blocks, metadata);
}

/** From the submission until the link is there. @param progress a sentence, if it takes long */
export function progressView({ customer }: TicketRequest, progress?: string): types.ModalView {
  return noticeView(sentences.PROGRESS_TITLE, [
    rich(
      section(text(sentences.PROGRESS_BEFORE_NAME), bold(customer), text('.')),
      ...(progress ? [section(text(`\n${progress}`))] : []),
      section(text(`\n${sentences.PROGRESS_ADVICE}`)),
    ),
    context(sentences.PROGRESS_IF_LOST),
  ]);
}

/** The link has arrived. @param channel where it was asked for */
export function doneView(
  { customer }: TicketRequest,
  place: ArrivedIn,
  channel: string | undefined,
): types.ModalView {
  return noticeView(sentences.DONE_TITLE, [
    rich(
      section(
        text(sentences.DONE_BEFORE_NAME),
        bold(customer),
        ...whereIs(place, channel),
        text(sentences.DONE_AFTER_PLACE),
      ),
      section(text(`\n${sentences.DONE_ADVICE}`)),
    ),
  ]);
}

function whereIs(place: ArrivedIn, channel: string | undefined) {
  if (place === 'direct') return [text(sentences.DONE_IN_DIRECT_MESSAGE)];
  // A direct message between people has no name.
  return channel?.startsWith('C')
    ? [text(sentences.DONE_IN_CHANNEL), channelName(channel)]
    : [text(sentences.DONE_IN_CONVERSATION)];
}
