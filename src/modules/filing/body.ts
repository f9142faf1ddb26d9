import { addDecimal, type Decimal, formatDecimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { type Refusal, refuse, type Result } from '#kernel/result.ts';
import { readerOf } from '#platform/reader.ts';
import type { Values } from '#portal/form.ts';
import { Consignment, type Pack } from '#modules/rulebook/index.ts';

/** How what stands in the fields of a filing becomes the body of a parcel, and what is wrong with it fields again. */

type Tree = Record<string, unknown>;

/** What the body says without a field for it. */
export interface Told {
  /** The number of the declaration. */
  readonly number: string;
  /** The party under whose key it is filed. */
  readonly filer: string;
  readonly language: string;
  readonly pack: Pack;
  /** Whether what is lacking is stood in for, so that the law can be asked what else it needs. */
  readonly standIn?: boolean;
}

const said = (values: Values, name: string): string | undefined => values[name]?.trim() || undefined;

/** Puts a text where a dotted name says; a part that is a number makes a list. */
function put(tree: Tree, name: string, value: unknown): void {
  const parts = name.split('.');
  const last = parts.pop()!;
  let at: Tree = tree;
  for (const [index, part] of parts.entries()) {
    const below = at[part] ?? (/^\d+$/.test(parts[index + 1] ?? last) ? [] : {});
    at[part] = below;
    at = below as Tree;
  }
  at[last] = value;
}

const codes = /\.(origin|country|dispatch|destination|unit|statutoryUnit|supplementaryUnit)$|^currency$/;
/** What says that there is none, which is something else than not saying. */
const none = 'none';
const nullable = /^declaration\.(freight|insurance|onward)\.amount$|^declaration\.scheme$/;
const amounts = ['freight', 'insurance', 'onward', 'discount', 'taxIncluded'] as const;
const nothing: Decimal = { digits: 0n, scale: 0 };

/** What was paid in all: the prices with what was added and taken off, as the order would say. */
function totalOf(values: Values): string {
  const read = (name: string): Decimal => parseDecimal(values[name] ?? '') ?? nothing;
  const prices = Object.keys(values).filter((name) => /^declaration\.goods\.\d+\.price\.amount$/.test(name));
  const added = [...prices, 'declaration.freight.amount', 'declaration.insurance.amount']
    .map(read)
    .reduce(addDecimal, nothing);
  const total = subtractDecimal(added, read('declaration.discount.amount'));
  return total.digits < 0n ? '0' : formatDecimal(total);
}

/** What a person wrote, each text at its place, without what is empty. */
function written(values: Values): Tree {
  const tree: Tree = {};
  for (const [name, text] of Object.entries(values)) {
    const value = text.trim();
    // Names are those of fields, and nothing else is put anywhere.
    if (value === '' || name === 'currency' || /(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(name)) continue;
    if (nullable.test(name) && value.toLowerCase() === none) put(tree, name.replace(/\.amount$/, ''), null);
    else put(tree, name, codes.test(name) ? value.toUpperCase() : value);
  }
  return tree;
}

const listOf = (tree: Tree, name: string): Tree[] => ((tree[name] ?? []) as (Tree | undefined)[]).filter(present);
const present = <T>(one: T | undefined): one is T => one !== undefined && one !== null;

function goodsOf(declaration: Tree, language: string, currency: string, standIn: boolean): void {
  const lines = ((declaration['goods'] ?? [{}]) as (Tree | undefined)[]).map((one) => one ?? {});
  declaration['goods'] = lines.map((goods, index) => {
    const description = goods['description'] as Tree | undefined;
    const price = goods['price'] as Tree | undefined;
    return {
      line: index + 1,
      ...goods,
      description: { text: description?.['text'] ?? (standIn ? '-' : ''), language },
      price: { currency, amount: price?.['amount'] ?? (standIn ? '0' : '') },
      quantity: goods['quantity'] ?? '1',
      unit: goods['unit'] ?? 'PCE',
      ...(goods['used'] === undefined ? {} : { used: goods['used'] === 'yes' }),
    };
  });
}

function consigneeOf(declaration: Tree, { language, pack, standIn = false }: Told): void {
  const given = (declaration['consignee'] ?? {}) as Tree;
  const address = (given['address'] ?? {}) as Tree;
  const leaving = declaration['movement'] === 'export';
  const lines = listOf(address, 'lines');
  const identity = given['identity'] as Tree | undefined;
  declaration['consignee'] = {
    name: { text: (given['name'] as Tree | undefined)?.['text'] ?? (standIn ? '-' : ''), language },
    ...(identity === undefined ? {} : { identity: { type: 'NID', ...identity } }),
    address: {
      ...address,
      lines: lines.length > 0 ? lines : standIn ? ['-'] : [''],
      country: address['country'] ?? (leaving ? (standIn ? 'ZZ' : '') : pack.country),
    },
    private: given['private'] !== 'no',
  };
  if (pack.country === null) return;
  if (leaving) {
    declaration['dispatch'] = pack.country;
    declaration['destination'] ??= address['country'];
  } else declaration['destination'] = pack.country;
}

/** The slips that the answers stand for: an order with its payment, and how it travels. */
function slipsOf(tree: Tree, values: Values, currency: string, standIn: boolean): void {
  const total = { currency, amount: totalOf(values) };
  const [order] = listOf(tree, 'orders');
  const [payment] = listOf(tree, 'payments');
  const [transport] = listOf(tree, 'transports');
  const lack = standIn ? '-' : '';
  const ordered = said(values, 'orders.0.number') !== undefined;
  const paid = said(values, 'payments.0.provider') ?? said(values, 'payments.0.reference');
  const carried = Object.keys(transport ?? {}).length > 0;
  for (const name of ['orders', 'payments', 'transports']) delete tree[name];
  if (ordered) tree['orders'] = [{ platform: lack, ...order, total }];
  if (paid !== undefined && payment !== undefined) {
    const cash = payment['method'] === 'cash-on-delivery' ? { paid: null } : {};
    const named = { provider: lack, reference: lack, order: order?.['number'] ?? lack, method: 'card' };
    tree['payments'] = [{ ...named, ...payment, ...cash, amount: total }];
  }
  if (!carried) return;
  const { pieces, ...rest } = transport as { pieces?: string } & Tree;
  const document = rest['document'] ?? lack;
  const barcodes = (pieces ?? '').split(/[\s,;]+/).filter((one) => one !== '');
  tree['transports'] = [
    {
      carrier: lack,
      document,
      ...(ordered ? { orders: [order?.['number']] } : {}),
      ...rest,
      pieces: (barcodes.length > 0 ? barcodes : [document]).map((barcode) => ({ barcode })),
    },
  ];
}

/** The body of a parcel, as the answers have it so far. */
export function bodyOf(values: Values, told: Told): unknown {
  const { number, filer, language, pack, standIn = false } = told;
  const currency = (said(values, 'currency') ?? pack.currency).toUpperCase();
  const tree = written(values);
  const declaration = (tree['declaration'] ?? {}) as Tree;
  declaration['movement'] ??= standIn ? 'import' : '';
  declaration['nature'] ??= standIn ? 'sale' : '';
  declaration['declarant'] ??= filer;
  declaration['representation'] ??= declaration['declarant'] === filer ? 'self' : 'direct';
  for (const name of amounts) if (declaration[name]) declaration[name] = { currency, ...declaration[name] };
  for (const name of ['documents', 'previousDocuments']) {
    const list = listOf(declaration, name);
    if (list.length > 0) declaration[name] = list;
  }
  goodsOf(declaration, language, currency, standIn);
  consigneeOf(declaration, told);
  slipsOf(tree, values, currency, standIn);
  return { ...tree, declaration: { ...declaration, id: number } };
}

const reader = readerOf(Consignment);

/** The body with what does not fit told at its fields. `lacking` says whether an empty field is wrong too. */
export function consignmentOf(values: Values, told: Told): Result<{ body: Consignment; raw: string }> {
  const raw = JSON.stringify(bodyOf(values, told));
  const read = reader.read(raw);
  if (read.ok) return { ok: true, value: { body: read.value, raw } };
  return { ok: false, error: onFields(values, read.error) };
}

/** A refusal of the parcel on the fields of the form, in the words of a form. */
export function onFields(values: Values, refusal: Refusal): Refusal {
  const all = [refusal, ...(refusal.more ?? [])].filter(({ pointer }) => pointer !== undefined && pointer !== '');
  const faults = [...new Map(all.map((one) => [fieldPointer(one.pointer!), one])).entries()].map(([pointer, one]) => {
    const own = one.code.startsWith('http/') || one.code.startsWith('money/');
    return own ? { code: wrongCode(values, pointer), pointer } : { ...one, pointer };
  });
  const [first, ...more] = faults;
  if (first === undefined) return refusal;
  const { code, ...rest } = first;
  return refuse(code, { ...rest, ...(more.length > 0 ? { more } : {}) }).error;
}

function fieldPointer(pointer: string): string {
  if (pointer.endsWith('/currency')) return '/currency';
  if (pointer.startsWith('/orders/0/total') || pointer.startsWith('/payments/0/amount'))
    return '/declaration/goods/0/price/amount';
  if (pointer === '/payments/0/order') return '/orders/0/number';
  if (pointer.startsWith('/transports/0/pieces')) return '/transports/0/pieces';
  if (pointer.startsWith('/transports/0/orders')) return '/orders/0/number';
  return pointer;
}

/** Which words say what to write instead, by the field that is wrong. */
function wrongCode(values: Values, pointer: string): string {
  const name = pointer.slice(1).replaceAll('/', '.');
  if (said(values, name) === undefined) return 'filing/needed';
  if (/amount$|^currency$/.test(name)) return 'filing/wrong-amount';
  if (/[wW]eight$|[qQ]uantity$/.test(name)) return 'filing/wrong-quantity';
  if (/(origin|country|dispatch|destination)$/.test(name)) return 'filing/wrong-country';
  if (name.endsWith('commodity')) return 'filing/wrong-commodity';
  return /text$|lines\.0$|city$/.test(name) ? 'filing/wrong' : 'filing/wrong-code';
}
