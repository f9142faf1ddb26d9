import type { Check } from '#kernel/check.ts';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { statusTag, table } from '#portal/components.ts';
import { msOfInstant } from '#portal/format.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, quantity, ref, when, written } from '#portal/values.ts';
import { type Consignment, reasonText, type Voice } from '#modules/rulebook/index.ts';
import type { Accepted, Status } from './model.ts';
import type { Moment } from './views.ts';

/**
 * The portal's code for where a parcel stands: the model's short names are other words than outcomes of the same
 * letters.
 */
export const shownStatus = (status: Status): string =>
  (
    ({
      waiting: 'waiting-for-slips',
      cleared: 'cleared-awaiting-goods',
      control: 'under-control',
      left: 'left-supervision',
    }) as Partial<Record<Status, string>>
  )[status] ?? status;

/** A code of a module or a pack in words, or what a person wrote as it stands. */
export function codeOrText(voice: Voice, text: string, checks: readonly Check[] = []): Html {
  const check = checks.find(({ reason, result }) => reason === text && result !== 'passed');
  const known = /^[a-z-]+\/[a-z0-9-]+$/.test(text) || check !== undefined;
  return known ? html`${reasonText(voice, text, check?.params ?? {})}` : written(text);
}

type Goods = Consignment['declaration']['goods'][number];

/** The goods line by line; where an officer accepted something else, declared and accepted side by side. */
export function goodsTable(
  voice: Voice,
  goods: readonly Partial<Goods>[],
  accepted: Accepted | null | undefined,
  caption?: string,
): Html {
  const { t } = voice;
  const changes = new Map((accepted?.lines ?? []).map((line) => [line.line, line]));
  const change = (line: number | undefined) => (line === undefined ? undefined : changes.get(line));
  const beside = (declared: Fragment, now: Fragment | undefined): Html =>
    now === undefined ? html`${declared}` : html`<del>${declared}</del> <ins>${now}</ins>`;
  const price = ({ line, price: declared }: Partial<Goods>): Html => {
    const now = change(line)?.price;
    return beside(declared ? money(t, declared) : '–', now && money(t, now));
  };
  return table({
    caption: caption ?? t(accepted ? 'clearance.goods.both' : 'clearance.goods.title'),
    columns: [
      { head: t('clearance.goods.line'), cell: ({ line }: Partial<Goods>) => line ?? '–', numeric: true },
      {
        head: t('clearance.goods.description'),
        cell: ({ description, stock }: Partial<Goods>) =>
          html`${description ? written(description.text, description.language) : '–'}${stock ? html`<br><span class="small">${t.html('clearance.goods.stock', { book: ref(stock.book), item: ref(stock.item) })}</span>` : ''}`,
        rowHeader: true,
      },
      {
        head: t('clearance.goods.commodity'),
        cell: ({ line, commodity, category }: Partial<Goods>) =>
          beside(
            commodity ? ref(commodity) : category ? voice('category', category) : '–',
            change(line)?.commodity && ref(change(line)?.commodity ?? ''),
          ),
      },
      {
        head: t('clearance.goods.origin'),
        cell: ({ line, origin }: Partial<Goods>) =>
          beside(origin ? ref(origin) : '–', change(line)?.origin && ref(change(line)?.origin ?? '')),
      },
      {
        head: t('clearance.goods.quantity'),
        cell: ({ quantity: many }: Partial<Goods>) => (many ? quantity(t, many) : '–'),
        numeric: true,
      },
      { head: t('clearance.goods.price'), cell: price, numeric: true },
    ],
    rows: goods,
  });
}

const tones: Readonly<Record<string, Tone>> = {
  'clearance.released': 'released',
  'clearance.waiting': 'hand',
  'clearance.short-landed': 'hand',
  'clearance.control-restored': 'hand',
  'clearance.kept-back': 'hand',
  'clearance.denied': 'stopped',
  'clearance.cancelled': 'stopped',
  'logistics.arrived': 'ink',
  'logistics.missing': 'hand',
  'logistics.over': 'hand',
  'treasury.paid': 'released',
  'clearance.lodged': 'ink',
  'clearance.presented': 'ink',
};

const textIn = (data: NonNullable<Moment['data']>, name: string): string | undefined => {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};

/** What happened to a parcel as the timeline shows it, each step with the time since the one before. */
export function momentsOf(
  voice: Voice,
  moments: readonly Moment[],
  timeZone: string,
  checks: readonly Check[] = [],
  movement = 'import',
): { title: Fragment; at: Fragment; by?: Fragment; body?: Fragment; tone?: Tone }[] {
  const { t } = voice;
  return moments.map((moment, index) => {
    const before = moments[index - 1];
    const took = before === undefined ? undefined : elapsed(t, msOfInstant(moment.at) - msOfInstant(before.at));
    // What others told is called by its step.
    const key = moment.kind.startsWith('trade.')
      ? `trade.step.${textIn(moment.data ?? {}, 'step')}`
      : `clearance.moment.${moment.kind.replaceAll('.', '-')}`;
    const named = [`${key}-${movement}`, key].find((one) => t.has(one));
    const body = momentBody(voice, moment, checks);
    const outcome = textIn(moment.data ?? {}, 'outcome');
    const tone = tones[moment.kind] ?? (outcome === 'control' ? 'hand' : undefined);
    return {
      title: named === undefined ? moment.kind : t(named),
      at: when(t, moment.at, timeZone),
      ...(took === undefined ? {} : { by: t('clearance.moment.took', { took }) }),
      ...(body === '' ? {} : { body }),
      ...(tone ? { tone } : {}),
    };
  });
}

/** Moments that are told by the piece they are about and the place it was at. */
const placed = new Set(['short-landed', 'over-landed', 'kept-back', 'left'].map((one) => `clearance.${one}`));

function momentBody(voice: Voice, { kind, data }: Moment, checks: readonly Check[]): Fragment {
  const { t } = voice;
  if (data === undefined) return '';
  const text = (name: string): string | undefined => textIn(data, name);
  if (kind === 'clearance.decided') {
    const outcome = text('outcome') ?? '';
    const route = text('route');
    const ground = text('ground');
    const why =
      ground === undefined || ground === 'clearance/every-check-passed' ? '' : codeOrText(voice, ground, checks);
    return html`<p>${t(`portal.status.${outcome}`)}${route === undefined ? '' : html` · ${voice('route', route)}`}${why === '' ? '' : html`<br>${why}`}</p>`;
  }
  if (kind === 'clearance.presented' || kind === 'clearance.released') {
    const { presented, pieces } = data;
    return typeof presented === 'number' && typeof pieces === 'number'
      ? html`<p>${t('clearance.moment.pieces', { presented, pieces })}</p>`
      : '';
  }
  if (kind === 'clearance.leaving' && typeof data['departed'] === 'number' && typeof data['pieces'] === 'number')
    return html`<p>${t('clearance.moment.departed', { departed: data['departed'], pieces: data['pieces'] })}</p>`;
  if (kind.startsWith('trade.')) {
    const said = ['by', 'place'].flatMap((name) => text(name) ?? []).map((one) => ref(one));
    const simulated = data['simulated'] === true ? html` ${statusTag(t, 'simulated')}` : '';
    return html`<p>${join(said, ' · ')}${simulated}</p>`;
  }
  if (placed.has(kind)) {
    const at = ['barcode', 'place'].flatMap((name) => text(name) ?? []);
    return html`<p>${at.map((one, index) => html`${index > 0 ? ' · ' : ''}${ref(one)}`)}</p>`;
  }
  if (kind === 'clearance.return-ended') {
    const outcome = text('outcome') ?? '';
    return t.has(`clearance.returns.state.${outcome}`) ? html`<p>${t(`clearance.returns.state.${outcome}`)}</p>` : '';
  }
  const [transfer, master] = [text('transfer'), text('master')];
  if (transfer !== undefined && master !== undefined)
    return html`<p>${ref(text('barcode') ?? '')} · <a href="/transfers/${transfer}">${ref(master)}</a></p>`;
  const taken = kind === 'clearance.cancelled' ? text('ground') : undefined;
  if (taken !== undefined) return html`<p>${t(`clearance.cancel.ground.${taken}`)}</p>`;
  return text('number') ? html`<p>${ref(text('number') ?? '')}</p>` : '';
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A span in its two largest units, in words: the exact one stands beside it as two instants. */
export function elapsed(t: Words, ms: number): string {
  const [first = 'second', size = 1_000] = units.find(([, length]) => ms >= length) ?? [];
  const many = Math.max(0, Math.floor(ms / size));
  const next = units[units.findIndex(([unit]) => unit === first) + 1];
  const rest = next === undefined ? 0 : Math.floor((ms - many * size) / next[1]);
  const one = t(`clearance.span.${first}`, { count: many });
  return next === undefined || rest === 0
    ? one
    : t('clearance.span.and', { first: one, second: t(`clearance.span.${next[0]}`, { count: rest }) });
}
