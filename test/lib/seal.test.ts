import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { Seal } from '../../src/lib/seal.ts';

const shape = z.object({ secret: z.string() });
const sealWith = (...keys: string[]) => new Seal({ keys: () => keys });
const seal = sealWith('a secret that is long enough to derive a key from');

describe('Seal', () => {
  it('opens what it sealed, and hides the content', async () => {
    const sealed = await seal.seal('ticket', { secret: 'hidden-value' }, 60);
    expect(sealed).not.toContain('hidden-value');
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('hidden-value');
    expect(await seal.open('ticket', sealed, shape)).toEqual({ secret: 'hidden-value' });
  });

  it('opens on any instance with the same key, such as after a restart', async () => {
    const sealed = await seal.seal('ticket', { secret: 's' }, 60);
    const other = sealWith('a secret that is long enough to derive a key from');
    expect(await other.open('ticket', sealed, shape)).toEqual({ secret: 's' });
  });

  it('does not open for another purpose', async () => {
    const sealed = await seal.seal('origin', { secret: 's' }, 60);
    await expect(seal.open('ticket', sealed, shape)).rejects.toMatchObject({ code: 'forged' });
  });

  it('does not open with another key', async () => {
    const sealed = await sealWith('quite another secret').seal('ticket', { secret: 's' }, 60);
    await expect(seal.open('ticket', sealed, shape)).rejects.toMatchObject({ code: 'forged' });
  });

  it('does not open a changed or malformed seal', async () => {
    const sealed = await seal.seal('ticket', { secret: 's' }, 60);
    const parts = sealed.split('.');
    const changed = [...parts.slice(0, 3), `A${parts[3]?.slice(1)}B`, parts[4]].join('.');
    for (const forged of [changed, '', 'x', '....', sealed.slice(0, -2), '{"secret":"s"}']) {
      await expect(seal.open('ticket', forged, shape)).rejects.toMatchObject({ code: 'forged' });
    }
  });

  it('does not open after the seal expires', async () => {
    const sealed = await seal.seal('ticket', { secret: 's' }, 60);
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    await expect(seal.open('ticket', sealed, shape)).rejects.toMatchObject({ code: 'expired' });
    vi.useRealTimers();
  });

  it('does not open content of another shape', async () => {
    const sealed = await seal.seal('ticket', { other: 1 }, 60);
    await expect(seal.open('ticket', sealed, shape)).rejects.toMatchObject({ code: 'forged' });
  });
});
