import { isObject } from './check.ts';
import type { Json } from './types.ts';

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Applies `change` to each field of JSON. It returns undefined to continue into the field. */
function mapFields(json: unknown, change: (name: string, value: unknown, parent: Json) => unknown): unknown {
  if (Array.isArray(json)) return json.map((item) => mapFields(item, change));
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      change(name, value, json) ?? mapFields(value, change),
    ]),
  );
}

const escapeTexts = (options: unknown) =>
  mapFields(options, (name, value) =>
    name === 'text' && typeof value === 'string' ? escapeSlack(value) : undefined,
  );

/** An interaction with `&`, `<` and `>` escaped in what was typed, and in the text of chosen options. */
export function escaped(payload: Json): Json {
  const isSearch = payload.type === 'block_suggestion';
  const copy = mapFields(payload, (name, value, parent) => {
    if (name === 'selected_option' || name === 'selected_options') return escapeTexts(value);
    if (typeof value !== 'string') return undefined;
    const isTyped =
      (parent === payload && isSearch && name === 'value') ||
      (name === 'value' && parent.type === 'plain_text_input');
    return isTyped ? escapeSlack(value) : undefined;
  });
  return isObject(copy) ? copy : payload;
}
