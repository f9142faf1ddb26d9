import { column, type Tx } from '#platform/db.ts';

/** An export with the orders that it was sold by, as its first version names them. */
export interface TradedExport {
  readonly id: string;
  readonly filer: string;
  readonly declaration: string;
  readonly orders: readonly { readonly platform: string; readonly number: string }[];
}

/**
 * Those of these parcels that are exports, with their orders, for whoever follows what is paid for them. Imports, of
 * which there are far more, are passed over without reading what they declare.
 */
export async function exportsAmong(tx: Tx, ids: readonly string[]): Promise<TradedExport[]> {
  const rows = await tx.query<Omit<TradedExport, 'orders'> & { body: string }>(
    `select d.id, d.filer, d.declaration, d.body
       from unnest($1::uuid[]) as q(id)
      cross join lateral (select * from clearance.declarations x where x.id = q.id order by x.version limit 1) d
      where d.movement = 'export' order by d.id`,
    [column.uuid([...ids])],
  );
  return rows.map(({ body, ...row }) => {
    const { orders = [] } = JSON.parse(body) as { orders?: TradedExport['orders'] };
    return { ...row, orders: orders.map(({ platform, number }) => ({ platform, number })) };
  });
}
