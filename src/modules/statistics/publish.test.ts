import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { tries } from '../../../test/support/long.ts';
import { tradersMin } from './model.ts';
import { closedRows, type Counted } from './publish.ts';

const row = (breakdown: Counted['breakdown'], key: string, traders: ReadonlySet<number>, items: number): Counted => ({
  movement: 'import',
  breakdown,
  key,
  traders: traders.size,
  checklists: BigInt(items),
  items: BigInt(items),
  value: '0',
  netWeight: '0',
});

/** Who trades under which headings: for each key the traders and how much each of them did. */
const table = fc.array(fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 6,
});

test('nobody learns from the total and the open rows what fewer than three traders have done', () => {
  fc.assert(
    fc.property(table, (given) => {
      const traders = given.map((mine) => new Set(mine.map(([who]) => who)));
      const items = given.map((mine) => mine.reduce((sum, [, many]) => sum + many, 0));
      const all = traders.reduce((sum, one) => sum.union(one), new Set<number>());
      const rows = traders.map((who, index) => row('country', `K${index}`, who, items[index]!));
      const total = row(
        'all',
        '',
        all,
        items.reduce((sum, one) => sum + one, 0),
      );
      const closed = closedRows([total, ...rows]);
      if (closed.has(total)) {
        assert.ok(all.size < tradersMin && rows.every((one) => closed.has(one)));
        return;
      }
      const shut = rows.filter((one) => closed.has(one));
      assert.ok(
        rows.every((one) => one.traders >= tradersMin || closed.has(one)),
        'few stand behind no open row',
      );
      // What is left when the open rows are taken off the total is the closed ones together.
      const behind = shut.reduce((sum, one) => sum.union(traders[rows.indexOf(one)]!), new Set<number>());
      assert.ok(shut.length === 0 || behind.size >= tradersMin, 'nor behind the closed ones together');
      assert.notEqual(shut.length, 1, 'and none is closed alone');
    }),
    { numRuns: tries(2_000) },
  );
});
