import { refuse, ok, type Result } from '#kernel/result.ts';
import type { Values } from '#portal/form.ts';
import { linesMax, linesShown } from './assess-fields.ts';

/**
 * The pre-check as a link: what stands in the fields, nothing that is empty, and goods lines without gaps. A parcel of
 * more than this belongs to the API.
 */

/** Shorter than what mail programs, browsers and proxies pass on whole. */
const lengthMax = 4_000;

const lineOf = (name: string): number | undefined => {
  const found = /^goods\.(\d+)\./.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** A query as its values by name; a name that is repeated counts once. */
export function valuesOf(query: unknown): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, given] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    const first: unknown = Array.isArray(given) ? given[0] : given;
    if (typeof first === 'string') values[name] = first;
  }
  return values;
}

/** The same values without those that are empty, and the goods lines counted from nought without gaps. */
export function compact(values: Values): Record<string, string> {
  const kept = Object.entries(values).filter(([, value]) => value.trim() !== '');
  // A line of which only the number of pieces stands there was never filled in.
  const lines = [...new Set(kept.flatMap(([name]) => (name.endsWith('.quantity') ? [] : (lineOf(name) ?? []))))].sort(
    (a, b) => a - b,
  );
  const place = new Map(lines.map((line, index) => [line, index]));
  return Object.fromEntries(
    kept.flatMap(([name, value]): [string, string][] => {
      const line = lineOf(name);
      if (line === undefined) return [[name, value]];
      const index = place.get(line);
      return index === undefined ? [] : [[name.replace(/^goods\.\d+/, `goods.${index}`), value]];
    }),
  );
}

/** How many goods lines these values fill, or refuses more than a link takes. */
export function linesOf(values: Values): Result<number> {
  const most = Math.max(-1, ...Object.keys(values).map((name) => lineOf(name) ?? -1)) + 1;
  if (most > linesMax || addressOf(values).length > lengthMax)
    return refuse('rulebook/link-too-long', { params: { lines: String(linesMax), length: String(lengthMax) } });
  return ok(most);
}

/** How many lines are drawn: those that are filled, and some empty ones more where that was asked for. */
export const linesDrawn = (used: number, more: boolean): number =>
  Math.min(linesMax, more ? Math.max(used, linesShown) + linesShown : Math.max(used, linesShown));

/** The address of a pre-check. */
export const addressOf = (values: Values): string => `/assess?${new URLSearchParams(compact(values)).toString()}`;
