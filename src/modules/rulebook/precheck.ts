import { type Day, dayIn, dayOf, day as parseDay } from '#kernel/effective.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { posted, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { allFields, besideName, type Setting } from './assess-fields.ts';
import { onFields, requestOf, toldTo } from './assess-form.ts';
import { compact, linesDrawn, linesOf } from './assess-link.ts';
import type { AssessmentRequest } from './consignment.ts';
import { dryRun } from './dry-run.ts';
import type { AssessInput, Explained } from './model.ts';
import type { Pack } from './pack.ts';
import { packsPart } from './service.ts';

/** One economy's answer to the parcel, with the request that it answers. */
export interface Side {
  readonly pack: Pack;
  readonly request: AssessmentRequest;
  readonly determination: Explained;
}

/** What a link asks, and what came of it. */
export interface Precheck {
  readonly setting: Setting;
  readonly values: Values;
  /** The day of the question, where it was not refused. */
  readonly on: Day;
  readonly side: Side | null;
  readonly beside: Side | null;
  readonly refusal?: Refusal;
}

function settingOf(context: Context, given: Values, lines: number): Setting {
  const { all, home } = context.reference.current().get(packsPart);
  const pack = all.get(given['economy'] ?? '') ?? home;
  const other = all.get(given['with'] ?? '');
  return {
    packs: all,
    pack,
    beside: other === undefined || other.country === null ? null : other,
    lines: linesDrawn(lines, given['more'] !== undefined),
  };
}

/** Choices that this economy does not have, such as the zone of another one, are as good as none. */
function fitting(setting: Setting, values: Record<string, string>): Values {
  const { pack, beside } = setting;
  if (!pack.program.zones.has(values['zone'] ?? '')) values['zone'] = '';
  if (beside?.program.zones.has(values['with.zone'] ?? '') !== true) values['with.zone'] = '';
  return values;
}

function answered(context: Context, t: Words, pack: Pack, values: Values): Result<Side> {
  const request = requestOf(t, values, pack);
  if (!request.ok) return request;
  const result = dryRun(context, request.value);
  if (!result.ok) return { ok: false, error: onFields(values, result.error) };
  return { ok: true, value: { pack, request: request.value, determination: result.value } };
}

/** A refusal by the second economy, on the fields that only it is told. */
function onBeside(refusal: Refusal): Refusal {
  const moved = <P extends { pointer?: string }>(one: P): P => {
    const name = (one.pointer ?? '').slice(1).replaceAll('/', '.');
    return { ...one, pointer: `/${besideName(name).replaceAll('.', '/')}` };
  };
  return { ...moved(refusal), more: (refusal.more ?? []).map(moved) };
}

/** Answers what a link asks: the parcel under the law of one economy, and of a second one where it names one. */
export function precheck(context: Context, t: Words, given: Values): Precheck {
  const lines = linesOf(given);
  const setting = settingOf(context, given, lines.ok ? lines.value : 0);
  const { pack, beside } = setting;
  const today = dayIn(context.clock.instant(), pack.timeZone);
  const nothing = { setting, on: today, side: null, beside: null };
  if (!lines.ok) return { ...nothing, values: {}, refusal: lines.error };
  const values = fitting(setting, posted(allFields(t, setting), given));
  if (given['run'] === undefined) return { ...nothing, values: { ...compact(values), economy: pack.id } };
  if (given['more'] !== undefined) return { ...nothing, values };
  const on = parseDay(values['on'] ?? '') ?? today;
  const side = answered(context, t, pack, values);
  if (!side.ok) return { ...nothing, values, refusal: side.error };
  const own = { ...nothing, values, on, side: side.value };
  if (beside === null) return own;
  // Both are asked about the same day, also where it is another one over there by now.
  const other = answered(context, t, beside, { ...toldTo(values, pack, beside), on });
  if (!other.ok) return { ...own, side: null, refusal: onBeside(other.error) };
  return { ...own, beside: other.value };
}

/** What the engine was asked, for looking at the same parcel on other days. */
export const inputOf = ({ request, determination }: Omit<Side, 'pack'>): AssessInput => ({
  consignment: request.consignment,
  on: dayOf(determination.day),
  days: Object.fromEntries(Object.entries(request.days ?? {}).map(([clock, day]) => [clock, dayOf(day)])),
  event: request.event ?? 'entry',
  accounts: request.assumed ?? {},
});
