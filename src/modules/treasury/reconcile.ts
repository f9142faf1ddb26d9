/**
 * A bank's statement held against what the window knows to have moved: pure, so that its sums can be proved. Money is
 * matched by its reference and its exact amount in its own currency, and by nothing else; nothing is guessed.
 */

/** What a line of a statement is found to be. All but `matched` is somebody's work. */
export const verdicts = ['matched', 'unknown', 'doubled', 'partial', 'over', 'other-currency', 'reversed'] as const;
export type Verdict = (typeof verdicts)[number];

/** Who can put a line right: who paid, the bank, or the office that collects. */
export const corrects: Readonly<Record<Exclude<Verdict, 'matched'> | 'missing', 'payer' | 'bank' | 'collector'>> = {
  unknown: 'collector',
  doubled: 'bank',
  partial: 'payer',
  over: 'payer',
  'other-currency': 'payer',
  reversed: 'bank',
  missing: 'bank',
};

/** A line as the file says it; the amount is signed, in minor units, money in above zero. */
export interface StatementLine {
  readonly number: number;
  readonly booked: string;
  readonly bank: string;
  readonly reference: string;
  readonly currency: string;
  readonly amount: bigint;
}

/** Money that moved, as the window has it; signed as a line is. */
export interface Movement {
  readonly id: string;
  readonly bank: string;
  readonly currency: string;
  readonly amount: bigint;
}

export type Judged = StatementLine & { readonly verdict: Verdict; readonly movement: string | null };

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

function judge(line: StatementLine, movement: Movement | undefined, taken: ReadonlySet<string>): Verdict {
  if (movement === undefined) return 'unknown';
  if (line.currency !== movement.currency) return 'other-currency';
  if (line.amount < 0n !== movement.amount < 0n) return 'reversed';
  if (line.amount !== movement.amount) return size(line.amount) < size(movement.amount) ? 'partial' : 'over';
  return taken.has(movement.id) ? 'doubled' : 'matched';
}

/**
 * Judges the lines in their order. `matched` names movements that lines of earlier statements were matched with: one
 * movement is matched once.
 */
export function reconcile(
  lines: readonly StatementLine[],
  movements: readonly Movement[],
  matched: ReadonlySet<string>,
): Judged[] {
  const known = new Map<string, Movement>();
  for (const one of movements) for (const name of [one.bank, one.id]) known.set(name, one);
  const taken = new Set(matched);
  return lines.map((line) => {
    const movement = known.get(line.reference) ?? known.get(line.bank);
    const verdict = judge(line, movement, taken);
    if (verdict === 'matched') taken.add(movement!.id);
    return { ...line, verdict, movement: movement?.id ?? null };
  });
}
