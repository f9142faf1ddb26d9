import { systemClock } from '#platform/clock.ts';
import { run } from './cli/run.ts';

// A reader that closes early, such as `head`, ends the output and is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY,
  clock: systemClock,
});
