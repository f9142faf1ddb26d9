import type { Tx } from '#platform/db.ts';

export async function add(tx: Tx, hash: Buffer, report: string, at: string): Promise<void> {
  await tx.query('insert into readiness.reports values ($1, $2, $3)', [hash, report, at]);
}

export async function reportOf(tx: Tx, hash: Buffer): Promise<string | undefined> {
  const rows = await tx.query<{ report: string }>('select report from readiness.reports where hash = $1', [hash]);
  return rows[0]?.report;
}
