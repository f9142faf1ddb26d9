import assert from 'node:assert/strict';
import { type BondedWare, ids, intoBond, outOfBond } from '#modules/demo/index.ts';
import type { Clock } from '#platform/clock.ts';
import { type Filed, shipper } from './parcels.ts';
import type { TestWindow, Told } from './window.ts';

/** Goods of a book line, without the words for them. */
export type Ware = Omit<BondedWare, 'description'>;

const named = <T extends Ware>(ware: T): T & BondedWare => ({
  ...ware,
  description: { text: 'Goods of the book', language: 'en' },
});

export const book = 'BK-1';

/** A bonded place of the demonstration's operator: imports that fill its book, and parcels that draw from it. */
export function bondedPlace(window: TestWindow, clock: Clock, run: string) {
  const { file, land } = shipper(window, clock, run);
  const ask = (url: string, body: object, as: string = ids.operator): Promise<Told> =>
    window.ask({ method: 'POST', url, as, body });
  let entries = 0;
  const filled = async (wares: readonly Ware[]): Promise<Filed> => {
    const filed = await file('ordinary', { pieces: 1 }, (body) => {
      const made = intoBond(body, wares.map(named));
      for (const name of Object.keys(body)) delete body[name];
      Object.assign(body, made);
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
    /** Makes a body one of a parcel out of the book: each line names an item, and how many of it. */
    draws:
      (lines: readonly (Ware & { readonly item: string; readonly book?: string })[], more: object = {}) =>
      (body: any): void => {
        Object.assign(body, outOfBond(body, book, lines.map(named)));
        Object.assign(body.declaration, more);
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
