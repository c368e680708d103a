import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { releaseNotes } from '../../deploy/release.ts';

const project = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(project, file), 'utf8');

const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const workflow = z.object({
  permissions: z.object({ contents: z.literal('read') }).strict(),
  jobs: z.record(
    z.string(),
    z.object({ permissions: z.record(z.string(), z.string()).optional(), steps: z.array(step) }),
  ),
});

const workflows = readdirSync(join(project, '.github/workflows')).map((name) => `.github/workflows/${name}`);

describe.each(workflows)('%s', (file) => {
  const text = read(file);

  it('pins every action to a commit and names its version', () => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('has only read permission by default', () => {
    expect(() => workflow.parse(parse(text))).not.toThrow();
  });
});

it('all workflows pin an action to the same commit', () => {
  const used = workflows.flatMap((file) => [...read(file).matchAll(/uses: (\S+)@(.*)/g)]);
  const names = new Set(used.map(([, name]) => name));
  const pinned = new Set(used.map(([action]) => action));
  expect(pinned.size).toBe(names.size);
});

describe('the release workflow', () => {
  const { release } = workflow.parse(parse(read('.github/workflows/release.yml'))).jobs;
  const using = (action: string) =>
    release?.steps.find(({ uses = '' }) => uses.startsWith(`${action}@`))?.with;

  it('builds the image for both platforms, and attests its provenance and bill of materials', () => {
    expect(using('docker/build-push-action')).toMatchObject({
      platforms: 'linux/amd64,linux/arm64',
      push: true,
    });
    const subject = {
      'subject-name': expect.stringContaining('steps.image.outputs.name'),
      'subject-digest': expect.stringContaining('steps.build.outputs.digest'),
    };
    expect(using('actions/attest-build-provenance')).toMatchObject(subject);
    expect(using('actions/attest-sbom')).toMatchObject({ ...subject, 'sbom-path': 'sbom.cdx.json' });
    const runs = release?.steps.map(({ run = '' }) => run).join('\n');
    expect(runs).toContain('.ci/sbom');
    expect(runs).toMatch(/gh release create .* sbom\.cdx\.json/);
  });

  it('has write permission only for what it publishes', () => {
    expect(release?.permissions).toEqual({
      contents: 'write',
      packages: 'write',
      'id-token': 'write',
      attestations: 'write',
    });
  });
});

describe('the release notes', () => {
  const changelog = (version: string, changes: string) =>
    `# Changelog\n\n## [Unreleased]\n\n- Later.\n\n## [${version}] - 2026-12-01\n\n${changes}\n\n## [1.4.2] - 2026-11-26\n\n- Old.\n`;

  it('are the section of the newest version in the changelog', () => {
    expect(releaseNotes('1.4.3', changelog('1.4.3', '### Fixed\n\n- A fix.'), '1.4.3')).toBe(
      '### Fixed\n\n- A fix.\n',
    );
  });

  it.each([
    ['### Fixed\n\n- A fix.', '1.4.3'],
    ['### Added\n\n- A feature.', '1.5.0'],
    ['### Changed\n\n- **Breaking:** A change.', '2.0.0'],
  ])('with the changes %j require version %s', (changes, version) => {
    expect(releaseNotes(version, changelog(version, changes), version)).toBe(`${changes}\n`);
    for (const other of ['1.4.3', '1.5.0', '2.0.0', '1.4.4', '1.6.0'].filter((each) => each !== version)) {
      expect(() => releaseNotes(other, changelog(other, changes), other)).toThrow(`must be ${version}, not`);
    }
  });

  it('can have breaking changes in a minor version before 1.0', () => {
    const text =
      '## [0.2.0] - 2026-12-01\n\n- **Breaking:** A change.\n\n## [0.1.0] - 2026-11-26\n\nFirst.\n';
    expect(releaseNotes('0.2.0', text, '0.2.0')).toContain('Breaking');
  });

  it('fail if the tag is not the package version or has no section', () => {
    expect(() => releaseNotes('1.4.3', changelog('1.4.3', '- A.'), '1.4.2')).toThrow('package.json has');
    expect(() => releaseNotes('1.4.4', changelog('1.4.3', '- A.'), '1.4.4')).toThrow('is not 1.4.4');
  });

  it('exist for the package version', () => {
    const { version } = JSON.parse(read('package.json'));
    expect(releaseNotes(version, read('CHANGELOG.md'), version).length).toBeGreaterThan(100);
  });
});

it('the bug report form requires the output of the doctor', () => {
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug_report.yml'));
  const doctor = body.find(({ id }: { id?: string }) => id === 'doctor');
  expect(doctor.attributes.description).toContain('npm run doctor');
  expect(doctor.validations).toEqual({ required: true });
});

it('Dependabot updates everything that is pinned', () => {
  const { updates } = parse(read('.github/dependabot.yml'));
  const ecosystems = updates.map((each: Record<string, string>) => [
    each['package-ecosystem'],
    each.directory,
  ]);
  expect(ecosystems).toEqual([
    ['npm', '/'],
    ['github-actions', '/'],
    ['docker', '/'],
    ['docker-compose', '/'],
    ['terraform', '/deploy/terraform'],
  ]);
});
