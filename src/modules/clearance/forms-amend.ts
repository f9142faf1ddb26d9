import { refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Field, Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { amend } from './amend.ts';
import { amendmentGrounds, redeterminationGrounds } from './amend-model.ts';
import { readConsignment } from './lodge.ts';
import type { Parcel } from './model.ts';
import { acceptedOf, changeFields } from './pages-lines.ts';
import { acceptedBody } from './read.ts';
import { askRedetermination } from './redetermination.ts';

/** A part of a form under its own heading. */
export interface Section {
  readonly title: string;
  readonly fields: readonly Field[];
}

const whyFields = (grounds: readonly string[], words: string, version: number): Field[] => [
  {
    name: 'ground',
    label: 'clearance.amend.ground',
    type: 'radios',
    options: grounds.map((value) => ({ value, label: `clearance.${words}.ground.${value}` })),
  },
  { name: 'reason', label: 'clearance.cancel.reason', hint: 'clearance.cancel.reason-hint', type: 'textarea' },
  { name: 'version', label: '', type: 'hidden', value: String(version) },
];

const root = 'consignment';
const amountField = (name: string, label: string, given: { currency: string; amount: string }): Field => ({
  name: `${root}.${name}.amount`,
  label,
  type: 'decimal',
  width: 10,
  value: given.amount,
  suffix: given.currency,
});

/** What a person changes about a declaration by form: what is named most often, each field as it stands. */
export function amendSections(t: Words, { body, version }: Parcel): Section[] {
  const lines = body.declaration.goods.map((goods, index): Section => {
    const at = `declaration.goods.${index}`;
    const plain = { type: 'text', latin: true, width: 10 } as const;
    return {
      title: t('clearance.amend.line', { line: goods.line }),
      fields: [
        {
          name: `${root}.${at}.description.text`,
          label: 'clearance.amend.description',
          type: 'text',
          value: goods.description.text,
        },
        {
          name: `${root}.${at}.commodity`,
          label: 'clearance.amend.commodity',
          ...plain,
          value: goods.commodity ?? '',
          optional: !goods.commodity,
        },
        {
          name: `${root}.${at}.quantity`,
          label: 'clearance.amend.quantity',
          type: 'decimal',
          width: 5,
          value: goods.quantity ?? '',
          optional: goods.quantity === undefined,
        },
        amountField(`${at}.price`, 'clearance.amend.price', goods.price),
      ],
    };
  });
  const slips = [
    ...(body.orders ?? []).map((one, index) =>
      amountField(`orders.${index}.total`, 'clearance.amend.order-total', one.total),
    ),
    ...(body.payments ?? []).map((one, index) =>
      amountField(`payments.${index}.amount`, 'clearance.amend.payment-amount', one.amount),
    ),
  ];
  return [
    ...lines,
    ...(slips.length > 0 ? [{ title: t('clearance.amend.slips'), fields: slips }] : []),
    { title: t('clearance.amend.why'), fields: whyFields(amendmentGrounds, 'amend', version) },
  ];
}

type Members = Record<string, unknown>;

/** The declaration with what the form says put in its place; a field that is empty and was not there stays away. */
function amendedBody(body: Consignment, values: Values): unknown {
  const copy = structuredClone(body) as unknown as Members;
  for (const [name, value] of Object.entries(values)) {
    if (!name.startsWith(`${root}.`)) continue;
    const steps = name.split('.').slice(1);
    const last = steps.pop()!;
    const inside = steps.reduce((at, step) => at[step] as Members, copy);
    if (value !== '' || typeof inside[last] === 'string') inside[last] = value;
  }
  return copy;
}

export async function amendedBy(
  context: Context,
  principal: Principal,
  parcel: Parcel,
  values: Values,
): Promise<Result<unknown>> {
  const { ground, reason = '', version } = values;
  const chosen = amendmentGrounds.find((one) => one === ground);
  if (chosen === undefined) return refuse('clearance/amend.ground-needed', { pointer: '/ground' });
  const why = reasonOf(reason);
  if (why !== undefined) return why;
  // What does not fit is told by its field, as of a declaration that comes by message.
  const read = readConsignment.read(JSON.stringify(amendedBody(parcel.body, values)));
  if (!read.ok) return unfit([read.error, ...(read.error.more ?? [])].flatMap(({ pointer }) => pointer ?? []));
  const asked = { version: Number(version), ground: chosen, reason, consignment: read.value };
  return amend(context, principal, parcel.id, asked);
}

/** What a person is told of a field that does not fit, by the end of its name. */
const unfitting: Readonly<Record<string, string>> = {
  quantity: 'clearance/amend.wrong-quantity',
  commodity: 'clearance/wrong-commodity',
  amount: 'clearance/wrong-amount',
  text: 'clearance/amend.wrong-description',
};

function unfit(pointers: readonly string[]): ReturnType<typeof refuse> {
  const [first, ...more] = pointers.map((pointer) => ({
    code: unfitting[pointer.split('/').at(-1)!] ?? 'clearance/amend.wrong',
    pointer: `/${root}${pointer}`,
  }));
  return refuse(first?.code ?? 'clearance/amend.wrong', { ...first, more });
}

function reasonOf(reason: string): ReturnType<typeof refuse> | undefined {
  if (reason === '') return refuse('clearance/cancel.reason-needed', { pointer: '/reason' });
  return reason.length > 2000 ? refuse('clearance/cancel.reason-long', { pointer: '/reason' }) : undefined;
}

const goodsOf = (parcel: Parcel) => acceptedBody(parcel.body, parcel.accepted).declaration.goods;

export function redetermineSections(t: Words, parcel: Parcel): Section[] {
  const lines = goodsOf(parcel).map((goods) => ({
    title: t('clearance.amend.line', { line: goods.line }),
    fields: changeFields([goods]).map((field) => ({ ...field, label: labelOf(field.name) })),
  }));
  const why = whyFields(redeterminationGrounds, 'redetermine', parcel.version);
  return [...lines, { title: t('clearance.amend.why'), fields: why }];
}

/** Whoever asks proposes; the same field is what an officer accepts. */
const labelOf = (name: string): string => `clearance.amend.${name.split('.').at(-1)}`;

export async function askedBy(
  context: Context,
  principal: Principal,
  parcel: Parcel,
  values: Values,
): Promise<Result<unknown>> {
  const { ground, reason = '', version } = values;
  const chosen = redeterminationGrounds.find((one) => one === ground);
  if (chosen === undefined) return refuse('clearance/amend.ground-needed', { pointer: '/ground' });
  const why = reasonOf(reason);
  if (why !== undefined) return why;
  const changed = acceptedOf(goodsOf(parcel), values);
  if (!changed.ok) return changed;
  if (changed.value.lines.length === 0) return refuse('clearance/nothing-changed', { pointer: '/accepted' });
  const asked = { version: Number(version), ground: chosen, reason, lines: changed.value.lines };
  return askRedetermination(context, principal, parcel.id, asked);
}
