import type { Consignment } from '#modules/rulebook/index.ts';
import type { Kind } from '#modules/slips/index.ts';

/** A slip as its own sender hands it in. */
export interface Slip {
  readonly kind: Kind;
  /** Under whose key it is sent. */
  readonly as: string;
  readonly body: Record<string, unknown>;
  /** Where it is found again. */
  readonly url: string;
}

const slip = (kind: Kind, as: string, number: string, body: object): Slip => ({
  kind,
  as,
  body: { ...body },
  url: `/v1/${kind}s/${encodeURIComponent(as)}/${encodeURIComponent(number)}`,
});

/** Takes a whole parcel apart into the slips of its senders; the declaration names its orders and transports. */
export function slipsOf(body: Consignment, filer: string): Slip[] {
  const { orders = [], payments = [], transports = [], declaration } = body;
  const platform = orders[0]?.platform;
  const about = {
    ...(orders.length > 0 ? { orders: orders.map((one) => ({ platform: one.platform, number: one.number })) } : {}),
    ...(transports.length > 0
      ? { transports: transports.map(({ carrier, document }) => ({ carrier, document })) }
      : {}),
  };
  return [
    ...orders.map((one) => slip('order', one.platform, one.number, one)),
    ...payments.map((one) => slip('payment', one.provider, one.reference, { ...one, platform })),
    ...transports.map((one) =>
      slip('transport', one.carrier, one.document, { ...one, ...(platform === undefined ? {} : { platform }) }),
    ),
    slip('declaration', filer, declaration.id, { ...declaration, ...about }),
  ];
}
