import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Field, Values } from '#portal/form.ts';
import type { Accepted } from './model.ts';
import type { ParcelView } from './views.ts';

type Goods = NonNullable<NonNullable<ParcelView['body']>['declaration']>['goods'][number];

/** What may be accepted otherwise than it stands, line by line; a field begins as it stands. */
export const changeFields = (goods: readonly Partial<Goods>[]): Field[] =>
  goods.flatMap(({ line, price, commodity, origin }) => {
    if (line === undefined) return [];
    const name = (part: string): string => `accepted.${line}.${part}`;
    const fields: Field[] = [];
    if (price)
      fields.push({
        name: name('price'),
        label: 'clearance.accepted-price',
        type: 'decimal',
        width: 10,
        value: price.amount,
        suffix: price.currency,
      });
    fields.push({
      name: name('commodity'),
      label: 'clearance.accepted-commodity',
      type: 'text',
      latin: true,
      width: 10,
      value: commodity ?? '',
    });
    fields.push({
      name: name('origin'),
      label: 'clearance.accepted-origin',
      type: 'text',
      latin: true,
      width: 2,
      value: origin ?? '',
    });
    return fields;
  });

/** What was changed against how it stands; the same again is no change. */
export function acceptedOf(goods: readonly Partial<Goods>[], values: Values): Result<Accepted> {
  const lines: Accepted['lines'] = [];
  for (const { line, price, commodity, origin } of goods) {
    if (line === undefined) continue;
    const at = (part: string): string => values[`accepted.${line}.${part}`] ?? '';
    const changed: Accepted['lines'][number] = { line };
    if (price && at('price') !== '' && at('price') !== price.amount) {
      const money = parseMoney({ currency: price.currency, amount: at('price') });
      if (!money.ok) return refuse('clearance/wrong-amount', { pointer: `/accepted/${line}/price` });
      changed.price = { currency: price.currency, amount: at('price') };
    }
    if (at('commodity') !== '' && at('commodity') !== commodity) {
      if (!/^[0-9]{4,10}$/.test(at('commodity')))
        return refuse('clearance/wrong-commodity', { pointer: `/accepted/${line}/commodity` });
      changed.commodity = at('commodity');
    }
    const country = at('origin').toUpperCase();
    if (country !== '' && country !== origin) {
      if (!/^[A-Z]{2}$/.test(country)) return refuse('clearance/wrong-origin', { pointer: `/accepted/${line}/origin` });
      changed.origin = country;
    }
    if (Object.keys(changed).length > 1) lines.push(changed);
  }
  return ok({ lines });
}
