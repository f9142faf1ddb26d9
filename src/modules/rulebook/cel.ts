import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { CelError, comparedAs, hyphened, unknownFact, wordsKnown } from './cel-words.ts';
import { type FactType, factTypes, isFact, isFigure } from './facts.ts';
import { type Condition, needFact, type Run } from './run.ts';
import { both, choice, either, negation } from './three-valued.ts';

/**
 * Conditions over text, flags, sets and counts are written in CEL. The library parses them once, when the pack is
 * compiled; what they mean is ours, because CEL knows no missing fact. Money, weight, quantity and rates are refused
 * here: CEL would compare them as floating point, so they are compared by exact terms.
 */
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 2 },
});

type Scope = 'head' | 'line';
type Sort = 'text' | 'flag' | 'set' | 'count' | 'list' | 'null';

export interface CelFailure {
  readonly message: string;
  /** Nothing where the guide has to be read. */
  readonly remedy?: string | undefined;
}

const arithmetic = new Set(['+', '-', '*', '/', '%', '-_']);

/** What a text is asked for. */
const textCalls: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/** Compiles a CEL condition, or says why it is refused. */
export function compileCel(text: string, scope: Scope): Condition | CelFailure {
  try {
    return logic(environment.parse(text).ast, scope);
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'cannot be read';
    return error instanceof CelError
      ? { message, remedy: error.remedy }
      : { message: `not a CEL expression: ${message}` };
  }
}

function logic(node: ASTNode, scope: Scope): Condition {
  switch (node.op) {
    case '&&':
      return both(node.args.map((one) => logic(one, scope)));
    case '||':
      return either(node.args.map((one) => logic(one, scope)));
    case '!_':
      return negation(logic(node.args, scope));
    case '?:':
      return choice(logic(node.args[0], scope), logic(node.args[1], scope), logic(node.args[2], scope));
    default:
      return leaf(node, scope);
  }
}

/** What stands between logical operators: one comparison, membership, call or flag. */
function leaf(node: ASTNode, scope: Scope): Condition {
  const sort = sortOf(node, scope);
  if (sort !== 'flag') throw new CelError(`a condition is true or false; this is ${sort}`);
  const test = testOf(node);
  if (test !== undefined) return test;
  const flag = partOf(node);
  return (run) => {
    const value = flag(run);
    return value === undefined ? undefined : value === true;
  };
}

/** A part of a condition with its value for a parcel; undefined when a fact is missing, which is then named. */
type Part = (run: Run) => unknown;

function partOf(node: ASTNode): Part {
  if (node.op === 'value') {
    const value: unknown = node.args;
    return () => value;
  }
  if (node.op === 'id') return factPart(node.args);
  if (node.op === 'call') return sizePart(node.args[1][0]!);
  if (node.op === 'rcall' && node.args[0] === 'size') return sizePart(node.args[1]);
  const test = testOf(node);
  if (test === undefined) throw new CelError(`${node.op} is not used in conditions`);
  return test;
}

/**
 * What compares something; nothing for a plain fact, value or count. Something known to be absent equals null and
 * nothing else; it starts with nothing and lies in no list.
 */
function testOf(node: ASTNode): Condition | undefined {
  switch (node.op) {
    case '==':
      return equalTest(node.args, true);
    case '!=':
      return equalTest(node.args, false);
    case '<':
      return countsTest(node.args, (a, b) => a < b);
    case '<=':
      return countsTest(node.args, (a, b) => a <= b);
    case '>':
      return countsTest(node.args, (a, b) => a > b);
    case '>=':
      return countsTest(node.args, (a, b) => a >= b);
    case 'in':
      return memberTest(node.args);
    case 'rcall':
      return textTest(node.args);
    default:
      return undefined;
  }
}

function factPart(name: string): Part {
  if (!isFact(name)) throw unknownFact(name);
  const { read } = factTypes[name];
  return (run) => {
    const value = read(run);
    return value === undefined ? needFact(run, name) : value;
  };
}

function equalTest([one, other]: readonly [ASTNode, ASTNode], equal: boolean): Condition {
  if (one.op === 'id' && other.op === 'value') return factTest(one.args, other.args, equal);
  const left = partOf(one);
  if (other.op === 'value') {
    const literal: unknown = other.args;
    return (run) => {
      const value = left(run);
      return value === undefined ? undefined : (value === literal) === equal;
    };
  }
  const right = partOf(other);
  return (run) => {
    const [a, b] = [left(run), right(run)];
    return a === undefined || b === undefined ? undefined : (a === b) === equal;
  };
}

/** Nearly every comparison is of a fact with a text. */
function factTest(name: string, literal: unknown, equal: boolean): Condition {
  if (!isFact(name)) throw unknownFact(name);
  const { read } = factTypes[name];
  return (run) => {
    const value = read(run);
    return value === undefined ? needFact(run, name) : (value === literal) === equal;
  };
}

function countsTest(sides: readonly [ASTNode, ASTNode], holds: (a: bigint, b: bigint) => boolean): Condition {
  const [left, right] = [partOf(sides[0]), partOf(sides[1])];
  return (run) => {
    const [a, b] = [left(run), right(run)];
    if (a === undefined || b === undefined) return undefined;
    return typeof a === 'bigint' && typeof b === 'bigint' && holds(a, b);
  };
}

function memberTest([one, among]: readonly [ASTNode, ASTNode]): Condition {
  const member = partOf(one);
  if (among.op === 'list') {
    const texts = new Set<unknown>(among.args.map((text) => text.args));
    return (run) => {
      const value = member(run);
      return value === undefined ? undefined : texts.has(value);
    };
  }
  const set = partOf(among);
  return (run) => {
    const [value, all] = [member(run), set(run)];
    return value === undefined || all === undefined ? undefined : Array.isArray(all) && all.includes(value);
  };
}

function sizePart(of: ASTNode): Part {
  const set = partOf(of);
  return (run) => {
    const all = set(run);
    return Array.isArray(all) ? BigInt(all.length) : undefined;
  };
}

function textTest([name, receiver, [first]]: readonly [string, ASTNode, ASTNode[]]): Condition | undefined {
  const holds = Object.hasOwn(textCalls, name) ? textCalls[name] : undefined;
  if (holds === undefined || typeof first?.args !== 'string') return undefined;
  const literal = first.args;
  const text = partOf(receiver);
  return (run) => {
    const value = text(run);
    return value === undefined ? undefined : typeof value === 'string' && holds(value, literal);
  };
}

function sortOf(node: ASTNode, scope: Scope): Sort {
  if (arithmetic.has(node.op)) {
    const name = hyphened(node);
    throw name === undefined
      ? new CelError('arithmetic is not done in CEL', 'write an exact term, such as {"plus": [a, b]}')
      : new CelError(
          `${name} is no fact, and amounts and values are not read in CEL`,
          comparedAs(`"amount": "${name}"`),
        );
  }
  switch (node.op) {
    case 'value':
      return literalSort(node.args);
    case 'id':
      return factSort(node.args, scope);
    case '==':
    case '!=':
      return equality(node.args, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return countComparison(node.args, scope);
    case 'in':
      return membership(node.args, scope);
    case 'list':
      for (const one of node.args) {
        if (one.op !== 'value' || typeof one.args !== 'string') throw new CelError('a list holds literal texts only');
      }
      return 'list';
    case 'rcall':
      return methodSort(node.args, scope);
    case 'call':
      if (node.args[0] !== 'size' || node.args[1].length !== 1) throw new CelError(`no function ${node.args[0]} here`);
      return sizeSort(sortOf(node.args[1][0]!, scope));
    default:
      throw new CelError(`${node.op} is not used in conditions`);
  }
}

function literalSort(value: unknown): Sort {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'flag';
  if (typeof value === 'bigint') return 'count';
  if (value === null) return 'null';
  throw new CelError('only texts, whole numbers, true, false and null are written here');
}

function factSort(name: string, scope: Scope): Sort {
  if (!isFact(name)) throw unknownFact(name);
  const type: FactType = factTypes[name];
  if (type.scope === 'line' && scope === 'head')
    throw new CelError(
      `${name} is a fact of a line, and this is asked of the parcel`,
      'write {"any-line": …} or {"every-line": …} around the condition',
    );
  if (isFigure(type.kind)) {
    throw new CelError(`${name} is ${type.kind}, which CEL would count inexactly`, comparedAs(`"fact": "${name}"`));
  }
  return type.kind;
}

function equality(sides: readonly [ASTNode, ASTNode], scope: Scope): Sort {
  const [left, right] = [sortOf(sides[0], scope), sortOf(sides[1], scope)];
  wordsKnown(sides[0], [sides[1]]);
  wordsKnown(sides[1], [sides[0]]);
  if (left === 'set' || left === 'list' || right === 'set' || right === 'list') {
    throw new CelError('sets are asked with in and size, not compared');
  }
  if (left !== right && left !== 'null' && right !== 'null') throw new CelError(`${left} is never equal to ${right}`);
  return 'flag';
}

function countComparison(sides: readonly [ASTNode, ASTNode], scope: Scope): Sort {
  if (sides.some((side) => sortOf(side, scope) !== 'count')) throw new CelError('only counts are compared in CEL');
  return 'flag';
}

function membership(sides: readonly [ASTNode, ASTNode], scope: Scope): Sort {
  const [left, right] = [sortOf(sides[0], scope), sortOf(sides[1], scope)];
  if (left !== 'text' || (right !== 'set' && right !== 'list'))
    throw new CelError('in asks for a text in a set or a list', 'write origin in ["AU", "NZ"], or "C1" in documents');
  if (sides[1].op === 'list') wordsKnown(sides[0], sides[1].args);
  else wordsKnown(sides[1], [sides[0]]);
  return 'flag';
}

function methodSort(call: readonly [string, ASTNode, ASTNode[]], scope: Scope): Sort {
  const [name, receiver, params] = call;
  const sort = sortOf(receiver, scope);
  if (name === 'size' && params.length === 0) return sizeSort(sort);
  const first = params[0];
  const literal = first?.op === 'value' && typeof first.args === 'string';
  if (!Object.hasOwn(textCalls, name) || sort !== 'text' || params.length !== 1 || !literal) {
    throw new CelError(`${name} is not used in conditions; startsWith, endsWith and contains take one literal text`);
  }
  return 'flag';
}

function sizeSort(sort: Sort): Sort {
  if (sort !== 'set') throw new CelError('size counts a set');
  return 'count';
}
