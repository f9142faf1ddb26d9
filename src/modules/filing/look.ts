import { dayIn } from '#kernel/effective.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Values } from '#portal/form.ts';
import { assess, type Consignment, type Determination, type Pack, packsPart } from '#modules/rulebook/index.ts';
import { sound } from '#modules/clearance/index.ts';
import { consignmentOf, onFields, type Told } from './body.ts';
import { always, mayStayEmpty, type Question } from './fields.ts';

/**
 * What the law needs to know of a parcel, as far as the answers go: the engine is asked again after every answer, and
 * what it lacks is what is asked next.
 */
export interface Look {
  /** The names of the fields that are asked. */
  readonly asked: ReadonlySet<string>;
  /** Those of them that have to be filled in and are empty. */
  readonly lacking: readonly string[];
  /** What stands in a field and cannot be read. */
  readonly wrong: Refusal | undefined;
  /** Null as long as something that is written cannot be read. */
  readonly determination: Determination | null;
}

/** The window knows what was used of an account, and asks nobody. */
const accountsOf = ({ program, currency }: Pack) =>
  Object.fromEntries(program.accounts.map(({ id }) => [id.replace(/^[^.]+\./, ''), { currency, amount: '0' }]));

/** Whether something is counted for whoever buys: then it has to be known who he is. */
const counted = ({ program }: Pack, body: Consignment): boolean =>
  program.accounts.length > 0 && body.declaration.movement === 'import' && body.declaration.consignee?.private === true;

const d = 'declaration';
const slipFields = {
  order: ['orders.0.number', 'orders.0.platform'],
  payment: ['payments.0.provider', 'payments.0.reference', 'payments.0.method'],
  transport: ['transports.0.carrier', 'transports.0.document', 'transports.0.pieces'],
} as const;

const byFact: Readonly<Record<string, readonly string[]>> = {
  orders: slipFields.order,
  payments: slipFields.payment,
  transports: slipFields.transport,
  [`${d}.consignee.identity`]: [`${d}.consignee.identity.number`],
  [`${d}.documents`]: [`${d}.documents.0.type`, `${d}.documents.0.number`],
  [`${d}.previousDocuments`]: [`${d}.previousDocuments.0.type`, `${d}.previousDocuments.0.number`],
  [`${d}.fiscalReference`]: [`${d}.fiscalReference.role`, `${d}.fiscalReference.id`],
};

/** The fields that fill a fact; none where it is the law that lacks something, and not the parcel. */
function fieldsOfFact(path: string): readonly string[] {
  const fixed = byFact[path];
  if (fixed !== undefined) return fixed;
  const line = /^declaration\.goods\.(\d+)\.([a-zA-Z]+)/.exec(path);
  if (line !== null) {
    const name = line[2] === 'price' ? 'price.amount' : line[2];
    return [`${d}.goods.${Number(line[1]) - 1}.${name}`];
  }
  const slip = /^transports\.([a-zA-Z]+)$/.exec(path)?.[1];
  if (slip !== undefined) return [`transports.0.${slip}`];
  const amount = /^declaration\.(freight|insurance|onward|discount|taxIncluded)$/.exec(path)?.[0];
  return amount === undefined ? [path] : [`${amount}.amount`];
}

/** What a determination lacked, or found to be required, as fields. */
function needed(found: Determination): string[] {
  const required = found.checks.filter(
    ({ result, params }) =>
      result === 'failed' && (params['element'] !== undefined || params['document'] !== undefined),
  );
  const pointers = required.map(({ params }) =>
    (params['pointer'] ?? '')
      .slice(1)
      .replaceAll('/', '.')
      .replace(/^(declaration\.goods\.)(\d+)/, (_, before: string, index: string) => `${before}${Number(index) + 1}`),
  );
  return [
    ...[...found.missing, ...pointers].flatMap(fieldsOfFact),
    ...found.slips.need.flatMap((slip) => slipFields[slip]),
  ];
}

const eventOf = (body: Consignment): 'exit' | 'entry' => (body.declaration.movement === 'export' ? 'exit' : 'entry');

/** Looks at the answers: what is asked, what is lacking, what cannot be read, and what the law says so far. */
export function look(context: Context, values: Values, told: Told, questions: readonly Question[]): Look {
  const { home } = context.reference.current().get(packsPart);
  const on = dayIn(context.clock.instant(), home.timeZone);
  const fields = questions.flatMap((one) => one.fields);
  const known = new Set(fields.map(({ name }) => name));
  const filled = (name: string): boolean => (values[name] ?? '').trim() !== '';
  const core = fields.filter(({ name }) => always(name, values)).map(({ name }) => name);
  const first = core.filter((name) => !filled(name) && !mayStayEmpty(name));
  const read = consignmentOf(values, { ...told, standIn: true });
  let found: Determination | null = null;
  const more = new Set<string>();
  if (read.ok) {
    const { body } = read.value;
    found = assess(home, { consignment: body, on, event: eventOf(body), accounts: accountsOf(home) });
    for (const name of needed(found)) if (known.has(name)) more.add(name);
    if (counted(home, body) && found.counts.length > 0) more.add(`${d}.consignee.identity.number`);
  }
  const asked = new Set(
    fields.map(({ name }) => name).filter((name) => always(name, values) || more.has(name) || filled(name)),
  );
  const lacking = [
    ...first,
    ...[...more].filter((name) => !first.includes(name) && !filled(name) && !mayStayEmpty(name)),
  ];
  return { asked, lacking, wrong: read.ok ? undefined : read.error, determination: found };
}

/** The questions with only those fields that are asked; one that asks nothing is left out. */
export const askedOf = (questions: readonly Question[], { asked }: Look): Question[] =>
  questions.flatMap((one) => {
    const fields = one.fields.filter(({ name }) => asked.has(name));
    return fields.length > 0 ? [{ ...one, fields }] : [];
  });

/** The parcel that the answers make, or what has to be filled in or corrected first, each at its field. */
export function parcelOf(
  context: Context,
  values: Values,
  told: Told,
  questions: readonly Question[],
): Result<{ body: Consignment; raw: string }> {
  const seen = look(context, values, told, questions);
  const faults: NonNullable<Refusal['more']>[number][] = [
    ...(seen.wrong === undefined ? [] : [seen.wrong, ...(seen.wrong.more ?? [])]),
    ...seen.lacking.map((name) => ({ code: 'filing/needed', pointer: `/${name.replaceAll('.', '/')}` })),
  ];
  if (faults.length > 0) return refuse('filing/incomplete', { more: faults });
  const read = consignmentOf(values, told);
  if (!read.ok) return read;
  const checked = sound(read.value.body);
  return checked.ok ? ok(read.value) : { ok: false, error: onFields(values, checked.error) };
}
