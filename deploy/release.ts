/**
 * `tsx deploy/release.ts 1.2.3` prints the section of this version in CHANGELOG.md. Fails if the version doesn't match
 * package.json, or isn't the one that semantic versioning requires for the changes in the section.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Section {
  version: number[];
  text: string;
}

/** The released versions, newest first. */
function sections(changelog: string): Section[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [, major, minor, patch] = /^\[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d\n/.exec(section) ?? [];
      const text = section.slice(section.indexOf('\n')).trim();
      return patch === undefined ? [] : [{ version: [major, minor, patch].map(Number), text }];
    });
}

/** The lowest version that may follow another one, after these changes. Before 1.0, a minor version may break. */
function nextVersion([major = 0, minor = 0, patch = 0]: number[], changes: string): string {
  if (changes.includes('**Breaking:**')) return major > 0 ? `${major + 1}.0.0` : `0.${minor + 1}.0`;
  return /^### Added$/m.test(changes) ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** The notes of a release. @throws if the version doesn't fit the changelog or the package */
export function releaseNotes(version: string, changelog: string, packageVersion: string): string {
  if (packageVersion !== version)
    throw new Error(`package.json has the version ${packageVersion}, not ${version}`);
  const [newest, previous] = sections(changelog);
  if (newest?.version.join('.') !== version)
    throw new Error(`The newest version in CHANGELOG.md is not ${version}`);
  if (previous) {
    const expected = nextVersion(previous.version, newest.text);
    if (version !== expected)
      throw new Error(`After its changes, this version must be ${expected}, not ${version}`);
  }
  return `${newest.text}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const read = (file: string) => readFileSync(resolve(import.meta.dirname, '..', file), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  process.stdout.write(releaseNotes(process.argv[2] ?? '', read('CHANGELOG.md'), version));
}
