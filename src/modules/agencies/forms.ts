import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Field, Values } from '#portal/form.ts';
import type { Accepted, ParcelView } from '#modules/clearance/index.ts';

type Goods = NonNullable<NonNullable<ParcelView['body']>['declaration']>['goods'][number];

const remedies: Readonly<Record<string, readonly string[]>> = {
  release: ['clearance/none-needed'],
  'release-changed': ['clearance/object-to-change', 'clearance/none-needed'],
  deny: ['clearance/object-to-denial'],
  refuse: ['clearance/object-to-return'],
  grant: ['clearance/none-needed'],
};
const otherRemedies = ['agencies/object-to-decision', 'clearance/none-needed'];

/**
 * Ground, reason and remedy: no decision goes without the three. The ground begins as what the deciding check cites.
 */
export function reasonFields(move: string, ground: string): Field[] {
  const choices = remedies[move] ?? otherRemedies;
  return [
    { name: 'decision.ground', label: 'cases.ground', hint: 'agencies.ground-hint', type: 'text', value: ground },
    { name: 'decision.reason', label: 'cases.reason', hint: 'agencies.reason-hint', type: 'textarea' },
    {
      name: 'decision.remedy',
      label: 'cases.remedy',
      type: 'select',
      value: choices[0] ?? '',
      options: choices.map((code) => ({ value: code, label: code })),
    },
  ];
}

/** What an officer may accept otherwise than declared, line by line; a field begins as it was declared. */
export const changeFields = (goods: readonly Partial<Goods>[]): Field[] =>
  goods.flatMap(({ line, price, commodity, origin }) => {
    if (line === undefined) return [];
    const name = (part: string): string => `accepted.${line}.${part}`;
    const fields: Field[] = [];
    if (price)
      fields.push({
        name: name('price'),
        label: 'agencies.accepted-price',
        type: 'decimal',
        width: 10,
        value: price.amount,
        suffix: price.currency,
      });
    fields.push({
      name: name('commodity'),
      label: 'agencies.accepted-commodity',
      type: 'text',
      latin: true,
      width: 10,
      value: commodity ?? '',
    });
    fields.push({
      name: name('origin'),
      label: 'agencies.accepted-origin',
      type: 'text',
      latin: true,
      width: 2,
      value: origin ?? '',
    });
    return fields;
  });

/** What was changed against the declaration; the same as declared is no change. */
export function acceptedOf(goods: readonly Partial<Goods>[], values: Values): Result<Accepted> {
  const lines: Accepted['lines'] = [];
  for (const { line, price, commodity, origin } of goods) {
    if (line === undefined) continue;
    const at = (part: string): string => values[`accepted.${line}.${part}`] ?? '';
    const changed: Accepted['lines'][number] = { line };
    if (price && at('price') !== '' && at('price') !== price.amount) {
      const money = parseMoney({ currency: price.currency, amount: at('price') });
      if (!money.ok) return refuse('agencies/wrong-amount', { pointer: `/accepted/${line}/price` });
      changed.price = { currency: price.currency, amount: at('price') };
    }
    if (at('commodity') !== '' && at('commodity') !== commodity) {
      if (!/^[0-9]{4,10}$/.test(at('commodity')))
        return refuse('agencies/wrong-commodity', { pointer: `/accepted/${line}/commodity` });
      changed.commodity = at('commodity');
    }
    const country = at('origin').toUpperCase();
    if (country !== '' && country !== origin) {
      if (!/^[A-Z]{2}$/.test(country)) return refuse('agencies/wrong-origin', { pointer: `/accepted/${line}/origin` });
      changed.origin = country;
    }
    if (Object.keys(changed).length > 1) lines.push(changed);
  }
  return ok({ lines });
}
