/**
 * Loaded into a bot with `--import`. On SIGUSR2, it collects all garbage and writes to standard error what is left, in
 * bytes. NODE_OPTIONS can't have `--expose-gc`, so the function comes from V8. JavaScript, because the bot is built.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  // What a finalizer frees is collected the second time.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  console.error(`collected: heap ${heapUsed}, external ${external}`);
});
