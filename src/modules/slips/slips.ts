import type { Check } from '#kernel/check.ts';
import { refuse, type Refused } from '#kernel/result.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { firstDifference } from '#modules/clearance/index.ts';
import type { Body, Content, Kind, Name, Reason } from './model.ts';

/**
 * The rules by which slips are taken and meet, as pure functions: what a slip names, whether it may take the place of
 * what stands, which of them make a parcel, and whose field a difference is.
 */

/** A slip read: who it is, what it brings into a parcel, and which slips it is about. */
export interface Read extends Name {
  readonly content: Content;
  /** Itself and what it names: an order for a payment, orders, payments and transports for a declaration. */
  readonly names: readonly Name[];
  readonly replaces: number | undefined;
}

const name = (kind: Kind, sender: string, number: string): Name => ({ kind, sender, number });

type Reading = (body: Body, filer: string) => Read;

const readers: Readonly<Record<Kind, Reading>> = {
  order: (body) => {
    const { replaces, ...order } = body as Body<'order'>;
    const self = name('order', order.platform, order.number);
    return { ...self, content: { kind: 'order', order }, names: [self], replaces };
  },
  payment: (body) => {
    const { replaces, platform, ...payment } = body as Body<'payment'>;
    const self = name('payment', payment.provider, payment.reference);
    const names = [self, name('order', platform, payment.order)];
    return { ...self, content: { kind: 'payment', payment }, names, replaces };
  },
  transport: (body) => {
    const { replaces, platform, ...transport } = body as Body<'transport'>;
    const self = name('transport', transport.carrier, transport.document);
    const orders =
      platform === undefined ? [] : (transport.orders ?? []).map((number) => name('order', platform, number));
    return { ...self, content: { kind: 'transport', transport }, names: [self, ...orders], replaces };
  },
  declaration: (body, filer) => {
    const { replaces, orders = [], payments = [], transports = [], ...declaration } = body as Body<'declaration'>;
    const self = name('declaration', filer, declaration.id);
    const names = [
      self,
      ...orders.map(({ platform, number }) => name('order', platform, number)),
      ...payments.map(({ provider, reference }) => name('payment', provider, reference)),
      ...transports.map(({ carrier, document }) => name('transport', carrier, document)),
    ];
    return { ...self, content: { kind: 'declaration', declaration }, names, replaces };
  },
};

/** Reads a slip of a kind; of a declaration the sender is under whose key it is filed. */
export const readSlip = (kind: Kind, body: Body, filer: string): Read => readers[kind](body, filer);

/** A version of a slip that stands already. */
export interface Standing {
  readonly version: number;
  readonly used: boolean;
  /** Digest, as hexadecimal, and moment of every version there was, oldest first. */
  readonly versions: readonly { readonly version: number; readonly digest: string; readonly received: string }[];
  /** The body of the version that stands. */
  readonly body: unknown;
}

export interface Incoming {
  readonly replaces: number | undefined;
  readonly digest: string;
  readonly body: unknown;
}

export type Verdict =
  | { readonly as: 'new' }
  | { readonly as: 'again'; readonly version: number; readonly received: string }
  | { readonly as: 'correction'; readonly version: number }
  | { readonly as: 'refused'; readonly refused: Refused };

const refused = (...args: Parameters<typeof refuse>): Verdict => ({ as: 'refused', refused: refuse(...args) });

/**
 * What becomes of a slip under a key. The same content again is answered as it was, whichever version it was. Other
 * content takes the place of what stands only as a correction that names the version it saw, and never once a parcel
 * was decided with it.
 */
export function verdict(standing: Standing | null, incoming: Incoming): Verdict {
  const { replaces, digest } = incoming;
  if (standing === null)
    return replaces === undefined ? { as: 'new' } : refused('slips/nothing-to-replace', { pointer: '/replaces' });
  const { version, versions, used } = standing;
  const same = versions.filter((one) => one.digest === digest);
  const again =
    replaces === undefined
      ? same.at(-1)
      : same.find((one) => one.version === replaces + 1 || (one.version === replaces && replaces === version));
  if (again) return { as: 'again', version: again.version, received: again.received };
  const params = { version: String(version) };
  const pointer = differing(standing.body, incoming.body);
  if (used) return refused('slips/used', { pointer, params });
  if (replaces === undefined) return refused('slips/key-replayed', { pointer, params });
  if (replaces !== version) return refused('slips/version-differs', { pointer: '/replaces', params });
  return { as: 'correction', version: version + 1 };
}

const bare = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? { ...body, replaces: undefined } : body;

const differing = (standing: unknown, incoming: unknown): string =>
  firstDifference(bare(standing), bare(incoming)) ?? '';

/** A slip that may be part of a parcel. */
export interface Member extends Read {
  readonly id: string;
}

/** A declaration with those slips of which every one that it needs of its kind is there. */
export interface Bundle {
  readonly body: Consignment;
  readonly orders: readonly Member[];
  readonly payments: readonly Member[];
  readonly transports: readonly Member[];
  /** Whether all that the declaration is about has come, whatever of it the route needs. */
  readonly complete: boolean;
}

const keyOf = ({ kind, sender, number }: Name): string => `${kind}\n${sender}\n${number}`;

/**
 * Puts a parcel together from its declaration and the slips at hand. A kind goes in only as a whole: every order that
 * the declaration names; every payment and transport that it names, or, where it names none, what names its orders,
 * with none of them left out. Half of a kind would be decided as if it were all.
 */
export function assemble(declaration: Member, candidates: readonly Member[]): Bundle {
  if (declaration.content.kind !== 'declaration') throw new Error('a parcel is put together from its declaration');
  const found = new Map(candidates.map((one) => [keyOf(one), one]));
  const about = declaration.names.filter(({ kind }) => kind !== 'declaration');
  const whole = (names: readonly Name[]): Member[] => {
    const members = names.flatMap((one) => found.get(keyOf(one)) ?? []);
    return members.length === names.length ? members : [];
  };
  const wanted = about.filter(({ kind }) => kind === 'order');
  const orders = whole(wanted);
  const of = (kind: 'payment' | 'transport'): Member[] => {
    const named = about.filter((one) => one.kind === kind);
    return named.length > 0 ? whole(named) : naming(kind, wanted, candidates);
  };
  const payments = of('payment');
  const transports = of('transport');
  const body: Consignment = {
    ...(orders.length > 0
      ? { orders: orders.flatMap(({ content }) => (content.kind === 'order' ? [content.order] : [])) }
      : {}),
    ...(payments.length > 0
      ? { payments: payments.flatMap(({ content }) => (content.kind === 'payment' ? [content.payment] : [])) }
      : {}),
    ...(transports.length > 0
      ? { transports: transports.flatMap(({ content }) => (content.kind === 'transport' ? [content.transport] : [])) }
      : {}),
    declaration: declaration.content.declaration,
  };
  const there = { order: orders, payment: payments, transport: transports };
  const expected = (['order', 'payment', 'transport'] as const).filter(
    (kind) => wanted.length > 0 || about.some((one) => one.kind === kind),
  );
  return { body, orders, payments, transports, complete: expected.every((kind) => there[kind].length > 0) };
}

/** The slips of a kind that name these orders, in an order of their own that does not hang on when they came. */
function naming(kind: Kind, orders: readonly Name[], candidates: readonly Member[]): Member[] {
  const wanted = new Set(orders.map(keyOf));
  const members = candidates.filter((one) => one.kind === kind && one.names.some((other) => wanted.has(keyOf(other))));
  const covered = new Set(members.flatMap(({ names }) => names.map(keyOf)));
  if (![...wanted].every((one) => covered.has(one))) return [];
  return members.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Comparisons of sums point at the first slip of a kind, and are about every one of them. */
const sums = new Set(['/total', '/amount', '/grossWeight']);
const parts = { orders: 'orders', payments: 'payments', transports: 'transports' } as const;

/** What the checks of a parcel say against its slips, by the slip whose field it is. */
export function reasonsOf(
  bundle: Pick<Bundle, 'orders' | 'payments' | 'transports'>,
  declaration: string,
  checks: readonly Check[],
): Map<string, Reason[]> {
  const reasons = new Map<string, Reason[]>();
  const tell = (id: string, reason: Reason): void => void reasons.set(id, [...(reasons.get(id) ?? []), reason]);
  for (const check of checks) {
    const { pointer, found = '', expected = '' } = check.params;
    if (check.result !== 'failed' || !check.id.startsWith('match.') || pointer === undefined) continue;
    const [, list = '', place, field = ''] = /^\/([a-z]+)(?:\/(\d+))?(\/.*)?$/.exec(pointer) ?? [];
    const reason = { code: check.reason, found, expected, source: check.source };
    const part = Object.hasOwn(parts, list) ? bundle[parts[list as keyof typeof parts]] : [];
    const one = place === undefined ? undefined : part[Number(place)];
    if (one === undefined) tell(declaration, { ...reason, field: pointer });
    else for (const { id } of sums.has(field) ? part : [one]) tell(id, { ...reason, field });
  }
  return reasons;
}

/** What a slip says at a JSON pointer, as text; empty where nothing stands. */
export function valueAt(content: unknown, pointer: string): string {
  let value: unknown = content;
  for (const step of pointer.split('/').slice(1)) {
    const member = step.replaceAll('~1', '/').replaceAll('~0', '~');
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
  }
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The part of a parcel that a content is. */
export function partOf(content: Content): unknown {
  if (content.kind === 'order') return content.order;
  if (content.kind === 'payment') return content.payment;
  return content.kind === 'transport' ? content.transport : content.declaration;
}
