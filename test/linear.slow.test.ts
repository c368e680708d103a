import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rateLimitReset } from '../src/auth0/errors.ts';
import { canLookUp } from '../src/auth0/resources.ts';
import { normalize } from '../src/auth0/search-text.ts';
import { templateProblem } from '../src/config/customer-message.ts';
import { parseRequiredMetadata } from '../src/config/required-metadata.ts';
import { errorFields, redact } from '../src/lib/log.ts';
import { cleanTyped, clip, wellFormed } from '../src/lib/text.ts';
import { attributesProblem } from '../src/profiles/attributes.ts';
import { parseColor, parseLogoUrl } from '../src/profiles/branding.ts';
import { notificationText, plain } from '../src/slack/blocks.ts';
import { readFormRequest } from '../src/slack/buttons.ts';
import { exceededLimit } from '../src/slack/payload-limits.ts';
import { MAX_BODY_BYTES } from '../src/slack/request-reader.ts';
import { parseCommand } from '../src/slack/subcommands.ts';
import { customerMessage } from '../src/tickets/customer-message.ts';
import { deriveConnectionName } from '../src/tickets/form/connection-name.ts';
import { fieldsOf } from '../src/tickets/form/form.ts';
import { NO_TENANT, PLAIN_POLICY } from './arbitrary.ts';

/** Half of what a request can contain. */
const LENGTH = MAX_BODY_BYTES / 2;
/**
 * Linear work on such a text takes a few milliseconds. Quadratic work takes seconds to minutes, on any machine. A ratio
 * of times would say less, because memory management is uneven.
 */
const LIMIT_MS = 2_000;
/** Other processes can only slow a run down, so one of these must be below the limit. */
const RUNS = 3;

async function expectLinear(work: (text: string) => unknown, text: string): Promise<void> {
  const times: number[] = [];
  do {
    const from = performance.now();
    await work(text);
    times.push(performance.now() - from);
  } while (times.length < RUNS && Math.min(...times) > LIMIT_MS && Math.max(...times) < 10 * LIMIT_MS);
  expect(Math.min(...times), `${JSON.stringify(text.slice(0, 40))}…`).toBeLessThan(LIMIT_MS);
}

/** What texts repeat. */
const UNITS = [...'aA0_ \n-.:/@=&{"\\é中ﷺ', '\ud83d', '\u0301', '\u0316\u0301']
  .concat(['a-', 'a.', 'a ', 'a:', ':1', '{a}', '&amp;', 'a: b\n', '[['])
  .concat(['eyJ', 'eyJa.', 'Bearer ', '?ticket=', 'xoxb', 'https://hooks.']);
/** What can follow a beginning. */
const FILLERS = ['a', '0', ' ', '.', '-', '/', '=', '"'];
/** The second one matches nothing, so that a match fails at the end. */
const ENDS = ['', '\u0001'];

/** @param words what texts start with, or repeat */
function* worstTexts(words: string[], length = LENGTH): Generator<string> {
  for (const end of ENDS) {
    for (const unit of [...UNITS, ...words]) yield unit.repeat(length / unit.length) + end;
    for (const word of words) for (const unit of FILLERS) yield word + unit.repeat(length) + end;
  }
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
/** A regular expression literal, after a character that comes before an operand. */
const LITERAL = /(?<=[([,=:!&|?]\s*)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([a-z]*)/g;
const expressions = files.flatMap((name) => {
  const code = readFileSync(join('src', name), 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(LITERAL)].map(([, source = '', flags = '']) => ({ name, source, flags }));
});

describe('every regular expression in src', () => {
  it('is found by this test', () => {
    expect(expressions.length).toBeGreaterThan(40);
    // An expression that is not a literal needs a review of what its parts can be.
    const others = files.filter((name) => readFileSync(join('src', name), 'utf8').includes('new RegExp('));
    expect(others.toSorted()).toEqual([
      'config/pattern.ts',
      'config/values.ts',
      'lib/text.ts',
      'slack/listeners/buttons.ts',
      'slack/listeners/links.ts',
    ]);
  });

  it.each(expressions)(
    'runs in linear time ($name /$source/$flags)',
    { timeout: 120_000 },
    async ({ source, flags }) => {
      const expression = new RegExp(source, flags.includes('g') ? flags : `${flags}g`);
      const words = [...source.matchAll(/(?:[a-zA-Z]{3,}|\\?[/{&:"]|=)+/g)].map(([word]) =>
        word.replaceAll('\\', ''),
      );
      for (const text of worstTexts(words)) {
        await expectLinear((each) => each.replace(expression, ''), text);
      }
    },
  );
});

const FUNCTIONS: Record<string, (text: string) => unknown> = {
  redact,
  errorFields: (text) => errorFields(new Error(text)),
  parseCommand,
  canLookUp: (text) =>
    (['clients', 'organizations', 'connections'] as const).map((each) => canLookUp(each, text)),
  clip: (text) => [clip(text, 100), plain(text, 3_000), notificationText(text)],
  cleanTyped,
  wellFormed,
  readFormRequest,
  exceededLimit: (text) => exceededLimit({ text, texts: [text], [text.slice(0, 100)]: { text } }),
  deriveConnectionName,
  templateProblem,
  parseRequiredMetadata: (text) => {
    try {
      return parseRequiredMetadata(text);
    } catch {
      return undefined;
    }
  },
  customerMessage: (text) => {
    const values = { link: text, connection: text, customer: text, expiry: text, requester: text };
    return customerMessage(text, 'new', values);
  },
  attributesProblem,
  parseLogoUrl: (text) => [parseLogoUrl(text), parseLogoUrl(`https://a.example/${text}`)],
  parseColor,
  rateLimitReset: (text) => rateLimitReset({ get: () => text } as unknown as Headers),
};
const context = { kind: 'new', isEditor: true, policy: PLAIN_POLICY, tenant: NO_TENANT } as const;
const FIELDS = fieldsOf(context).filter((field) => field.input === 'text');
/** More than twice the longest value in a payload. Reading a domain takes far longer than any other step. */
const FIELD_LENGTH = 16 * 1024;

describe('every function that reads text from people', { timeout: 240_000 }, () => {
  it.each(Object.entries(FUNCTIONS))('runs in linear time (%s)', async (_, run) => {
    for (const text of worstTexts(['a:'])) await expectLinear(run, text);
  });

  it('runs in linear time (normalize)', async () => {
    // Normalizing can turn one character into eighteen.
    for (const text of worstTexts([], LENGTH / 4)) await expectLinear(normalize, text);
  });

  it.each(FIELDS)('runs in linear time (the field $id)', async ({ validate, summary }) => {
    for (const text of worstTexts(['a:'], FIELD_LENGTH)) {
      await expectLinear((each) => [validate?.(each, {}, context), summary?.(each)], text);
    }
  });
});

describe('redact', () => {
  it.each([
    ['eyJhbGciOiJSUzI1NiJ9.abc-DEF_1.23', '[token]'],
    ['a eyJa.b c', 'a [token] c'],
    ['token_eyJa.b.c"', 'token_[token]"'],
    ['eyJ.eyJa.b', 'eyJ.[token]'],
    ['eyJa.', 'eyJa.'],
    ['eyJ', 'eyJ'],
    ['eyJ.b', 'eyJ.b'],
    ['eyJeyJeyJ', 'eyJeyJeyJ'],
    ['x.eyJa.b', 'x.[token]'],
  ])('removes only tokens from %j', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });
});
