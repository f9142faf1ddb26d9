import { digestOfTable } from './backup.ts';
import type { Manifest } from './backup-file.ts';
import { openSession, type Tx } from './db.ts';

/** One table of a backup and what came of it. */
export interface TableFound {
  readonly table: string;
  /** Of how many parts it is made: its partitions. */
  readonly parts: number;
  readonly kept: number;
  readonly found: number;
  /** Whether what the table gives now is, byte for byte, what it gave then. */
  readonly same: boolean;
}

/** Reads every table of a restored database back and holds it against the manifest, before anything else touches it. */
export async function compareTables(
  url: string,
  manifest: Manifest,
  progress: (bytes: number) => void = () => undefined,
): Promise<TableFound[]> {
  const session = await openSession(url);
  try {
    await session.simple('set synchronize_seqscans = off');
    const compared: TableFound[] = [];
    let bytes = 0;
    for (const table of manifest.tables) {
      const { rows: found, sha256 } = await digestOfTable(session, table, (more) => progress((bytes += more)));
      const same = sha256 === table.sha256 && found === table.rows;
      const whole = `${table.schema}.${table.partition?.of ?? table.name}`;
      compared.push({ table: whole, parts: 1, kept: table.rows, found, same });
    }
    return byTable(compared);
  } finally {
    await session.close();
  }
}

/** What was found of each table, its partitions taken together. */
function byTable(found: readonly TableFound[]): TableFound[] {
  const tables = new Map<string, TableFound>();
  for (const one of found) {
    const sum = tables.get(one.table);
    const { table, parts, kept, same } = one;
    tables.set(
      table,
      sum === undefined
        ? one
        : {
            table,
            parts: sum.parts + parts,
            kept: sum.kept + kept,
            found: sum.found + one.found,
            same: sum.same && same,
          },
    );
  }
  return [...tables.values()];
}

/** How many entries a journal has below a transaction, and a digest of what they say that knows no order. */
export async function journalBelow(db: Tx, below: string): Promise<{ entries: bigint; digest: string }> {
  const [row] = await db.query<{ entries: bigint; digest: string }>(
    `select count(*) as entries, coalesce(sum(hashtextextended(
       concat_ws(' ', tx, seq, at, kind, subject, seeded, data), 0)), 0)::text as digest
     from platform.journal where tx < $1::xid8`,
    [below],
  );
  return row!;
}
