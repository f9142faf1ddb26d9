import type { Context } from '#platform/context.ts';
import { applyForReturn, find, reportReturn } from '#modules/clearance/index.ts';
import { type HistoryDay, historyDay } from './history.ts';
import { placeOf } from './landing.ts';
import { operatorSystem, slipSystem } from './principals.ts';
import { ids } from './roles.ts';

/** Days from filing until a buyer sends something back, and until it is back. */
const applied = 4;
const back = 8;
/** One in so many of the others' parcels, and of these one in so many whose goods are not as they were sent. */
const oneIn = 23;
const damagedOneIn = 6;

type Filed = HistoryDay['parcels'][number];

const goesBack = ({ kind, filer, index }: Filed): boolean =>
  kind === 'several-lines' ? filer === ids.seller || index % oneIn === 3 : kind === 'low-value' && index % oneIn === 3;

/** Applies as its filer's system does; the same again is answered as the first time. What was not released stays. */
async function apply(context: Context, { kind, filer, index, barcodes, body }: Filed): Promise<string | undefined> {
  const principal = slipSystem(context, filer);
  const [parcel] = await find(context, principal, barcodes[0] ?? '');
  if (parcel === undefined) return undefined;
  const [first] = body.declaration.goods;
  const lines =
    kind === 'several-lines' && first?.quantity ? { lines: [{ line: first.line, quantity: first.quantity }] } : {};
  const ground = index % 3 === 0 ? 'not-as-ordered' : 'changed-mind';
  const done = await applyForReturn(context, principal, parcel, { reference: `BACK-${index}`, ground, ...lines });
  return done.ok ? done.value.id : undefined;
}

/** One day of returns: buyers of a few days ago send things back, and what was sent back before is there. */
export async function sendSomeBack(context: Context, seed: number, began: number, number: number): Promise<void> {
  if (number >= back)
    for (const [place, parcel] of historyDay(seed, began, number - back)
      .parcels.filter(goesBack)
      .entries()) {
      const id = await apply(context, parcel);
      if (id === undefined) continue;
      const condition = place % damagedOneIn === 1 ? 'damaged' : 'as-sent';
      const arrival = {
        operator: ids.operator,
        place: placeOf(false),
        back: context.clock.instant(),
        condition,
      } as const;
      await reportReturn(context, operatorSystem(context, false), id, arrival);
    }
  if (number >= applied)
    for (const parcel of historyDay(seed, began, number - applied).parcels.filter(goesBack))
      await apply(context, parcel);
}
