import { describe, expect, it, vi } from 'vitest';
import { CachedList } from '../../src/auth0/cached-list.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { createLog } from '../../src/lib/log.ts';

const log = createLog('error', { write: () => undefined });

interface Entry {
  id: string;
  name: string;
}

const entries = (...names: string[]): Entry[] => names.map((name, index) => ({ id: `id_${index}`, name }));

function listOf(...names: string[]) {
  return new CachedList<Entry>({
    log,
    readPage: async () => ({ entries: entries(...names), next: undefined }),
    textsOf: ({ name }) => [name],
  });
}

describe('CachedList', () => {
  it('ranks exact matches first, then prefixes, word starts, and other matches, each by name', async () => {
    const list = listOf('The Acme', 'Acme Zeta', 'acme', 'Pacmed', 'Acme Alpha', 'Other');
    await list.load();
    expect((await list.search('ACME', 10)).map(({ name }) => name)).toEqual([
      'acme',
      'Acme Alpha',
      'Acme Zeta',
      'The Acme',
      'Pacmed',
    ]);
  });

  it('ignores case, accents, and surrounding spaces', async () => {
    const list = listOf('Café Zürich');
    await list.load();
    for (const typed of ['cafe', 'ZURICH', ' zürich ', 'é z']) {
      expect(await list.search(typed, 10)).toHaveLength(1);
    }
  });

  it('finds by ID, respects the limit, and returns the first entries by name for an empty search', async () => {
    const list = listOf('c', 'a', 'b');
    await list.load();
    expect((await list.search('id_1', 10)).map(({ name }) => name)).toEqual(['a']);
    expect((await list.search('', 2)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await list.search('nothing like it', 10)).toEqual([]);
  });

  it('searches the pages that have arrived while the rest is loading', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const list = new CachedList<Entry>({
      log,
      readPage: async (from) => {
        if (from) await held;
        return { entries: entries(from ? 'second' : 'first'), next: from ? undefined : 'more' };
      },
      textsOf: ({ name }) => [name],
    });
    const loaded = list.load();
    await vi.waitFor(async () =>
      expect((await list.search('', 10)).map(({ name }) => name)).toEqual(['first']),
    );
    expect(list.isComplete()).toBe(false);
    release();
    await loaded;
    expect(list.isComplete()).toBe(true);
  });

  it('shares one load between all callers, and loads again after a failure', async () => {
    const page = vi.fn(async () => ({ entries: entries('a'), next: undefined }));
    page.mockRejectedValueOnce(new Error('down'));
    const list = new CachedList<Entry>({ readPage: page, textsOf: ({ name }) => [name], log });
    const [first, second] = await Promise.allSettled([list.load(), list.load()]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    await Promise.all([list.load(), list.load(), list.load()]);
    expect(page).toHaveBeenCalledTimes(2);
  });

  it('keeps the old entries if a refresh fails, and replaces them when one succeeds', async () => {
    const page = vi.fn(async () => ({ entries: entries('old'), next: undefined }));
    const list = new CachedList<Entry>({ readPage: page, textsOf: ({ name }) => [name], log });
    await list.load();
    list.refreshIfOld();
    expect(page).toHaveBeenCalledTimes(1);

    page.mockRejectedValueOnce(new Error('down'));
    list.refresh();
    await vi.waitFor(() => expect(page).toHaveBeenCalledTimes(2));
    expect(await list.search('old', 10)).toHaveLength(1);

    page.mockResolvedValueOnce({ entries: entries('new'), next: undefined });
    await vi.waitFor(async () => {
      list.refresh();
      expect((await list.search('', 10)).map(({ name }) => name)).toEqual(['new']);
    });
  });

  it.each([
    ['five minutes', 1, 5],
    ['an hour (for a long list)', 5_001, 60],
  ])('refreshes automatically only if it is older than %s', async (_, length, minutes) => {
    const names = Array.from({ length }, (_, index) => `name ${index}`);
    const page = vi.fn(async () => ({ entries: entries(...names), next: undefined }));
    const list = new CachedList<Entry>({ readPage: page, textsOf: ({ name }) => [name], log });
    await list.load();
    vi.useFakeTimers({ now: Date.now() + (minutes - 1) * 60_000, toFake: ['Date'] });
    list.refreshIfOld();
    expect(page).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    list.refreshIfOld();
    expect(page).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it('adds an entry once, sorted by name', async () => {
    const list = listOf('Beta', 'Delta');
    await list.load();
    expect(list.has('gamma')).toBe(false);
    list.add({ id: 'id_9', name: 'Gamma' });
    list.add({ id: 'id_9', name: 'Gamma' });
    expect((await list.search('', 10)).map(({ name }) => name)).toEqual(['Beta', 'Delta', 'Gamma']);
    expect(list.has(' GAMMA ')).toBe(true);
    expect(list.byId('id_9')?.name).toBe('Gamma');
    list.add({ id: 'id_8', name: 'Alpha' });
    expect((await list.search('', 1)).map(({ name }) => name)).toEqual(['Alpha']);
  });

  it('starts over after a load that failed halfway, without duplicates', async () => {
    let works = false;
    const list = new CachedList<Entry>({
      log,
      readPage: async (from) => {
        if (from && !works) throw new Error('down');
        return {
          entries: from ? [{ id: 'id_2', name: 'b' }] : [{ id: 'id_1', name: 'a' }],
          next: from ? undefined : 'more',
        };
      },
      textsOf: ({ name }) => [name],
    });
    await expect(list.load()).rejects.toThrow('down');
    expect(await list.search('', 10)).toHaveLength(1);
    works = true;
    await list.load();
    expect((await list.search('', 10)).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('keeps entries that are added during a load, without duplicates', async () => {
    const releases: (() => void)[] = [];
    const list = new CachedList<Entry>({
      log,
      readPage: async (from) => {
        await new Promise<void>((resolve) => releases.push(resolve));
        return from
          ? { entries: [{ id: 'id_2', name: 'late' }], next: undefined }
          : { entries: [{ id: 'id_1', name: 'early' }], next: 'more' };
      },
      textsOf: ({ name }) => [name],
    });
    const pages = async () => {
      for (let page = 0; page < 2; page += 1) {
        await vi.waitFor(() => expect(releases).not.toEqual([]));
        releases.shift()?.();
      }
    };
    const loaded = list.load();
    list.add({ id: 'id_2', name: 'late' });
    list.add({ id: 'id_3', name: 'new' });
    await pages();
    await loaded;
    expect(list.all().map(({ name }) => name)).toEqual(['early', 'late', 'new']);

    list.refresh();
    list.add({ id: 'id_4', name: 'newest' });
    await pages();
    await vi.waitFor(() => expect(list.all().map(({ name }) => name)).toEqual(['early', 'late', 'newest']));
  });

  it('retries a page that failed, and keeps the pages before it', async () => {
    let failures = 2;
    const page = vi.fn(async (from: string | undefined) => {
      if (from && failures > 0) {
        failures -= 1;
        throw new Auth0Error('failed', { status: 502 });
      }
      return { entries: from ? entries('b') : [{ id: 'id_9', name: 'a' }], next: from ? undefined : 'more' };
    });
    const list = new CachedList<Entry>({ readPage: page, textsOf: ({ name }) => [name], log });
    const loaded = list.load();
    await loaded;
    expect(list.all()).toHaveLength(2);
    expect(page).toHaveBeenCalledTimes(4);
  });

  it('has each entry once if its pages overlap', async () => {
    const pages = [
      [0, 1, 2],
      [2, 3, 4],
    ].map((ids) => ids.map((id) => ({ id: `id_${id}`, name: `name ${id}` })));
    const list = new CachedList<Entry>({
      log,
      readPage: async (from) => ({ entries: pages[from ? 1 : 0] ?? [], next: from ? undefined : 'more' }),
      textsOf: ({ name }) => [name],
    });
    await list.load();
    expect(list.all().map(({ id }) => id)).toEqual(['id_0', 'id_1', 'id_2', 'id_3', 'id_4']);
  });

  it.each([
    ['the same one', ['a', 'a']],
    ['two alternating ones', ['a', 'b', 'a']],
  ])(
    'stops, keeps its entries, and logs a warning if Auth0 repeats a checkpoint (%s)',
    async (_, checkpoints) => {
      const lines: string[] = [];
      let calls = 0;
      const list = new CachedList<Entry>({
        log: createLog('warn', { write: (line) => lines.push(line) }),
        readPage: async () => {
          calls += 1;
          const next = checkpoints[(calls - 1) % checkpoints.length];
          return { entries: [{ id: `id_${calls}`, name: `name ${calls}` }], next };
        },
        textsOf: ({ name }) => [name],
      });
      await list.load();
      expect(list.isComplete()).toBe(true);
      expect(list.all()).toHaveLength(checkpoints.length);
      expect(lines.join()).toContain('Auth0 repeats a checkpoint');
    },
  );
});
