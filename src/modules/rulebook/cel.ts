import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { type FactType, factTypes, isFact } from './facts.ts';
import { type Condition, needFact } from './run.ts';
import { both, choice, either, negation } from './three-valued.ts';

/**
 * Conditions over text, flags, sets and counts are written in CEL and parsed by the library once, when the pack is
 * compiled. The logical operators are ours, because CEL knows no missing fact; what stands between them is evaluated by
 * the library only when every fact in it is known. Money, weight, quantity and rates are refused here: CEL would
 * compare them as floating point, so they are compared by exact terms.
 */
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 2 },
});

type Sort = 'text' | 'flag' | 'set' | 'count' | 'list' | 'null';

export interface CelFailure {
  readonly message: string;
}

class CelError extends Error {}

const arithmetic = new Set(['+', '-', '*', '/', '%', '-_']);
const textCalls = new Set(['startsWith', 'endsWith', 'contains']);

/** Compiles a CEL condition, or says why it is refused. */
export function compileCel(text: string, scope: 'head' | 'line'): Condition | CelFailure {
  let ast: ASTNode;
  try {
    ast = environment.parse(text).ast;
    return logic(ast, text, scope);
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'cannot be read';
    return { message: error instanceof CelError ? message : `not a CEL expression: ${message}` };
  }
}

function logic(node: ASTNode, text: string, scope: 'head' | 'line'): Condition {
  switch (node.op) {
    case '&&':
      return both(node.args.map((one) => logic(one, text, scope)));
    case '||':
      return either(node.args.map((one) => logic(one, text, scope)));
    case '!_':
      return negation(logic(node.args, text, scope));
    case '?:':
      return choice(
        logic(node.args[0], text, scope),
        logic(node.args[1], text, scope),
        logic(node.args[2], text, scope),
      );
    default:
      return leaf(node, text, scope);
  }
}

/** What stands between logical operators: one comparison, membership, call or flag. */
function leaf(node: ASTNode, text: string, scope: 'head' | 'line'): Condition {
  const facts = new Set<string>();
  const sort = sortOf(node, scope, facts);
  if (sort !== 'flag') throw new CelError(`a condition is true or false; this is ${sort}`);
  const names = [...facts].filter(isFact);
  const evaluate = environment.parse(text.slice(node.start, node.end));
  // Something known to be absent can equal null and nothing else; it starts with nothing and lies in no list.
  const seesNull = node.op === '==' || node.op === '!=';
  return (run) => {
    const values = run.line === null ? run.head : run.line.facts;
    let absent = false;
    let known = true;
    for (const name of names) {
      const value = values[name];
      if (value === undefined) {
        needFact(run, name);
        known = false;
      } else if (value === null) absent = true;
    }
    if (!known) return undefined;
    if (absent && !seesNull) return false;
    return evaluate(values) === true;
  };
}

function sortOf(node: ASTNode, scope: 'head' | 'line', facts: Set<string>): Sort {
  if (arithmetic.has(node.op)) {
    throw new CelError('arithmetic is not done in CEL; write an exact term');
  }
  switch (node.op) {
    case 'value':
      return literalSort(node.args);
    case 'id':
      return factSort(node.args, scope, facts);
    case '==':
    case '!=':
      return equality(node.args, scope, facts);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return countComparison(node.args, scope, facts);
    case 'in':
      return membership(node.args, scope, facts);
    case 'list':
      for (const one of node.args) {
        if (one.op !== 'value' || typeof one.args !== 'string') throw new CelError('a list holds literal texts only');
      }
      return 'list';
    case 'rcall':
      return methodSort(node.args, scope, facts);
    case 'call':
      if (node.args[0] !== 'size' || node.args[1].length !== 1) throw new CelError(`no function ${node.args[0]} here`);
      return sizeSort(sortOf(node.args[1][0]!, scope, facts));
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

function factSort(name: string, scope: 'head' | 'line', facts: Set<string>): Sort {
  if (!isFact(name)) throw new CelError(`no fact is called ${name}`);
  const type: FactType = factTypes[name];
  if (type.scope === 'line' && scope === 'head')
    throw new CelError(`${name} is a fact of a line; use any-line or every-line`);
  if (type.kind === 'money' || type.kind === 'kg' || type.kind === 'quantity') {
    throw new CelError(`${name} is ${type.kind}; compare it by an exact term, not in CEL`);
  }
  facts.add(name);
  return type.kind;
}

function equality(sides: readonly [ASTNode, ASTNode], scope: 'head' | 'line', facts: Set<string>): Sort {
  const [left, right] = [sortOf(sides[0], scope, facts), sortOf(sides[1], scope, facts)];
  if (left === 'set' || left === 'list' || right === 'set' || right === 'list') {
    throw new CelError('sets are asked with in and size, not compared');
  }
  if (left !== right && left !== 'null' && right !== 'null') throw new CelError(`${left} is never equal to ${right}`);
  return 'flag';
}

function countComparison(sides: readonly [ASTNode, ASTNode], scope: 'head' | 'line', facts: Set<string>): Sort {
  if (sides.some((side) => sortOf(side, scope, facts) !== 'count'))
    throw new CelError('only counts are compared in CEL');
  return 'flag';
}

function membership(sides: readonly [ASTNode, ASTNode], scope: 'head' | 'line', facts: Set<string>): Sort {
  const [left, right] = [sortOf(sides[0], scope, facts), sortOf(sides[1], scope, facts)];
  if (left !== 'text' || (right !== 'set' && right !== 'list'))
    throw new CelError('in asks for a text in a set or a list');
  return 'flag';
}

function methodSort(call: readonly [string, ASTNode, ASTNode[]], scope: 'head' | 'line', facts: Set<string>): Sort {
  const [name, receiver, params] = call;
  const sort = sortOf(receiver, scope, facts);
  if (name === 'size' && params.length === 0) return sizeSort(sort);
  const first = params[0];
  const literal = first?.op === 'value' && typeof first.args === 'string';
  if (!textCalls.has(name) || sort !== 'text' || params.length !== 1 || !literal) {
    throw new CelError(`${name} is not used in conditions; startsWith, endsWith and contains take one literal text`);
  }
  return 'flag';
}

function sizeSort(sort: Sort): Sort {
  if (sort !== 'set') throw new CelError('size counts a set');
  return 'count';
}
