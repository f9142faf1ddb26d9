import type { WireMoney } from '#kernel/money.ts';
import { isObject, type Json } from './build.ts';
import type { Item, Made } from './parcels.ts';
import type { Answered } from './send.ts';
import type { Filed, Trouble } from './state.ts';
import { missingWords } from './summary.ts';

/** Outcomes after which the filer has nothing to put right. */
export const taken = new Set([
  'cleared',
  'released',
  'released-changed',
  'released-security',
  'control',
  'waiting',
  'set aside',
  'kept',
]);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Json => (isObject(value) ? value : {});

function common(item: Item): Pick<Filed, 'file' | 'line' | 'key' | 'rows' | 'leftOut'> {
  const { file, line, key, rows } = item;
  return { file, line, key, rows, leftOut: item.kind === 'parcel' ? item.leftOut : {} };
}

const unsent = { declaration: null, id: null, border: null } as const;

/** What is said of a parcel that never left, because it is set aside or cannot be read. */
export function kept(item: Exclude<Item, Made>): Filed {
  if (item.kind === 'set-aside') {
    return { ...common(item), ...unsent, outcome: 'set aside', part: item.reason, troubles: [] };
  }
  const troubles = item.wrong.map((one) => ({ ...one, remedy: 'correct-the-file' }));
  return { ...common(item), ...unsent, outcome: 'refused', part: item.wrong[0]?.code ?? '', troubles };
}

/** The bytes of a parcel, on one line. */
export const rawOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The declaration id in the body of a parcel. */
function declarationIn({ body }: Made): string | null {
  let value = body;
  if (typeof body === 'string') {
    try {
      value = JSON.parse(body) as unknown;
    } catch {
      value = undefined;
    }
  }
  return text(object(object(value)['declaration'])['id']) || null;
}

/** A problem of the window, as the file of refusals lists it: one entry for each field, or one for the whole. */
export function refused(item: Made, answered: Answered): Filed {
  const problem = object(answered.body);
  const code = text(problem['code']) || `http/${answered.status}`;
  const fields = list(problem['errors']).map(object);
  const one = (from: Json): Trouble => ({
    code: text(from['code']) || code,
    pointer: text(from['pointer']),
    detail: text(from['detail']),
    remedy:
      answered.status !== 409
        ? 'correct-and-send-again'
        : code.startsWith('slips/')
          ? 'send-as-a-correction'
          : 'use-another-declaration-id-or-amend',
  });
  const troubles = fields.length === 0 ? [one(problem)] : fields.map(one);
  const part = `${troubles[0]?.code ?? code} ${troubles[0]?.pointer ?? ''}`.trimEnd();
  return { ...common(item), ...unsent, declaration: declarationIn(item), outcome: 'refused', part, troubles };
}

/** What is summed up under an outcome: the route it took, the route it must take, or the ground. */
function partOf(outcome: string, decision: Json, determination: Json): string {
  if (outcome === 'other-route') return `route ${text(determination['otherRoute'])}`;
  if (outcome === 'cannot-decide') return missingWords(list(determination['missing']).map(text));
  return taken.has(outcome) && outcome !== 'control'
    ? `route ${text(determination['route'])}`
    : text(decision['ground']);
}

/**
 * The reasons of an adverse decision: each failed check with the field it names, else the ground or the missing facts.
 */
function troublesOf(outcome: string, decision: Json, determination: Json): Trouble[] {
  if (taken.has(outcome)) return [];
  const remedy = text(decision['remedy']);
  const route = text(determination['otherRoute']);
  const failed = list(decision['checks'])
    .map(object)
    .filter((check) => check['result'] === 'failed');
  const found = failed.map((check): Trouble => {
    const params = Object.entries(object(check['params'])).map(([name, value]) => `${name}: ${text(value)}`);
    return {
      code: text(check['reason']),
      pointer: text(object(check['params'])['pointer']),
      detail: params.join(', '),
      remedy,
    };
  });
  const missing = list(determination['missing']).map((fact): Trouble => {
    return { code: 'fact-missing', pointer: `/${text(fact).replaceAll('.', '/')}`, detail: text(fact), remedy };
  });
  const all = outcome === 'cannot-decide' ? [...missing, ...found] : found;
  if (all.length > 0) return all;
  return [{ code: text(decision['ground']), pointer: '', detail: route === '' ? '' : `route: ${route}`, remedy }];
}

/** The window's receipt for a slip it keeps until the others come. */
function receipt(item: Item, answer: Json): Filed {
  const part = `${text(answer['slip'])}, version ${String(answer['version'])}`;
  const known = { declaration: text(answer['number']) || null, id: text(answer['id']) || null };
  return { ...common(item), ...unsent, ...known, outcome: 'kept', part, troubles: [] };
}

/** The window's decision on a parcel it took, or its receipt for a slip. */
export function decided(item: Made, { body }: Answered): Filed {
  const answer = object(body);
  if (text(answer['slip']) !== '') return receipt(item, answer);
  const [decision, determination] = [object(answer['decision']), object(answer['determination'])];
  const outcome = text(decision['outcome']);
  const border = object(object(determination['totals'])['border']);
  const owed: WireMoney | null =
    outcome !== 'cleared' && outcome !== 'control'
      ? null
      : { currency: text(border['currency']), amount: text(border['amount']) };
  return {
    ...common(item),
    declaration: text(answer['declaration']) || declarationIn(item),
    id: text(answer['id']) || null,
    outcome,
    part: partOf(outcome, decision, determination),
    border: owed,
    troubles: troublesOf(outcome, decision, determination),
  };
}
