import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { type Answer, checked, members, refusedPage, type Visit } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { kindNames, rights, ServiceBody } from './model.ts';
import { file } from './service.ts';

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const text = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: `services.field.${name}`,
  type: 'text',
  latin: true,
  width: 20,
  ...more,
});
const fields = (currency: string, country: string, party: string): Field[] => [
  text('reference'),
  {
    name: 'kind',
    label: 'services.kind',
    type: 'select',
    value: 'licence',
    options: kindNames.map((value) => ({
      value,
      label: `services.kind.${value}`,
    })),
  },
  text('supplier.identifier'),
  text('supplier.country', { width: 2 }),
  text('customer.identifier', { value: party }),
  text('customer.country', { width: 2, value: country }),
  text('contract.number'),
  text('contract.day', { type: 'date' }),
  text('contract.sha256', { hint: 'services.hint.sha256' }),
  text('period.from', { type: 'date' }),
  text('period.until', { type: 'date' }),
  text('value.amount', { type: 'decimal', width: 10 }),
  text('value.currency', { width: 3, value: currency }),
  text('placeOfSupply', { width: 2, value: country }),
  text('receipt.reference'),
  text('receipt.day', { type: 'date' }),
  {
    name: 'licence.right',
    label: 'services.field.licence.right',
    type: 'select',
    value: '',
    optional: true,
    options: [
      {
        value: '',
        text: '–',
      },
      ...rights.map((value) => ({
        value,
        label: `services.right.${value}`,
      })),
    ],
  },
  text('licence.subject', { latin: false, optional: true }),
];

async function newPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, csrf } = visit;
  if (who.party === null) return refusedPage(visit, { code: 'services/not-yours' });
  const { home } = context.reference.current().get(packsPart);
  const drawn = form(t, {
    action: '/services/new',
    fields: fields(home.currency, home.country ?? '', who.party),
    submit: t('services.file'),
    csrf,
    columns: true,
    ...tried,
  });
  const title = t('services.file');
  const main = html`<h1>${title}</h1><p class="lead">${t('services.file-text')}</p>${drawn}`;
  const breadcrumbs = [{ text: t('services.title'), href: '/services' }, { text: title }];
  return { page: { title, main, breadcrumbs, ...(tried ? { error: true } : {}) }, ...(tried ? { status: 422 } : {}) };
}

/** What a form says, in the shape of the door's body; a part that was left empty is not there. */
function bodyOf(values: Values, filer: string): unknown {
  const at = (name: string): string => values[name] ?? '';
  const licence = at('licence.right') === '' && at('licence.subject') === '';
  return {
    reference: at('reference'),
    filer,
    kind: at('kind'),
    placeOfSupply: at('placeOfSupply').toUpperCase(),
    contract: {
      number: at('contract.number'),
      day: at('contract.day'),
      sha256: at('contract.sha256').toLowerCase(),
    },
    supplier: {
      identifier: at('supplier.identifier'),
      country: at('supplier.country').toUpperCase(),
    },
    customer: {
      identifier: at('customer.identifier'),
      country: at('customer.country').toUpperCase(),
    },
    period: {
      from: at('period.from'),
      until: at('period.until'),
    },
    value: {
      currency: at('value.currency').toUpperCase(),
      amount: at('value.amount'),
    },
    receipt: {
      reference: at('receipt.reference'),
      day: at('receipt.day'),
    },
    ...(licence
      ? {}
      : {
          licence: {
            right: at('licence.right'),
            subject: at('licence.subject'),
          },
        }),
  };
}

async function filed(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const { home } = context.reference.current().get(packsPart);
  const values = posted(fields(home.currency, home.country ?? '', who.party ?? ''), request.body);
  const read = checked<ServiceBody>(ServiceBody, bodyOf(values, who.party ?? ''));
  const again = (refusal: Refusal) => newPage(context, visit, { values, refusal });
  if (!read.ok) return again(read.error);
  const result = await file(context, who, read.value);
  return result.ok ? { to: `/services/${result.value.id}?done=filed` } : again(result.error);
}

/** The form of a service, and its filing. */
export function filingPages(app: App, context: Context): void {
  members(app, context, 'GET', '/services/new', (visit) => newPage(context, visit));
  members(app, context, 'POST', '/services/new', (visit) => filed(context, visit));
}
