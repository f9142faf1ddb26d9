import assert from 'node:assert/strict';
import { ids } from '#modules/demo/index.ts';
import type { Clock } from '#platform/clock.ts';
import { type Filed, shipper } from './parcels.ts';
import type { TestWindow, Told } from './window.ts';

/** Goods of a book line as an import brings them in. */
export interface Ware {
  readonly commodity: string;
  readonly origin: string;
  readonly unit: string;
  readonly quantity: string;
  readonly price: string;
}

export const book = 'BK-1';

/** A bonded place of the demonstration's operator: imports that fill its book, and parcels that draw from it. */
export function bondedPlace(window: TestWindow, clock: Clock, run: string) {
  const { file, land } = shipper(window, clock, run);
  const ask = (url: string, body: object, as: string = ids.operator): Promise<Told> =>
    window.ask({ method: 'POST', url, as, body });
  let entries = 0;
  const filled = async (wares: readonly Ware[]): Promise<Filed> => {
    const filed = await file('ordinary', { pieces: 1 }, (body) => {
      const { declaration } = body;
      const [first] = declaration.goods;
      delete body.orders;
      delete body.payments;
      for (const name of ['route', 'discount', 'freight', 'insurance', 'taxIncluded']) delete declaration[name];
      Object.assign(declaration, { procedure: 'BOND-IN', placeOperator: ids.operator, seller: ids.seller });
      declaration.consignee.private = false;
      declaration.goods = wares.map(({ price, ...ware }, index) => ({
        line: index + 1,
        description: first.description,
        ...ware,
        price: { currency: 'XPN', amount: price },
      }));
    });
    await land([filed]);
    return filed;
  };
  return {
    ask,
    land,
    open: (more: object = {}): Promise<Told> =>
      ask('/v1/stock/books', {
        number: book,
        operator: ids.operator,
        place: 'XP-CAPO-BOND',
        office: 'XP000101',
        ...more,
      }),
    /** Files and lands an import that brings goods in for a book. */
    filled,
    enter: (lines: readonly object[], more: object = {}): Promise<Told> => {
      entries += 1;
      const reference = `E-${run}-${entries}`;
      return ask('/v1/stock/entries', { reference, operator: ids.operator, book, lines, ...more });
    },
    /** A body of a parcel out of the book: each line names an item, how many of it, and what else is different. */
    draws:
      (lines: readonly (Ware & { readonly item: string; readonly book?: string })[], more: object = {}) =>
      (body: any): void => {
        const { declaration } = body;
        const [first] = declaration.goods;
        Object.assign(declaration, { procedure: 'BOND-OUT', seller: ids.seller, ...more });
        for (const name of ['route', 'discount', 'freight', 'insurance', 'taxIncluded']) delete declaration[name];
        let total = 0n;
        declaration.goods = lines.map(({ item, book: number = book, price, ...ware }, index) => {
          total += BigInt(price.replace('.', ''));
          const { description } = first;
          const amount = { currency: 'XPN', amount: price };
          return { line: index + 1, description, ...ware, price: amount, stock: { book: number, item } };
        });
        const sum = `${total / 100n}.${String(total % 100n).padStart(2, '0')}`;
        for (const order of body.orders)
          Object.assign(order, { seller: ids.seller, total: { currency: 'XPN', amount: sum } });
        for (const payment of body.payments) payment.amount = { currency: 'XPN', amount: sum };
      },
    file,
    /** Reports that the pieces of parcels have left the place. */
    leave: async (parcels: readonly Filed[]): Promise<any> => {
      entries += 1;
      const pieces = parcels.flatMap(({ barcodes }) => barcodes);
      const left = {
        reference: `D-${run}-${entries}`,
        operator: ids.operator,
        place: 'XP-CAPO-BOND',
        left: clock.instant(),
      };
      const told = await ask('/v1/departures', { ...left, pieces });
      assert.equal(told.status, 201, told.text);
      return told.body;
    },
    count: (lines: readonly object[], as?: string): Promise<Told> => {
      entries += 1;
      return ask('/v1/stock/counts', { reference: `C-${run}-${entries}`, book, counted: clock.instant(), lines }, as);
    },
    line: async (item: string, as: string = ids.operator): Promise<any> => {
      const told = await window.ask({ url: `/v1/stock/books/${book}/lines/${item}`, as });
      assert.equal(told.status, 200, told.text);
      return told.body;
    },
  };
}
