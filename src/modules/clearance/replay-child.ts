import { setPriority } from 'node:os';
import { environment, readConfig } from '#platform/config.ts';
import { systemClock } from '#platform/clock.ts';
import { isOutage, openDb } from '#platform/db.ts';
import { outageCode } from '#platform/kept.ts';
import { createLog } from '#platform/log.ts';
import { workAll } from './replay-work.ts';

/** One of the processes that work on a replay: the least urgent thing on the machine. It ends with who started it. */

const lowest = 19;

setPriority(lowest);
process.on('disconnect', () => process.exit(0));

const [replay = ''] = process.argv.slice(2);
const { databaseUrl: url } = readConfig(environment(), []);
if (url === undefined) throw new Error('DATABASE_URL names no database');
const db = openDb({ url, size: 1 });
try {
  await workAll(db, replay);
  process.exitCode = 0;
} catch (error) {
  if (!isOutage(error)) createLog(systemClock, { process: 'replay' }).error('replay-failed', error);
  process.exitCode = isOutage(error) ? outageCode : 1;
}
await db.close();
process.disconnect();
