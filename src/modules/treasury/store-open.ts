import type { Tx } from '#platform/db.ts';

/** Parcels with ids from `low` up to `high` whose notice still asks for money, or has some to give back. */
export const openNotices = async (tx: Tx, low: string, high: string): Promise<string[]> => {
  const rows = await tx.query<{ id: string }>(
    `select distinct n.id from treasury.notices n
      where n.id >= $1 and n.id < $2 and (n.state in ('due', 'secured') or n.refund > 0) order by n.id`,
    [low, high],
  );
  return rows.map(({ id }) => id);
};
