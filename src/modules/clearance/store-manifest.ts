import { column, type Tx } from '#platform/db.ts';

export interface ManifestHead {
  id: string;
  filer: string;
  master: string;
  mode: string;
  conveyance: string | null;
  expected: string | null;
  received: string;
  digest: Buffer;
}

export interface ManifestLineRow {
  line: number;
  house: string;
  pieces: number;
  weight: string | null;
}

/** Writes a manifest with its lines, pieces and containers; answers false when this master bill stands already. */
export async function writeManifest(
  tx: Tx,
  head: ManifestHead,
  goods: {
    readonly lines: readonly ManifestLineRow[];
    readonly pieces: readonly { barcode: string; house: string }[];
    readonly containers: readonly { container: string; house: string }[];
  },
): Promise<boolean> {
  const { lines, pieces, containers } = goods;
  const written = await tx.query(
    `insert into clearance.manifests (id, filer, master, mode, conveyance, expected, received, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (master) do nothing returning id`,
    [head.id, head.filer, head.master, head.mode, head.conveyance, head.expected, head.received, head.digest],
  );
  if (written.length === 0) return false;
  await tx.query(
    `insert into clearance.manifest_lines (manifest, line, house, pieces, weight)
     select $1::uuid, line, house, pieces::int2, weight from unnest($2::int4[], $3::text[], $4::int4[], $5::text[]) as t(line, house, pieces, weight)`,
    [
      head.id,
      column.int4(lines.map((line) => line.line)),
      column.text(lines.map((line) => line.house)),
      column.int4(lines.map((line) => line.pieces)),
      column.text(lines.map((line) => line.weight)),
    ],
  );
  await tx.query(
    `insert into clearance.manifest_pieces (manifest, barcode, house)
     select $1::uuid, barcode, house from unnest($2::text[], $3::text[]) as t(barcode, house) on conflict do nothing`,
    [head.id, column.text(pieces.map((piece) => piece.barcode)), column.text(pieces.map((piece) => piece.house))],
  );
  if (containers.length > 0)
    await tx.query(
      `insert into clearance.manifest_containers (manifest, container, house)
       select $1::uuid, container, house from unnest($2::text[], $3::text[]) as t(container, house) on conflict do nothing`,
      [head.id, column.text(containers.map((one) => one.container)), column.text(containers.map((one) => one.house))],
    );
  return true;
}

export interface ManifestRead {
  id: string;
  filer: string;
  master: string;
  mode: string;
  conveyance: string | null;
  expected: string | null;
  received: string;
  digest: Buffer;
  lines: bigint;
  pieces: bigint;
}

export async function manifestOf(tx: Tx, master: string): Promise<ManifestRead | undefined> {
  const rows = await tx.query<ManifestRead>(
    `select m.*, (select count(*) from clearance.manifest_lines l where l.manifest = m.id) as lines,
            (select count(*) from clearance.manifest_pieces p where p.manifest = m.id) as pieces
       from clearance.manifests m where m.master = $1`,
    [master],
  );
  return rows[0];
}
