import { describe, expect, it } from 'vitest';
import { checkMessage, checkSuggestions, checkView, LIMITS } from '../../stand-ins/slack/block-kit.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const option = (name: string) => ({ text: plain(name), value: name });
const options = (count: number) => Array.from({ length: count }, (_, index) => option(`option ${index}`));
const long = (length: number) => 'x'.repeat(length);

const section = { type: 'section', text: mrkdwn('Hello') };
const modal = (blocks: unknown[], more: object = {}) => ({
  type: 'modal',
  title: plain('Title'),
  submit: plain('Go'),
  blocks,
  ...more,
});
const input = (element: object, more: object = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...more,
});
const inModal = (element: object) => checkView(modal([input(element)]));
const withAccessory = (accessory: object) => checkView(modal([{ ...section, accessory }]));
const inMessage = (...blocks: unknown[]) => checkMessage({ text: 'text', blocks });

describe('the Block Kit check accepts', () => {
  it('a modal with every kind of block and element', () => {
    const blocks = [
      section,
      {
        type: 'section',
        fields: [plain('a'), mrkdwn('b')],
        accessory: { type: 'button', text: plain('Press') },
      },
      { type: 'header', text: plain('Header') },
      { type: 'divider' },
      { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a', title: plain('a') },
      {
        type: 'context',
        elements: [
          { ...mrkdwn('b'), verbatim: true },
          { type: 'image', image_url: 'https://a.example/b.png', alt_text: 'b' },
        ],
      },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'a',
            text: plain('A'),
            style: 'danger',
            value: 'v',
            confirm: {
              title: plain('Sure?'),
              text: mrkdwn('Really'),
              confirm: plain('Yes'),
              deny: plain('No'),
            },
          },
          { type: 'button', action_id: 'b', text: plain('B'), url: 'https://example.com' },
          { type: 'overflow', action_id: 'c', options: [{ ...option('1'), url: 'https://example.com' }] },
        ],
      },
      input(
        {
          type: 'plain_text_input',
          multiline: true,
          min_length: 1,
          max_length: 20,
          initial_value: 'abc',
          placeholder: plain('…'),
        },
        { block_id: 'x', hint: plain('hint'), optional: true },
      ),
      input({ type: 'url_text_input' }),
      input({ type: 'static_select', options: options(3), initial_option: option('option 1') }),
      input({
        type: 'multi_static_select',
        option_groups: [{ label: plain('g'), options: options(2) }],
        initial_options: [option('option 0')],
      }),
      input({ type: 'external_select', min_query_length: 0, initial_option: option('elsewhere') }),
      input({ type: 'multi_external_select', max_selected_items: 2 }),
      input({
        type: 'conversations_select',
        response_url_enabled: true,
        default_to_current_conversation: true,
        filter: { include: ['private', 'im'] },
      }),
      input(
        { type: 'checkboxes', options: [{ text: mrkdwn('*a*'), value: 'a', description: plain('d') }] },
        { dispatch_action: true },
      ),
      input({ type: 'radio_buttons', options: options(2) }),
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'a', style: { bold: true } },
              { type: 'link', url: 'https://example.com', text: 'b' },
              { type: 'emoji', name: 'wave' },
              { type: 'user', user_id: 'U1' },
              { type: 'usergroup', usergroup_id: 'S1' },
              { type: 'channel', channel_id: 'C1' },
              { type: 'date', timestamp: 1733000000, format: '{date_short} at {time}', fallback: 'c' },
              { type: 'broadcast', range: 'here' },
            ],
          },
          { type: 'rich_text_preformatted', border: 0, elements: [{ type: 'text', text: 'code' }] },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quote' }] },
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'i' }] }],
          },
        ],
      },
    ];
    expect(
      checkView(
        modal(blocks, {
          close: plain('Close'),
          private_metadata: '{}',
          callback_id: 'c',
          notify_on_close: true,
        }),
      ),
    ).toEqual([]);
  });

  it('a message with or without blocks', () => {
    expect(checkMessage({ text: 'Hello' })).toEqual([]);
    expect(
      checkMessage({ text: 'Hello', blocks: [section], response_type: 'ephemeral', replace_original: false }),
    ).toEqual([]);
  });

  it('suggestions, even none', () => {
    expect(checkSuggestions({ options: [] })).toEqual([]);
    expect(checkSuggestions({ options: options(100) })).toEqual([]);
    expect(checkSuggestions({ option_groups: [{ label: plain('g'), options: options(1) }] })).toEqual([]);
  });
});

/** A value at the limit passes, and one above it does not. */
const limits: [name: string, limit: number, check: (length: number) => string[]][] = [
  ['title', LIMITS.viewTitle, (n) => checkView(modal([section], { title: plain(long(n)) }))],
  ['submit', LIMITS.viewButton, (n) => checkView(modal([section], { submit: plain(long(n)) }))],
  ['close', LIMITS.viewButton, (n) => checkView(modal([section], { close: plain(long(n)) }))],
  [
    'private_metadata',
    LIMITS.privateMetadata,
    (n) => checkView(modal([section], { private_metadata: long(n) })),
  ],
  ['callback_id', LIMITS.callbackId, (n) => checkView(modal([section], { callback_id: long(n) }))],
  ['blocks of a modal', LIMITS.modalBlocks, (n) => checkView(modal(Array(n).fill(section)))],
  ['blocks of a message', LIMITS.messageBlocks, (n) => inMessage(...Array(n).fill(section))],
  ['text of a message', LIMITS.messageText, (n) => checkMessage({ text: long(n) })],
  ['block_id', LIMITS.blockId, (n) => inMessage({ ...section, block_id: long(n) })],
  ['section', LIMITS.sectionText, (n) => inMessage({ type: 'section', text: mrkdwn(long(n)) })],
  ['field', LIMITS.sectionField, (n) => inMessage({ type: 'section', fields: [mrkdwn(long(n))] })],
  ['fields', LIMITS.sectionFields, (n) => inMessage({ type: 'section', fields: Array(n).fill(plain('a')) })],
  ['header', LIMITS.headerText, (n) => inMessage({ type: 'header', text: plain(long(n)) })],
  [
    'context',
    LIMITS.contextElements,
    (n) => inMessage({ type: 'context', elements: Array(n).fill(plain('a')) }),
  ],
  [
    'actions',
    LIMITS.actionsElements,
    (n) => inMessage({ type: 'actions', elements: Array(n).fill({ type: 'button', text: plain('a') }) }),
  ],
  [
    'label',
    LIMITS.inputLabel,
    (n) => checkView(modal([input({ type: 'plain_text_input' }, { label: plain(long(n)) })])),
  ],
  [
    'hint',
    LIMITS.inputHint,
    (n) => checkView(modal([input({ type: 'plain_text_input' }, { hint: plain(long(n)) })])),
  ],
  [
    'placeholder',
    LIMITS.placeholder,
    (n) => inModal({ type: 'plain_text_input', placeholder: plain(long(n)) }),
  ],
  ['max_length', LIMITS.inputLength, (n) => inModal({ type: 'plain_text_input', max_length: n })],
  ['initial_value', 7, (n) => inModal({ type: 'plain_text_input', max_length: 7, initial_value: long(n) })],
  ['button', LIMITS.buttonText, (n) => withAccessory({ type: 'button', text: plain(long(n)) })],
  [
    'button value',
    LIMITS.buttonValue,
    (n) => withAccessory({ type: 'button', text: plain('a'), value: long(n) }),
  ],
  [
    'action_id',
    LIMITS.actionId,
    (n) => withAccessory({ type: 'button', text: plain('a'), action_id: long(n) }),
  ],
  [
    'confirm title',
    LIMITS.confirmTitle,
    (n) =>
      withAccessory({
        type: 'button',
        text: plain('a'),
        confirm: { title: plain(long(n)), text: plain('a') },
      }),
  ],
  [
    'confirm text',
    LIMITS.confirmText,
    (n) => withAccessory({ type: 'button', text: plain('a'), confirm: { text: plain(long(n)) } }),
  ],
  [
    'confirm button',
    LIMITS.confirmButton,
    (n) =>
      withAccessory({
        type: 'button',
        text: plain('a'),
        confirm: { text: plain('a'), deny: plain(long(n)) },
      }),
  ],
  ['checkboxes', LIMITS.checkboxes, (n) => inModal({ type: 'checkboxes', options: options(n) })],
  ['options', LIMITS.selectOptions, (n) => inModal({ type: 'static_select', options: options(n) })],
  [
    'option',
    LIMITS.optionText,
    (n) => inModal({ type: 'static_select', options: [{ text: plain(long(n)), value: 'a' }] }),
  ],
  [
    'option value',
    LIMITS.optionValue,
    (n) => inModal({ type: 'static_select', options: [{ text: plain('a'), value: long(n) }] }),
  ],
  [
    'option description',
    LIMITS.optionDescription,
    (n) => inModal({ type: 'checkboxes', options: [{ ...option('a'), description: plain(long(n)) }] }),
  ],
  ['suggestions', LIMITS.selectOptions, (n) => checkSuggestions({ options: options(n) })],
];

describe('the Block Kit check limits', () => {
  it.each(limits)('%s to %i', (_, limit, check) => {
    expect(check(limit)).toEqual([]);
    expect(check(limit + 1)).toHaveLength(1);
  });

  it('the whole view to 250 KB', () => {
    const big = { type: 'section', text: mrkdwn(long(3000)) };
    expect(checkView(modal(Array(80).fill(big)))).toEqual([]);
    expect(checkView(modal(Array(90).fill(big)))).toEqual([
      'must be less than 250001 bytes [json-pointer:/]',
    ]);
  });
});

const refusals: [name: string, problems: string[], expected: string][] = [
  [
    'an unknown block',
    inMessage({ type: 'sction' }),
    'unsupported type: sction [json-pointer:/blocks/0/type]',
  ],
  [
    'an unknown element',
    inModal({ type: 'button', text: plain('a') }),
    'unsupported type: button [json-pointer:/blocks/0/element/type]',
  ],
  [
    'an unknown property',
    inMessage({ ...section, txt: 'a' }),
    'invalid additional property: txt [json-pointer:/blocks/0]',
  ],
  [
    'a home tab with a title',
    checkView({ type: 'home', blocks: [section], title: modal([section]).title }),
    'invalid additional property: title [json-pointer:/]',
  ],
  [
    'no title',
    checkView({ ...modal([section]), title: undefined }),
    'missing required field: title [json-pointer:/]',
  ],
  [
    'inputs without submit',
    checkView(modal([input({ type: 'plain_text_input' })], { submit: undefined })),
    'missing required field: submit (the view has input blocks) [json-pointer:/]',
  ],
  [
    'an empty text',
    inMessage({ type: 'section', text: mrkdwn('') }),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'an empty section',
    inMessage({ type: 'section' }),
    'at least one of these fields is required: text, fields [json-pointer:/blocks/0]',
  ],
  [
    'verbatim on plain text',
    inMessage({ type: 'section', text: { ...plain('a'), verbatim: true } }),
    'invalid additional property: verbatim [json-pointer:/blocks/0/text]',
  ],
  [
    'emoji on mrkdwn',
    inMessage({ type: 'section', text: { ...mrkdwn('a'), emoji: true } }),
    'invalid additional property: emoji [json-pointer:/blocks/0/text]',
  ],
  [
    'mrkdwn in a header',
    inMessage({ type: 'header', text: mrkdwn('a') }),
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'a repeated block_id',
    inMessage({ ...section, block_id: 'a' }, { type: 'divider', block_id: 'a' }),
    'block_id must be unique: a [json-pointer:/blocks/1/block_id]',
  ],
  [
    'a repeated action_id',
    inMessage({
      type: 'actions',
      elements: Array(2).fill({ type: 'button', text: plain('a'), action_id: 'a' }),
    }),
    'action_id must be unique: a [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'no options',
    inModal({ type: 'static_select', options: [] }),
    'no less than 1 items required [json-pointer:/blocks/0/element/options]',
  ],
  [
    'options and groups',
    inModal({
      type: 'static_select',
      options: options(1),
      option_groups: [{ label: plain('a'), options: options(1) }],
    }),
    'exactly one of these fields is required: options, option_groups [json-pointer:/blocks/0/element]',
  ],
  [
    'an initial option that differs in a detail',
    inModal({
      type: 'static_select',
      options: options(2),
      initial_option: { ...option('option 1'), description: plain('d') },
    }),
    'must exactly match one of the provided options [json-pointer:/blocks/0/element/initial_option]',
  ],
  [
    'an initial checkbox that is not an option',
    inModal({ type: 'checkboxes', options: options(2), initial_options: [option('option 1'), option('x')] }),
    'must exactly match one of the provided options [json-pointer:/blocks/0/element/initial_options/1]',
  ],
  [
    'a minimum above the maximum',
    inModal({ type: 'plain_text_input', min_length: 5, max_length: 4 }),
    'must not exceed max_length [json-pointer:/blocks/0/element/min_length]',
  ],
  [
    'a response URL outside an input',
    withAccessory({ type: 'conversations_select', response_url_enabled: true }),
    'invalid additional property: response_url_enabled [json-pointer:/blocks/0/accessory]',
  ],
  [
    'a response URL in a message',
    inMessage(input({ type: 'conversations_select', response_url_enabled: true })),
    'invalid additional property: response_url_enabled [json-pointer:/blocks/0/element]',
  ],
  [
    'a button with the URL of a script',
    withAccessory({ type: 'button', text: plain('a'), url: 'javascript:alert(1)' }),
    'must be a valid URL [json-pointer:/blocks/0/accessory/url]',
  ],
  [
    'a mention in preformatted text',
    inMessage({
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] }],
    }),
    'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
  ],
  [
    'an empty rich text',
    inMessage({
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }],
    }),
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  ],
  [
    'suggestions without options',
    checkSuggestions({}),
    'exactly one of these fields is required: options, option_groups [json-pointer:/]',
  ],
];

describe('the Block Kit check rejects', () => {
  it.each(refusals)('%s', (_, problems, expected) => {
    expect(problems).toEqual([expected]);
  });

  it('two elements with focus_on_load', () => {
    const focused = input({ type: 'plain_text_input', focus_on_load: true });
    expect(checkView(modal([focused]))).toEqual([]);
    expect(checkView(modal([focused, focused]))).toHaveLength(1);
  });

  it.each([undefined, null, 'modal', 3, []])('%s in place of a view', (value) => {
    expect(checkView(value)).toEqual(['must be an object [json-pointer:/]']);
  });
});
