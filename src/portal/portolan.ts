import { type Html, html, join, raw } from '#kernel/html.ts';
import { slug, table } from './components.ts';
import { type Language, languages } from './language.ts';
import { polar, rhumbs, rose } from './rose.ts';
import { words, type Words } from './text.ts';
import { count } from './values.ts';

/** A harbour on the chart, its place in units of the drawing (1000 wide, 560 high), its name in every language. */
export interface Harbour {
  readonly id: string;
  readonly name: Readonly<Record<Language, string>>;
  readonly x: number;
  readonly y: number;
}

/** Parcels between two harbours: how many in all, and how many of them wait for a person. */
export interface Route {
  readonly from: string;
  readonly to: string;
  readonly volume: number;
  readonly waiting: number;
}

/** Where the drawn coast has its harbours: Ponenta in the west with the island, Levanta in the east. */
const places = {
  maestro: [214, 118],
  garbino: [238, 258],
  acquamorta: [240, 344],
  ostria: [330, 492],
  franca: [470, 424],
  grecale: [706, 84],
  rosalba: [742, 204],
  sirocca: [700, 320],
} as const;

/** The name of a harbour that the chart has. */
export type HarbourId = keyof typeof places;

/** The harbours of the drawn coast, with their names from the words of the portal. */
export function harboursOfTheCoast(): Harbour[] {
  const named = (id: string): Record<Language, string> =>
    Object.fromEntries(languages.map(({ code }) => [code, words(code)(`portal.harbour.${id}`)]));
  return Object.entries(places).map(([id, [x, y]]) => ({ id, name: named(id), x, y }));
}

// The coast, drawn by hand: capes with bays between them, as chart makers exaggerated both.
const west =
  'M-9-9H262Q234 12 246 34 276 46 264 70 238 84 248 100 228 92 214 118 186 132 204 156 206 182 236 180 262 172 292 206 306 222 288 236 262 232 238 258 196 262 192 288 184 318 214 326 226 324 240 344 268 352 260 376 238 388 250 408 254 436 292 430 328 424 346 452 358 470 330 492 318 508 338 524 356 536 348 569H-9Z';
const east =
  'M1009-9H738Q764 14 752 34 724 34 722 56 714 66 706 84 690 96 698 112 716 112 722 132 754 124 772 150 786 172 764 180 746 184 742 204 722 196 708 226 706 244 680 250 652 262 656 290 664 310 700 320 730 308 748 336 762 356 744 374 726 388 744 408 778 404 800 424 826 446 806 470 776 478 790 502 806 522 780 540 772 552 776 569H1009Z';
const islands =
  'M436 404Q448 384 476 392 506 380 528 400 548 404 542 422 520 428 524 442 500 452 486 436 478 424 470 424 452 436 440 426 424 416 436 404ZM404 448Q414 446 414 456 406 462 400 456ZM470 78Q484 62 508 72 530 70 528 88 512 92 508 104 488 112 478 98 462 92 470 78ZM548 108Q556 102 562 110 556 120 548 116Z';
const hills =
  'M92 190q10-20 20-2q8-26 22-2q8-12 16 2M60 402q10-20 20-2q8-26 22-2M128 452q8-16 18 0q8-20 20 0M846 150q10-20 20-2q8-26 22-2q8-12 16 2M880 330q8-16 18 0q8-20 20 0M838 246q8-16 18 0';
const rivers = 'M192 288Q150 282 132 300T70 316 0 330M772 150Q810 128 840 140T1000 96M744 374Q800 372 836 392T1000 410';

/** The lines between sixteen hidden points on a circle: the net under every portolan. */
function net(): string {
  const at = (index: number): string => polar(500, 280, index * 22.5, 470);
  const lines = Array.from({ length: 16 }, (_, index) =>
    [3, 6, 7].map((step) => `M${at(index)}L${at(index + step)}`).join(''),
  );
  return `<path class="rhumb" d="${lines.join('')}"/>`;
}

const base = raw(
  `${net()}${rhumbs(636, 452, 760, 46)}<path class="portolan__wash" d="${west}${east}${islands}"/><path class="portolan__land" d="${west}${east}${islands}"/><path class="portolan__hill" d="${hills}${rivers}"/>`,
);
const middle = raw(`<g class="rose" transform="translate(636 452)">${rose(46)}</g>`);
const frame = raw(
  '<rect class="portolan__frame" x="3" y="3" width="994" height="554"/><rect class="portolan__line" x="6" y="6" width="988" height="548"/>',
);

interface Ends {
  readonly route: Route;
  readonly from: Harbour;
  readonly to: Harbour;
}

const figure = (value: number): string => String(Math.round(value * 10) / 10);

/** One route: as wide as its share, its last part in the accent where parcels wait; two ways lie beside each other. */
function routeLine({ route, from, to }: Ends, most: number, twoWays: boolean): Html {
  const width = 1.5 + 7.5 * Math.sqrt(route.volume / most);
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const aside = twoWays ? 5 : 0;
  const shift = { x: (-(to.y - from.y) / length) * aside, y: ((to.x - from.x) / length) * aside };
  const at = (share: number): string =>
    `${figure(from.x + shift.x + (to.x - from.x) * share)} ${figure(from.y + shift.y + (to.y - from.y) * share)}`;
  const waits = route.waiting > 0 ? Math.max(0.75, 1 - route.waiting / Math.max(route.volume, 1) - 0.1) : 1;
  const held =
    route.waiting > 0
      ? html`<path class="portolan__route portolan__route--waiting" d="M${at(waits)}L${at(1)}" stroke-width="${figure(width)}"/>`
      : '';
  return html`<path class="portolan__route" d="M${at(0)}L${at(1)}" stroke-width="${figure(width)}"/>${held}`;
}

/** A harbour and its names: on land where there is land beside it, below an island. */
function harbourMark(t: Words, { name, x, y }: Harbour, waits: boolean): Html {
  const [anchor, dx, dy] = x < 400 ? ['end', -14, 4] : x > 600 ? ['start', 14, 4] : ['middle', 0, 44];
  const other = languages.find(({ code }) => code !== t.lang)?.code ?? 'en';
  // A name that is the same in both languages is written once.
  const second =
    name[other] === name[t.lang]
      ? ''
      : html`<text class="portolan__name portolan__name--other" x="${x + dx}" y="${y + dy + 18}" lang="${other}">${name[other]}</text>`;
  return html`<circle class="portolan__harbour${waits ? ' portolan__harbour--waiting' : ''}" cx="${x}" cy="${y}" r="6"/><g text-anchor="${anchor}"><text class="portolan__name" x="${x + dx}" y="${y + dy}">${name[t.lang]}</text>${second}</g>`;
}

/**
 * The portolan: the invented coast with its harbours, every route a rhumb line as wide as its volume, the warm accent
 * where parcels wait, and beside it the table with the same figures. Routes to harbours that are not given are not
 * drawn.
 */
export function portolanChart(
  t: Words,
  { harbours, routes, id = 'portolan' }: { harbours: readonly Harbour[]; routes: readonly Route[]; id?: string },
): { chart: Html; table: Html } {
  const known = new Map(harbours.map((harbour) => [harbour.id, harbour]));
  const drawn = routes.flatMap((route): Ends[] => {
    const from = known.get(route.from);
    const to = known.get(route.to);
    return from && to ? [{ route, from, to }] : [];
  });
  const most = Math.max(...drawn.map(({ route }) => route.volume), 1);
  const waiting = drawn.reduce((sum, { route }) => sum + route.waiting, 0);
  const ways = new Set(drawn.map(({ route }) => `${route.from} ${route.to}`));
  const lines = drawn.map((ends) => routeLine(ends, most, ways.has(`${ends.route.to} ${ends.route.from}`)));
  const held = new Set(drawn.filter(({ route }) => route.waiting > 0).map(({ to }) => to.id));
  const marks = harbours.map((harbour) => harbourMark(t, harbour, held.has(harbour.id)));
  const name = slug(id);
  const lands = html`<g text-anchor="middle"><text class="portolan__country" x="98" y="240">${t('portal.portolan.ponenta')}</text><text class="portolan__country" x="905" y="290">${t('portal.portolan.levanta')}</text><text class="portolan__sea" x="440" y="180">${t('portal.portolan.sea')}</text></g>`;
  const description = t('portal.portolan.description', { harbours: harbours.length, routes: drawn.length, waiting });
  const chart = html`<figure class="portolan"><div class="portolan__sheet" role="region" tabindex="0" aria-label="${t('portal.portolan.title')}"><svg viewBox="0 0 1000 560" direction="ltr" role="img" aria-labelledby="${name}-title ${name}-text" focusable="false"><title id="${name}-title">${t('portal.portolan.title')}</title><desc id="${name}-text">${description}</desc>${base}${lands}${join(lines)}${middle}${join(marks)}${frame}</svg></div>${legend(t)}</figure>`;
  return { chart, table: routeTable(t, drawn) };
}

function legend(t: Words): Html {
  const sample = (kind: string): Html =>
    html`<svg width="44" height="10" viewBox="0 0 44 10" aria-hidden="true" focusable="false"><path class="portolan__route${kind}" d="M4 5H40" stroke-width="6"/></svg>`;
  return html`<ul class="portolan__key"><li>${sample('')}${t('portal.portolan.key.route')}</li><li>${sample(' portolan__route--waiting')}${t('portal.portolan.key.waiting')}</li></ul>`;
}

function routeTable(t: Words, drawn: readonly Ends[]): Html {
  return table({
    caption: t('portal.portolan.table'),
    columns: [
      { head: t('portal.portolan.from'), cell: ({ from }: Ends) => from.name[t.lang], rowHeader: true },
      { head: t('portal.portolan.to'), cell: ({ to }: Ends) => to.name[t.lang] },
      { head: t('portal.portolan.volume'), cell: ({ route }: Ends) => count(t, route.volume), numeric: true },
      { head: t('portal.portolan.waiting'), cell: ({ route }: Ends) => count(t, route.waiting), numeric: true },
    ],
    rows: [...drawn].sort((a, b) => b.route.volume - a.route.volume),
  });
}
