import type { Day } from '#kernel/effective.ts';
import type { Words } from '#portal/text.ts';
import { shortId } from './day.ts';
import type { Pack } from './pack.ts';

/** Two parcels to fill the dry run with: one that most laws let through simply, one that most send to another route. */
export function examples(t: Words, pack: Pack, on: Day): { text: string; href: string }[] {
  const nothingUsed = Object.fromEntries(pack.program.accounts.map((one) => [`assumed.${shortId(one.id)}`, '0']));
  const common = {
    run: '1',
    economy: pack.id,
    on,
    event: 'entry',
    nature: 'sale',
    currency: pack.currency,
    mode: 'air',
    method: 'card',
    private: 'yes',
    ...nothingUsed,
  };
  const link = (name: string, values: Record<string, string>) => ({
    text: t(`rulebook.example.${name}`),
    href: `/assess?${new URLSearchParams({ ...common, ...values }).toString()}`,
  });
  return [
    link('small', {
      'goods.0.description': t('rulebook.example.cup'),
      'goods.0.commodity': '691200',
      'goods.0.price': '40',
      'goods.0.quantity': '2',
      'goods.0.netWeight': '0.700',
      'goods.0.origin': 'CN',
      freight: '5',
    }),
    link('large', {
      'goods.0.description': t('rulebook.example.computer'),
      'goods.0.commodity': '847130',
      'goods.0.price': '900',
      'goods.0.quantity': '1',
      'goods.0.netWeight': '1.900',
      'goods.0.origin': 'CN',
      'goods.1.description': t('rulebook.example.bag'),
      'goods.1.commodity': '420292',
      'goods.1.price': '60',
      'goods.1.quantity': '1',
      'goods.1.netWeight': '0.600',
      'goods.1.origin': 'TR',
      freight: '20',
      insurance: '6',
    }),
  ];
}
