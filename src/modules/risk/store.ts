import type { Tx } from '#platform/db.ts';
import type { StoredName, StoredRule } from './model.ts';

/** The highest epoch: a row that ends there is true now. */
const openEnd = 9223372036854775807n;
const inEpoch = 'from_epoch <= $1 and $1 < until_epoch';
const ruleColumns = `key, id, condition, share, ground, desk, source, valid_from as "from", valid_until as "until"`;
const nameColumns = 'id, list, name, normalised, source';

export const rulesIn = (tx: Tx, epoch: bigint): Promise<StoredRule[]> =>
  tx.query<StoredRule>(`select ${ruleColumns} from risk.rules where ${inEpoch} order by id`, [epoch]);

export const namesIn = (tx: Tx, epoch: bigint): Promise<StoredName[]> =>
  tx.query<StoredName>(`select ${nameColumns} from risk.names where ${inEpoch} order by id`, [epoch]);

/** The last epoch, up to this one, in which a row began or ended; 0 when none ever did. */
export async function changedIn(tx: Tx, table: 'rules' | 'names', epoch: bigint): Promise<bigint> {
  const [row] = await tx.query<{ epoch: bigint | null }>(
    `select greatest(max(from_epoch) filter (where from_epoch <= $1), max(until_epoch) filter (where until_epoch <= $1)) as epoch from risk.${table}`,
    [epoch],
  );
  return row?.epoch ?? 0n;
}

export async function ruleNow(tx: Tx, id: string): Promise<StoredRule | undefined> {
  const sql = `select ${ruleColumns} from risk.rules where id = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<StoredRule>(sql, [id]))[0];
}

/** Ends a row that is true now; one that began in this very epoch was never seen by anybody and goes. */
export async function end(tx: Tx, table: 'rules' | 'names', id: string, epoch: bigint): Promise<boolean> {
  const now = `id = $1 and until_epoch = ${openEnd}`;
  const gone = await tx.query(`delete from risk.${table} where ${now} and from_epoch = $2 returning id`, [id, epoch]);
  if (gone.length > 0) return true;
  return (
    (await tx.query(`update risk.${table} set until_epoch = $2 where ${now} returning id`, [id, epoch])).length > 0
  );
}

export async function beginRule(tx: Tx, rule: StoredRule, epoch: bigint): Promise<void> {
  await tx.query(
    `insert into risk.rules (key, id, condition, share, ground, desk, source, valid_from, valid_until, from_epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [rule.key, rule.id, rule.condition, rule.share, rule.ground, rule.desk, rule.source, rule.from, rule.until, epoch],
  );
}

/** Writes the names that are not on their list yet, and gives the ids of those written. */
export async function beginNames(tx: Tx, names: readonly StoredName[], epoch: bigint): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `insert into risk.names (id, list, name, normalised, source, from_epoch)
     select id, list, name, normalised, source, $2::bigint
     from json_to_recordset($1::json) as given (id uuid, list text, name text, normalised text, source text)
     on conflict (list, name) where until_epoch = 9223372036854775807 do nothing returning id`,
    [JSON.stringify(names), epoch],
  );
  return rows.map((row) => row.id);
}
