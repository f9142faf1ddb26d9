import type { Goods } from './consignment.ts';
import { type DayView, viewOf } from './day.ts';
import { exactOf } from './exact.ts';
import type { AssessInput } from './model.ts';
import type { Pack } from './pack.ts';
import { type LineRun, noMemos, type Run, type WorkingRun } from './run.ts';

function hs6Of(commodity: string | null | undefined): string | null | undefined {
  if (typeof commodity !== 'string') return commodity;
  return commodity.length < 6 ? undefined : commodity.slice(0, 6);
}

function lineRun({ program }: Pack, goods: Goods, index: number, view: DayView): LineRun {
  const category = typeof goods.category === 'string' ? view.categories.get(goods.category) : undefined;
  const promoted = typeof goods.commodity !== 'string' && category !== undefined;
  const commodity = promoted ? category.commodity : goods.commodity;
  return {
    number: goods.line,
    index,
    goods,
    commodity,
    hs6: hs6Of(commodity),
    price: exactOf(goods.price.amount),
    amounts: noMemos(program.amounts.length),
    charges: noMemos(program.chargeCount),
    promoted,
  };
}

export function startRun(pack: Pack, input: AssessInput, working: WorkingRun | null = null): Run {
  const { consignment } = input;
  const { program } = pack;
  const { declaration } = consignment;
  const view = viewOf(pack, input.on, declaration.zone ?? null);
  return {
    pack,
    input,
    consignment,
    declaration,
    view,
    valuesAt: view,
    lines: declaration.goods.map((goods, index) => lineRun(pack, goods, index, view)),
    line: null,
    missing: [],
    working,
    trace: [],
    amounts: noMemos(program.amounts.length),
    charges: noMemos(program.chargeCount),
    shares: {},
    leads: {},
    doubts: program.doubts.noMarks(),
    doubtedRows: [],
  };
}

/**
 * The same parcel with the accounts it asked for. What was worked out without them stands, unless something was missing
 * or is not confirmed: then the assessment has to come upon it itself, to say so.
 */
export function goOn(run: Run, input: AssessInput): Run {
  const silent = run.missing.length === 0 && run.doubtedRows.length === 0 && run.doubts.every((word) => word === 0);
  if (!silent || input.event !== run.input.event) return startRun(run.pack, input);
  run.input = input;
  return run;
}
