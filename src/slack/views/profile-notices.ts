import type { types } from '@slack/bolt';
import type { SavedProfile } from '../../profiles/errors.ts';
import { bold, rich, section, text } from '../blocks.ts';
import { openFormButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import { noticeView } from './notices.ts';

/** From the submission until the profile is saved. @param seconds how long, if it is long */
export function profileProgressView(name: string, seconds?: number): types.ModalView {
  return noticeView(sentences.PROFILE_PROGRESS_TITLE, [
    rich(
      section(text(sentences.PROFILE_PROGRESS), bold(name), text('.')),
      ...(seconds ? [section(text(`\n${sentences.profileSlow(seconds)}`))] : []),
    ),
  ]);
}

/** A profile is saved. @param metadata the sealed reply target, for the button */
export function profileDoneView(saved: SavedProfile, metadata: string): types.ModalView {
  return noticeView(
    sentences.PROFILE_DONE_TITLE[saved.isNew ? 'new' : 'edit'],
    [
      rich(section(text(sentences.profileSaved(saved)))),
      { type: 'actions', elements: [createLinkButton(saved)] },
    ],
    metadata,
  );
}

/** An edit that changes nothing was submitted. */
export function nothingChangedView(name: string): types.ModalView {
  return noticeView(sentences.PROFILE_UNCHANGED_TITLE, [
    rich(section(text(sentences.profileUnchanged(name)))),
  ]);
}

/** A button that opens the form for a link with this profile. */
export function createLinkButton({ id, name }: Pick<SavedProfile, 'id' | 'name'>): types.Button {
  return openFormButton(sentences.FORM_SUBMIT, { kind: 'new', values: { profile: [{ id, name }] } });
}
