import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Certificate, createCertificate } from '../stand-ins/certificate.ts';
import { startPostgres } from '../stand-ins/postgres.ts';

/**
 * Runs once, before the workers start. Builds the bot, creates the certificate that the workers trust, and starts
 * PostgreSQL if it is installed.
 *
 * Node reads NODE_EXTRA_CA_CERTS when a process starts, so it must be set before the workers start.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  build();
  project.onTestsRerun(async () => build());
  const folder = await mkdtemp(join(tmpdir(), 'sso-ticket-bot-'));
  const { cert, key } = await createCertificate();
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  process.env.NODE_EXTRA_CA_CERTS = certFile;
  process.env.TEST_TLS_CERT = certFile;
  process.env.TEST_TLS_KEY = keyFile;
  const postgres = await startPostgres();
  if (postgres) process.env.TEST_POSTGRES_URL = postgres.url;
  else console.warn('PostgreSQL is not installed, so its tests are skipped (apt-get install postgresql)');
  return async () => {
    await postgres?.stop();
    await rm(folder, { recursive: true });
  };
}

/** Builds the bot for tests that run it as in production. Type errors are printed, but don't stop the build. */
function build(): void {
  const project = resolve(import.meta.dirname, '..');
  spawnSync('npm', ['run', 'build', '--silent'], { cwd: project, stdio: 'inherit' });
}

/** The certificate that the tests trust, for `startAuth0(testCertificate())`. */
export function testCertificate(): Certificate {
  const { TEST_TLS_CERT, TEST_TLS_KEY } = process.env;
  if (!TEST_TLS_CERT || !TEST_TLS_KEY) throw new Error('test/setup.ts has not run');
  return { cert: readFileSync(TEST_TLS_CERT, 'utf8'), key: readFileSync(TEST_TLS_KEY, 'utf8') };
}
