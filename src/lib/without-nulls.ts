/** Removes null from JSON, also within lists: a field that is null counts as absent. */
export function withoutNulls(json: unknown): unknown {
  if (Array.isArray(json)) return json.filter((item) => item !== null).map(withoutNulls);
  if (typeof json !== 'object' || json === null) return json ?? undefined;
  const present = Object.entries(json).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, withoutNulls(value)]));
}
