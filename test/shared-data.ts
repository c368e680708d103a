import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..');

/** Folders beside the project that tests read, and the variables that name others. */
const FOLDERS = {
  contracts: { variable: 'CONTRACTS_DIR', content: 'published contracts' },
  recorded: { variable: 'RECORDED_DIR', content: 'recorded data' },
} as const;

/** The path of a folder with shared data. Undefined where it is absent; then tests skip, with a notice. */
export function sharedFolder(name: keyof typeof FOLDERS): string | undefined {
  const { variable, content } = FOLDERS[name];
  const folder = resolve(project, process.env[variable] ?? `../shared/${name}`);
  if (existsSync(folder)) return folder;
  console.warn(`No ${content} at ${folder}: tests against them are skipped`);
  return undefined;
}

/** The files are taken to be what their names say; a mistake would show in the first check. */
export function readJson<Shape>(folder: string, name: string): Shape {
  return JSON.parse(readFileSync(resolve(folder, name), 'utf8'));
}
