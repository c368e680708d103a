import { isDeepStrictEqual } from 'node:util';
import { parseUrl } from '../url.ts';
import {
  atLeastOne,
  boolean,
  byType,
  type Check,
  exactlyOne,
  type Fields,
  integer,
  isObject,
  items,
  list,
  object,
  objects,
  oneOf,
  type Properties,
  problem,
  type Rule,
  string,
} from './check.ts';

/** Slack's limits. Lengths are in UTF-16 code units, which is never less strict than Slack. */
export const LIMITS = {
  viewBytes: 250_000,
  viewTitle: 24,
  viewButton: 24,
  privateMetadata: 3000,
  callbackId: 255,
  externalId: 255,
  modalBlocks: 100,
  messageBlocks: 50,
  messageText: 40_000,
  blockId: 255,
  actionId: 255,
  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  headerText: 150,
  contextElements: 10,
  contextText: 2000,
  actionsElements: 25,
  inputLabel: 2000,
  inputHint: 2000,
  placeholder: 150,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  altText: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  checkboxes: 10,
  radioButtons: 10,
  overflowOptions: 5,
  selectOptions: 100,
  optionGroups: 100,
  optionText: 75,
  /** Slack documents 150 for some elements, but has rejected more than 75 in others. */
  optionValue: 75,
  optionDescription: 75,
  inputLength: 3000,
} as const;

const url: Check = (value, at) => {
  const problems = string(LIMITS.url)(value, at);
  if (problems.length > 0) return problems;
  return /^(https?|mailto):/.test(String(value)) && parseUrl(String(value))
    ? []
    : problem('must be a valid URL', at);
};

// Composition objects

function plain(max: number): Check {
  return byType({ plain_text: object({ text: string(max) }, { emoji: boolean }) });
}

function anyText(max: number): Check {
  return byType({
    plain_text: object({ text: string(max) }, { emoji: boolean }),
    mrkdwn: object({ text: string(max) }, { verbatim: boolean }),
  });
}

const confirm = object(
  { text: anyText(LIMITS.confirmText) },
  {
    title: plain(LIMITS.confirmTitle),
    confirm: plain(LIMITS.confirmButton),
    deny: plain(LIMITS.confirmButton),
    style: oneOf('primary', 'danger'),
  },
);

function option(text: (max: number) => Check, more: Fields = {}): Check {
  return object(
    { text: text(LIMITS.optionText), value: string(LIMITS.optionValue) },
    { description: text(LIMITS.optionDescription), ...more },
  );
}

const plainOption = option(plain);
const markedOption = option(anyText);

function optionGroups(min: number): Check {
  return list(
    object({
      label: plain(LIMITS.optionText),
      options: list(plainOption, { min, max: LIMITS.selectOptions }),
    }),
    { min, max: LIMITS.optionGroups },
  );
}

/** All options of a select, including those in groups. */
function optionsOf(element: Properties): unknown[] {
  return [
    ...items(element.options),
    ...objects(element.option_groups).flatMap((group) => items(group.options)),
  ];
}

const initialIsAnOption: Rule = (element, at) => {
  const single =
    element.initial_option === undefined ? [] : [['initial_option', element.initial_option] as const];
  const several = items(element.initial_options).map(
    (one, index) => [`initial_options/${index}`, one] as const,
  );
  return [...single, ...several]
    .filter(([, initial]) => !optionsOf(element).some((one) => isDeepStrictEqual(one, initial)))
    .flatMap(([name]) => problem('must exactly match one of the provided options', `${at}/${name}`));
};

const initialWithinMaximum: Rule = (element, at) =>
  items(element.initial_options).length > Number(element.max_selected_items ?? Number.POSITIVE_INFINITY)
    ? problem('no more initial options than max_selected_items allowed', `${at}/initial_options`)
    : [];

// Elements

const action: Fields = { action_id: string(LIMITS.actionId) };
const select: Fields = {
  ...action,
  confirm,
  focus_on_load: boolean,
  placeholder: plain(LIMITS.placeholder),
};
const multiSelect: Fields = {
  initial_options: list(plainOption, { max: LIMITS.selectOptions }),
  max_selected_items: integer(1),
};
const choices: Fields = {
  options: list(plainOption, { max: LIMITS.selectOptions }),
  option_groups: optionGroups(1),
};
const eitherOptions = exactlyOne('options', 'option_groups');

function conversationsSelect(more: Fields): Check {
  return object(
    {},
    {
      ...select,
      initial_conversation: string(LIMITS.optionValue),
      default_to_current_conversation: boolean,
      filter: object(
        {},
        {
          include: list(oneOf('im', 'mpim', 'private', 'public')),
          exclude_external_shared_channels: boolean,
          exclude_bot_users: boolean,
        },
        atLeastOne('include', 'exclude_external_shared_channels', 'exclude_bot_users'),
      ),
      ...more,
    },
  );
}

const image = object({ alt_text: string(LIMITS.altText), image_url: url });

/** The elements of section and actions blocks. */
const elements: Fields = {
  button: object(
    { text: plain(LIMITS.buttonText) },
    {
      ...action,
      confirm,
      value: string(LIMITS.buttonValue),
      url,
      style: oneOf('primary', 'danger'),
      accessibility_label: string(LIMITS.buttonText),
    },
  ),
  overflow: object(
    { options: list(option(plain, { url }), { max: LIMITS.overflowOptions }) },
    { ...action, confirm },
  ),
  static_select: object(
    {},
    { ...select, ...choices, initial_option: plainOption },
    eitherOptions,
    initialIsAnOption,
  ),
  multi_static_select: object(
    {},
    { ...select, ...choices, ...multiSelect },
    eitherOptions,
    initialIsAnOption,
    initialWithinMaximum,
  ),
  external_select: object({}, { ...select, initial_option: plainOption, min_query_length: integer(0) }),
  multi_external_select: object(
    {},
    { ...select, ...multiSelect, min_query_length: integer(0) },
    initialWithinMaximum,
  ),
  conversations_select: conversationsSelect({}),
  checkboxes: object(
    { options: list(markedOption, { max: LIMITS.checkboxes }) },
    { ...action, confirm, focus_on_load: boolean, initial_options: list(markedOption) },
    initialIsAnOption,
  ),
  radio_buttons: object(
    { options: list(markedOption, { max: LIMITS.radioButtons }) },
    { ...action, confirm, focus_on_load: boolean, initial_option: markedOption },
    initialIsAnOption,
  ),
};

const textInput: Fields = {
  ...action,
  focus_on_load: boolean,
  placeholder: plain(LIMITS.placeholder),
  initial_value: string(LIMITS.inputLength, 0),
  dispatch_action_config: object({
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered')),
  }),
};

const lengthsAgree: Rule = ({ min_length = 0, max_length = LIMITS.inputLength, initial_value = '' }, at) => {
  const problems: string[] = [];
  if (Number(min_length) > Number(max_length))
    problems.push(...problem('must not exceed max_length', `${at}/min_length`));
  if (String(initial_value).length > Number(max_length))
    problems.push(
      ...problem(`must be less than ${Number(max_length) + 1} characters`, `${at}/initial_value`),
    );
  return problems;
};

const plainTextInput = object(
  {},
  {
    ...textInput,
    multiline: boolean,
    min_length: integer(0, LIMITS.inputLength),
    max_length: integer(1, LIMITS.inputLength),
  },
  lengthsAgree,
);

/** The elements of input blocks. `more` are fields of a conversations select. */
function inputElements(more: Fields): Check {
  const { button, overflow, ...selects } = elements;
  return byType({
    ...selects,
    conversations_select: conversationsSelect(more),
    plain_text_input: plainTextInput,
    url_text_input: object({}, textInput),
  });
}

// Rich text

const style = object({}, { bold: boolean, italic: boolean, strike: boolean, code: boolean });
const styled: Fields = { style };

const text = object({ text: string(LIMITS.messageText) }, styled);
const link = object({ url }, { text: string(LIMITS.messageText), unsafe: boolean, ...styled });

const richTextElements: Fields = {
  text,
  link,
  emoji: object({ name: string(255) }, { unicode: string(255), ...styled }),
  user: object({ user_id: string(255) }, styled),
  usergroup: object({ usergroup_id: string(255) }, styled),
  channel: object({ channel_id: string(255) }, styled),
  date: object(
    { timestamp: integer(0), format: string(1000) },
    { url, fallback: string(1000), ...styled },
    ({ format }, at) =>
      /\{(date|time|ago|day)\w*\}/.test(String(format))
        ? []
        : problem('must have a date token', `${at}/format`),
  ),
  broadcast: object({ range: oneOf('here', 'channel', 'everyone') }, styled),
};

const richSection = object({ elements: list(byType(richTextElements)) });
const border: Fields = { border: integer(0, 1) };

const richText = object({
  elements: list(
    byType({
      rich_text_section: richSection,
      rich_text_list: object(
        {
          style: oneOf('bullet', 'ordered'),
          elements: list(byType({ rich_text_section: richSection })),
        },
        { indent: integer(0, 8), offset: integer(0), ...border },
      ),
      rich_text_quote: object({ elements: list(byType(richTextElements)) }, border),
      rich_text_preformatted: object({ elements: list(byType({ text, link })) }, border),
    }),
  ),
});

// Blocks

/** The action IDs of one block must differ. */
const actionsDiffer: Rule = (block, at) => duplicates(objects(block.elements), 'action_id', `${at}/elements`);

function duplicates(among: Properties[], field: string, at: string): string[] {
  const seen = new Set<unknown>();
  return among.flatMap((one, index) => {
    const id = one[field];
    if (id === undefined) return [];
    const repeated = seen.has(id);
    seen.add(id);
    return repeated ? problem(`${field} must be unique: ${String(id)}`, `${at}/${index}/${field}`) : [];
  });
}

function block(required: Fields, optional: Fields = {}, ...rules: Rule[]): Check {
  return object(required, { block_id: string(LIMITS.blockId), ...optional }, ...rules);
}

function blocks(conversations: Fields): Check {
  return byType({
    section: block(
      {},
      {
        text: anyText(LIMITS.sectionText),
        fields: list(anyText(LIMITS.sectionField), { max: LIMITS.sectionFields }),
        accessory: byType({ ...elements, image }),
        expand: boolean,
      },
      atLeastOne('text', 'fields'),
    ),
    header: block({ text: plain(LIMITS.headerText) }),
    divider: block({}),
    context: block({
      elements: list(
        (value, at) =>
          isObject(value) && value.type === 'image'
            ? byType({ image })(value, at)
            : anyText(LIMITS.contextText)(value, at),
        { max: LIMITS.contextElements },
      ),
    }),
    actions: block({ elements: list(byType(elements), { max: LIMITS.actionsElements }) }, {}, actionsDiffer),
    input: block(
      { label: plain(LIMITS.inputLabel), element: inputElements(conversations) },
      { hint: plain(LIMITS.inputHint), optional: boolean, dispatch_action: boolean },
    ),
    rich_text: (value, at) => {
      const { block_id, ...rest } = isObject(value) ? value : {};
      return [
        ...(block_id === undefined ? [] : string(LIMITS.blockId)(block_id, `${at}/block_id`)),
        ...richText(rest, at),
      ];
    },
    image: block({ image_url: url, alt_text: string(LIMITS.altText) }, { title: plain(LIMITS.inputLabel) }),
  });
}

const blockIdsDiffer: Rule = (value, at) => duplicates(objects(value.blocks), 'block_id', `${at}/blocks`);

// Views and messages

const inputsNeedSubmit: Rule = (view, at) =>
  view.submit === undefined && objects(view.blocks).some((one) => one.type === 'input')
    ? problem('missing required field: submit (the view has input blocks)', at)
    : [];

const oneFocus: Rule = (view, at) => {
  const all = objects(view.blocks).flatMap((one) => [one.element, one.accessory, ...items(one.elements)]);
  const focused = all.filter((element) => isObject(element) && element.focus_on_load === true);
  return focused.length > 1 ? problem('focus_on_load must be set on one element at most', at) : [];
};

const notTooLarge: Rule = (view, at) =>
  Buffer.byteLength(JSON.stringify(view)) > LIMITS.viewBytes
    ? problem(`must be less than ${LIMITS.viewBytes + 1} bytes`, at)
    : [];

const view = byType({
  modal: object(
    {
      title: plain(LIMITS.viewTitle),
      blocks: list(blocks({ response_url_enabled: boolean }), { max: LIMITS.modalBlocks }),
    },
    {
      submit: plain(LIMITS.viewButton),
      close: plain(LIMITS.viewButton),
      private_metadata: string(LIMITS.privateMetadata, 0),
      callback_id: string(LIMITS.callbackId),
      external_id: string(LIMITS.externalId),
      clear_on_close: boolean,
      notify_on_close: boolean,
    },
    blockIdsDiffer,
    inputsNeedSubmit,
    oneFocus,
    notTooLarge,
  ),
  home: object(
    { blocks: list(blocks({}), { max: LIMITS.modalBlocks }) },
    {
      private_metadata: string(LIMITS.privateMetadata, 0),
      callback_id: string(LIMITS.callbackId),
      external_id: string(LIMITS.externalId),
    },
    blockIdsDiffer,
    notTooLarge,
  ),
});

const message = object(
  {},
  {
    text: string(LIMITS.messageText, 0),
    blocks: list(blocks({}), { min: 0, max: LIMITS.messageBlocks }),
    response_type: oneOf('ephemeral', 'in_channel'),
    replace_original: boolean,
    delete_original: boolean,
    unfurl_links: boolean,
    unfurl_media: boolean,
    mrkdwn: boolean,
  },
  blockIdsDiffer,
);

const suggestions = object(
  {},
  {
    options: list(plainOption, { min: 0, max: LIMITS.selectOptions }),
    option_groups: optionGroups(0),
  },
  eitherOptions,
);

/** Slack's errors for a modal or a home tab, each as `what [json-pointer:/where]`. */
export function checkView(value: unknown): string[] {
  return view(value, '');
}

/** Slack's errors for a message, or for a post to a `response_url`. */
export function checkMessage(value: unknown): string[] {
  return message(value, '');
}

/** Slack's errors for the response to an options request. */
export function checkSuggestions(value: unknown): string[] {
  return suggestions(value, '');
}
