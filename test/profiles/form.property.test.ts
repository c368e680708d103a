import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILE_PROVIDERS } from '../../src/auth0/identity-providers.ts';
import type { ProfileDetails } from '../../src/auth0/resources.ts';
import { PROFILE_FIELDS, type ProfileFieldId, type ProfileValues } from '../../src/profiles/fields.ts';
import { changedFields, shownValues, validateProfile, versionsOf } from '../../src/profiles/form.ts';
import { toCreateBody, toUpdateBody } from '../../src/profiles/request.ts';
import { labeledMessage, labeledView } from '../../src/slack/delivery.ts';
import { profileAuditMessage } from '../../src/slack/messages/audit.ts';
import { profileList, typedProfile } from '../../src/slack/messages/profiles.ts';
import { type ProfileForm, profileFormView, readProfileForm } from '../../src/slack/views/profile-form.ts';
import {
  nothingChangedView,
  profileDoneView,
  profileProgressView,
} from '../../src/slack/views/profile-notices.ts';
import { checkMessage, checkView } from '../../stand-ins/slack/block-kit.ts';
import { renderView } from '../../stand-ins/slack/views.ts';
import { anyCharacter, anyText, anyUrl, arbitraryProfile } from '../arbitrary.ts';
import { contracts } from '../contracts.ts';

const judge = contracts();
const SEALED = 's'.repeat(1_800);
const ALL = PROFILE_FIELDS.map(({ id }) => id);
const STRATEGIES = PROFILE_PROVIDERS.map(({ id }) => id);
const runs = { numRuns: 300, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false };

const color = fc.oneof(fc.stringMatching(/^#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})$/), anyText(30));
const url = fc.oneof(
  anyUrl('https'),
  fc.string({ unit: anyCharacter, maxLength: 80 }).map((path) => `https://acme.example/${path}`),
  anyText(1_200),
);
const line = fc
  .tuple(anyText(300), anyText(300), fc.constantFrom('', ', required', ', optional'))
  .map(([name, description, ending]) => `${name}: ${description}${ending}`);
const attributes = fc.oneof(
  fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n')),
  fc
    .uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 22 })
    .map((names) => names.map((name) => `${name}: About ${name}, required`).join('\n')),
  anyText(),
);

/** Any values of a form, valid or not. */
const arbitraryValues: fc.Arbitrary<ProfileValues> = fc.record({
  name: fc.oneof(fc.string({ minLength: 1, maxLength: 20 }), anyText(150)),
  description: fc.oneof(fc.string({ maxLength: 20 }), anyText(200)),
  providers: fc.oneof(fc.subarray<string>(STRATEGIES), fc.array(anyText(40), { maxLength: 4 })),
  logoUrl: fc.oneof(fc.constant(''), url),
  primaryColor: fc.oneof(fc.constant(''), color),
  attributes,
  introduction: fc.oneof(fc.constant('<p>Hello <b>you</b> &amp; me</p>'), anyText(2_500)),
});

/** Any profile that Auth0 can have. */
const arbitraryDetails: fc.Arbitrary<ProfileDetails> = fc.record({
  id: fc.stringMatching(/^ssp_[A-Za-z0-9]{22}$/),
  name: fc.string({ minLength: 1, maxLength: 100 }),
  description: fc.string({ maxLength: 140 }),
  providers: fc.subarray<string>(STRATEGIES),
  attributes: fc.array(
    fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 60 }),
      description: fc.string({ unit: 'grapheme', maxLength: 60 }),
      optional: fc.boolean(),
    }),
    { maxLength: 20 },
  ),
  attributeProfile: fc.constant(''),
  branding: fc.record(
    { logo_url: anyUrl('https'), colors: fc.constant({ primary: '#0059d6' }) },
    { requiredKeys: [] },
  ),
});

const arbitraryFields = fc.subarray(ALL);

describe.skipIf(!judge)('any combination of values makes a request that follows Auth0’s contract', () => {
  const problems = (method: string, path: string, body: unknown) =>
    // As JSON, because that is how it is sent.
    judge?.checkRequest({
      method,
      path: `/api/v2/self-service-profiles${path}`,
      query: {},
      body: JSON.parse(JSON.stringify(body)),
    });

  /** Replaces invalid values with valid ones, as a person would. */
  function corrected(values: ProfileValues, valid: ProfileValues): ProfileValues {
    const wrong = validateProfile(values, ALL);
    return { ...values, ...Object.fromEntries([...wrong.keys()].map((id) => [id, valid[id]])) };
  }
  const valid = {
    name: 'A',
    description: '',
    providers: [],
    logoUrl: '',
    primaryColor: '',
    attributes: '',
    introduction: '',
  };

  it('when a profile is created', () => {
    const seen = { asTyped: 0 };
    fc.assert(
      fc.property(arbitraryValues, (typed) => {
        if (validateProfile(typed, ALL).size === 0) seen.asTyped += 1;
        const values = corrected(typed, valid);
        expect(problems('POST', '', toCreateBody(values))).toEqual([]);
        const texts = values.introduction ? { introduction: values.introduction } : {};
        expect(problems('PUT', '/ssp_1/custom-text/en/get-started', texts)).toEqual([]);
      }),
      runs,
    );
    expect(seen.asTyped).toBeGreaterThan(0);
  });

  it('when a profile is changed', () => {
    fc.assert(
      fc.property(arbitraryDetails, arbitraryValues, arbitraryFields, (profile, typed, fields) => {
        const shown = shownValues(profile, '');
        const values = { ...corrected(typed, valid) };
        const changed = changedFields(versionsOf(shown, ALL), values, fields);
        const body = toUpdateBody(profile, values, changed);
        const keys = new Set(changed.filter((id) => id !== 'introduction').map(keyOf));
        expect(new Set(Object.keys(body ?? {}))).toEqual(keys);
        if (body) expect(problems('PATCH', '/ssp_1', body)).toEqual([]);
      }),
      runs,
    );
  });

  const keyOf = (id: ProfileFieldId) => PROFILE_FIELDS.find((field) => field.id === id)?.request?.key;
});

describe('any combination of values makes views and messages that Slack accepts', () => {
  const arbitraryForm: fc.Arbitrary<ProfileForm> = fc.record({
    state: fc.record(
      {
        kind: fc.constantFrom('first', 'new', 'edit'),
        attributeProfile: anyText(100),
        tooLong: arbitraryFields,
      },
      { requiredKeys: ['kind', 'tooLong'] },
    ),
    fields: arbitraryFields,
    values: arbitraryValues,
    metadata: fc.constant(SEALED),
    notice: fc.option(anyText(1_000), { nil: undefined }),
  });

  it('in the form', () => {
    fc.assert(
      fc.property(arbitraryForm, fc.option(anyText(100), { nil: undefined }), (form, label) => {
        expect(checkView(labeledView(profileFormView(form), label))).toEqual([]);
      }),
      runs,
    );
  });

  it('after the form', () => {
    fc.assert(
      fc.property(arbitraryValues, arbitraryFields, anyText(300), (values, fields, sentence) => {
        const { name } = values;
        const saved = { id: 'ssp_1', name, isNew: fields.length > 3, fields };
        const views = [
          profileProgressView(name),
          profileProgressView(name, 8),
          profileDoneView(saved, SEALED),
          nothingChangedView(name),
        ];
        for (const view of views) expect(checkView(view)).toEqual([]);
        expect(checkMessage(typedProfile(sentence, values, fields))).toEqual([]);
        const details = { user: 'U1', profile: 'ssp_1', profileName: name, fields };
        expect(checkMessage(profileAuditMessage('profile_changed', details))).toEqual([]);
      }),
      runs,
    );
  });

  it('in the list of profiles, with buttons for profile editors', () => {
    const profiles = fc.array(
      fc
        .tuple(arbitraryProfile, fc.stringMatching(/^ssp_[A-Za-z0-9]{22}$/))
        .map(([profile, id]) => ({ ...profile, id })),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(profiles, fc.boolean(), fc.boolean(), fc.boolean(), (all, onlyYou, create, edit) => {
        const list = profileList(all, { onlyYou, actions: { create, edit } });
        expect(checkMessage(labeledMessage(list, 'Staging'))).toEqual([]);
      }),
      { ...runs, numRuns: 60 },
    );
  });
});

describe('a submitted form', () => {
  const escapeSlack = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  /** Shows a form, and reads it back from its submission. */
  function roundTrip(form: ProfileForm, versions: object, escapes: boolean) {
    const sent = JSON.parse(JSON.stringify(profileFormView(form)));
    const frame = { id: 'V1', teamId: 'T1', appId: 'A1', botId: 'B1' };
    const { blocks, state } = renderView(sent, frame, {}, () => undefined);
    for (const inputs of Object.values(state.values)) {
      for (const input of Object.values(inputs)) {
        if (escapes && typeof input.value === 'string') input.value = escapeSlack(input.value);
      }
    }
    return readProfileForm(JSON.parse(JSON.stringify({ blocks, state })), versions);
  }

  it('changes nothing if nobody edited it, for any profile, whether Slack escapes texts or not', () => {
    fc.assert(
      fc.property(
        arbitraryDetails,
        fc.oneof(
          fc.constantFrom('&lt;b&gt;', 'A &amp; B', ' "x" ', '<p>&lt;</p>\n'),
          fc.string({ maxLength: 300 }),
        ),
        arbitraryFields,
        fc.boolean(),
        (profile, introduction, fields, escapes) => {
          const values = shownValues(profile, introduction);
          fc.pre(values.attributes.length <= 3000);
          const versions = versionsOf(values, fields);
          const state = { kind: 'edit', tooLong: [] } as const;
          const read = roundTrip({ state, fields, values, metadata: SEALED }, versions, escapes);
          expect(read.fields).toEqual(fields);
          expect(changedFields(versions, read.values, read.fields)).toEqual([]);
        },
      ),
      runs,
    );
  });

  it.each([
    ['<p>Tom &amp; Jerry &lt;3</p>', true],
    ['<p>Tom &amp; Jerry &lt;3</p>', false],
    ['Tom & Jerry', true],
    ['Tom & Jerry', false],
    ['“<a href="https://acme.com">Acme</a>”', true],
    ['“<a href="https://acme.com">Acme</a>”', false],
  ])('keeps the introduction %s as it was typed (escaped: %s)', (typed, escapes) => {
    const values: ProfileValues = { ...shownValues(DETAILS, ''), introduction: typed };
    const form = { state: { kind: 'new', tooLong: [] }, fields: ALL, values, metadata: SEALED } as const;
    expect(roundTrip(form, {}, escapes).values.introduction).toBe(typed);
  });

  const DETAILS: ProfileDetails = {
    id: 'ssp_1',
    name: 'Standard',
    description: '',
    providers: [],
    attributes: [],
    attributeProfile: '',
    branding: {},
  };
});
