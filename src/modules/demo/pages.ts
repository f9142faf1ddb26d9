import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { openStream } from '#platform/audience.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { principalOfSession, sessionCookie, signInAs } from '#modules/parties/index.ts';
import { button, inset, live, notificationBanner, table } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { count, written } from '#portal/values.ts';
import { aircraftParcels, beginAircraft } from './aircraft.ts';
import { castPeople } from './cast.ts';
import { legalToday } from './clock.ts';
import { curlLine } from './curl.ts';
import {
  type Aircraft,
  type ClockStep,
  type Demo,
  lastAircraft,
  moveClock,
  pauseStream,
  refreshDemo,
  steps,
} from './demo.ts';
import { parcel } from './parcels.ts';
import { receivers } from './receivers.ts';
import { ids } from './roles.ts';
import { type Stop, tourStops } from './tour.ts';

/** A text of a posted form. */
function given(request: FastifyRequest, name: string): string {
  const { body } = request;
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** Back to where the person was; only ever an address of this window. */
const backTo = (request: FastifyRequest): string => {
  const back = given(request, 'back');
  return /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(back) ? back : '/';
};

const seeOther = (reply: FastifyReply, address: string): FastifyReply => reply.redirect(address, 303);

/** The pages and forms of the demonstration. They are mounted only in a window that the demonstration made. */
export function pages(app: App, context: Context, demo: Demo): void {
  const guarded = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> =>
    context.checkCsrf(request) ? work() : sendProblem(reply, { code: 'parties/form-not-ours' });
  const hidden = { schema: { hide: true } };

  app.post('/demo/person', hidden, (request, reply) =>
    guarded(request, reply, () => changePerson(context, request, reply)),
  );
  app.post('/demo/go', hidden, (request, reply) =>
    guarded(request, reply, () => goToStop(context, demo, request, reply)),
  );
  app.post('/demo/clock', hidden, (request, reply) =>
    guarded(request, reply, () => moveOn(context, demo, request, reply)),
  );
  app.post('/demo/stream', hidden, (request, reply) =>
    guarded(request, reply, async () => {
      await pauseStream(context, demo, given(request, 'do') === 'pause');
      return seeOther(reply, backTo(request));
    }),
  );
  app.post('/demo/aircraft', hidden, (request, reply) =>
    guarded(request, reply, async () => {
      const begun = await beginAircraft(context);
      return begun.ok ? seeOther(reply, '/demo/aircraft') : aircraftPage(context, demo, request, reply, begun.error);
    }),
  );
  app.get('/demo/aircraft', hidden, (request, reply) => aircraftPage(context, demo, request, reply));
  app.get('/demo/aircraft/events', hidden, (request, reply) => aircraftEvents(context, request, reply));
  app.get('/demo/parcel.json', hidden, (_request, reply) => {
    const standing = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };
    const at = context.clock.now();
    const made = parcel({ seed: demo.seed, index: at, at, run: 'C', kind: 'low-value', seller: ids.seller, standing });
    return reply.type('application/json').send(made.raw);
  });
  receivers(app);
  app.get('/tour', hidden, (request, reply) => tourPage(context, demo, request, reply));
}

async function signedIn(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
): Promise<string | Refusal> {
  const signed = await signInAs(context, request, name);
  if (!signed.ok) return signed.error;
  reply.header('set-cookie', sessionCookie(context.config, signed.value.token));
  return signed.value.token;
}

async function changePerson(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const member = castPeople.find(({ name }) => name === given(request, 'person'));
  if (member === undefined) return sendProblem(reply, { code: 'parties/demo-only' });
  const token = await signedIn(context, request, reply, member.name);
  return typeof token === 'string' ? seeOther(reply, member.home) : sendProblem(reply, token);
}

/** Sign-ins end by the legal clock too: whoever moves it stays who he is. */
async function moveOn(
  context: Context,
  demo: Demo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const step = steps.find((one): one is ClockStep => one === given(request, 'step'));
  if (step === undefined) return sendProblem(reply, { code: 'http/bad-request' });
  const { name: shown, assurance } = await context.identify(request);
  const moved = await moveClock(context, demo, step);
  if (!moved.ok) return sendProblem(reply, moved.error);
  const member = assurance === 'demo' ? castPeople.find((one) => one.shown === shown) : undefined;
  if (member !== undefined) await signedIn(context, request, reply, member.name);
  return seeOther(reply, backTo(request));
}

async function goToStop(
  context: Context,
  demo: Demo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const stop = tourStops.find(({ id }) => id === given(request, 'stop'));
  if (stop === undefined) return sendProblem(reply, { code: 'demo/stop-unknown' });
  const on = legalToday(context);
  let principal = await context.identify(request);
  if (stop.person !== null) {
    const token = await signedIn(context, request, reply, stop.person);
    if (typeof token !== 'string') return sendProblem(reply, token);
    principal = (await principalOfSession(context, token, on)) ?? principal;
  }
  const path = await stop.path(context, demo, principal);
  return path === undefined ? sendProblem(reply, { code: 'demo/record-gone' }) : seeOther(reply, path);
}

async function tourPage(
  context: Context,
  demo: Demo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const frame = await context.frame(request);
  const { t } = frame;
  const token = context.csrf(request);
  const stops = tourStops.map(
    (stop) =>
      html`<li class="tour__stop">${stopHtml(t, stop, token)}${stop.id === 'file' ? curlHtml(context, demo, t) : ''}</li>`,
  );
  const cast = table({
    caption: t('demo.cast.title'),
    columns: [
      { head: t('demo.cast.name'), cell: ({ shown }) => written(shown), rowHeader: true },
      { head: t('demo.cast.role'), cell: ({ name }) => t(`demo.role.${name}`) },
      { head: t('demo.cast.story'), cell: ({ name }) => t(`demo.cast.${name}`) },
    ],
    rows: castPeople,
  });
  const main = html`<h1>${t('demo.tour.title')}</h1><p class="lead">${t('demo.tour.lead')}</p><ol class="tour">${stops}</ol>${cast}`;
  return sendPage(reply, page({ ...frame, title: t('demo.tour.title'), main, public: true }));
}

function stopHtml(t: Words, { id, person }: Stop, token: string): Html {
  const who = castPeople.find(({ name }) => name === person);
  const text = who ? t('demo.tour.as', { person: t(`demo.role.${who.name}`) }) : t('demo.tour.open');
  const about = html`<span class="govuk-visually-hidden">: ${t(`demo.tour.${id}.title`)}</span>`;
  const go = html`<form method="post" action="/demo/go">${csrfField(token)}<button type="submit" class="govuk-button govuk-button--secondary" name="stop" value="${id}">${text}${about}</button></form>`;
  return html`<h2 id="${id}">${t(`demo.tour.${id}.title`)}</h2><p>${t(`demo.tour.${id}.sentence`)}</p>${go}<p class="small">${t('demo.tour.look')} ${t(`demo.tour.${id}.look`)}</p>`;
}

const curlHtml = (context: Context, demo: Demo, t: Words): Html =>
  inset(
    html`<p>${t('demo.tour.curl')}</p><pre dir="ltr" tabindex="0"><code>${curlLine(context.config.origin, demo.key)}</code></pre>`,
  );

const seconds = (t: Words, ms: number | null): string =>
  ms === null ? t('demo.aircraft.cut') : t('demo.aircraft.seconds', { seconds: (ms / 1_000).toFixed(1) });

async function aircraftPage(
  context: Context,
  demo: Demo,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal?: Refusal,
): Promise<FastifyReply> {
  await refreshDemo(context, demo);
  const frame = await context.frame(request);
  const { t } = frame;
  const all = await lastAircraft(context.db, 12);
  const [last] = all;
  const flying = last !== undefined && last.ended === null;
  const banner = refusal ? { banner: notificationBanner(t, { kind: 'hand', heading: t(refusal.code) }) } : {};
  const start = html`<form method="post" action="/demo/aircraft">${csrfField(context.csrf(request))}${button({ text: t('demo.aircraft.button') })}</form>`;
  const main = html`<h1>${t('demo.aircraft.title')}</h1><p class="lead">${t('demo.aircraft.lead', { parcels: aircraftParcels })}</p>${flying ? flyingHtml(t, last) : start}${landedHtml(t, all)}`;
  return sendPage(reply, page({ ...frame, ...banner, title: t('demo.aircraft.title'), main }), refusal ? 409 : 200);
}

function flyingHtml(t: Words, aircraft: Aircraft): Html {
  const { filed, parcels, stage } = aircraft;
  const body = html`<div class="progress"><label for="aircraft">${t('demo.aircraft.progress', { number: aircraft.number })}</label><progress id="aircraft" value="${filed}" max="${parcels}" data-live-field="value"></progress><span class="progress__text" data-live-field="text">${progressText(t, aircraft)}</span></div><p data-live-field="stage">${t(`demo.aircraft.stage.${stage}`)}</p>`;
  return live(t, { source: '/demo/aircraft/events', refresh: '/demo/aircraft', body });
}

const progressText = (t: Words, { filed, parcels }: Aircraft): string =>
  t('demo.aircraft.filed', { filed: countText(t.lang, filed), parcels: countText(t.lang, parcels) });

function landedHtml(t: Words, all: readonly Aircraft[]): Fragment {
  const done = all.filter(({ ended }) => ended !== null);
  if (done.length === 0) return '';
  return table({
    caption: t('demo.aircraft.landed'),
    columns: [
      { head: t('demo.aircraft.number'), cell: ({ number }) => count(t, number), rowHeader: true },
      { head: t('demo.aircraft.parcels'), cell: ({ parcels }) => count(t, parcels), numeric: true },
      { head: t('demo.aircraft.filing'), cell: ({ filingMs }) => seconds(t, filingMs), numeric: true },
      { head: t('demo.aircraft.landing'), cell: ({ landingMs }) => seconds(t, landingMs), numeric: true },
      { head: t('demo.aircraft.released'), cell: ({ released }) => count(t, released ?? 0), numeric: true },
      { head: t('demo.aircraft.held'), cell: ({ held }) => count(t, held ?? 0), numeric: true },
    ],
    rows: done,
  });
}

const beatMs = 400;

/** Tells a page how far the aircraft is, until it has landed. */
async function aircraftEvents(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { t } = await context.frame(request);
  const stream = openStream(reply);
  const beat = async (): Promise<boolean> => {
    const [last] = await lastAircraft(context.db, 1);
    if (last === undefined || last.ended !== null) return false;
    const said = {
      value: String(last.filed),
      text: progressText(t, last),
      stage: t(`demo.aircraft.stage.${last.stage}`),
    };
    return stream.write(`data: ${JSON.stringify(said)}\n\n`) || !stream.destroyed;
  };
  while (!stream.destroyed && (await beat())) await new Promise((next) => setTimeout(next, beatMs));
  if (!stream.destroyed) stream.end('event: end\ndata: {}\n\n');
}
