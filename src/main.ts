import { environment, readConfig } from '#platform/config.ts';
import { supervise } from './supervise.ts';

// Everything of a window on this machine: PostgreSQL, the processes that serve, the one that works.
const argv = process.argv.slice(2);
supervise(() => readConfig(environment(), argv), ['serve', 'work'], argv);
