import { column, type Tx } from '#platform/db.ts';
import type { Kind, Name, Reason, State } from './model.ts';

/** A version of a slip about to be kept. */
export interface NewVersion extends Name {
  readonly id: string;
  readonly version: number;
  readonly filer: string;
  readonly by: string;
  readonly received: string;
  readonly due: string;
  readonly digest: string;
  readonly statement: string | null;
  readonly raw: string;
  readonly names: readonly Name[];
}

const named = (names: readonly Name[]): Buffer[] => [
  column.text(names.map((one) => one.kind)),
  column.text(names.map((one) => one.sender)),
  column.text(names.map((one) => one.number)),
];

/** Keeps slips whose key is free, in the order of their keys, and gives the ids of those it kept. */
export async function insertSlips(tx: Tx, rows: readonly NewVersion[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const inserted = await tx.query<{ id: string }>(
    `insert into slips.slips (kind, sender, number, id, version, received, due, state, reasons)
     select kind, sender, number, id, 1, received, due, 'received', '[]'
       from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
         as t(kind, sender, number, id, received, due)
      order by kind, sender, number
     on conflict (kind, sender, number) do nothing returning id`,
    [
      ...named(rows),
      column.uuid(rows.map((row) => row.id)),
      column.timestamptz(rows.map((row) => row.received)),
      column.timestamptz(rows.map((row) => row.due)),
    ],
  );
  return new Set(inserted.map(({ id }) => id));
}

/** A slip that stands, with the body of its current version. */
export interface StandingRow extends Name {
  readonly id: string;
  readonly version: number;
  readonly state: State;
  readonly raw: string;
}

/** The slips under these keys, locked for whoever is about to correct or use them. */
export const lockKeys = (tx: Tx, keys: readonly Name[]): Promise<StandingRow[]> =>
  tx.query(
    `select s.kind, s.sender, s.number, s.id, s.version, s.state, v.raw
       from slips.slips s join slips.versions v on v.id = s.id and v.version = s.version
      where (s.kind, s.sender, s.number) in (select * from unnest($1::text[], $2::text[], $3::text[]))
      order by s.kind, s.sender, s.number for update of s`,
    named(keys),
  );

/** Every version of these slips, oldest first. */
export const versionsOf = (
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; version: number; digest: Buffer; received: string }[]> =>
  tx.query('select id, version, digest, received from slips.versions where id = any($1::uuid[]) order by id, version', [
    column.uuid([...ids]),
  ]);

/** Writes versions with what they name. */
export async function writeVersions(tx: Tx, rows: readonly NewVersion[]): Promise<void> {
  const names = rows.flatMap((row) => row.names.map((name) => ({ ...name, id: row.id, version: row.version })));
  await Promise.all([
    tx.query(
      `insert into slips.versions (id, version, filer, by, received, digest, statement, raw)
       select * from unnest($1::uuid[], $2::int2[], $3::text[], $4::text[], $5::timestamptz[], $6::bytea[], $7::uuid[], $8::text[])`,
      [
        column.uuid(rows.map((row) => row.id)),
        column.int2(rows.map((row) => row.version)),
        column.text(rows.map((row) => row.filer)),
        column.text(rows.map((row) => row.by)),
        column.timestamptz(rows.map((row) => row.received)),
        column.bytea(rows.map((row) => Buffer.from(row.digest, 'hex'))),
        column.uuid(rows.map((row) => row.statement)),
        column.text(rows.map((row) => row.raw)),
      ],
    ),
    tx.query(
      `insert into slips.names (kind, sender, number, id, version)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::int2[])`,
      [...named(names), column.uuid(names.map(({ id }) => id)), column.int2(names.map(({ version }) => version))],
    ),
  ]);
}

/** Lets corrections take the place of what stood; what was found out about the older version no longer holds. */
export async function correct(
  tx: Tx,
  rows: readonly { id: string; version: number; received: string }[],
): Promise<void> {
  await tx.query(
    `update slips.slips s set version = t.version, received = t.received, state = 'received', reasons = '[]', parcel = null
       from unnest($1::uuid[], $2::int2[], $3::timestamptz[]) as t(id, version, received) where s.id = t.id`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.int2(rows.map(({ version }) => version)),
      column.timestamptz(rows.map(({ received }) => received)),
    ],
  );
}

/** The undecided declarations that these slips are, name, or are named by, in any of their versions. */
export async function declarationsTouched(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with keys as materialized (
       select distinct kind, sender, number from slips.names where id = any($1::uuid[])
     )
     select distinct s.id from keys k
       join slips.names n on n.kind = k.kind and n.sender = k.sender and n.number = k.number
       join slips.slips s on s.id = n.id
      where s.kind = 'declaration' and s.state <> 'used'`,
    [column.uuid([...ids])],
  );
  return rows.map(({ id }) => id);
}

/** Which slips may belong to which declaration: those that it names, and payments and transports of its orders. */
export const candidatesOf = (tx: Tx, declarations: readonly string[]): Promise<{ declaration: string; id: string }[]> =>
  tx.query(
    `with named as materialized (
       select d.id as declaration, n.kind, n.sender, n.number
         from slips.slips d join slips.names n on n.id = d.id and n.version = d.version
        where d.id = any($1::uuid[])
     )
     select m.declaration, s.id from named m
       join slips.slips s on s.kind = m.kind and s.sender = m.sender and s.number = m.number
     union
     select m.declaration, s.id from named m
       join slips.names n on n.kind = m.kind and n.sender = m.sender and n.number = m.number
       join slips.slips s on s.id = n.id and s.version = n.version and s.kind in ('payment', 'transport')
      where m.kind = 'order'`,
    [column.uuid([...declarations])],
  );

/** A slip as it stands, for whoever puts parcels together. */
export interface SlipRow {
  readonly kind: Kind;
  readonly sender: string;
  readonly number: string;
  readonly id: string;
  readonly version: number;
  readonly received: string;
  readonly due: string;
  readonly state: State;
  readonly reasons: string;
  readonly parcel: string | null;
  readonly handed: Buffer | null;
  readonly filer: string;
  readonly by: string;
  readonly statement: string | null;
  readonly raw: string;
}

const slipColumns = `s.kind, s.sender, s.number, s.id, s.version, s.received, s.due, s.state, s.reasons, s.parcel, s.handed,
  v.filer, v.by, v.statement, v.raw`;
const current = 'slips.slips s join slips.versions v on v.id = s.id and v.version = s.version';

/** These slips, locked in the order of their keys, so that nobody corrects them meanwhile. */
export const lockSlips = (tx: Tx, ids: readonly string[]): Promise<SlipRow[]> =>
  tx.query(
    `select ${slipColumns} from ${current} where s.id = any($1::uuid[]) order by s.kind, s.sender, s.number for update of s`,
    [column.uuid([...ids])],
  );

/** What was found out about a slip. */
export interface Found {
  readonly id: string;
  readonly state: State;
  readonly reasons: readonly Reason[];
  readonly parcel: string | null;
  /** Left out, the deadline stays. */
  readonly due?: string | null;
  readonly handed?: Buffer | null;
}

export async function settle(tx: Tx, rows: readonly Found[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update slips.slips s set state = t.state, reasons = t.reasons, parcel = t.parcel, due = coalesce(t.due, s.due),
            handed = coalesce(t.handed, s.handed)
       from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::bytea[])
         as t(id, state, reasons, parcel, due, handed)
      where s.id = t.id`,
    [
      column.uuid(rows.map((row) => row.id)),
      column.text(rows.map((row) => row.state)),
      column.text(rows.map((row) => JSON.stringify(row.reasons))),
      column.uuid(rows.map((row) => row.parcel)),
      column.timestamptz(rows.map((row) => row.due ?? null)),
      column.bytea(rows.map((row) => row.handed ?? null)),
    ],
  );
}

/** Slips whose deadline has passed without a decided parcel, the longest overdue first, locked for the sweep. */
export const overdue = (tx: Tx, now: string, limit: number): Promise<SlipRow[]> =>
  tx.query(
    `select ${slipColumns} from ${current}
      where s.state in ('received', 'matched', 'contradicts') and s.due <= $1::timestamptz
        and (s.parcel is null or s.kind = 'declaration')
      order by s.due, s.id limit $2 for update of s skip locked`,
    [now, limit],
  );

export async function slipOf(tx: Tx, { kind, sender, number }: Name): Promise<SlipRow | undefined> {
  const rows = await tx.query<SlipRow>(
    `select ${slipColumns} from ${current} where s.kind = $1 and s.sender = $2 and s.number = $3`,
    [kind, sender, number],
  );
  return rows[0];
}

export interface ListFilter {
  /** Whose slips; null for everybody's. */
  readonly senders: readonly string[] | null;
  readonly kind: Kind | null;
  readonly state: State | null;
  readonly before: string | null;
  readonly limit: number;
}

/** One page of slips, newest first. */
export const listSlips = (tx: Tx, filter: ListFilter): Promise<SlipRow[]> =>
  tx.query(
    `select ${slipColumns} from ${current}
      where ($1::text[] is null or s.sender = any($1)) and ($2::text is null or s.kind = $2)
        and ($3::text is null or s.state = $3) and ($4::uuid is null or s.id < $4)
      order by s.id desc limit $5`,
    [filter.senders, filter.kind, filter.state, filter.before, filter.limit],
  );

/** How many slips stand where, of these senders or of all. */
export const stateCounts = (tx: Tx, senders: readonly string[] | null): Promise<{ state: State; count: bigint }[]> =>
  tx.query(
    'select state, count(*) as count from slips.slips where $1::text[] is null or sender = any($1) group by state',
    [senders],
  );

export interface StatementRow {
  readonly id: string;
  readonly filer: string;
  readonly received: string;
  readonly lines: number;
  readonly jws: string;
}

/** Keeps a signed upload statement as it came, and gives the id of the one that was kept first. */
export async function keepStatement(
  tx: Tx,
  row: StatementRow & { readonly digest: string; readonly identity: string },
): Promise<string> {
  const identity = Buffer.from(row.identity, 'hex');
  await tx.query(
    `insert into slips.statements (id, filer, received, lines, digest, jws, identity) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (identity) do nothing`,
    [row.id, row.filer, row.received, row.lines, Buffer.from(row.digest, 'hex'), row.jws, identity],
  );
  const kept = await tx.query<{ id: string }>('select id from slips.statements where identity = $1', [identity]);
  return kept[0]!.id;
}

export async function statementOf(tx: Tx, id: string): Promise<(StatementRow & { digest: Buffer }) | undefined> {
  const rows = await tx.query<StatementRow & { digest: Buffer }>(
    'select id, filer, received, lines, digest, jws from slips.statements where id = $1',
    [id],
  );
  return rows[0];
}
