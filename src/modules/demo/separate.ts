import { ok } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { type Body, type Kind, take, type Who } from '#modules/slips/index.ts';
import { parcel } from './parcels.ts';
import { slipSystem } from './principals.ts';

/** A parcel whose slips come apart: which of them come, and what its order says otherwise. */
interface Story {
  readonly comes: readonly Kind[];
  readonly total?: string;
}

/** What a person can look at: parcels that met, one whose order contradicts, and some that wait for a sender. */
const stories: readonly Story[] = [
  { comes: ['payment', 'order', 'transport', 'declaration'] },
  { comes: ['declaration', 'transport', 'order', 'payment'] },
  { comes: ['order', 'payment', 'transport', 'declaration'], total: '1.00' },
  { comes: ['order', 'transport', 'declaration'] },
  { comes: ['order', 'payment'] },
  { comes: ['order'] },
];

interface Apart {
  readonly kind: Kind;
  readonly sender: string;
  readonly body: Body;
}

/** The slips of one parcel, each as its own sender hands it in. */
function apart({ orders = [], payments = [], transports = [], declaration }: Consignment, filer: string): Apart[] {
  const platform = orders[0]?.platform ?? '';
  return [
    ...orders.map((body) => ({ kind: 'order' as const, sender: body.platform, body })),
    ...payments.map((one) => ({ kind: 'payment' as const, sender: one.provider, body: { ...one, platform } })),
    ...transports.map((one) => ({ kind: 'transport' as const, sender: one.carrier, body: { ...one, platform } })),
    {
      kind: 'declaration',
      sender: filer,
      body: {
        ...declaration,
        orders: orders.map((one) => ({ platform: one.platform, number: one.number })),
        transports: transports.map(({ carrier, document }) => ({ carrier, document })),
      },
    },
  ];
}

/** Parcels that declare themselves, so that the story needs nobody's representation. */
function invented(context: Context, seed: number): { body: Consignment; filer: string }[] {
  const found: { body: Consignment; filer: string }[] = [];
  for (let index = 0; found.length < stories.length; index += 1) {
    const options = { seed, index, at: context.clock.now(), run: 'APART', kind: 'low-value' } as const;
    const { body, filer } = parcel({ ...options, buyer: 70_000 + index });
    if (body.declaration.declarant === filer) found.push({ body, filer });
  }
  return found;
}

/** Lets the slips of a few parcels come from their own senders. What came before stays as it is. */
export async function sendApart(context: Context, seed: number): Promise<void> {
  const parcels = invented(context, seed);
  for (const [index, { comes, total }] of stories.entries()) {
    const { body, filer } = parcels[index]!;
    const slips = apart(body, filer);
    for (const kind of comes)
      for (const slip of slips.filter((one) => one.kind === kind)) {
        const changed =
          total !== undefined && 'total' in slip.body
            ? { ...slip.body, total: { ...slip.body.total, amount: total } }
            : slip.body;
        const who: Who = () => Promise.resolve(ok(slipSystem(context, slip.sender)));
        await take(context, who, kind, [{ body: changed, raw: JSON.stringify(changed) }]);
      }
  }
}
