import { afterAll, vi } from 'vitest';

// The test files of a worker share its clock.
afterAll(() => {
  const isLeft = vi.isFakeTimers();
  vi.useRealTimers();
  if (isLeft) throw new Error('This file leaves fake timers behind');
});
