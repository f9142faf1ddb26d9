import type { Tx } from '#platform/db.ts';
import type { TariffRow } from './model.ts';

const columns = 't.id, t.operator, t.port, t.version, t.from_day as "from", t.currency, t.digest, t.body, t.published';

/** Keeps others from publishing for the same port until the transaction ends. */
export async function lock(tx: Tx, operator: string, port: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 24))', [`ports.tariffs ${operator} ${port}`]);
}

/** Every version of a port's tariff, the latest first. */
export const versionsOf = (tx: Tx, operator: string, port: string): Promise<TariffRow[]> =>
  tx.query(
    `select ${columns} from ports.tariffs t where t.operator = $1 and t.port = $2 order by t.version desc limit 200`,
    [operator, port],
  );

export async function add(tx: Tx, one: TariffRow): Promise<void> {
  await tx.query(
    `insert into ports.tariffs (id, operator, port, version, from_day, currency, digest, body, published)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [one.id, one.operator, one.port, one.version, one.from, one.currency, one.digest, one.body, one.published],
  );
}

/** The tariff of a port that holds on a day. */
export async function inForce(tx: Tx, operator: string, port: string, on: string): Promise<TariffRow | undefined> {
  const [row] = await tx.query<TariffRow>(
    `select ${columns} from ports.tariffs t where t.operator = $1 and t.port = $2 and t.from_day <= $3
     order by t.from_day desc, t.version desc limit 1`,
    [operator, port, on],
  );
  return row;
}

/** What begins after a day, the first first; of two that begin on one day the one that will hold. */
export const coming = (tx: Tx, operator: string, port: string, after: string): Promise<TariffRow[]> =>
  tx.query(
    `select distinct on (t.from_day) ${columns} from ports.tariffs t
     where t.operator = $1 and t.port = $2 and t.from_day > $3 order by t.from_day, t.version desc limit 20`,
    [operator, port, after],
  );

/** The tariffs of every port that hold on a day, or the first that comes where none does yet. */
export const ports = (tx: Tx, on: string): Promise<TariffRow[]> =>
  tx.query(
    `select distinct on (t.operator, t.port) ${columns} from ports.tariffs t
     order by t.operator, t.port, t.from_day <= $1 desc,
       case when t.from_day <= $1 then t.from_day end desc, t.from_day, t.version desc limit 200`,
    [on],
  );
