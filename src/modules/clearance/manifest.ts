import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { type PartyRole, registered } from '#modules/parties/index.ts';
import { isContainer } from './container.ts';
import type { Manifest } from './model-goods.ts';
import { soundInstant } from './review.ts';
import { manifestOf, writeManifest } from './store-manifest.ts';

export interface ManifestAnswer {
  id: string;
  master: string;
  lines: number;
  pieces: number;
}

const manifestRecord = (master: string, filer: string, carrier: string): RecordRef => ({
  kind: 'manifest',
  id: master,
  parties: { filer: [filer], carrier: [carrier] },
  desk: null,
});

/** The legal roles in which somebody brings goods, and those in which he keeps the place where they land. */
export const carriers: readonly PartyRole[] = ['carrier', 'postal-operator'];
export const operators: readonly PartyRole[] = ['place-operator', 'postal-operator'];

/**
 * Whether a party is registered for what it is named as: a key alone makes nobody a carrier or the keeper of a place.
 */
export function standsAs(
  context: Context,
  party: string,
  roles: readonly PartyRole[],
  on: string,
  pointer: string,
): Result<null> {
  const snapshot = context.reference.current();
  if (roles.some((role) => registered(snapshot, party, role, on).result === 'passed')) return ok(null);
  return refuse('clearance/role-not-registered', { pointer, params: { party } });
}

/** The pieces of a master bill by their barcodes; none stands in it twice. */
function piecesOf(manifest: Manifest): Result<{ barcode: string; house: string }[]> {
  const pieces = new Map<string, { barcode: string; house: string }>();
  for (const [index, line] of manifest.lines.entries()) {
    const { house, barcodes = line.pieces === 1 ? [house] : [] } = line;
    if (line.barcodes && line.barcodes.length !== line.pieces)
      return refuse('clearance/pieces-differ', {
        pointer: `/lines/${index}/barcodes`,
        params: { pieces: String(line.pieces), barcodes: String(line.barcodes.length) },
      });
    for (const [place, barcode] of barcodes.entries()) {
      if (pieces.has(barcode)) {
        const pointer = line.barcodes ? `/lines/${index}/barcodes/${place}` : `/lines/${index}/house`;
        return refuse('clearance/piece-repeated', { pointer, params: { barcode } });
      }
      pieces.set(barcode, { barcode, house });
    }
  }
  return ok([...pieces.values()]);
}

/** The containers of a master bill, each under the house bills that travel in it. */
function containersOf(manifest: Manifest): Result<{ container: string; house: string }[]> {
  const found: { container: string; house: string }[] = [];
  for (const [index, { house, containers = [] }] of manifest.lines.entries())
    for (const [place, container] of containers.entries()) {
      if (!isContainer(container))
        return refuse('clearance/container-number', {
          pointer: `/lines/${index}/containers/${place}`,
          params: { container },
        });
      found.push({ container, house });
    }
  return ok(found);
}

/** Takes a master bill with its house bills. The same manifest again gets the same answer; another one is refused. */
export async function fileManifest(
  context: Context,
  principal: Principal,
  manifest: Manifest,
  raw: string,
): Promise<Result<ManifestAnswer>> {
  const filer = principal.party ?? '';
  if (!may(principal, 'manifest.file', manifestRecord(manifest.master, filer, manifest.carrier)))
    return refuse('clearance/not-yours', { pointer: '/carrier', params: { party: manifest.carrier } });
  const standing = standsAs(context, manifest.carrier, carriers, principal.on, '/carrier');
  if (!standing.ok) return standing;
  const expected = soundInstant(manifest.expected, '/expected');
  if (!expected.ok) return expected;
  const counted = piecesOf(manifest);
  if (!counted.ok) return counted;
  const pieces = counted.value;
  const containers = containersOf(manifest);
  if (!containers.ok) return containers;
  const received = context.clock.instant();
  const digest = createHash('sha256').update(raw).digest();
  const head = {
    id: newId(context.clock.now()),
    filer,
    master: manifest.master,
    mode: manifest.mode,
    conveyance: manifest.conveyance ?? null,
    expected: manifest.expected ?? null,
    received,
    digest,
  };
  const lines = manifest.lines.map((line, index) => ({
    line: index + 1,
    house: line.house,
    pieces: line.pieces,
    weight: line.weight ?? null,
  }));
  const id = await context.db.tx(async (tx) => {
    if (!(await writeManifest(tx, head, { lines, pieces, containers: containers.value }))) return null;
    await append(tx, [
      {
        kind: 'clearance.manifest',
        subject: head.id,
        data: { filer, master: manifest.master, lines: lines.length, pieces: pieces.length },
      },
    ]);
    return head.id;
  });
  if (id) return ok({ id, master: manifest.master, lines: lines.length, pieces: pieces.length });
  const known = await manifestOf(context.db, manifest.master);
  if (known?.filer === filer && known.digest.equals(digest))
    return ok({
      id: known.id,
      master: known.master,
      lines: Number(known.lines),
      pieces: Number(known.pieces),
    });
  return refuse('clearance/manifest-known', { pointer: '/master', params: { master: manifest.master } });
}
