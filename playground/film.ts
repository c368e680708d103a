import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';

const KEY_MS = 70;
const MOVE_MS = 40;
/** How many frames the pointer takes to its target. */
const MOVE_FRAMES = 8;
const CLICK_MS = 350;

/** Shows a pointer above everything, modals included, because screenshots have none. */
const POINTER = `(x, y) => {
  const pointer = document.getElementById('pointer') ?? document.createElement('div');
  if (!pointer.id) {
    Object.assign(pointer, { id: 'pointer', popover: 'manual' });
    document.body.append(pointer);
  }
  const arrow = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="26"><path d="M2 2v18l5-4 3 8 3-1-3-8h7z" fill="black" stroke="white" stroke-width="1.5"/></svg>';
  Object.assign(pointer.style, {
    position: 'fixed', inset: 'auto', left: x + 'px', top: y + 'px', width: '20px', height: '26px', border: 0,
    padding: 0, pointerEvents: 'none', background: 'url("data:image/svg+xml,' + encodeURIComponent(arrow) + '")',
  });
  pointer.hidePopover();
  pointer.showPopover();
}`;

/** Records what a person does on pages as a moving picture. */
export class Film {
  readonly #folder: string;
  readonly #frames: { file: string; ms: number }[] = [];
  #page: Page;
  #x = 600;
  #y = 420;

  private constructor(folder: string, page: Page) {
    this.#folder = folder;
    this.#page = page;
  }

  static async start(page: Page): Promise<Film> {
    return new Film(await mkdtemp(join(tmpdir(), 'film-')), page);
  }

  /** Continues with another page. */
  switchTo(page: Page): void {
    this.#page = page;
  }

  /** Adds a frame. @param ms how long it is shown */
  async show(ms: number): Promise<void> {
    const file = join(this.#folder, `${this.#frames.length}.png`);
    await this.#page.evaluate(`(${POINTER})(${this.#x}, ${this.#y})`);
    await this.#page.screenshot({ path: file, animations: 'disabled' });
    this.#frames.push({ file, ms });
  }

  /** Types into the element that has the focus. */
  async type(text: string): Promise<void> {
    for (const key of text) {
      await this.#page.keyboard.type(key);
      await this.show(KEY_MS);
    }
  }

  /** Moves the pointer to an element and clicks. Does not show what follows. */
  async click(target: Locator): Promise<void> {
    // Waits until the element is in view and stays where it is.
    await target.click({ trial: true });
    const box = await target.boundingBox();
    if (!box) throw new Error(`${target} is not visible`);
    const [fromX, fromY] = [this.#x, this.#y];
    const [toX, toY] = [box.x + Math.min(box.width / 2, 120), box.y + box.height / 2];
    for (let at = 1; at <= MOVE_FRAMES; at += 1) {
      const part = at / MOVE_FRAMES;
      this.#x = Math.round(fromX + (toX - fromX) * part);
      this.#y = Math.round(fromY + (toY - fromY) * part);
      await this.show(MOVE_MS);
    }
    await this.show(CLICK_MS);
    await this.#page.mouse.click(this.#x, this.#y);
  }

  /** Writes the film as WebP, with img2webp from Debian's package `webp`. */
  async save(path: string): Promise<void> {
    const frames = this.#frames.flatMap(({ file, ms }) => ['-d', String(ms), file]);
    try {
      await promisify(execFile)('img2webp', ['-loop', '0', '-mixed', '-q', '70', ...frames, '-o', path]);
    } catch (error) {
      throw new Error('img2webp failed. It is in the Debian package webp.', { cause: error });
    }
    await rm(this.#folder, { recursive: true });
  }
}
