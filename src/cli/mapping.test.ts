import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import type { Row } from './read.ts';
import { loadMapping, mappingFormat } from './mapping.ts';
import { type Item, parcelsOf } from './parcels.ts';
import { FileError, meterOf } from './read.ts';

const folder = await mkdtemp(join(tmpdir(), 'portolan-mapping-'));
after(() => rm(folder, { recursive: true, force: true }));
let files = 0;

async function file(text: string | Buffer, ending: string): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.${ending}`);
  await writeFile(path, text);
  return path;
}

/** The least that a body needs, so that a test says only what it is about. */
const declaration = {
  movement: 'import',
  nature: 'sale',
  goods: {
    $each: {
      rows: 'all',
      item: {
        line: { $ordinal: true },
        description: { text: { $column: 'what' }, language: 'en' },
        quantity: { $column: 'pieces' },
        unit: 'C62',
        price: {
          $money: {
            of: { $multiply: [{ $column: 'pieces' }, { $column: 'each' }] },
            currency: 'EUR',
            round: 'half-up',
          },
        },
      },
    },
  },
};

const whole = (more: object, inside: object = {}): object => ({
  format: mappingFormat,
  parcel: { by: ['order'] },
  consignment: { declaration: { ...declaration, ...inside } },
  ...more,
});

const mappingOf = async (value: object) => loadMapping(await file(JSON.stringify(value), 'json'));

async function itemsOf(csv: string | Buffer, value: object, ending = 'csv'): Promise<Item[]> {
  const path = await file(csv, ending);
  const input = { files: [path], mapping: await mappingOf(value), only: null };
  return Array.fromAsync(parcelsOf(input, await meterOf([path])));
}

const bodyOf = (item: Item | undefined): unknown => (item?.kind === 'parcel' ? item.body : item);
const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((found, name) => (found as Record<string | number, unknown> | undefined)?.[name], value);

async function problemsOf(value: object): Promise<string> {
  const error: unknown = await mappingOf(value).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FileError, 'the mapping is refused');
  return error.message;
}

test('rows that stand together under one key become one parcel, with exact line prices', async () => {
  const items = await itemsOf('order,what,pieces,each\nA,cup,3,0.1\nA,"plate, red",2,1.005\nB,cup,1,2\n', whole({}));
  assert.equal(items.length, 2);
  const goods = at(bodyOf(items[0]), 'declaration', 'goods');
  assert.deepEqual(at(goods, 0, 'price'), { currency: 'EUR', amount: '0.30' });
  assert.deepEqual(at(goods, 1, 'price'), { currency: 'EUR', amount: '2.01' });
  assert.deepEqual([at(goods, 1, 'line'), at(goods, 1, 'description', 'text')], [2, 'plate, red']);
});

test('an amount is converted exactly and rounded once, whatever its digits', async () => {
  const pound = { rates: { pound: { from: 'GBP', to: 'EUR', rate: '1.1583', stated: 'for the test' } } };
  const price = {
    $money: {
      of: { $multiply: [{ $column: 'a' }, { $column: 'b' }] },
      currency: 'GBP',
      rate: 'pound',
      round: 'half-up',
    },
  };
  const mapping = await mappingOf({ ...whole(pound, { freight: price }), parcel: { by: ['a'] } });
  const decimal = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.nat(3))
    .map(([digits, scale]) => ({ digits, scale }));
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const row: Row = {
        file: 'f',
        line: 2,
        cells: { a: formatDecimal(a), b: formatDecimal(b), pieces: '1', each: '1', what: 'x' },
      };
      const faults: never[] = [];
      const body = mapping.body({ row, rows: { all: [row] }, ordinal: 0, faults });
      const amount = parseDecimal(String(at(body, 'declaration', 'freight', 'amount')));
      const exact = a.digits * b.digits * 11_583n;
      const unit = 10n ** BigInt(a.scale + b.scale + 4 - 2 + 2);
      // Half-up of exact / 10^(scales + 4) to two places, written without any rounding function.
      assert.equal(amount?.digits, (exact * 100n * 2n + unit) / (2n * unit));
    }),
  );
});

test('rows and parcels are set aside by their rules, and each is counted under its words', async () => {
  const rules = {
    setAside: [
      { each: 'parcel', when: { column: 'order', matches: '^C' }, as: 'cancelled' },
      { each: 'row', when: { column: 'each', atMost: '0' }, as: 'free' },
    ],
  };
  const items = await itemsOf(
    'order,what,pieces,each\nA,cup,1,1\nA,gift,1,0.00\nC1,cup,1,1\nB,gift,1,0\n',
    whole(rules),
  );
  assert.deepEqual(
    items.map((item) => [
      item.key,
      item.kind,
      item.kind === 'set-aside' ? item.reason : item.kind === 'parcel' ? item.leftOut : '',
    ]),
    [
      ['A', 'parcel', { free: 1 }],
      ['C1', 'set-aside', 'cancelled'],
      ['B', 'set-aside', 'free'],
    ],
  );
  assert.equal(at(bodyOf(items[0]), 'declaration', 'goods', 'length'), 1);
});

test('an empty cell leaves its field out, so that it is a missing fact and not a guess', async () => {
  const [item] = await itemsOf(
    'order,what,pieces,each,to\nA,cup,1,1,\n',
    whole({}, { destination: { $column: 'to' }, importer: null }),
  );
  const made = at(bodyOf(item), 'declaration');
  assert.ok(typeof made === 'object' && made !== null && !('destination' in made));
  assert.equal(at(made, 'importer'), null);
});

test('dates move by the stated number of days through leap years', async () => {
  const day = { $day: { of: { $column: 'when' }, format: 'DD/MM/YYYY hh:mm', shift: 366 } };
  const [item] = await itemsOf('order,what,pieces,each,when\nA,cup,1,1,28/02/2023 07:05\n', whole({ day }));
  assert.equal(item?.kind === 'parcel' ? item.day : '', '2024-02-29');
});

test('a keyword is a whole word unless it ends in a star, and the first in the file decides', async () => {
  await writeFile(
    join(folder, 'words.csv'),
    '# ours\nkeyword,code\nT LIGHT HOLDER,940550\nLIGHT*,940521\nTIN,731029\n',
  );
  const value = whole({ lookups: { code: { file: 'words.csv', find: 'words', key: 'keyword', value: 'code' } } });
  const goods = declaration.goods.$each;
  const item = { ...goods.item, commodity: { $lookup: { in: 'code', of: { $column: 'what' } } } };
  const mapped = { ...value, consignment: { declaration: { ...declaration, goods: { $each: { ...goods, item } } } } };
  const rows = ['white t-light holder', 'Lighting set', 'COLLECTING BOX', 'cake tin'];
  const items = await itemsOf(`order,what,pieces,each\n${rows.map((what) => `A,${what},1,1`).join('\n')}\n`, mapped);
  const codes = rows.map((_, index) => at(bodyOf(items[0]), 'declaration', 'goods', index, 'commodity'));
  assert.deepEqual(codes, ['940550', '940521', undefined, '731029']);
});

test('everything wrong with a mapping is listed at once, each with its pointer', async () => {
  const words = await problemsOf({
    format: 'portolan-mapping/9',
    rates: { pound: { from: 'GBP', to: 'EURO', rate: 1.2, stated: 'x' } },
    setAside: [{ each: 'line', when: { column: 'a', larger: '1' }, as: 'x' }],
    consignment: {
      declaration: {
        movement: 'import',
        goods: [
          {
            line: { $ordinal: true },
            price: { $money: { of: { $colum: 'a' }, currency: 'EUR', rate: 'dollar', round: 'nearest' } },
          },
        ],
        destinatoin: 'DE',
      },
    },
    extra: true,
  });
  for (const expected of [
    /\/extra {2}is not known here/,
    /\/format {2}must be "portolan-mapping\/1"/,
    /\/rates\/pound\/to {2}“EURO” is no known currency/,
    /\/rates\/pound\/rate {2}must be a decimal above zero/,
    /\/setAside\/0\/each {2}must be parcel or row/,
    /\/setAside\/0\/when {2}compares a column by exactly one of/,
    /\/consignment\/declaration {2}leaves out “nature”/,
    /\/consignment\/declaration\/destinatoin {2}is no field of the body/,
    /\/consignment\/declaration\/goods\/0 {2}leaves out “description”/,
    /\/price\/\$money\/of {2}must be a constant or have exactly one of \$column/,
    /\/price\/\$money\/rate {2}is none of the declared/,
    /\/price\/\$money\/round {2}must be one of half-up/,
  ]) {
    assert.match(words, expected);
  }
});

test('a number in a mapping is refused: it would lose digits', async () => {
  assert.match(
    await problemsOf(whole({}, { freight: { $money: { of: 1.1, currency: 'EUR', round: 'half-up' } } })),
    /of {2}must be a text/,
  );
});

test('a column that the file does not have stops the run before the first parcel', async () => {
  await assert.rejects(
    itemsOf('order,what,each\nA,cup,1\n', whole({})),
    /has no column pieces, which the mapping reads/,
  );
});

test('a cell that is no number refuses its parcel and names the line', async () => {
  const items = await itemsOf('order,what,pieces,each\nA,cup,1,1\nB,cup,two,1\n', whole({}));
  const [, second] = items;
  assert.equal(items[0]?.kind, 'parcel');
  assert.ok(second?.kind === 'unreadable');
  assert.equal(second.wrong[0]?.code, 'mapping/not-a-number');
  assert.match(second.wrong[0]?.detail ?? '', /“two” is no plain decimal. \(line 3/);
});

test('a row that cannot be read refuses the parcels it may belong to, and no other', async () => {
  const items = await itemsOf('order,what,pieces,each\nA,cup,1,1\nB,cup,1,1\nB,cup\nC,cup,1,1\nD,cup,1,1\n', whole({}));
  assert.deepEqual(
    items.map((item) => `${item.key} ${item.kind}`),
    ['A parcel', ' unreadable', 'B unreadable', 'C unreadable', 'D parcel'],
  );
});
