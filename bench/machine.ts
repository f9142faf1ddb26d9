import { cpus, release, totalmem } from 'node:os';
import type { Config } from '#platform/config.ts';

/** What the figures were measured on and how. */
export function machine(config: Config): Readonly<Record<string, unknown>> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    serving: config.processes,
    postgres: {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      shared_buffers: config.sharedBuffers,
      wal_buffers: '64MB',
      max_wal_size: '4GB',
      min_wal_size: '4GB',
      backend_flush_after: '1MB',
      jit: 'off',
    },
    together: 'load generator, window and PostgreSQL share this machine',
  };
}
