import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..');

/** Folders next to the project that tests read, and the variables that can name others. */
const FOLDERS = {
  contracts: { variable: 'CONTRACTS_DIR', content: 'published contracts' },
  recorded: { variable: 'RECORDED_DIR', content: 'recorded data' },
} as const;

/** The path of a folder with shared data. Undefined, with a notice, if it is missing. Then its tests are skipped. */
export function sharedFolder(name: keyof typeof FOLDERS): string | undefined {
  const { variable, content } = FOLDERS[name];
  const folder = resolve(project, process.env[variable] ?? `../shared/${name}`);
  if (existsSync(folder)) return folder;
  console.warn(`No ${content} at ${folder}: tests against them are skipped`);
  return undefined;
}

/** Reads a file without checking its shape. A mistake would show in the first test that uses it. */
export function readJson<Shape>(folder: string, name: string): Shape {
  return JSON.parse(readFileSync(resolve(folder, name), 'utf8'));
}
