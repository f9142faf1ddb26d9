import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerCurrency } from '#kernel/money.ts';
import type { Result } from '#kernel/result.ts';
import { camt } from '../../../test/support/camt.ts';
import { readStatement, type Statement } from './statement-read.ts';

registerCurrency('XPN', 2);
const read = (text: string): Promise<Result<Statement>> => readStatement(Buffer.from(text), () => 0);
const refused = async (text: string): Promise<[string, string | undefined]> => {
  const told = await read(text);
  return told.ok ? ['ok', undefined] : [told.error.code, told.error.pointer];
};

const paid = { reference: 'R-1', bank: 'B-1', amount: '12.50' };
const back = { reference: 'R-2', bank: 'B-2', amount: '-2.00' };

test('a camt.053 is read entry by entry, signed, with its balances, and only what is booked counts', async () => {
  const told = await read(
    camt({ opening: '100.00', entries: [paid, back, { ...paid, amount: '7.00', status: 'PDNG' }] }),
  );
  assert.ok(told.ok);
  const { lines, opening, closing, ...head } = told.value;
  assert.deepEqual(head, {
    number: 'S-1',
    format: 'camt.053',
    account: 'XP0012345',
    currency: 'XPN',
    from: '2026-03-01',
    until: '2026-03-31',
  });
  assert.deepEqual([opening, closing], [100_00n, 110_50n]);
  assert.deepEqual(
    lines.map(({ reference, bank, amount }) => [reference, bank, amount]),
    [
      ['R-1', 'B-1', 12_50n],
      ['R-2', 'B-2', -2_00n],
    ],
  );
});

test('an entry of several transactions is read transaction by transaction and has to be their sum', async () => {
  const batch = {
    amount: '30.00',
    bank: 'B-9',
    parts: [
      { reference: 'a', amount: '10.00' },
      { reference: 'b', amount: '20.00' },
    ],
  };
  const told = await read(camt({ opening: '0.00', entries: [batch] }));
  assert.ok(told.ok);
  assert.deepEqual(
    told.value.lines.map(({ reference, amount }) => [reference, amount]),
    [
      ['a', 10_00n],
      ['b', 20_00n],
    ],
  );
  const [code] = await refused(camt({ opening: '0.00', entries: [{ ...batch, amount: '31.00' }] }));
  assert.equal(code, 'treasury/statement-line');
});

test('a statement whose lines do not lead from its opening balance to its closing one is refused', async () => {
  const [code] = await refused(camt({ opening: '100.00', closing: '112.51', entries: [paid] }));
  assert.equal(code, 'treasury/statement-sum');
});

test('what is no statement, or hostile, is refused with what is wrong', async () => {
  const head = 'account,statement,booked,currency,amount,reference,bank\n';
  const cases: [string, string][] = [
    ['', 'treasury/statement-unread'],
    ['{"a":1}', 'treasury/statement-unread'],
    [head, 'treasury/statement-unread'],
    ['<Document/>', 'treasury/statement-unread'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'messages/xml-doctype'],
    ['<Document><open>', 'messages/xml-malformed'],
    [camt({ opening: '0.00', entries: [{ ...paid, currency: 'QQQ' }] }), 'treasury/statement-line'],
    [camt({ opening: '0.00', entries: [{ ...paid, amount: '1.005' }] }), 'treasury/statement-line'],
    [camt({ opening: '0.00', entries: [{ ...paid, booked: '2026-02-30' }] }), 'treasury/statement-line'],
    [`${head}A,S,2026-03-01,XPN,1.00,r\n`, 'treasury/statement-line'],
    [`${head}A,S,2026-03-01,XPN,1.0.0,r,b\n`, 'treasury/statement-line'],
    [`${head}A,S,2026-13-01,XPN,1.00,r,b\n`, 'treasury/statement-line'],
    [`${head}A,S,2026-03-01,XPN,1.00,"r,b\n`, 'treasury/statement-line'],
    [`${head}A,S,2026-03-01,XPN,1.00,r,b\nB,S,2026-03-01,XPN,1.00,r,b\n`, 'treasury/statement-line'],
  ];
  for (const [text, code] of cases) assert.equal((await refused(text))[0], code, text.slice(0, 60));
  assert.equal((await readStatement(Buffer.from([0xff, 0xfe, 0x00]), () => 0)).ok, false);
});

test('the window’s own CSV is read with quotes, signs and either end of line', async () => {
  const text =
    'account,statement,booked,currency,amount,reference,bank\r\n' +
    'A,S-1,2026-03-02,XPN,12.5,"R ""1"", a",B-1\r\nA,S-1,2026-03-05,XPN,-2.00,R-2,\r\n';
  const told = await read(text);
  assert.ok(told.ok);
  assert.deepEqual([told.value.from, told.value.until, told.value.account], ['2026-03-02', '2026-03-05', 'A']);
  assert.deepEqual(
    told.value.lines.map(({ reference, amount }) => [reference, amount]),
    [
      ['R "1", a', 12_50n],
      ['R-2', -2_00n],
    ],
  );
});
