import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { elements } from '#platform/elements.ts';
import { emptyState, table } from '#portal/components.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { termList, terms } from '#portal/terms.ts';
import type { Words } from '#portal/text.ts';
import { partiesPart, type RegisteredMandate } from '#modules/parties/index.ts';
import { nameIn, packsPart } from '#modules/rulebook/index.ts';
import { keptDays } from '#modules/feedback/index.ts';

const listOf = (t: Words, keys: readonly string[]): Html =>
  html`<ul>${keys.map((key) => html`<li>${t(key)}</li>`)}</ul>`;

/** Where people write to, as whoever runs the window has said it. */
function contactLine({ t, theme }: Frame): Html {
  const contact = theme?.contact;
  if (contact === undefined) return html`<p>${t('statements.contact-none')}</p>`;
  const shown = contact.replace(/^mailto:/, '');
  return html`<p>${t.html('statements.contact', { contact: html`<a href="${contact}"><bdi dir="ltr">${shown}</bdi></a>` })}</p>`;
}

function accessibilityPage(frame: Frame): Html {
  const { t } = frame;
  const part = (name: string): string => t(`statements.accessibility.${name}`);
  const points = (name: string, all: readonly string[]): Html =>
    html`<h2>${part(name)}</h2>${listOf(
      t,
      all.map((one) => `statements.accessibility.${name}.${one}`),
    )}`;
  const done = points('done', ['axe', 'narrow', 'keyboard', 'scripts', 'colour']);
  const not = points('not', ['people', 'documents', 'entered', 'tables']);
  const main = html`<h1>${part('title')}</h1><p class="lead">${part('lead')}</p><h2>${part('aim')}</h2><p>${part('aim-text')}</p>${done}${not}<h2>${part('tell')}</h2><p>${part('tell-text')}</p>${contactLine(frame)}`;
  return page({ ...frame, title: part('title'), main, public: true });
}

/** What one authority sees for one purpose under one law, however many mandates give it. */
interface Sight {
  readonly authority: string;
  readonly purpose: string;
  readonly reference: string;
  readonly elements: string[];
}

function sightsOf(mandates: ReadonlyMap<string, readonly RegisteredMandate[]>, today: string): Sight[] {
  const sights = new Map<string, Sight>();
  for (const one of [...mandates.values()].flat()) {
    if (one.until !== null && one.until <= today) continue;
    const { authority, purpose, reference, element } = one;
    const key = `${authority}\n${purpose}\n${reference}`;
    const known = sights.get(key) ?? { authority, purpose, reference, elements: [] };
    known.elements.push(element);
    sights.set(key, known);
  }
  return [...sights.values()];
}

function whoSees(context: Context, t: Words, today: string): Html {
  const snapshot = context.reference.current();
  const directory = snapshot.get(partiesPart);
  const { home } = snapshot.get(packsPart);
  const nameOf = (id: string): string => {
    const known = home.authorities.find((one) => one.id === id);
    return known ? nameIn(t, known.name) : (directory.authorities.get(id)?.name ?? id);
  };
  const word = (element: string): string => t(`parties.element.${element === '*' ? 'all' : element}`);
  return table<Sight>({
    caption: t('statements.privacy.who'),
    hideCaption: true,
    rows: sightsOf(directory.mandates, today),
    columns: [
      {
        head: t('statements.privacy.authority'),
        rowHeader: true,
        cell: (one) => html`<bdi>${nameOf(one.authority)}</bdi>`,
      },
      { head: t('statements.privacy.purpose'), cell: (one) => t(`parties.purpose.${one.purpose}`) },
      { head: t('statements.privacy.sees'), cell: (one) => one.elements.map(word).join(' · ') },
      { head: t('statements.privacy.law'), cell: (one) => html`<bdi>${one.reference}</bdi>` },
    ],
    empty: emptyState({ title: t('statements.privacy.no-mandates'), body: '' }),
  });
}

function howLong(context: Context, t: Words): Html {
  const { keepDays } = context.config;
  const parcels =
    keepDays === null
      ? t('statements.privacy.long.parcels-open')
      : t('statements.privacy.long.parcels', { days: keepDays });
  const law = html`${t('statements.privacy.long.law')} <a href="/rules/${context.config.economy}">${t('statements.privacy.rules')}</a>`;
  const lines = [
    parcels,
    t('statements.privacy.long.news', { days: keptDays }),
    t('statements.privacy.long.dry-run'),
    t('statements.privacy.long.journal'),
    law,
  ];
  return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function privacyPage(frame: Frame, context: Context): Html {
  const { t } = frame;
  const part = (name: string): string => t(`statements.privacy.${name}`);
  const classes = table<string>({
    caption: part('what'),
    hideCaption: true,
    rows: elements,
    columns: [
      { head: part('class'), rowHeader: true, cell: (element) => t(`parties.element.${element}`) },
      { head: part('class.is'), cell: (element) => part(`is.${element}`) },
    ],
    empty: html``,
  });
  const rights = listOf(
    t,
    ['see', 'correct', 'object', 'person'].map((one) => `statements.privacy.you.${one}`),
  );
  const main = html`<h1>${part('title')}</h1><p class="lead">${part('lead')}</p><h2>${part('what')}</h2>${classes}<h2>${part('who')}</h2><p>${part('who-text')}</p>${whoSees(context, t, context.clock.instant().slice(0, 10))}<h2>${part('long')}</h2>${howLong(context, t)}<h2>${part('browser')}</h2><p>${part('browser-text')}</p><h2>${part('you')}</h2>${rights}${contactLine(frame)}`;
  return page({ ...frame, title: part('title'), main, public: true });
}

function glossaryPage(frame: Frame): Html {
  const { t } = frame;
  const main = html`<h1>${t('terms.title')}</h1><p class="lead">${t('terms.lead')}</p>${termList(t, terms)}`;
  return page({ ...frame, title: t('terms.title'), main, public: true, terms: false });
}

/** What the window says about itself: its words, who can use it, and what it keeps about people. */
export function statementPages(app: FastifyInstance, context: Context): void {
  const serve = (path: string, draw: (frame: Frame) => Html): void => {
    app.get(path, async (request: FastifyRequest, reply) => sendPage(reply, draw(await context.frame(request))));
  };
  serve('/glossary', glossaryPage);
  serve('/accessibility', accessibilityPage);
  serve('/privacy', (frame) => privacyPage(frame, context));
}
