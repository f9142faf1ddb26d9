import type { FastifyRequest } from 'fastify';
import type { Html } from '#kernel/html.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { nameIn, packsPart } from '#modules/rulebook/index.ts';
import { filesByHand, mandated, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { languageCookieName, languageOf } from '#portal/language.ts';
import type { Frame, NavItem } from '#portal/layout.ts';
import type { Theme } from '#portal/theme.ts';
import { type Words, words } from '#portal/text.ts';

/** What a demonstration window puts on every page. */
export type Bar = (context: Context, request: FastifyRequest, principal: Principal, t: Words) => Promise<Html>;

/**
 * What every page of a request has around it: its language, who is there, the ways he has, and the bar of a
 * demonstration.
 */
export function frames(
  context: Context,
  bar: Bar | null,
  theme: Theme | null,
): (request: FastifyRequest) => Promise<Frame> {
  return async (request) => {
    const t = words(languageFor(request));
    const principal = await context.identify(request);
    const { home } = context.reference.current().get(packsPart);
    const signedIn = principal.assurance !== 'none';
    return {
      t,
      url: request.url,
      nav: ways(t, principal, bar !== null),
      timeZone: home.timeZone,
      theme,
      place: home.name[t.lang] ?? home.name['en'] ?? home.id,
      ...(signedIn
        ? {
            person: { name: principal.name, href: '/account', ...standsFor(context, t, principal) },
            signOut: { action: '/sign-out', csrf: context.csrf(request) },
          }
        : { signIn: '/sign-in' }),
      ...(bar ? { demoBar: await bar(context, request, principal, t) } : {}),
    };
  };
}

/**
 * For whom somebody stands, by name: an authority as the pack calls it in this language, a party as it is registered.
 * Who stands for himself needs no second name.
 */
function standsFor(context: Context, t: Words, { name, authority, party }: Principal): { role?: string } {
  const snapshot = context.reference.current();
  const directory = snapshot.get(partiesPart);
  const known = snapshot.get(packsPart).home.authorities.find(({ id }) => id === authority);
  const role = known
    ? nameIn(t, known.name)
    : ((authority === null ? undefined : (directory.authorities.get(authority)?.name ?? authority)) ??
      (party === null ? undefined : (directory.parties.get(party)?.name ?? party)));
  return role === undefined || role === name ? {} : { role };
}

/** The language that this request is answered in. */
export function languageFor(request: FastifyRequest) {
  const query: unknown = request.query;
  const asked =
    typeof query === 'object' && query !== null && 'lang' in query && typeof query.lang === 'string'
      ? query.lang
      : undefined;
  return languageOf({
    query: asked,
    cookie: request.cookies[languageCookieName],
    acceptLanguage: request.headers['accept-language'],
  });
}

/** The ways through the portal that this person has; the pages guard themselves all the same. */
function ways(t: Words, principal: Principal, demo: boolean): NavItem[] {
  const way = (name: string, href: string): NavItem => ({ text: t(`portal.nav.${name}`), href });
  const open = [
    way('assess', '/assess'),
    way('rules', '/rules'),
    way('statistics', '/statistics'),
    ...(demo ? [way('tour', '/tour')] : []),
  ];
  const official = principal.authority !== null && principal.mandates.length > 0;
  const trading =
    principal.party !== null || official
      ? [
          ...(filesByHand(principal) ? [way('file', '/file')] : []),
          way('parcels', '/parcels'),
          way('trade', '/trade'),
          way('slips', '/slips'),
          way('services', '/services'),
          way('notices', '/notices'),
          way('summaries', '/summaries'),
        ]
      : [];
  const moving = official || principal.roles.some((role) => role === 'carrier' || role === 'operator');
  const goods = moving ? [way('transfers', '/transfers')] : [];
  const lawmaking = mandated(principal, 'propose-law') || mandated(principal, 'approve-law');
  const desk = [...(official ? [way('queue', '/queue')] : []), ...(lawmaking ? [way('law', '/law/changes')] : [])];
  const registers = mandated(principal, 'register') || principal.roles.includes('administrator');
  const letting = registers ? [way('registrations', '/registrations')] : [];
  const taking = principal.party !== null && principal.roles.includes('operator') ? [way('returns', '/returns')] : [];
  const stocked = official || principal.roles.some((role) => role === 'operator' || role === 'seller');
  const stock = stocked ? [way('stock', '/stock')] : [];
  const told = principal.party === null ? [] : [way('news', '/news')];
  const single = principal.assurance !== 'none' && principal.authority === null && principal.roles.length === 0;
  const business = principal.party !== null || single ? [way('business', '/business')] : [];
  const running = principal.roles.includes('administrator') ? [way('admin', '/admin/people')] : [];
  return [...desk, ...trading, ...goods, ...stock, ...taking, ...told, ...business, ...open, ...letting, ...running];
}
