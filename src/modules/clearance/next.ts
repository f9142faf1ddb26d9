import { must, ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import {
  type AssessmentRequest,
  assessRequest,
  type Consignment,
  type Explained,
  type Pack,
  packsPart,
} from '#modules/rulebook/index.ts';
import { parcelFrom, recordOf } from './read.ts';
import { parcelOf } from './store-read.ts';

/** The movements for which a parcel's data serve once more. */
export const nextMovements = ['import', 'transit'] as const;
export type NextMovement = (typeof nextMovements)[number];

/** The data of a parcel as the declaration of its next movement: nothing that was said is asked again. */
export interface NextDeclaration {
  readonly movement: NextMovement;
  /** Whose law it is held against; null where this window holds no pack of the country that it goes to. */
  readonly economy: string | null;
  /** The declaration that it goes on from. */
  readonly from: string;
  readonly consignment: AssessmentRequest['consignment'];
  /** The facts that are really missing, by the names that checks and fields have. */
  readonly missing: readonly string[];
  readonly route: string | null;
  readonly totals: Explained['totals'] | null;
}

type Declared = Consignment['declaration'];

/** What belongs to the movement that is over and says nothing of the goods or of the way that is to come. */
const ended = ['route', 'scheme', 'procedure', 'previousProcedure', 'office', 'placeOfGoods', 'zone'] as const;
/** Who acts for whom in another economy is that economy's affair: parties are registered in each. */
const parties = ['declarant', 'representation', 'importer', 'placeOperator', 'postalOperator', 'guarantor'] as const;

const without = <T extends object>(whole: T, names: readonly string[]): Partial<T> =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name))) as Partial<T>;

/** The type under which a declaration of this window stands among the previous documents of the next one. */
export const previousType = 'DECL';

function draftOf(
  body: Consignment,
  id: string,
  movement: NextMovement,
  abroad: boolean,
): NextDeclaration['consignment'] {
  const { declaration, ...slips } = body;
  const left: readonly string[] = ['id', ...ended, ...(abroad ? parties : [])];
  const previousDocuments = [...(declaration.previousDocuments ?? []), { type: previousType, number: id }];
  return {
    ...slips,
    declaration: { ...(without(declaration, left) as Omit<Declared, 'id' | 'declarant'>), movement, previousDocuments },
  };
}

/**
 * A parcel's data as the declaration of its next movement, for who filed or declares it, with the facts that are really
 * missing: transit through this economy, or import into the one it goes to, where the window holds its law.
 */
export async function nextDeclaration(
  context: Context,
  principal: Principal,
  id: string,
  movement: NextMovement,
): Promise<Result<NextDeclaration>> {
  const unknown = refuse('clearance/not-found', { pointer: '/id' });
  const row = await parcelOf(context.db, id);
  if (!row) return unknown;
  const parcel = parcelFrom(row);
  const record = recordOf(parcel);
  if (!may(principal, 'consignment.cancel', record))
    return may(principal, 'consignment.read', record) ? refuse('clearance/next-not-yours') : unknown;
  const { declaration } = parcel.body;
  if (declaration.movement === movement) return refuse('clearance/next-same', { params: { movement } });
  const packs = context.reference.current().get(packsPart);
  const goesTo = [...packs.all.values()].find(
    (pack) => pack.country !== null && pack.country === declaration.destination,
  );
  const pack: Pack | undefined = movement === 'transit' ? packs.home : goesTo;
  const abroad = pack?.id !== packs.home.id;
  const consignment = draftOf(parcel.body, id, movement, abroad);
  const head = { movement, from: id, consignment };
  if (pack === undefined) return ok({ ...head, economy: null, missing: ['economy'], route: null, totals: null });
  const assessed = must(assessRequest(packs, { economy: pack.id, consignment }, context.clock.instant()));
  const needed = abroad ? ['declaration.id', 'declarant'] : ['declaration.id'];
  // A route of transit that asks who stands good names no missing fact of its own: nobody is a fact too.
  const standing = movement === 'transit' && !consignment.declaration.guarantor ? ['guarantor'] : [];
  const missing = [...new Set([...needed, ...standing, ...assessed.missing])];
  return ok({ ...head, economy: pack.id, missing, route: assessed.route, totals: assessed.totals });
}
