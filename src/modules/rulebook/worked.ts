import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Day, day as parseDay } from '#kernel/effective.ts';
import { AssessmentRequest } from './consignment.ts';
import { assess } from './engine.ts';
import { isJson } from './facts.ts';
import type { AssessInput, Determination, Problem } from './model.ts';
import type { Pack } from './pack.ts';
import { lineOf } from './problems.ts';
import { dayRemedy, shapeProblems } from './shape.ts';

/**
 * Worked examples that stand in the pack: a case that a lawyer can read, the law it rests on, the day, the body of
 * `POST /v1/assessments`, and what must come out. Only what `expect` names is compared; `charges` is always the whole
 * list.
 */
const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const texts = Type.Array(Type.String());
const byId = Type.Record(Type.String(), Type.String());
const optional = Type.Optional;

const Expected = closed({
  route: optional(Type.Union([Type.String(), Type.Null()])),
  otherRoute: optional(Type.Union([Type.String(), Type.Null()])),
  decided: optional(Type.Boolean()),
  missing: optional(texts),
  charges: optional(byId),
  border: optional(Type.Union([Type.String(), Type.Null()])),
  elsewhere: optional(Type.Union([Type.String(), Type.Null()])),
  values: optional(byId),
  checks: optional(byId),
  reasons: optional(byId),
  waived: optional(texts),
  counts: optional(texts),
  slipsMissing: optional(texts),
  obligations: optional(texts),
  unconfirmed: optional(texts),
});

export const WorkedExample = closed({
  name: Type.String({ minLength: 1 }),
  law: Type.String({ minLength: 1 }),
  on: Type.String(),
  given: AssessmentRequest,
  expect: Expected,
  /** Why a part of the case, as its source tells it, is not compared here. */
  listed: optional(Type.String({ minLength: 1 })),
});
export type WorkedExample = Static<typeof WorkedExample>;

const reader = Compile(WorkedExample);

const rank: Readonly<Record<string, number>> = { failed: 3, unknown: 2, skipped: 1, passed: 0 };

/** A rule asked of several lines gives several checks; an example speaks of the one that weighs most. */
function weightiest(determination: Determination): Map<string, { result: string; reason: string }> {
  const found = new Map<string, { result: string; reason: string }>();
  for (const { id, result, reason } of determination.checks) {
    const kept = found.get(id);
    if (kept === undefined || (rank[result] ?? 0) > (rank[kept.result] ?? 0)) found.set(id, { result, reason });
  }
  return found;
}

/** What came out, in the words of an example. */
export function outcomeOf(determination: Determination): Required<Static<typeof Expected>> {
  const checks = [...weightiest(determination)];
  return {
    route: determination.route,
    otherRoute: determination.otherRoute,
    decided: determination.decided,
    missing: determination.missing,
    charges: Object.fromEntries(determination.charges.map((one) => [one.id, one.amount.amount])),
    border: determination.totals?.border.amount ?? null,
    elsewhere: determination.totals?.elsewhere.amount ?? null,
    values: Object.fromEntries(Object.entries(determination.values).map(([id, value]) => [id, value.amount])),
    checks: Object.fromEntries(checks.map(([id, one]) => [id, one.result])),
    reasons: Object.fromEntries(checks.map(([id, one]) => [id, one.reason])),
    waived: determination.charges.flatMap((one) => (one.waived === null ? [] : [one.id])),
    counts: determination.counts,
    slipsMissing: determination.slips.missing,
    obligations: determination.obligations.map((one) => one.id),
    unconfirmed: [...determination.unconfirmed],
  };
}

/** In these only what the example names is compared, because a pack may check and show more. */
const partial: ReadonlySet<string> = new Set(['values', 'checks', 'reasons', 'obligations', 'unconfirmed']);

function differences(
  expected: WorkedExample['expect'],
  found: ReturnType<typeof outcomeOf>,
): [pointer: string, message: string][] {
  const all: [string, string][] = [];
  const say = (pointer: string, wanted: unknown, got: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(got))
      all.push([pointer, `expected ${JSON.stringify(wanted)}, came out ${JSON.stringify(got)}`]);
  };
  const came = new Map<string, unknown>(Object.entries(found));
  for (const [key, wanted] of Object.entries(expected)) {
    const got = came.get(key);
    if (!partial.has(key)) say(`/expect/${key}`, wanted, got);
    else if (Array.isArray(wanted)) {
      const absent = wanted.filter((one) => !(Array.isArray(got) && got.includes(one)));
      for (const one of absent) all.push([`/expect/${key}`, `${one} did not come out`]);
    } else if (isJson(wanted)) {
      for (const [id, one] of Object.entries(wanted))
        say(`/expect/${key}/${id}`, one, isJson(got) ? got[id] : undefined);
    }
  }
  return all;
}

const exampleRemedy = 'docs/packs.md describes examples; `given` is a body of POST /v1/assessments';
const lawRemedy = 'either the pack or the example is wrong: `portolan pack explain` shows every step';

/** A worked example that was run. */
export interface RunExample {
  readonly file: string;
  readonly name: string;
  /** Why a part of the case, as its source tells it, is not compared. */
  readonly listed: string | null;
  /** Every difference, with the pointer of what was expected; none where all came out as written. */
  readonly problems: readonly Problem[];
}

/** Runs one example of a pack. */
export function runExample(pack: Pack, file: string, text: string): RunExample {
  const problem = (pointer: string, message: string, remedy: string): Problem => ({
    file,
    line: lineOf(text, pointer),
    pointer,
    message,
    remedy,
  });
  const read = readExample(text);
  if (!read.ok)
    return {
      file,
      name: file,
      listed: null,
      problems: read.problems.map(([pointer, message, remedy]) => problem(pointer, message, remedy ?? exampleRemedy)),
    };
  const { name, listed = null, expect } = read.example;
  const came = differences(expect, outcomeOf(assess(pack, read.input)));
  return { file, name, listed, problems: came.map(([pointer, message]) => problem(pointer, message, lawRemedy)) };
}

type Read =
  | { ok: true; example: WorkedExample; input: AssessInput }
  | { ok: false; problems: [pointer: string, message: string, remedy?: string][] };

/** Reads a worked example and what it gives to the engine. */
export function readExample(text: string): Read {
  const wrong = (...problems: [pointer: string, message: string, remedy?: string][]): Read => ({ ok: false, problems });
  let example: unknown;
  try {
    example = JSON.parse(text);
  } catch {
    return wrong(['', 'not JSON']);
  }
  if (!reader.Check(example))
    return wrong(
      ...shapeProblems(WorkedExample, example, reader.Errors(example))
        .slice(0, 5)
        .map(({ pointer, message, remedy = exampleRemedy }): [string, string, string] => [pointer, message, remedy]),
    );
  const on = parseDay(example.on);
  if (on === undefined) return wrong(['/on', `the calendar has no day ${example.on}`, dayRemedy(example.on)]);
  const days: Record<string, Day> = {};
  for (const [clock, day] of Object.entries(example.given.days ?? {})) {
    const found = parseDay(day);
    if (found === undefined) return wrong([`/given/days/${clock}`, `the calendar has no day ${day}`, dayRemedy(day)]);
    days[clock] = found;
  }
  const { event = 'entry', assumed = {}, consignment } = example.given;
  return { ok: true, example, input: { consignment, on, days, event, accounts: assumed } };
}
