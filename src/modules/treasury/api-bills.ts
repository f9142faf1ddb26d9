import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { answering } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { PaymentBody } from './model.ts';
import { type BillState, billStates, CallBody, TopUpBody } from './model-bills.ts';
import { billLines, billList, billView } from './service-bills.ts';
import { guaranteeList, guaranteeView, refundList } from './service-accounts.ts';
import { billPayments, payBill, topUp } from './service-orders.ts';
import { decideUnpaid, unpaidCase } from './unpaid.ts';

const uuid = Type.String({ format: 'uuid' });
const Id = Type.Object({ id: uuid }, { additionalProperties: false });
const Guarantor = Type.Object(
  { guarantor: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);
const Listed = Type.Object(
  {
    state: Type.Optional(Type.Unsafe<BillState>(Type.Union(billStates.map((one) => Type.Literal(one))))),
    before: Type.Optional(uuid),
  },
  { additionalProperties: false },
);
const After = Type.Object({ after: Type.Optional(uuid) }, { additionalProperties: false });
const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const tags = ['bills'];

/** Tax bills of a period, guarantee accounts, refunds. */
export function billsApi(app: App, context: Context): void {
  readBills(app, context);
  payBills(app, context);
  guarantees(app, context);
}

function readBills(app: App, context: Context): void {
  const answer = answering(context);
  const { db } = context;
  app.get(
    '/v1/bills',
    {
      schema: {
        summary: 'Tax bills: one a payer, guarantor and period',
        tags,
        querystring: Listed,
        response: { 200: open('`bills`, the latest first, and `next`, the `before` of the next page or null.') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => ({ ok: true, value: await billList(context, who, request.query) })),
  );
  app.get(
    '/v1/bills/:id',
    {
      schema: {
        summary: 'A tax bill with its charges by law, its payments and the case of its being unpaid',
        tags,
        params: Id,
        response: { 200: open('`standing` is what it asks now, `amount` what it asked when it was issued.') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => {
        const bill = await billView(db, who, request.params.id);
        if (!bill.ok) return bill;
        const unpaid = await unpaidCase(db, request.params.id);
        const payments = await billPayments(db, request.params.id);
        const work = unpaid && { id: unpaid.id, state: unpaid.state, stamp: unpaid.stamp };
        return { ok: true, value: { ...bill.value, payments, case: work ?? null } };
      }),
  );
  app.get(
    '/v1/bills/:id/lines',
    {
      schema: {
        summary: 'The notices on a tax bill',
        tags,
        params: Id,
        querystring: After,
        response: { 200: open('`lines` in the order of their ids, and `next`, the `after` of the next page or null.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => billLines(db, who, request.params.id, request.query)),
  );
}

function payBills(app: App, context: Context): void {
  const answer = answering(context);
  app.post(
    '/v1/bills/:id/payments',
    {
      schema: {
        summary: 'Pay a tax bill: exactly what it asks now, once',
        description: 'All of its notices are paid and every guarantee behind them is free, in one transaction.',
        tags,
        params: Id,
        body: PaymentBody,
        response: { 200: open('The receipt. `simulated` is true when no money moved.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => payBill(context, who, request.params.id, request.body)),
  );
  app.post(
    '/v1/bills/:id/decisions',
    {
      schema: {
        summary: 'Call the guarantee for an overdue bill, or take the call back',
        tags,
        params: Id,
        body: CallBody,
        response: { 200: open('The case of the unpaid bill after the decision.') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => {
        const decided = await decideUnpaid(context, who, request.params.id, request.body);
        if (!decided.ok) return decided;
        const { id, state, stamp } = decided.value;
        return { ok: true, value: { id, state, stamp } };
      }),
  );
}

function guarantees(app: App, context: Context): void {
  const answer = answering(context);
  const { db } = context;
  app.get(
    '/v1/guarantees',
    { schema: { summary: 'Guarantee accounts that one may read', tags, response: { 200: open('`guarantees`.') } } },
    (request, reply) =>
      answer(request, reply, async (who) => ({ ok: true, value: { guarantees: await guaranteeList(db, who) } })),
  );
  app.get(
    '/v1/guarantees/:guarantor',
    {
      schema: {
        summary: 'A guarantee account: ceiling, reserved, drawn on, free, and what raised it',
        tags,
        params: Guarantor,
        response: { 200: open('`consumed` is what was drawn on for bills that nobody has paid.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => guaranteeView(db, who, request.params.guarantor)),
  );
  app.post(
    '/v1/guarantees/:guarantor/top-ups',
    {
      schema: {
        summary: 'Raise a guarantee’s ceiling by a payment',
        tags,
        params: Guarantor,
        body: TopUpBody,
        response: { 200: open('The receipt. The same again raises nothing more.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => topUp(context, who, request.params.guarantor, request.body)),
  );
  app.get(
    '/v1/refunds',
    {
      schema: {
        summary: 'Refunds that are to be made, and the latest that were',
        tags,
        response: { 200: open('`refunds`, each `asked` or `made`.') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => ({ ok: true, value: { refunds: await refundList(db, who) } })),
  );
}
