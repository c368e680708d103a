import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/environment.ts';
import { compilePattern } from '../../src/config/pattern.ts';
import { anyCharacter } from '../arbitrary.ts';

/** Patterns that companies use, and each feature in which RE2 differs from JavaScript. */
const PATTERNS = [
  '^sso-',
  '-(prod|test)$',
  '^[a-z]+-(?:prod|test)$',
  '^001\\w{15}$',
  '^(?:\\d{4}|[A-Z]{2}\\d{2,3})$',
  '^(\\w+\\s?)+$',
  '^(?<region>emea|apac)-(?<name>.+)$',
  '^\\p{Lu}[\\p{L}\\p{M}\\p{Zs}.-]*$',
  '^\\p{Script=Greek}+$',
  '^\\p{Alphabetic}+$',
  '^[^\\p{L}]+$',
  '^\\P{L}$',
  '\\p{Emoji_Presentation}',
  '^\\w*$',
  '\\W',
  '^[\\w-]+$',
  '^[^\\W_]$',
  '^\\d+$',
  '\\D$',
  '^\\s+$',
  '^\\S+$',
  '[\\s\\d]',
  '[^\\s-]',
  '\\bacme\\b',
  'a\\Bb',
  '^.$',
  '^.*$',
  'a$',
  '^$',
  '[]',
  '^[^]$',
  '^[\\b]$',
  '^[[:alpha:]$',
  '^[[a]$',
  '^[&&a]+$',
  '^[\\]\\\\^-]+$',
  '^[+--]+$',
  '\\/\\.\\(\\)\\[\\]\\{\\}\\*\\+\\?\\^\\$\\|\\\\',
  '^\\t\\n\\v\\f\\r$',
  '^\\0$',
  '^\\x41\\u0042\\u{43}\\cJ$',
  '^\\ud83d\\ude00$',
  '^\\u{1F600}{2}$',
  '^😀+$',
  '^[😀-😎]$',
  '^\\ud83d$',
  '^[\\ud800-\\udbff]$',
  'a{0}b{1,}c{2,3}?d*?e+?f??',
  '(?:a|)+b',
  '(?:a*)*b',
  '(?:\\b|a){2}',
  '^(?:a|ab)(?:c|bcd)(?:d*)$',
  '^[ſK]$',
  'ß|ẞ',
];

/** Characters that regular expression engines treat differently. */
const UNUSUAL = [
  '\n',
  '\r',
  '\v',
  '\f',
  '\b',
  '\0',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\u3000',
  '\ufeff',
]
  .concat(['_', '-', ' ', 'é', 'e\u0301', 'ß', 'ſ', '\u212a', 'ı', 'ǅ', 'α', '中', '²', '٣'])
  .concat(['😀', '\u{10ffff}', '\ud83d', '\ude00', '[', ']', ':', '\\', '^', '$', '/']);
const character = fc.oneof(
  fc.constantFrom(...UNUSUAL),
  fc.constantFrom(...'abcdefABC0123'),
  anyCharacter,
  fc.constantFrom('acme', 'sso-', '001', 'emea-', 'prod'),
);
const text = fc.array(character, { maxLength: 12 }).map((characters) => characters.join(''));

describe('compilePattern', () => {
  it.each(PATTERNS)('matches the same texts as JavaScript for %j', (source) => {
    const inJavaScript = new RegExp(source, 'u');
    const pattern = compilePattern(source);
    expect(pattern.source).toBe(source);
    fc.assert(
      fc.property(text, (typed) => {
        expect([typed, pattern.matches(typed)]).toEqual([typed, inJavaScript.test(typed)]);
      }),
      { numRuns: 1_000 },
    );
    for (const one of [
      ...UNUSUAL,
      'ABC\n',
      'Àé-x',
      'EMEA',
      'emea-acme',
      '001abcdefghijklmno',
      '\t\n\v\f\r',
    ]) {
      expect([one, pattern.matches(one)]).toEqual([one, inJavaScript.test(one)]);
    }
  });

  it('matches the same single characters as JavaScript, in a sample of Unicode', () => {
    for (const part of ['\\w', '\\d', '\\s', '.', '\\p{L}', '[^\\s\\p{P}]']) {
      const inJavaScript = new RegExp(`^${part}$`, 'u');
      const pattern = compilePattern(`^${part}$`);
      const differing = [];
      for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 37) {
        const one = String.fromCodePoint(code);
        if (pattern.matches(one) !== inJavaScript.test(one)) differing.push(code);
      }
      expect([part, differing]).toEqual([part, []]);
    }
  });

  it.each(['^(\\w+\\s?)+$', '^(a|a)*$', '^(a|aa)+$', '(x+x+)+y', '^(?:\\p{L}+)*$', '(.*){10}z'])(
    'does not take exponential time for %j',
    (source) => {
      const pattern = compilePattern(source);
      // JavaScript's own engine would need more than 2 ** 1000 steps for some of these.
      for (const unit of ['a', 'x', 'é ']) pattern.matches(`${unit.repeat(10_000)}!`);
    },
    20_000,
  );
});

const minimal = {
  SLACK_BOT_TOKEN: 'xoxb-1-test',
  SLACK_SIGNING_SECRET: '0123456789abcdef',
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'client',
  AUTH0_CLIENT_SECRET: 'secret-of-the-client',
  ALLOWED: 'everyone',
  EDITORS: 'everyone',
};

function problemsOf(variables: Record<string, string>): string[] {
  try {
    readConfig({ ...minimal, ...variables });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('a pattern in the settings', () => {
  const cannotRun = (what: string) => `uses ${what}, which this bot can't run. Write it without.`;
  it.each([
    ['^(?=.*x)', cannotRun('a lookahead, (?=')],
    ['^(?!test)', cannotRun('a lookahead, (?!')],
    ['(?<=a)b', cannotRun('a lookbehind, (?<=')],
    ['(?<!a)b', cannotRun('a lookbehind, (?<!')],
    ['(a)\\1', cannotRun('a back-reference, \\1')],
    ['(?<x>a)\\k<x>', cannotRun('a back-reference, \\k<x>')],
    ['a++', cannotRun('a possessive quantifier, ++')],
    ['a{1,2}+', cannotRun('a possessive quantifier, {1,2}+')],
    ['(?>a)', cannotRun('an atomic group, (?>')],
    ['(?i)a', cannotRun('a flag, (?i')],
    ['(?i:a)', cannotRun('a flag, (?i')],
    ['a{1001}', cannotRun('a repetition of more than 1,000, {1001}')],
    ['(a{100}){100}', 'repeats or nests too much for this bot. Repeat at most 1,000 times in all.'],
    ['(', 'is not a regular expression'],
    ['[a', 'is not a regular expression'],
    ['a)', 'is not a regular expression'],
    ['\\p{Nothing}', 'is not a regular expression'],
    ['[b-a]', 'is not a regular expression'],
    ['\\', 'is not a regular expression'],
    ['a**', 'is not a regular expression'],
  ])('is rejected if the bot cannot run it: %j', (source, problem) => {
    expect(problemsOf({ CONNECTION_NAME_PATTERN: source })).toEqual([`CONNECTION_NAME_PATTERN ${problem}`]);
    expect(problemsOf({ REQUIRED_METADATA: `crm: CRM ID /${source}/` })).toEqual([
      `REQUIRED_METADATA is not right: the pattern of “crm” ${problem}`,
    ]);
  });

  it.each(['[(?=]', '\\(\\?=', '[\\\\1]', '\\\\1', '[a++]', '\\++', '(?:a)', '(?<a>b)'])(
    'is accepted if it only looks unsupported: %j',
    (source) => {
      expect(problemsOf({ CONNECTION_NAME_PATTERN: source })).toEqual([]);
    },
  );
});
