import { column, type Tx } from '#platform/db.ts';
import type { ExportRow, ReceiptRow } from './model.ts';

const receiptColumns = 'id, provider, reference, exporter, kind, name, currency, minor, received, reported, claim';

/** Writes what exports are worth now in the place of what was known of them, and gives waiting receipts their claim. */
export async function putExports(tx: Tx, parcels: readonly string[], rows: readonly ExportRow[]): Promise<void> {
  const ids = column.uuid([...parcels]);
  await tx.query(
    `delete from receipts.exports e where e.parcel = any ($1::uuid[])
       and not exists (
         select from unnest($2::uuid[], $3::text[]) q (parcel, currency)
         where q.parcel = e.parcel and q.currency = e.currency
       )`,
    [ids, column.uuid(rows.map((one) => one.parcel)), column.text(rows.map((one) => one.currency))],
  );
  for (const one of rows)
    await tx.query(
      `insert into receipts.exports
         (parcel, currency, exporter, filer, declaration, claim, orders, minor, exported)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (parcel, currency) do update set minor = excluded.minor, exporter = excluded.exporter`,
      [
        one.parcel,
        one.currency,
        one.exporter,
        one.filer,
        one.declaration,
        one.claim,
        column.text([...one.orders]),
        one.minor,
        one.exported,
      ],
    );
  await tx.query(
    `update receipts.receipts r set claim = e.claim
     from receipts.exports e
     where e.parcel = any ($1::uuid[]) and r.claim is null and r.exporter = e.exporter
       and r.name = any (e.orders || (e.filer || ' ' || e.declaration))`,
    [ids],
  );
}

/** The exports that an order or a declaration names. */
export const exportsNamed = (tx: Tx, name: string): Promise<{ claim: string; exporter: string }[]> =>
  tx.query(
    `select e.claim, e.exporter from receipts.exports e
     where e.orders @> array[$1] or (e.filer = split_part($1, ' ', 1) and e.declaration = split_part($1, ' ', 2))
     order by e.parcel limit 1`,
    [name],
  );

export async function addReceipt(tx: Tx, one: ReceiptRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into receipts.receipts (${receiptColumns})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (provider, reference) do nothing returning 1`,
    [
      one.id,
      one.provider,
      one.reference,
      one.exporter,
      one.kind,
      one.name,
      one.currency,
      one.minor,
      one.received,
      one.reported,
      one.claim,
    ],
  );
  return rows.length > 0;
}

export async function receiptUnder(tx: Tx, provider: string, reference: string): Promise<ReceiptRow | undefined> {
  const [row] = await tx.query<ReceiptRow>(
    `select ${receiptColumns} from receipts.receipts where provider = $1 and reference = $2`,
    [provider, reference],
  );
  return row;
}

/** Receipts of an exporter, or those a provider reported, the latest first; whether their currency was invoiced. */
export const receiptsOf = (
  tx: Tx,
  who: { exporter: string | null; provider: string | null },
  size: number,
): Promise<(ReceiptRow & { invoiced: boolean })[]> =>
  tx.query(
    `select ${receiptColumns}, exists (
       select from receipts.exports e where e.claim = r.claim and e.currency = r.currency
     ) as invoiced
     from receipts.receipts r
     where ($1::text is null or r.exporter = $1) and ($2::text is null or r.provider = $2)
     order by r.received desc, r.id desc limit $3`,
    [who.exporter, who.provider, size],
  );

const claims = `
  select coalesce(e.claim, r.claim) as claim, coalesce(e.currency, r.currency) as currency,
    coalesce(e.parcels, '{}') as parcels, coalesce(e.minor, 0)::bigint as exported,
    coalesce(r.minor, 0)::bigint as received, e.since, e.claim is not null as invoiced
  from (
    select claim, currency, array_agg(parcel order by parcel) as parcels, sum(minor) as minor, min(exported) as since
    from receipts.exports where exporter = $1 group by claim, currency
  ) e
  full join (
    select claim, currency, sum(minor) as minor from receipts.receipts
    where exporter = $1 and claim is not null group by claim, currency
  ) r on r.claim = e.claim and r.currency = e.currency`;

/** What was exported under a claim in a currency and what came for it. */
export interface ClaimRow {
  readonly claim: string;
  readonly currency: string;
  readonly parcels: string[];
  readonly exported: bigint;
  readonly received: bigint;
  readonly since: string | null;
  readonly invoiced: boolean;
}

/** An exporter's claims of which more or less came than was exported, the oldest first; all of them with `settled`. */
export const claimsOf = (tx: Tx, exporter: string, settled: boolean, size: number): Promise<ClaimRow[]> =>
  tx.query(
    `select c.* from (${claims}) c where $2 or c.exported <> c.received order by c.since nulls first, c.claim limit $3`,
    [exporter, settled, size],
  );

/** What an exporter sent and what came, in each currency. */
export const sumsOf = (
  tx: Tx,
  exporter: string,
): Promise<
  { currency: string; exported: bigint; received: bigint; outstanding: bigint; over: bigint; waiting: bigint }[]
> =>
  tx.query(
    `select currency, sum(exported)::bigint as exported, sum(received)::bigint as received,
       sum(outstanding)::bigint as outstanding, sum(over)::bigint as over, sum(waiting)::bigint as waiting
     from (
       select c.currency, c.exported, c.received, greatest(c.exported - c.received, 0) as outstanding,
         greatest(c.received - c.exported, 0) as over, 0 as waiting
       from (${claims}) c
       union all
       select currency, 0, 0, 0, 0, minor from receipts.receipts where exporter = $1 and claim is null
     ) q group by currency order by currency`,
    [exporter],
  );

/** Exporters after one of them, in their order. */
export const exportersAfter = async (tx: Tx, after: string, size: number): Promise<string[]> =>
  (
    await tx.query<{ exporter: string }>(
      `select exporter from receipts.exports where exporter > $1
       union select exporter from receipts.receipts where exporter > $1 order by exporter limit $2`,
      [after, size],
    )
  ).map(({ exporter }) => exporter);
