import { writeAsHistory } from '#platform/journal.ts';
import { dayIn } from '#kernel/effective.ts';
import { type Clock, instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Connection, Db, Tx } from '#platform/db.ts';
import { packsPart } from '#modules/rulebook/index.ts';

/** The day on which the law stands in the economy's own time zone. */
export const legalToday = (context: Context): string =>
  dayIn(context.clock.instant(), context.reference.current().get(packsPart).home.timeZone);

/** A clock that is set, for the history: it stands still until the next thing happens. */
export interface HistoryClock extends Clock {
  set(ms: number): void;
}

export function historyClock(ms: number): HistoryClock {
  let at = ms;
  return { now: () => at, instant: () => instantOf(at), set: (next) => void (at = next) };
}

/**
 * The database as the history sees it: every transaction says at its beginning to which moment its journal entries
 * belong,
 * and that they are seeded. The setting ends with the transaction.
 */
export function historyDb(db: Db, clock: Clock): Db {
  const begun = (tx: Tx): Promise<void> => writeAsHistory(tx, clock.instant());
  return {
    query: (sql, params) => db.query(sql, params),
    copy: (sql, rows) => db.copy(sql, rows),
    tx: (work) =>
      db.tx(async (tx) => {
        await begun(tx);
        return work(tx);
      }),
    async connection(): Promise<Connection> {
      const connection = await db.connection();
      return {
        query: (sql, params) => connection.query(sql, params),
        copy: (sql, rows) => connection.copy(sql, rows),
        async simple(sql) {
          const rows = await connection.simple(sql);
          if (sql.startsWith('begin')) await begun(connection);
          return rows;
        },
        release: () => connection.release(),
      };
    },
    close: () => db.close(),
  };
}
