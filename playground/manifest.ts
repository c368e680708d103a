import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';

const manifest = z
  .object({
    display_information: z.object({ name: z.string() }),
    features: z.object({
      shortcuts: z.array(
        z.object({ name: z.string(), type: z.string(), callback_id: z.string(), description: z.string() }),
      ),
      slash_commands: z.array(
        z.object({ command: z.string(), description: z.string(), usage_hint: z.string().default('') }),
      ),
    }),
  })
  .transform(({ display_information: { name }, features }) => ({
    name,
    commands: features.slash_commands.map(({ usage_hint: hint, ...command }) => ({ ...command, hint })),
    shortcuts: features.shortcuts
      .filter(({ type }) => type === 'global')
      .map(({ callback_id: id, name, description }) => ({ id, name, description })),
  }));

/** The parts of `manifest.yml` that the page shows. */
export type Manifest = z.output<typeof manifest>;

export async function readManifest(): Promise<Manifest> {
  return manifest.parse(parse(await readFile(new URL('../manifest.yml', import.meta.url), 'utf8')));
}
