import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The layers of `src`, in order. A layer can import from the ones before it, but not from others in its group. */
const layers = [
  ['lib'],
  ['config'],
  ['auth0', 'database'],
  ['tickets', 'profiles'],
  ['slack'],
  ['doctor', 'app'],
  ['setup'],
  ['main'],
];
const layerFolders = [
  'lib',
  'config',
  'auth0',
  'database',
  'tickets',
  'profiles',
  'slack',
  'doctor',
  'setup',
];
const otherFolders = ['stand-ins', 'playground', 'bench', 'deploy', 'test'];

/** The files that import, and their parts of the project. Some rules depend on the depth, so folders have two. */
const files = new Map([
  ...layerFolders.flatMap((layer) => [
    [`src/${layer}/file.ts`, layer] as const,
    [`src/${layer}/folder/file.ts`, layer] as const,
  ]),
  ['src/app.ts', 'app'],
  ['src/server.ts', 'app'],
  ['src/metrics.ts', 'app'],
  ['src/main.ts', 'main'],
  ['playground/bot-main.ts', 'playground bot'],
  ...otherFolders.flatMap((folder) => [
    [`${folder}/file.ts`, folder] as const,
    // These folders have the names of layers, but the rules of the layers don't apply to them.
    [`${folder}/auth0/file.ts`, folder] as const,
    [`${folder}/slack/file.ts`, folder] as const,
  ]),
]);

/** What the files import. Most of these files don't exist, so that the imports create no cycles. */
const targets = new Map([
  ...[...files].map(([file, part]) => [file.replace('file.ts', 'target.ts'), part] as const),
  ['src/slack/app.ts', 'slack'],
]);

const packages = ['@slack/bolt', '@slack/web-api', 'auth0', 'auth0/management', 'zod', 'node:fs'];

function level(part: string): number {
  return layers.findIndex((layer) => layer.includes(part));
}

function isInSrc(part: string): boolean {
  return level(part) >= 0;
}

function mayImport(from: string, to: string): boolean {
  if (from === to || from === 'test') return true;
  if (isInSrc(from)) return isInSrc(to) && level(to) < level(from);
  if (from === 'playground bot') return to === 'playground' || isInSrc(to);
  if (from === 'playground' && to === 'playground bot') return true;
  if (from === 'playground' || from === 'deploy') return to === 'stand-ins';
  if (from === 'bench') return to === 'stand-ins' || isInSrc(to);
  return false;
}

function mayUse(from: string, name: string): boolean {
  if (name.startsWith('@slack/')) return !isInSrc(from) || level(from) >= level('slack');
  if (name === 'auth0' || name.startsWith('auth0/')) return from !== 'slack';
  return true;
}

function specifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Each way to import, one line each. */
function imports(source: string): string[] {
  return [
    `import { a } from '${source}';`,
    `import type { A } from '${source}';`,
    `import { type A } from '${source}';`,
    `export { a } from '${source}';`,
    `export type { A } from '${source}';`,
    `export const a = await import('${source}');`,
  ];
}

/** The lines that a file must not contain, and those that it may. */
function linesOf(file: string, part: string): { forbidden: string[]; allowed: string[] } {
  const forbidden: string[] = [];
  const allowed: string[] = [];
  for (const [target, targetPart] of targets) {
    if (target === file) continue;
    (mayImport(part, targetPart) ? allowed : forbidden).push(...imports(specifier(file, target)));
  }
  for (const name of packages) (mayUse(part, name) ? allowed : forbidden).push(...imports(name));
  return { forbidden, allowed };
}

/** Two pairs of files that import each other, and a file that imports one of them. */
function cycles(folder: string): Record<string, string[]> {
  return {
    [`${folder}/value-a.ts`]: ["import { b } from './value-b.ts';", 'export const a = () => b;'],
    [`${folder}/value-b.ts`]: ["import { a } from './value-a.ts';", 'export const b = () => a;'],
    [`${folder}/type-a.ts`]: ["import type { B } from './type-b.ts';", 'export type A = B[];'],
    [`${folder}/type-b.ts`]: ["import type { A } from './type-a.ts';", 'export type B = A[];'],
    [`${folder}/no-cycle.ts`]: ["import { a } from './value-a.ts';", 'export const c = a;'],
  };
}

const foldersWithCycles = [...layerFolders.map((layer) => `src/${layer}`), ...otherFolders];

const longFunction = (lines: number) => ['export function f() {', ...Array(lines).fill('  f();'), '}'];

const fixtures: Record<string, string[]> = {
  ...Object.fromEntries(
    [...files].map(([file, part]) => {
      const { forbidden, allowed } = linesOf(file, part);
      return [file, [...forbidden, ...allowed]];
    }),
  ),
  ...Object.assign({}, ...foldersWithCycles.map(cycles)),
  'src/lib/import-type.ts': ["export type A = import('../slack/target.ts').A;"],
  'src/tickets/long.ts': [...longFunction(51), "import '../slack/target.ts';"],
  'src/tickets/short.ts': longFunction(50),
  'stand-ins/slack/long.ts': Array(251).fill('f();'),
  'stand-ins/slack/short.ts': Array(250).fill('f();'),
  'test/long.ts': longFunction(251),
};

interface Diagnostic {
  category: string;
  severity: string;
  location: { path: string; start: { line: number } };
}

let directory: string;
let diagnostics: Diagnostic[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'boundaries-'));
  for (const name of ['biome.json', '.gitignore', 'lint']) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  for (const [file, lines] of Object.entries(fixtures)) {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    writeFileSync(join(directory, file), `${lines.join('\n')}\n`);
  }
  const biome = join(root, 'node_modules/.bin/biome');
  // The fixtures break these rules too, which takes time to report.
  const skipped = ['--skip=correctness', '--skip=suspicious/noRedeclare', '--skip=style/useImportType'];
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', ...skipped];
  const { stdout, stderr } = spawnSync(biome, args, { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(stdout, stderr).toMatch(/^\{/);
  diagnostics = JSON.parse(stdout).diagnostics;
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The lines of a file that break a rule. */
function reported(file: string, category: string): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.category === category && diagnostic.location.path === file)
    .map((diagnostic) => fixtures[file]?.[diagnostic.location.start.line - 1] ?? '');
}

test('Biome accepts the configuration', () => {
  const broken = diagnostics.filter(({ category }) => !/^(lint\/|plugin$)/.test(category));
  expect(broken).toEqual([]);
});

test.each([...files])('in %s, Biome reports exactly the imports that %s must not have', (file, part) => {
  const { forbidden } = linesOf(file, part);
  expect(reported(file, 'lint/style/noRestrictedImports').sort()).toEqual(forbidden.sort());
});

test('a broken boundary is an error', () => {
  const severities = diagnostics
    .filter(({ category }) => /noRestrictedImports|noImportCycles|plugin/.test(category))
    .map(({ severity }) => severity);
  expect(new Set(severities)).toEqual(new Set(['error']));
});

test('an import() type is an error, because Biome does not see what it imports', () => {
  expect(reported('src/lib/import-type.ts', 'plugin')).toHaveLength(1);
});

describe.each(foldersWithCycles)('in %s', (folder) => {
  test.each(['value-a', 'value-b', 'type-a', 'type-b'])('Biome reports %s.ts as part of a cycle', (name) => {
    expect(reported(`${folder}/${name}.ts`, 'lint/suspicious/noImportCycles')).toHaveLength(1);
  });

  test('Biome does not report a file that only imports part of a cycle', () => {
    expect(reported(`${folder}/no-cycle.ts`, 'lint/suspicious/noImportCycles')).toEqual([]);
  });
});

test('long functions and files are warnings', () => {
  const tooLong = diagnostics
    .filter(({ category, severity }) => category.includes('noExcessiveLines') && severity === 'warning')
    .map(({ location }) => location.path)
    .filter((path) => /(long|short)\.ts$/.test(path));
  expect(tooLong.sort()).toEqual(['src/tickets/long.ts', 'stand-ins/slack/long.ts']);
  expect(reported('src/tickets/long.ts', 'lint/style/noRestrictedImports')).toHaveLength(1);
});

test('every folder in src is a layer', () => {
  const known = layers.flat();
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
});
