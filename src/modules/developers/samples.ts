import type { Consignment } from '#modules/rulebook/index.ts';

/**
 * Parcels to try a program with. Each meets the same outcome whenever it is filed, because the law of Ponenta makes it
 * so: nothing in the window knows that it is a sample. Goods, value and slips are all that decides; the parties are
 * those of the demonstration.
 */

/** What a sample says otherwise than the plain one. */
export interface Change {
  readonly description?: string;
  readonly commodity?: string;
  /** What the order comes to, in the currency of Ponenta. */
  readonly price?: string;
  /** What was paid, where that is not what was ordered. */
  readonly paid?: string;
  /** Whether the buyer is known; his yearly limit cannot be looked up otherwise. */
  readonly unknownBuyer?: boolean;
}

const amount = (text: string) => ({ currency: 'XPN', amount: text });

/** The parcel of a number: a shirt below the low-value limit, sold by a small workshop that declares it itself. */
export function sample(id: string, change: Change = {}): Consignment {
  const { price = '24.90', paid = price } = change;
  const order = `O-${id}`;
  return {
    orders: [{ platform: 'XL-BAZAAR', number: order, seller: 'XL-LANTERN', total: amount(price) }],
    payments: [{ provider: 'XL-PAYLINK', reference: `P-${id}`, order, method: 'card', amount: amount(paid) }],
    transports: [
      {
        carrier: 'XP-PETREL',
        document: `W-${id}`,
        orders: [order],
        borderMode: 'air',
        grossWeight: '0.240',
        pieces: [{ barcode: `B-${id}`, weight: '0.240' }],
      },
    ],
    declaration: declarationOf(id, price, change),
  };
}

const consignor = {
  name: { text: 'Lantern Workshop', language: 'en' },
  address: { lines: ['7 Harbour Road'], city: 'Bandar Shams', country: 'XL' },
};

function declarationOf(id: string, price: string, change: Change): Consignment['declaration'] {
  const { description = 'Cotton T-shirt', commodity = '610910' } = change;
  return {
    id,
    movement: 'import',
    nature: 'sale',
    route: 'low-value',
    office: 'XP000102',
    placeOfGoods: 'XP-CAPO-AIR',
    declarant: 'XL-LANTERN',
    representation: 'self',
    seller: 'XL-LANTERN',
    placeOperator: 'XP-CAPO',
    guarantor: 'XP-MUTUA',
    consignor,
    consignee: {
      name: { text: 'Pia Esempio', language: 'it' },
      ...(change.unknownBuyer === true ? {} : { identity: { type: 'NID', number: 'XP900000001' } }),
      address: { lines: ['Riva degli Scali 4'], city: 'Porto Ponente', postcode: '1000', country: 'XP' },
      private: true,
    },
    dispatch: 'XL',
    destination: 'XP',
    goods: [
      {
        line: 1,
        description: { text: description, language: 'en' },
        commodity,
        edition: 'HS2022',
        origin: 'XL',
        quantity: '1',
        unit: 'PCE',
        netWeight: '0.200',
        grossWeight: '0.240',
        price: amount(price),
      },
    ],
  };
}

/** A parcel that always meets the same outcome. */
export interface TestValue {
  /** Its words are `developers.values.<id>`. */
  readonly id: 'clean' | 'held' | 'refused' | 'mismatch' | 'undecided' | 'over-limit';
  readonly change: Change;
  readonly status: string;
  readonly outcome: string;
  /** The check that says why, and how it came out; null where nothing speaks against the parcel. */
  readonly check: { readonly id: string; readonly result: string; readonly reason: string } | null;
}

export const testValues: readonly TestValue[] = [
  { id: 'clean', change: {}, status: 'cleared', outcome: 'cleared', check: null },
  {
    id: 'held',
    change: { description: 'Vegetable seeds', commodity: '120991' },
    status: 'control',
    outcome: 'control',
    check: { id: 'plant-health', result: 'failed', reason: 'needs-plant-health-certificate' },
  },
  {
    id: 'refused',
    change: { description: 'Rifle sling', commodity: '930599' },
    status: 'denied',
    outcome: 'denied',
    check: { id: 'arms', result: 'failed', reason: 'prohibited-arms' },
  },
  {
    id: 'mismatch',
    change: { paid: '23.90' },
    status: 'lodged',
    outcome: 'rejected',
    check: { id: 'match.payment-amount', result: 'failed', reason: 'differs' },
  },
  {
    id: 'undecided',
    change: { unknownBuyer: true },
    status: 'lodged',
    outcome: 'cannot-decide',
    check: { id: 'route', result: 'unknown', reason: 'fact-missing' },
  },
  {
    id: 'over-limit',
    change: { price: '180.00' },
    status: 'lodged',
    outcome: 'other-route',
    check: { id: 'route', result: 'failed', reason: 'over-low-value-limit' },
  },
];

/** The declaration id of a test value: the same for everybody, so that filing it again gives the same answer again. */
export const idOfValue = ({ id }: TestValue): string => `TEST-${id.toUpperCase()}`;

/** Where a demonstration takes messages of webhooks and deals with them badly on purpose. */
export const receiverKinds = ['taking', 'slow', 'failing', 'gone'] as const;
