import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, linkButton, summaryList, table, taskList } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { money, quantity, ref, weight, when, written } from '#portal/values.ts';
import { nameIn, packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { type ExportProof, exportProof, type ExportProofView } from './proof.ts';
import type { ParcelView } from './views.ts';

/** Where an export that goes its way can be, each step with whether it is behind. */
function stepsOf({ status, presented = 0, pieces = 0 }: ParcelView): Record<string, boolean> | undefined {
  const far = ['waiting', 'lodged', 'control', 'cleared', 'released', 'left'].indexOf(status ?? '');
  if (far < 0) return undefined;
  return {
    filed: true,
    decided: far >= 3,
    brought: far >= 4 || (pieces > 0 && presented >= pieces),
    released: far >= 4,
    left: far >= 5,
    proof: far >= 5,
  };
}

/**
 * The way of an export, from the filing to the proof: what is behind, what is next and who does it. Nothing for other
 * movements, nor where the goods will not leave any more.
 */
export function exportPart({ t }: Voice, parcel: ParcelView): Html | '' {
  const declaration = parcel.body?.declaration;
  const steps = declaration?.movement === 'export' ? stepsOf(parcel) : undefined;
  if (steps === undefined) return '';
  const next = Object.keys(steps).find((step) => !steps[step]);
  const place = declaration?.placeOfGoods ?? '–';
  const items = Object.entries(steps).map(([step, done]) => ({
    text: t(`clearance.export.step.${step}`),
    status: done ? 'done' : step === next ? 'to-do' : 'not-yet',
    ...(step === next ? { hint: t(`clearance.export.next.${step}`, { place }) } : {}),
    ...(step === 'proof' && parcel.exportProof ? { href: `/parcels/${parcel.id}/export-proof` } : {}),
  }));
  return html`<h2>${t('clearance.export.title')}</h2>${taskList(t, items)}`;
}

type Line = ExportProof['credentialSubject']['goods'][number];

function goods({ t }: Voice, lines: readonly Line[]): Html {
  return table({
    caption: t('clearance.goods.title'),
    columns: [
      {
        head: t('clearance.goods.description'),
        cell: ({ line, description, language }: Line) => html`${String(line)}. ${written(description, language)}`,
        rowHeader: true,
      },
      {
        head: t('clearance.goods.commodity'),
        cell: ({ commodity, category }: Line) => ref(commodity ?? category ?? '–'),
      },
      { head: t('clearance.goods.origin'), cell: ({ origin }: Line) => (origin ? ref(origin) : '–') },
      {
        head: t('clearance.goods.quantity'),
        cell: (line: Line) => (line.quantity === undefined ? '–' : quantity(t, line.quantity)),
        numeric: true,
      },
      {
        head: t('clearance.proof-of-export.net'),
        cell: ({ netWeight }: Line) => (netWeight === undefined ? '–' : weight(t, netWeight)),
        numeric: true,
      },
      { head: t('clearance.goods.price'), cell: ({ price }: Line) => money(t, price), numeric: true },
    ],
    rows: lines,
  });
}

/** What a proof says, in words, in the order in which a tax office asks. */
function said(voice: Voice, { issuer, id, validFrom, credentialSubject: subject }: ExportProof): Html {
  const { t, pack } = voice;
  const { timeZone } = pack;
  const office = pack.offices.find((one) => one.id === subject.office);
  const rows: readonly (readonly [string, Fragment])[] = [
    [
      'seller',
      html`${subject.seller.name ? html`${written(subject.seller.name)}<br>` : ''}${ref(subject.seller.identifier)}`,
    ],
    ['declaration', html`<a href="/parcels/${subject.consignment}">${ref(subject.declaration)}</a>`],
    ['declarant', ref(subject.declarant)],
    ['route', subject.route ? voice('route', subject.route) : '–'],
    ['procedure', subject.procedure ? ref(subject.procedure) : ''],
    ['orders', html`${subject.orders.map(({ number }, index) => html`${index > 0 ? ', ' : ''}${ref(number)}`)}`],
    ['value', subject.value ? money(t, subject.value) : '–'],
    ['destination', subject.destination ? ref(subject.destination) : '–'],
    [
      'office',
      office ? html`${nameIn(t, office.name)}<br>${ref(office.id)}` : subject.office ? ref(subject.office) : '',
    ],
    ['left', html`${when(t, subject.exit.at, timeZone)} · ${ref(subject.exit.place)}`],
    ['issuer', html`${nameIn(t, pack.name)}<br>${ref(issuer.id)}`],
    ['issued', when(t, validFrom, timeZone)],
    ['journal', ref(subject.journal.sequence)],
    ['id', ref(id)],
  ];
  const shown = rows.flatMap(([key, value]) =>
    value === '' ? [] : [{ key: t(`clearance.proof-of-export.${key}`), value }],
  );
  return html`${summaryList(shown)}${goods(voice, subject.goods)}`;
}

/** How somebody who has nothing but the document makes sure that it is genuine. */
function verification({ t }: Voice, { jws, proof }: ExportProofView): Html {
  const keys = `${proof.issuer.id}/.well-known/jwks.json`;
  const script = `import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
const [head, body, signature] = readFileSync('export-proof.jws', 'utf8').trim().split('.');
const { kid } = JSON.parse(Buffer.from(head, 'base64url'));
const jwk = JSON.parse(readFileSync('jwks.json', 'utf8')).keys.find((one) => one.kid === kid);
const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
const genuine = verify('sha256', Buffer.from(\`\${head}.\${body}\`), key, Buffer.from(signature, 'base64url'));
process.stdout.write(genuine ? Buffer.from(body, 'base64url') : 'not genuine');`;
  return html`<h2>${t('clearance.proof-of-export.verify')}</h2><p>${t.html('clearance.proof-of-export.verify-text', { keys: ref(keys) })}</p>${summaryList(
    [{ key: t('clearance.proof-of-export.digest'), value: ref(hash('sha256', jws, 'hex')) }],
  )}${details(t('clearance.proof-of-export.script'), html`<pre tabindex="0"><code>${script}</code></pre>`)}${details(t('clearance.proof-of-export.document'), html`<pre tabindex="0" class="wrapped"><code>${jws}</code></pre>`)}`;
}

async function proofPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const voice = voiceOf(frame.t, context.reference.current().get(packsPart).home);
  const { t } = voice;
  const title = t('clearance.proof-of-export.title');
  const found = isUuid(id) ? await exportProof(context, principal, id) : undefined;
  const crumbs = [
    {
      text: t(principal.authority === null ? 'clearance.list.title' : 'clearance.list.title-authority'),
      href: '/parcels',
    },
  ];
  if (!found?.ok) {
    const { code = 'clearance/not-found', params = {} } = found?.error ?? {};
    const back =
      code === 'clearance/not-found' ? '' : html`<p><a href="/parcels/${id}">${t('clearance.export.back')}</a></p>`;
    const main = html`<h1>${title}</h1><p>${t(code, params)}</p>${back}`;
    return sendPage(reply, page({ ...frame, title, main, breadcrumbs: crumbs }), back === '' ? 404 : 409);
  }
  const { proof } = found.value;
  const save = linkButton({
    text: t('clearance.proof-of-export.save'),
    href: `/parcels/${id}/export-proof.jws`,
    kind: 'first',
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('clearance.proof-of-export.lead')}</p>${said(voice, proof)}<div class="screen govuk-button-group">${save}</div>${verification(voice, found.value)}`;
  const breadcrumbs = [
    ...crumbs,
    { text: proof.credentialSubject.declaration, href: `/parcels/${id}` },
    { text: title },
  ];
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs, wide: true }));
}

/** The proof of export, to be read, printed and saved. */
export function exportPages(app: App, context: Context): void {
  app.get<{ Params: { id: string } }>('/parcels/:id/export-proof', { schema: { hide: true } }, (request, reply) =>
    proofPage(context, request, reply, request.params.id),
  );
  app.get<{ Params: { id: string } }>(
    '/parcels/:id/export-proof.jws',
    { schema: { hide: true } },
    async (request, reply) => {
      const { id } = request.params;
      const principal = await context.identify(request);
      const found = isUuid(id) ? await exportProof(context, principal, id) : undefined;
      if (!found?.ok) return reply.redirect(`/parcels/${encodeURIComponent(id)}/export-proof`, 303);
      return reply
        .header('content-disposition', 'attachment; filename="export-proof.jws"')
        .type('application/jose')
        .send(found.value.jws);
    },
  );
}
