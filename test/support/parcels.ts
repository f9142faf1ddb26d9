import assert from 'node:assert/strict';
import { ids, type Kind, parcel as invent, type ParcelOptions } from '#modules/demo/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { TestWindow } from './window.ts';

/** A parcel that a test has invented, as it was filed. */
export interface Filed {
  readonly id: string;
  readonly filer: string;
  readonly declaration: string;
  readonly house: string;
  readonly barcodes: readonly string[];
  readonly body: any;
}

/** Files invented parcels at a window and lands them, each with numbers of its own. */
export function shipper(window: TestWindow, clock: Clock, run: string) {
  let numbered = 0;
  let bills = 0;
  return {
    /** Files one of a kind; what is changed is changed before it is filed. */
    file: async (kind: Kind, options: Partial<ParcelOptions> = {}, change?: (body: any) => void): Promise<Filed> => {
      numbered += 1;
      const made = invent({ seed: 5, index: numbered, at: clock.now(), run, kind, buyer: numbered, ...options });
      const body: any = JSON.parse(made.raw);
      change?.(body);
      const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: made.filer, body });
      assert.equal(told.status, 201, told.text);
      const { filer, house, barcodes } = made;
      return { id: told.body.id, filer, declaration: body.declaration.id, house, barcodes, body };
    },
    /** Hands in a master bill over parcels, in a container or in none, and lands their pieces but those missing. */
    land: async (parcels: readonly Filed[], missing: readonly string[] = [], container?: string): Promise<any> => {
      bills += 1;
      const master = `618-${run}-${bills}`;
      const containers = container === undefined ? {} : { containers: [container] };
      const lines = parcels.map(({ house, barcodes }) => ({ house, pieces: barcodes.length, barcodes, ...containers }));
      const bill = { master, carrier: ids.carrier, mode: 'air', lines };
      const taken = await window.ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: bill });
      assert.equal(taken.status, 201, taken.text);
      const pieces = parcels.flatMap(({ barcodes }) => barcodes).filter((one) => !missing.includes(one));
      const tally = { reference: master, master, operator: ids.operator, place: 'XP-CAPO-AIR', complete: true, pieces };
      const body = { ...tally, landed: clock.instant() };
      const landed = await window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body });
      assert.equal(landed.status, 201, landed.text);
      return landed.body;
    },
  };
}
