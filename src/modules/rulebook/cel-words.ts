import type { ASTNode } from '@marcbachmann/cel-js';
import { factTypes, factWords, isFact } from './facts.ts';
import { meant } from './problems.ts';

/** Why a CEL condition is refused, and what to write instead. */
export class CelError extends Error {
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** A fact that says one of a few words is never compared with another one: that would always be false. */
export function wordsKnown(fact: ASTNode, compared: readonly ASTNode[]): void {
  if (fact.op !== 'id' || !isFact(fact.args)) return;
  const known = factWords[fact.args];
  if (known === undefined) return;
  for (const { op, args } of compared) {
    if (op !== 'value' || typeof args !== 'string' || known.includes(args)) continue;
    throw new CelError(`${fact.args} never says "${args}"`, `it says one of ${known.join(', ')}`);
  }
}

/** How a figure is compared, which CEL may not do. */
export const comparedAs = (term: string): string =>
  `compare it by exact terms: {"at-most": [{${term}}, {"value": "…"}]}`;

/** The name that somebody meant by one with hyphens, which CEL reads as a difference. */
export function hyphened(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '-') return undefined;
  const [left, right] = [hyphened(node.args[0]), hyphened(node.args[1])];
  return left === undefined || right === undefined || isFact(left) || isFact(right) ? undefined : `${left}-${right}`;
}

/** A name that no fact has: one misspelt, or a text without its quote marks. */
export function unknownFact(name: string): CelError {
  const nearest = meant(name, Object.keys(factTypes));
  const remedy = `put a text between quote marks: "${name}"; docs/packs.md lists the facts`;
  return new CelError(`no fact is called ${name}`, nearest.startsWith('did') ? nearest : remedy);
}
