import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { StartError } from '../config/config.ts';

/** The variables of an environment file, by name. None if there is no file. */
export async function readEnvFile(folder: string): Promise<Record<string, string>> {
  try {
    return parse(await readFile(join(folder, '.env')));
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
}

/**
 * Writes `.env`, which only its owner can read. An existing file is kept under another name.
 *
 * @throws StartError for a value that can't be quoted
 * @returns the name under which the earlier file is kept, if there was one
 */
export async function writeEnvFile(
  folder: string,
  variables: Record<string, string>,
  now: Date,
): Promise<string | undefined> {
  const [file, written] = [join(folder, '.env'), join(folder, '.env.new')];
  const lines = Object.entries(variables).map(([name, value]) => toLine(name, value));
  await writeFile(written, `${lines.join('\n')}\n`, { mode: 0o600 });
  // The mode above applies only to a new file.
  await chmod(written, 0o600);
  const kept = `.env.${now.toISOString().replaceAll(':', '-')}`;
  const existed = await rename(file, join(folder, kept)).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  if (existed) await chmod(join(folder, kept), 0o600);
  await rename(written, file);
  return existed ? kept : undefined;
}

/**
 * A line of an environment file. Single quotes come first, because neither dotenv nor Compose changes what is in them.
 */
function toLine(name: string, value: string): string {
  if (/^[\w.:@/,+=-]*$/.test(value)) return `${name}=${value}`;
  const lines = ["'", '"', '`', ''].map((quote) => `${name}=${quote}${value}${quote}`);
  const line = lines.find((each) => parse(each)[name] === value);
  if (line === undefined) {
    throw new StartError(
      `The value of ${name} cannot be written to .env. Use only one kind of quotation mark in it.`,
    );
  }
  return line;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
