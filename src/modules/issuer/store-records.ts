import type { Db, Tx } from '#platform/db.ts';

/** What the OpenID Connect library keeps of one thing; it knows what stands in it. */
export type Payload = Readonly<Record<string, unknown>>;

interface RecordRow {
  readonly model: string;
  readonly id: string;
  readonly payload: Payload;
  readonly grant: string | null;
  readonly uid: string | null;
  /** After how long it ends, by the database's time. */
  readonly seconds: number;
}

const insertRecord = `insert into issuer.records (model, id, payload, grant_id, uid, expires)
  values ($1, $2, $3::jsonb, $4, $5, now() + make_interval(secs => $6)) on conflict (model, id) do`;
const valuesOf = ({ model, id, payload, grant, uid, seconds }: RecordRow): unknown[] => [
  model,
  id,
  JSON.stringify(payload),
  grant,
  uid,
  seconds,
];

/** Writes a record in the place of an earlier one. */
export async function putRecord(tx: Tx, row: RecordRow): Promise<void> {
  const sql = `${insertRecord} update set payload = excluded.payload, grant_id = excluded.grant_id,
    uid = excluded.uid, expires = excluded.expires`;
  await tx.query(sql, valuesOf(row));
}

/** Writes a record that may stand only once; of two who do so at the same moment one is told false. */
export const putRecordOnce = async (tx: Tx, row: RecordRow): Promise<boolean> =>
  (await tx.query(`${insertRecord} nothing returning 1`, valuesOf(row))).length > 0;

async function recordWhere(tx: Tx, model: string, column: 'id' | 'uid', value: string): Promise<Payload | undefined> {
  const sql = `select payload::text as payload from issuer.records
    where model = $1 and ${column} = $2 and expires > now()`;
  const [row] = await tx.query<{ payload: string }>(sql, [model, value]);
  return row === undefined ? undefined : (JSON.parse(row.payload) as Payload);
}

export const recordOf = (tx: Tx, model: string, id: string) => recordWhere(tx, model, 'id', id);
export const recordByUid = (tx: Tx, model: string, uid: string) => recordWhere(tx, model, 'uid', uid);

export async function dropRecord(tx: Tx, model: string, id: string): Promise<void> {
  await tx.query('delete from issuer.records where model = $1 and id = $2', [model, id]);
}

export async function dropGrant(tx: Tx, grant: string): Promise<void> {
  await tx.query('delete from issuer.records where grant_id = $1', [grant]);
}

/** Marks a code as used, once: of two who bring it at the same moment one is told false. */
export async function useRecord(tx: Tx, model: string, id: string): Promise<boolean> {
  const sql = `update issuer.records
    set payload = payload || jsonb_build_object('consumed', extract(epoch from now())::bigint)
    where model = $1 and id = $2 and not payload ? 'consumed' returning 1`;
  return (await tx.query(sql, [model, id])).length > 0;
}

/** A private key of the issuer, as a JWK in text. */
export interface KeyRow {
  readonly kid: string;
  readonly jwk: string;
  readonly made: string;
}

/** The keys, the newest first. */
export const keys = (tx: Tx): Promise<KeyRow[]> =>
  tx.query<KeyRow>('select kid, jwk, made from issuer.keys order by made desc, kid', []);

/** Of two processes that make the first key at once, or the next, one makes it. */
export const lockKeys = (tx: Tx): Promise<unknown> => tx.query('lock table issuer.keys in exclusive mode', []);

export async function insertKey(tx: Tx, row: KeyRow): Promise<void> {
  await tx.query('insert into issuer.keys (kid, jwk, made) values ($1, $2, $3)', [row.kid, row.jwk, row.made]);
}

export async function deleteKeys(tx: Tx, kids: readonly string[]): Promise<void> {
  await tx.query('delete from issuer.keys where kid = any($1::text[])', [kids]);
}

/** Removes what is over; true when anything was. */
export async function sweep(db: Db): Promise<boolean> {
  const records = await db.query('delete from issuer.records where expires <= now() returning 1', []);
  const steps = await db.query('delete from issuer.steps where expires <= now() returning 1', []);
  return records.length + steps.length > 0;
}
