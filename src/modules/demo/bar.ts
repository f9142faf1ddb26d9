import type { FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { csrfField } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { when } from '#portal/values.ts';
import { castPeople } from './cast.ts';
import { type Demo, legalInstant, steps } from './demo.ts';

/**
 * The bar of a demonstration, on every page of it: that it is one, whom one is, how far the legal clock was moved, and
 * what can be set going. Everything in it is a form, so that it works without JavaScript. On a telephone its two rows
 * move under the finger, so that the page itself is still seen.
 */
export const demoBar =
  (demo: Demo) =>
  (context: Context, request: FastifyRequest, principal: Principal, t: Words): Promise<Html> =>
    Promise.resolve(bar(context, request, demo, t, principal));

function bar(context: Context, request: FastifyRequest, demo: Demo, t: Words, principal: Principal): Html {
  const token = context.csrf(request);
  const back = html`<input type="hidden" name="back" value="${request.url}">`;
  const people = castPeople.map(({ name, shown }) => {
    const here = principal.assurance === 'demo' && principal.name === shown;
    const current = here ? html` aria-current="true"` : '';
    const whole = `${shown} · ${t(`demo.role.${name}`)}`;
    return html`<button type="submit" name="person" value="${name}"${current} title="${whole}">${t(`demo.short.${name}`)}</button>`;
  });
  const clock = steps.map(
    (step) => html`<button type="submit" name="step" value="${step}">${t(`demo.clock.${step}`)}</button>`,
  );
  const moved = demo.shiftMs > 0 ? html`${t('demo.clock.moved')} ${when(t, legalInstant(demo))}` : t('demo.clock.real');
  const stream = demo.paused ? 'resume' : 'pause';
  const aircraft = html`<button type="submit">${t('demo.aircraft.button')}</button>`;
  return html`<aside class="demo-bar" aria-label="${t('demo.bar')}">
<div class="demo-bar__row"><strong class="demo-bar__word">${t('demo.word')}</strong><a href="/tour">${t('demo.tour.link')}</a>
<form method="post" action="/demo/person" aria-label="${t('demo.people')}">${csrfField(token)}${people}</form></div>
<div class="demo-bar__row"><form method="post" action="/demo/clock" aria-label="${t('demo.clock')}">${csrfField(token)}${back}<span>${moved}</span>${clock}</form>
<form method="post" action="/demo/stream">${csrfField(token)}${back}<button type="submit" name="do" value="${stream}">${t(`demo.stream.${stream}`)}</button></form>
<form method="post" action="/demo/aircraft">${csrfField(token)}${aircraft}</form></div></aside>`;
}
