import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { type Fact, type FactValue, facts, type Sight } from './facts.ts';

/**
 * Conditions are CEL, parsed by the library once; what the few forms that are allowed here mean is compiled into
 * functions, since twenty rules are asked of every parcel. A fact that is missing makes unknown what depends on it
 * (Kleene), and what is unknown selects nothing: nobody is looked at more closely for what he did not say. What is
 * asked for by law and missing is the pack's business.
 */
export type Condition = (sight: Sight) => boolean | undefined;

/** A condition that can be asked, or the reason why it cannot, in the words of the parser. */
export type Compiled = { readonly ok: true; readonly asks: Condition } | { readonly ok: false; readonly why: string };

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 2 },
});

class Unusable extends Error {}

/**
 * Compiles a condition. Where it names a fact of a line, it is asked of each line, and one that satisfies it is enough.
 */
export function compile(text: string): Compiled {
  try {
    const used = { line: false };
    const asks = logic(environment.parse(text).ast, used);
    return { ok: true, asks: used.line ? someLine(asks) : asks };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable' };
  }
}

function someLine(asks: Condition): Condition {
  return (sight) => {
    let unknown = false;
    for (const goods of sight.consignment.declaration.goods) {
      sight.line = goods;
      const answer = asks(sight);
      sight.line = null;
      if (answer === true) return true;
      if (answer === undefined) unknown = true;
    }
    return unknown ? undefined : false;
  };
}

interface Used {
  line: boolean;
}

function logic(node: ASTNode, used: Used): Condition {
  switch (node.op) {
    case '&&':
      return joined(node.args, used, false);
    case '||':
      return joined(node.args, used, true);
    case '!_': {
      const inner = logic(node.args, used);
      return (sight) => {
        const answer = inner(sight);
        return answer === undefined ? undefined : !answer;
      };
    }
    default:
      return leaf(node, used);
  }
}

/** `and` is settled by the first false, `or` by the first true; what is left unknown settles neither. */
function joined(sides: readonly [ASTNode, ASTNode], used: Used, settles: boolean): Condition {
  const [left, right] = [logic(sides[0], used), logic(sides[1], used)];
  return (sight) => {
    const first = left(sight);
    if (first === settles) return settles;
    const second = right(sight);
    if (second === settles) return settles;
    return first === undefined || second === undefined ? undefined : !settles;
  };
}

function leaf(node: ASTNode, used: Used): Condition {
  switch (node.op) {
    case 'id': {
      const fact = factOf(node, used, 'flag');
      return onKnown(fact, (value) => value === true);
    }
    case '==':
    case '!=':
      return equality(node.args, node.op === '==', used);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, node.args, used);
    case 'in':
      return membership(node.args, used);
    case 'rcall':
      return textCall(node.args, used);
    default:
      throw new Unusable(`${node.op} is not used in watch rules`);
  }
}

function factOf(node: ASTNode, used: Used, ...sorts: Fact['sort'][]): Fact {
  if (node.op !== 'id') throw new Unusable('the name of a fact stands here');
  const fact = Object.hasOwn(facts, node.args) ? facts[node.args] : undefined;
  if (fact === undefined) throw new Unusable(`no fact is called ${node.args}`);
  if (!sorts.includes(fact.sort)) throw new Unusable(`${node.args} is a ${fact.sort}`);
  if (fact.line) used.line = true;
  return fact;
}

/** What is known to be absent answers no to everything but a comparison with null. */
const onKnown =
  (fact: Fact, test: (value: Exclude<FactValue, null | undefined>) => boolean): Condition =>
  (sight) => {
    const value = fact.read(sight);
    if (value === undefined) return undefined;
    return value !== null && test(value);
  };

function literal(node: ASTNode): string | boolean | bigint | null {
  const value: unknown = node.op === 'value' ? node.args : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  throw new Unusable('a text, a whole number, true, false or null stands here');
}

function equality(sides: readonly [ASTNode, ASTNode], equal: boolean, used: Used): Condition {
  const [left, right] = sides;
  if (left.op === 'rcall' || left.op === 'call') return comparison(equal ? '==' : '!=', sides, used);
  if (right.op === 'id') {
    const [one, other] = [factOf(left, used, 'text'), factOf(right, used, 'text')];
    return (sight) => {
      const [a, b] = [one.read(sight), other.read(sight)];
      return a === undefined || b === undefined ? undefined : (a === b) === equal;
    };
  }
  const fact = factOf(left, used, 'text', 'flag', 'count');
  const wanted = literal(right);
  if (wanted !== null && !fits(fact.sort, wanted))
    throw new Unusable(`a ${fact.sort} is never equal to ${typeof wanted}`);
  const value = typeof wanted === 'bigint' ? Number(wanted) : wanted;
  return (sight) => {
    const there = fact.read(sight);
    return there === undefined ? undefined : (there === value) === equal;
  };
}

function fits(sort: Fact['sort'], value: string | boolean | bigint): boolean {
  const sorts = { text: 'string', flag: 'boolean', count: 'bigint', set: 'never' } as const;
  return typeof value === sorts[sort];
}

const comparisons = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const;

/** Counts are compared with a whole number: a count of the parcel, or the size of a set. */
function comparison(op: keyof typeof comparisons, sides: readonly [ASTNode, ASTNode], used: Used): Condition {
  const bound = literal(sides[1]);
  if (typeof bound !== 'bigint') throw new Unusable('only counts are compared, with a whole number on the right');
  const limit = Number(bound);
  const compare = comparisons[op];
  const [left] = sides;
  const inner =
    left.op === 'call' && left.args[0] === 'size'
      ? left.args[1][0]
      : left.op === 'rcall' && left.args[0] === 'size'
        ? left.args[1]
        : undefined;
  if (inner !== undefined) {
    return onKnown(factOf(inner, used, 'set'), (value) => Array.isArray(value) && compare(value.length, limit));
  }
  return onKnown(factOf(left, used, 'count'), (value) => typeof value === 'number' && compare(value, limit));
}

function membership(sides: readonly [ASTNode, ASTNode], used: Used): Condition {
  const [item, collection] = sides;
  if (collection.op === 'list') {
    const wanted = new Set(collection.args.map(textLiteral));
    return onKnown(factOf(item, used, 'text'), (value) => typeof value === 'string' && wanted.has(value));
  }
  const wanted = textLiteral(item);
  return onKnown(factOf(collection, used, 'set'), (value) => Array.isArray(value) && value.includes(wanted));
}

function textLiteral(node: ASTNode): string {
  const value = literal(node);
  if (typeof value !== 'string') throw new Unusable('a text stands here');
  return value;
}

const textCalls: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  startsWith: (value, part) => value.startsWith(part),
  endsWith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
};

function textCall(call: readonly [string, ASTNode, ASTNode[]], used: Used): Condition {
  const [name, receiver, [first]] = call;
  const test = Object.hasOwn(textCalls, name) ? textCalls[name] : undefined;
  if (test === undefined || first === undefined || call[2].length !== 1) {
    throw new Unusable(`${name} is not used in watch rules; startsWith, endsWith and contains take one text`);
  }
  const part = textLiteral(first);
  return onKnown(factOf(receiver, used, 'text'), (value) => typeof value === 'string' && test(value, part));
}
