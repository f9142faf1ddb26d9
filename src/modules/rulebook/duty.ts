import { parseDecimal } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import { isCurrency } from '#kernel/money.ts';
import { divide, type Exact, formatExact, multiply, ofDecimal, ofWhole } from './exact.ts';
import { type Measure, measureOf } from './measure.ts';

/** A part of a duty: so much of a value, so much for each of a measure, or what stands elsewhere in the law. */
export type Part =
  | {
      readonly kind: 'value';
      readonly percent: Exact;
      readonly rate: Exact;
      /** What it is a share of, where that is not the whole value of the goods. */
      readonly of: string | null;
    }
  | {
      readonly kind: 'measure';
      readonly amount: Exact;
      readonly currency: string;
      readonly count: bigint;
      readonly measure: Measure;
      /** The amount for one of the measure's family, as it is multiplied. */
      readonly each: Exact;
      readonly sign: '+' | '-';
    }
  | { readonly kind: 'elsewhere'; readonly text: string };

/** The sum of its parts, at least the sum of `least`, at most that of `most`. */
export interface Choice {
  readonly parts: readonly Part[];
  readonly least: readonly Part[] | null;
  readonly most: readonly Part[] | null;
  /** The seasons in which it is law, as `MM-DD` from and to, both included; none is the rest of the year. */
  readonly seasons: readonly (readonly [from: string, to: string])[];
  /** The programmes whose goods it is for; none is everybody. */
  readonly programmes: readonly string[];
}

/** A duty as a tariff states it, exact. `text` is its one way to be written here, and reads as the same duty. */
export interface Duty {
  readonly choices: readonly Choice[];
  readonly text: string;
}

/** How a tariff writes what it leaves unsaid. */
export interface Dialect {
  /** The currency that $ and ¢ stand for. */
  readonly dollar?: string | undefined;
  /** Whether a figure without a unit is per cent. */
  readonly barePercent?: boolean;
}

export type Read = { readonly duty: Duty } | { readonly problem: string };

/** A text that is no duty; it never leaves this file. */
class Unread extends Error {}

const fail = (message: string): never => {
  throw new Unread(message);
};

/** Reads the text of a duty, in the words of packs or of a national tariff; says what is wrong with any other. */
export function readDuty(text: string, dialect: Dialect = {}): Read {
  try {
    const choices = choicesOf(text, dialect);
    return { duty: { choices, text: choices.map(choiceText).join(', ') } };
  } catch (error) {
    if (error instanceof Unread) return { problem: error.message };
    throw error;
  }
}

const elsewhere = /^(?:see\b|the (?:rate|duty)\b|a duty\b|no change$|entry price$|free,|free (?:under|for|\(see)\b)/i;
const programmes = /^[A-Z]{1,2}[+*]?(?:[,.\s]+[A-Z]{1,2}[+*]?)*$/;
const seasonal = /^\d/;

/** Marks of print and hyphenation that say nothing, and wordings that stand for a sign. */
const plain = (text: string): string =>
  text
    .replace(/<[^>]*>/g, '')
    .replace(/€/g, ' EUR')
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(/(\d),(?=\d{3}(?!\d))/g, '$1')
    .replace(/ for each (degree under \d+) degrees \(and fractions of a degree in proportion\)/g, '/$1')
    .replace(/,? but not less (?:than )?/g, ' MIN ')
    .replace(/ less (?=[\d$])/g, ' - ')
    .replace(/ plus (?=\d)/g, ' + ')
    .trim();

/** What stands in quotes is taken out first: it may hold signs that mean something elsewhere. */
function withoutQuotes(text: string): { text: string; quotes: readonly string[] } {
  const quotes: string[] = [];
  const rest = text.replace(/"([^"]*)"/g, (_whole, quote: string) => `"${quotes.push(quote) - 1}"`);
  return { text: rest, quotes };
}

const restored = (text: string, quotes: readonly string[]): string =>
  text.replace(/"(\d+)"/g, (_whole, place: string) => `"${quotes[Number(place)]}"`);

interface Reading extends Dialect {
  readonly quotes: readonly string[];
}

/** More than any tariff says of one line. */
const lengthMax = 2_000;

function choicesOf(given: string, dialect: Dialect): Choice[] {
  const { text, quotes } = withoutQuotes(given);
  const reading: Reading = { ...dialect, quotes };
  const whole = plain(text);
  if (whole === '') return fail('it says nothing');
  if (whole.length > lengthMax) return fail(`it is longer than ${lengthMax} characters`);
  const choices: Choice[] = [];
  for (const [, words = '', note] of whole.matchAll(/[, ]*([^()]+?) *(?:\(([^()]*)\)|$)/g)) {
    const inside = note?.trim() ?? '';
    if (note !== undefined && !seasonal.test(inside) && !programmes.test(inside)) {
      // A bracket that is neither a season nor a list of programmes belongs to a sentence of the law.
      return elsewhere.test(whole)
        ? [{ ...sumOf('see "0"', { ...reading, quotes: [restored(whole, quotes)] }), seasons: [], programmes: [] }]
        : fail(`(${inside}) is neither a season nor a list of programmes`);
    }
    choices.push({
      ...sumOf(words, reading),
      seasons: seasonal.test(inside) ? seasonsOf(inside) : [],
      programmes: programmes.test(inside) ? inside.split(/[,.\s]+/) : [],
    });
  }
  if (choices.length === 0 || /^[()]/.test(whole)) return fail('it is no duty');
  refuseOverlaps(choices);
  return choices;
}

function sumOf(text: string, reading: Reading): Pick<Choice, 'parts' | 'least' | 'most'> {
  const [first = '', ...bounds] = text.split(/ (?=(?:MIN|MAX) )/);
  let least: Part[] | null = null;
  let most: Part[] | null = null;
  for (const bound of bounds) {
    const parts = partsOf(bound.slice(4), reading);
    if (bound.startsWith('MIN')) least = least === null ? parts : fail('it has two minimums');
    else most = most === null ? parts : fail('it has two maximums');
  }
  return { parts: partsOf(first, reading), least, most };
}

function partsOf(text: string, reading: Reading): Part[] {
  const parts = text.split(/ *\+ *| (?=- )/);
  return parts.map((part) => partOf(part.trim(), reading, parts.length === 1));
}

function partOf(text: string, reading: Reading, alone: boolean): Part {
  const quoted = /^see "(\d+)"$/i.exec(text)?.[1];
  if (quoted !== undefined) return { kind: 'elsewhere', text: reading.quotes[Number(quoted)] ?? '' };
  if (elsewhere.test(text)) return { kind: 'elsewhere', text: restored(text.replace(/^see /i, ''), reading.quotes) };
  if (/^free$/i.test(text)) return valueOf(ofWhole(0n), null);
  const share = /^(\d+(?:\.\d+)?)(?: (\d+)\/(\d+))? ?(?:%|percent)(?: (?:of|on) (?:the )?(\S.*))?$/.exec(text);
  if (share !== null) return shareOf(share);
  if (reading.barePercent === true && /^\d+(\.\d+)?$/.test(text)) return valueOf(exactOf(text), null);
  // What a tariff adds and works out elsewhere goes by a code of capitals, such as EA for agricultural goods.
  if (!alone && /^[A-Z]{2,5}$/.test(text)) return { kind: 'elsewhere', text };
  return measuredOf(text, reading);
}

const exactOf = (text: string): Exact => {
  const value = parseDecimal(text);
  return value === undefined ? fail(`${text} is no plain decimal`) : ofDecimal(value);
};

const hundredth: Exact = { digits: 1n, scale: 2, over: 1n };
const valueOf = (percent: Exact, of: string | null): Part => ({
  kind: 'value',
  percent,
  rate: multiply(percent, hundredth),
  of,
});

function shareOf([, whole = '', above, below, of]: RegExpExecArray): Part {
  const percent = exactOf(whole);
  if (above === undefined || below === undefined) return valueOf(percent, of ?? null);
  if (percent.scale > 0 || /^0+$/.test(below)) return fail(`${whole} ${above}/${below} is no mixed number`);
  const over = BigInt(below);
  return valueOf({ digits: percent.digits * over + BigInt(above), scale: 0, over }, of ?? null);
}

function measuredOf(text: string, { dollar }: Reading): Part {
  const found = /^(- )?(\$)?(\d+(?:\.\d+)?) ?(¢|[A-Z]{3})? ?(?:\/|per )? ?(?:(\d+)(?![\d.%]) ?)?(.*)$/.exec(text);
  if (found === null) return fail(`“${text}” is no duty`);
  const [, minus, sign, figure = '', unit, count, words = ''] = found;
  const cents = unit === '¢';
  const currency = sign === '$' || cents ? dollar : unit;
  if ((sign === '$') !== (unit === undefined)) return fail(`“${text}” names no currency, and a rate ends in %`);
  if (currency === undefined) return fail('say which currency $ and ¢ are');
  if (!isCurrency(currency)) return fail(`${currency} is no known currency`);
  if (count === undefined && words === '') return fail(`“${text}” says no measure`);
  const measure = measureOf(words) ?? fail(`no measure is called “${words.slice(0, 60)}”; docs/packs.md lists them`);
  const amount = cents ? multiply(exactOf(figure), hundredth) : exactOf(figure);
  const times = BigInt(count ?? '1');
  if (times === 0n) return fail(`“${text}” counts by nothing`);
  const each = divided(multiply(amount, ofWhole(measure.den)), times * measure.num);
  return { kind: 'measure', amount, currency, count: times, measure, each, sign: minus === undefined ? '+' : '-' };
}

/** A quotient by a whole number, kept as a decimal as far as it is one. */
function divided(a: Exact, by: bigint): Exact {
  let over = by;
  let { scale } = a;
  for (; over % 10n === 0n; over /= 10n) scale += 1;
  return divide({ ...a, scale }, ofWhole(over))!;
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function dayText(number: string, name: string): string {
  const month = months.indexOf(name.slice(0, 3));
  const day = Number(number);
  if (month < 0 || day < 1 || day > (lengths[month] ?? 0)) return fail(`the calendar has no ${number} ${name}`);
  return `${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function seasonsOf(text: string): [string, string][] {
  return text.split(',').map((one) => {
    const found = /^ *(\d{1,2})(?: ?([A-Z]{3,4}))? ?- ?(\d{1,2}) *([A-Z]{3,4}) *$/.exec(one);
    if (found === null) return fail(`“${one.trim()}” is no season such as 01 JAN - 31 MAR`);
    const [, from = '', month, to = '', last = ''] = found;
    return [dayText(from, month ?? last), dayText(to, last)];
  });
}

const within = (day: string, [from, to]: readonly [string, string]): boolean =>
  from <= to ? from <= day && day <= to : day >= from || day <= to;

/** No day may have two duties; one that has none cannot be decided, which is for the day it happens. */
function refuseOverlaps(choices: readonly Choice[]): void {
  const all = choices.filter((one) => one.programmes.length === 0);
  const seasons = all.flatMap((one) => one.seasons);
  seasons.forEach((one, index) => {
    const clash = seasons.find((other, place) => place !== index && within(one[0], other));
    if (clash !== undefined) fail(`${dayName(one[0])} lies in two seasons`);
  });
}

/** The duty for everybody on a day; undefined outside its seasons, and where it is for programmes alone. */
export function choiceOn({ choices }: Duty, on: Day): Choice | undefined {
  const day = on.slice(5);
  const all = choices.filter((one) => one.programmes.length === 0);
  return (
    all.find((one) => one.seasons.some((season) => within(day, season))) ?? all.find((one) => one.seasons.length === 0)
  );
}

const dayName = (day: string): string => `${day.slice(3)} ${months[Number(day.slice(0, 2)) - 1]}`;

function choiceText({ parts, least, most, seasons, programmes: list }: Choice): string {
  const bounds = [least === null ? '' : ` MIN ${sumText(least)}`, most === null ? '' : ` MAX ${sumText(most)}`];
  const when = seasons.map(([from, to]) => `${dayName(from)} - ${dayName(to)}`);
  const note = [...when, ...list].join(', ');
  return `${sumText(parts)}${bounds.join('')}${note === '' ? '' : ` (${note})`}`;
}

const sumText = (parts: readonly Part[]): string =>
  parts
    .map((part, index) => {
      const minus = part.kind === 'measure' && part.sign === '-';
      return `${index === 0 ? '' : minus ? ' - ' : ' + '}${partText(part)}`;
    })
    .join('');

function partText(part: Part): string {
  if (part.kind === 'elsewhere') return `see "${part.text.replace(/"/g, '’')}"`;
  if (part.kind === 'value') return `${mixed(part.percent)}%${part.of === null ? '' : ` of the ${part.of}`}`;
  const { amount, currency, count, measure } = part;
  return `${formatExact(amount)} ${currency}/${count === 1n ? '' : `${count} `}${measure.symbol}`;
}

/** A fraction as a mixed number: 33 1/3. */
function mixed(value: Exact): string {
  const text = formatExact(value);
  const [above = '', below] = text.split('/');
  if (below === undefined) return text;
  const over = BigInt(below);
  return `${BigInt(above) / over} ${BigInt(above) % over}/${below}`;
}
