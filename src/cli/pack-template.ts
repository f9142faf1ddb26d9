import { basename } from 'node:path';
import { isTimeZone } from '#kernel/effective.ts';
import { UsageError } from './args.ts';

/** What is known of an economy when its pack is begun. */
export interface Beginning {
  readonly name: string | undefined;
  readonly currency: string | undefined;
  readonly exponent: string | undefined;
  readonly parent: string | undefined;
  readonly timeZone: string | undefined;
  /** Today, the day from which the first rules are written. */
  readonly day: string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const none = { absent: { number: '0' }, 'left-out': { number: '0' } };

/**
 * The files of a pack that states nothing yet: one route for ordinary import, and a duty read from a tariff that has
 * no rows, so that every case is answered with the name of the rate that is missing. It passes `pack check`.
 */
export function newPack(folder: string, beginning: Beginning): Record<string, string> {
  const id = basename(folder);
  if (!/^[a-z]{2,8}$/.test(id))
    throw new UsageError(`The folder is named as the pack, two to eight small letters: ${id}.`);
  const { name = id.toUpperCase(), currency, exponent = '2', parent, timeZone = 'UTC', day } = beginning;
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency))
    throw new UsageError('--currency is needed: three letters of ISO 4217, such as EUR.');
  if (!isTimeZone(timeZone))
    throw new UsageError(`No time zone is called ${timeZone}; write its name such as Europe/Madrid.`);
  if (!/^[0-4]$/.test(exponent)) throw new UsageError('--exponent is 0 to 4.');
  const head = {
    id,
    version: '0.1.0',
    status: 'draft',
    ...(parent === undefined ? {} : { extends: parent }),
    name: { en: name },
    country: id.length === 2 ? id.toUpperCase() : null,
    currency,
    exponent: Number(exponent),
    timeZone,
    languages: ['en'],
    rounding: { mode: 'half-up', stage: 'charge' },
    allocation: 'price',
    authorities: [{ id: 'customs', name: { en: `Customs of ${name}` }, kind: 'customs', reference: 'the customs law' }],
    desks: ['customs'],
  };
  const changelog = `# Changes of the pack ${id}\n\n## 0.1.0\n\nBegun on ${day}; states nothing yet.\n`;
  const common = { 'pack.json': json(head), 'CHANGELOG.md': changelog };
  // What stands on another pack has its law already; its own values and tables are written as the parent asks.
  if (parent !== undefined)
    return { ...common, 'sources.json': json({}), 'examples/first.json': example(day, currency, {}) };
  return { ...common, ...stating(name, currency, day) };
}

/** One route and one duty, by a law that is still to be found. */
function stating(name: string, currency: string, day: string): Record<string, string> {
  const source = { law: 'customs-law', article: 'to be found' };
  return {
    'sources.json': json({
      'customs-law': { title: `Customs law of ${name}`, grade: 'memory', url: null, seen: null },
    }),
    'tables.json': json({
      tariff: { file: 'tariff.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } },
    }),
    'tables/tariff.csv': 'commodity,duty,from,until,source,article\n',
    'amounts.json': json({
      'line-customs-value': {
        scope: 'line',
        amount: { plus: [{ fact: 'price' }, { fact: 'freightShare', ...none }, { fact: 'insuranceShare', ...none }] },
        source,
      },
      'customs-value': { shown: true, amount: { 'sum-lines': { amount: 'line-customs-value' } }, source },
    }),
    'routes.json': json([
      { id: 'ordinary', from: day, source, movement: 'import', conditions: [], release: ['presented', 'secured'] },
    ]),
    'charges.json': json([
      {
        id: 'duty',
        from: day,
        source,
        routes: ['ordinary'],
        base: { amount: 'line-customs-value' },
        rate: { table: 'tariff.duty' },
        liable: 'importer',
        collect: 'border',
        due: 'release',
        secured: true,
      },
    ]),
    'locales/en.json': json({
      'amount.customs-value': 'Customs value',
      'charge.duty': 'Customs duty',
      'route.ordinary': 'Ordinary import',
    }),
    'examples/first.json': example(day, currency, {
      route: 'ordinary',
      decided: false,
      missing: ['tariff.duty.610910'],
    }),
  };
}

const example = (on: string, currency: string, expect: object): string =>
  json({
    name: 'A shirt whose rate nobody has written down yet',
    law: 'none: change this case into one that the law decides',
    on,
    given: {
      consignment: {
        declaration: {
          movement: 'import',
          nature: 'sale',
          goods: [
            {
              line: 1,
              description: { text: 'T-shirt of cotton', language: 'en' },
              commodity: '610910',
              origin: null,
              quantity: '1',
              unit: 'C62',
              netWeight: '0.2',
              price: { currency, amount: '100' },
            },
          ],
        },
      },
    },
    expect,
  });
