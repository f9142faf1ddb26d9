import type { Consignment } from '#modules/rulebook/index.ts';
import { sample } from './samples.ts';

/** Who asks in an example: nobody in particular, or one of the parties of the demonstration by its own key. */
export type Asker = 'anybody' | 'seller' | 'carrier' | 'operator';

/** The party of each, as the demonstration registers it. */
export const partyOf: Readonly<Record<Exclude<Asker, 'anybody'>, string>> = {
  seller: 'XL-LANTERN',
  carrier: 'XP-PETREL',
  operator: 'XP-CAPO',
};

/** One request of a worked example. */
export interface Step {
  readonly as: Asker;
  readonly method: 'GET' | 'POST';
  /** `{name}` is what an earlier step kept under this name. */
  readonly path: string;
  readonly body?: unknown;
  /** A body of many lines, each a document of its own. */
  readonly lines?: readonly unknown[];
  readonly status: number;
  /** A part of the answer: what stands here stands there too. */
  readonly answer: unknown;
  /** What of the answer later steps go on with: a name, and the member that holds it. */
  readonly keep?: Readonly<Record<string, string>>;
}

/** A worked example; its words are `developers.jobs.<id>` and `.<id>-text`. */
export interface Job {
  readonly id: string;
  readonly steps: readonly Step[];
}

const file = (id: string, keep?: Record<string, string>): Step => ({
  as: 'seller',
  method: 'POST',
  path: '/v1/consignments',
  body: sample(id),
  status: 201,
  answer: { declaration: id, version: 1, status: 'cleared', decision: { outcome: 'cleared' } },
  ...(keep === undefined ? {} : { keep }),
});

/** A parcel that nobody has declared yet has no number of its own. */
function unnumbered(parcel: Consignment): unknown {
  const declaration: Partial<Consignment['declaration']> = { ...parcel.declaration };
  delete declaration.id;
  return { ...parcel, declaration };
}

const amended = sample('JOB-AMEND', { price: '26.40' });

const landing = [
  {
    as: 'carrier',
    method: 'POST',
    path: '/v1/manifests',
    body: {
      master: '618-00000001',
      carrier: partyOf.carrier,
      mode: 'air',
      lines: [{ house: 'W-JOB-LAND', pieces: 1, barcodes: ['B-JOB-LAND'] }],
    },
    status: 201,
    answer: { master: '618-00000001', lines: 1, pieces: 1 },
  },
  {
    as: 'operator',
    method: 'POST',
    path: '/v1/arrivals',
    body: {
      reference: 'ARRIVAL-1',
      master: '618-00000001',
      operator: partyOf.operator,
      place: 'XP-CAPO-AIR',
      landed: '2026-11-20T05:00:00Z',
      complete: true,
      pieces: ['B-JOB-LAND'],
    },
    status: 201,
    answer: { master: '618-00000001', released: 1 },
  },
  { as: 'operator', method: 'GET', path: '/v1/scans/B-JOB-LAND', status: 200, answer: { answer: 'go' } },
] as const satisfies readonly Step[];

/** The ten commonest jobs of a program. A test asks each of them of a real window, so that none can go stale. */
export const jobs: readonly Job[] = [
  {
    id: 'dry-run',
    steps: [
      {
        as: 'anybody',
        method: 'POST',
        path: '/v1/assessments',
        body: {
          economy: 'xp',
          assumed: { yearly: { currency: 'XPN', amount: '0.00' } },
          consignment: unnumbered(sample('JOB-DRY')),
        },
        status: 200,
        answer: { route: 'low-value', decided: true },
      },
    ],
  },
  { id: 'file', steps: [file('JOB-FILE')] },
  {
    id: 'follow',
    steps: [
      file('JOB-FOLLOW', { parcel: 'id' }),
      { as: 'seller', method: 'GET', path: '/v1/consignments/{parcel}', status: 200, answer: { status: 'cleared' } },
    ],
  },
  {
    id: 'many',
    steps: [
      {
        as: 'seller',
        method: 'POST',
        path: '/v1/consignments/bulk',
        lines: [sample('JOB-MANY-1'), sample('JOB-MANY-2')],
        status: 200,
        answer: [
          { line: 1, status: 201, answer: { declaration: 'JOB-MANY-1', status: 'cleared' } },
          { line: 2, status: 201, answer: { declaration: 'JOB-MANY-2', status: 'cleared' } },
        ],
      },
    ],
  },
  {
    id: 'repeat',
    steps: [
      file('JOB-REPEAT'),
      {
        ...file('JOB-REPEAT'),
        body: sample('JOB-REPEAT', { price: '25.90' }),
        status: 409,
        answer: { code: 'clearance/key-replayed' },
      },
    ],
  },
  {
    id: 'amend',
    steps: [
      file('JOB-AMEND', { parcel: 'id' }),
      {
        as: 'seller',
        method: 'POST',
        path: '/v1/consignments/{parcel}/amendments',
        body: { version: 1, ground: 'value-changed', reason: 'The price was mistyped.', consignment: amended },
        status: 201,
        answer: { version: 2 },
      },
    ],
  },
  {
    id: 'cancel',
    steps: [
      file('JOB-CANCEL', { parcel: 'id' }),
      {
        as: 'seller',
        method: 'POST',
        path: '/v1/consignments/{parcel}/cancellation',
        body: { ground: 'not-dispatched', reason: 'The buyer withdrew.' },
        status: 201,
        answer: { status: 'cancelled' },
      },
    ],
  },
  { id: 'land', steps: [file('JOB-LAND'), ...landing] },
  {
    id: 'news',
    steps: [{ as: 'seller', method: 'GET', path: '/v1/events?limit=10', status: 200, answer: { events: [] } }],
  },
  {
    id: 'webhook',
    steps: [
      {
        as: 'seller',
        method: 'POST',
        path: '/v1/webhooks',
        body: { url: 'https://consumer.example.com/portolan', kinds: ['clearance.released'], size: 50 },
        status: 201,
        answer: { webhook: { state: 'active' } },
      },
    ],
  },
];
