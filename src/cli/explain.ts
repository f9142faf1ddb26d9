import { explain, type Explained, type Pack, readExample } from '#modules/rulebook/index.ts';
import { FileError } from './read.ts';

/** A body of `POST /v1/assessments` as the worked example that it would be. */
function asExample(text: string, on: string | null, today: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FileError('The file is not JSON.');
  }
  if (typeof value !== 'object' || value === null) throw new FileError('The file holds no object.');
  const given = 'given' in value ? value : { name: 'case', law: 'none', on: today, given: value, expect: {} };
  const own = 'given' in value ? {} : 'on' in value && typeof value.on === 'string' ? { on: value.on } : {};
  return JSON.stringify({ ...given, ...own, ...(on === null ? {} : { on }) });
}

const money = ({ currency, amount }: { currency: string; amount: string }): string => `${amount} ${currency}`;
const line = (name: string, value: string): string => `${name.padEnd(12)} ${value}\n`;
const listOf = (title: string, rows: readonly string[]): string =>
  rows.length === 0 ? '' : `\n${title}\n${rows.map((one) => `  ${one}\n`).join('')}`;

function told(name: string, one: Explained): string {
  const head = [
    name === '' ? '' : `${name}\n`,
    line('pack', `${one.pack.id} ${one.pack.version} (${one.pack.status})`),
    line('day', `${one.day}, ${one.event}`),
    line('route', one.route ?? (one.otherRoute === null ? 'none' : `another: ${one.otherRoute}`)),
    line('decided', one.decided ? 'yes' : 'no'),
    line('border', one.totals === null ? 'not known' : money(one.totals.border)),
    line('elsewhere', one.totals === null ? 'not known' : money(one.totals.elsewhere)),
  ];
  const charges = one.charges.map(
    ({ id, base, rate, amount, collect, liable, source, waived }) =>
      `${id}: ${money(amount)}${base === null ? '' : ` = ${money(base)} × ${rate ?? 'several rates'}`}, ${liable}, ${collect}` +
      `${waived === null ? '' : ', waived'} [${source}]`,
  );
  const checks = one.checks
    .filter(({ result }) => result !== 'passed')
    .map(({ id, result, reason, params }) => `${id}: ${result}, ${reason} ${JSON.stringify(params)}`);
  const steps = one.steps.map(({ rule, layer, source, inputs, result }) => {
    const read = Object.entries(inputs).map(([fact, value]) => `${fact} ${value}`);
    return `${rule} = ${result}  ← ${read.join(', ')}  [${layer}: ${source}]`;
  });
  return [
    ...head,
    listOf('missing', one.missing),
    listOf('charges', charges),
    listOf('checks that did not pass', checks),
    listOf(
      'obligations',
      one.obligations.map(({ id, authority, reference }) => `${id}: ${authority}, ${reference}`),
    ),
    listOf('not confirmed', one.unconfirmed),
    listOf('steps', steps),
  ].join('');
}

/** How a pack decides a case, as text: on `on` instead of the day of the file, and on `today` where it has none. */
export function explained(
  pack: Pack,
  text: string,
  on: string | null,
  today: string,
): { text: string; decided: boolean } {
  const read = readExample(asExample(text, on, today));
  if (!read.ok)
    throw new FileError(`The case cannot be read:\n${read.problems.map((one) => `  ${one.join(' ')}`).join('\n')}`);
  const determination = explain(pack, read.input);
  return { text: told(read.example.name, determination), decided: determination.decided };
}
