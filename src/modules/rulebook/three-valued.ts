import { type Condition, forget } from './run.ts';

/** What a rule asks that asks nothing. */
export const always: Condition = () => true;

/**
 * Kleene's three values: true, false, and undefined for "depends on a fact that is missing". A missing fact counts only
 * where it decides: `true || missing` is true, `false || missing` and `true && missing` are unknown. What is decided
 * forgets the names of the facts that turned out not to matter.
 */
export function both(parts: readonly Condition[]): Condition {
  const [first, second] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  if (parts.length === 2 && first !== undefined && second !== undefined) return bothOf(first, second);
  return (run) => {
    const mark = run.missing.length;
    let unknown = false;
    for (const part of parts) {
      const result = part(run);
      if (result === false) {
        forget(run, mark);
        return false;
      }
      if (result === undefined) unknown = true;
    }
    return unknown ? undefined : true;
  };
}

/** Nearly all have two parts, and these are asked without a loop. */
const bothOf =
  (first: Condition, second: Condition): Condition =>
  (run) => {
    const mark = run.missing.length;
    const one = first(run);
    if (one === true) return second(run);
    if (one === undefined && second(run) !== false) return undefined;
    forget(run, mark);
    return false;
  };

export function either(parts: readonly Condition[]): Condition {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (run) => {
    const mark = run.missing.length;
    let unknown = false;
    for (const part of parts) {
      const result = part(run);
      if (result === true) {
        forget(run, mark);
        return true;
      }
      if (result === undefined) unknown = true;
    }
    return unknown ? undefined : false;
  };
}

export const negation =
  (part: Condition): Condition =>
  (run) => {
    const result = part(run);
    return result === undefined ? undefined : !result;
  };

/** `a ? b : c`; where `a` is unknown, the answer is known only if both branches give the same one. */
export const choice =
  (test: Condition, yes: Condition, no: Condition): Condition =>
  (run) => {
    const mark = run.missing.length;
    const result = test(run);
    if (result !== undefined) return result ? yes(run) : no(run);
    const first = yes(run);
    const second = no(run);
    if (first === undefined || first !== second) return undefined;
    forget(run, mark);
    return first;
  };

/** Some line satisfies it, every line satisfies it: over the lines of the declaration, in their order. */
export const overLines =
  (part: Condition, every: boolean): Condition =>
  (run) => {
    const mark = run.missing.length;
    const outer = run.line;
    let unknown = false;
    for (const line of run.lines) {
      run.line = line;
      const result = part(run);
      if (result === !every) {
        run.line = outer;
        forget(run, mark);
        return !every;
      }
      if (result === undefined) unknown = true;
    }
    run.line = outer;
    return unknown ? undefined : every;
  };
