import { type Html, html } from '#kernel/html.ts';
import { details, taskList } from '#portal/components.ts';
import { ref } from '#portal/values.ts';
import type { Side } from './precheck.ts';
import type { Voice } from './voice.ts';

/** From the answer of the pre-check to the filing of an export, and on to its proof. */

/** What stands where the filer's own number belongs. */
const own = '…';

type Slips = Side['request']['consignment'];

/** The pre-check knows that something is there and not what it is called: there the filer's own number goes. */
const asOwn = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('"DRY-RUN"', `"${own}"`)) as T;

/** The body that files what was asked about: what was said, and a place for everything else that the route needs. */
export function filingBody({ request, determination }: Side): object {
  const { orders, payments, transports, declaration }: Slips = asOwn(request.consignment);
  const { need } = determination.slips;
  const [first] = declaration.goods;
  const total = first?.price;
  const order = { platform: own, number: own, total, placed: own };
  const payment = { provider: own, reference: own, order: own, method: 'card', amount: total, paid: own };
  const transport = { carrier: own, document: own, pieces: [{ barcode: own }] };
  return {
    ...(orders || need.includes('order') ? { orders: orders ?? [order] } : {}),
    ...(payments || need.includes('payment') ? { payments: payments ?? [payment] } : {}),
    ...(transports || need.includes('transport') ? { transports: transports ?? [transport] } : {}),
    declaration: {
      id: own,
      ...declaration,
      declarant: own,
      dispatch: declaration.dispatch ?? own,
      destination: declaration.destination ?? own,
      seller: declaration.seller ?? own,
    },
  };
}

/** The steps from here to the proof of export, with the body to file; nothing where nothing leaves or no way fits. */
export function exportSteps({ t }: Voice, side: Side): Html | '' {
  const { determination, request } = side;
  if (request.consignment.declaration.movement !== 'export' || determination.route === null) return '';
  const step = (name: string, status: string) => ({
    text: t(`rulebook.export.${name}`),
    hint: t(`rulebook.export.${name}-text`),
    status,
  });
  const steps = taskList(t, [
    step('check', 'done'),
    step('file', 'to-do'),
    step('bring', 'not-yet'),
    { ...step('proof', 'not-yet'), href: '/parcels' },
  ]);
  const body = html`<p>${t.html('rulebook.export.body-text', { own: ref(own) })}</p><pre tabindex="0"><code>POST /v1/consignments

${JSON.stringify(filingBody(side), null, 2)}</code></pre>`;
  return html`<h2 id="export">${t('rulebook.export.title')}</h2>${steps}${details(t('rulebook.export.body'), body)}`;
}
