import { cpus, release, totalmem } from 'node:os';
import { performanceSettings } from '#platform/postgres.ts';
import type { Options } from './bench.ts';

/** What the figures were measured on and how. */
export function machine({ config, under }: Options): Readonly<Record<string, unknown>> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    serving: config.processes,
    under: under.join(' '),
    postgres: performanceSettings({ sharedBuffers: config.sharedBuffers }),
    together: 'load generator, window and PostgreSQL share this machine',
  };
}
