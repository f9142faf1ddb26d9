import { hash } from 'node:crypto';
import { addDecimal, type Decimal, subtractDecimal } from '#kernel/decimal.ts';
import { type Day, dayIn, dayOf } from '#kernel/effective.ts';
import type { Net, NetLine } from '#modules/clearance/index.ts';
import { type Aggregation, aggregationFor, commodityOf, type Pack } from '#modules/rulebook/index.ts';
import type { Reason } from './model.ts';

/** What is added up: goods lines, checklists, value in minor units, quantity and weights, exact and with a sign. */
export interface Sums {
  readonly items: number;
  /** A checklist counts once, where its first line stands, so that parts add up to the whole. */
  readonly checklists: number;
  readonly value: bigint;
  readonly quantity: Decimal;
  readonly netWeight: Decimal;
  readonly grossWeight: Decimal;
}

/** What is booked of one line of goods, and where. */
export interface Part extends Sums {
  readonly line: number;
  /** The line of the summary declaration; null where the checklist is not merged. */
  readonly summaryLine: string | null;
  readonly cell: string;
  readonly trader: string;
}

/** A summary declaration: the checklists of a run that are alike in the fields of its rule. */
export interface Summary {
  readonly id: string;
  readonly run: string;
  readonly month: string;
  readonly declarant: string;
  readonly rule: string;
  readonly movement: string;
  readonly head: string;
}

export interface SummaryLine {
  readonly id: string;
  readonly summary: string;
  readonly commodity: string | null;
  readonly origin: string | null;
  readonly currency: string;
  readonly unit: string;
}

/** What is counted together in the statistics. */
export interface Cell {
  readonly id: string;
  readonly movement: string;
  readonly route: string | null;
  readonly procedure: string | null;
  readonly country: string | null;
  readonly commodity: string | null;
  readonly currency: string;
  readonly unit: string;
}

/** A checklist that is to be booked: in which run, and when it was released. */
export interface Booked {
  readonly run: string;
  readonly month: string;
  readonly released: string;
}

/** Where a checklist stands in the books, and what of it. */
export interface Target {
  readonly rule: Aggregation | undefined;
  readonly summary: string | null;
  readonly reason: Reason | null;
  readonly parts: readonly Part[];
}

export const noSums: Sums = {
  items: 0,
  checklists: 0,
  value: 0n,
  quantity: { digits: 0n, scale: 0 },
  netWeight: { digits: 0n, scale: 0 },
  grossWeight: { digits: 0n, scale: 0 },
};

export const addSums = (a: Sums, b: Sums): Sums => ({
  items: a.items + b.items,
  checklists: a.checklists + b.checklists,
  value: a.value + b.value,
  quantity: addDecimal(a.quantity, b.quantity),
  netWeight: addDecimal(a.netWeight, b.netWeight),
  grossWeight: addDecimal(a.grossWeight, b.grossWeight),
});

const less = (a: Sums, b: Sums): Sums => ({
  items: a.items - b.items,
  checklists: a.checklists - b.checklists,
  value: a.value - b.value,
  quantity: subtractDecimal(a.quantity, b.quantity),
  netWeight: subtractDecimal(a.netWeight, b.netWeight),
  grossWeight: subtractDecimal(a.grossWeight, b.grossWeight),
});

export const isNought = (one: Sums): boolean =>
  one.items === 0 &&
  one.checklists === 0 &&
  one.value === 0n &&
  one.quantity.digits === 0n &&
  one.netWeight.digits === 0n &&
  one.grossWeight.digits === 0n;

const hex = 32;

/** An id made of what it names, in the form of a UUID. */
function idOf(...parts: readonly (string | null)[]): string {
  const text = hash('sha256', JSON.stringify(parts), 'hex').slice(0, hex);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** What a checklist says in each field by which a law may merge it. */
const headOf: Readonly<Record<Aggregation['head'][number], (net: Net) => string | null | undefined>> = {
  declarant: (net) => net.declarant,
  seller: (net) => net.seller,
  carrier: (net) => net.carrier,
  platform: (net) => net.platform,
  borderMode: (net) => net.borderMode,
  importer: ({ declaration }) => declaration.importer,
  office: ({ declaration }) => declaration.office,
  placeOfGoods: ({ declaration }) => declaration.placeOfGoods,
  zone: ({ declaration }) => declaration.zone,
  dispatch: ({ declaration }) => declaration.dispatch,
  destination: ({ declaration }) => declaration.destination,
  procedure: ({ declaration }) => declaration.procedure,
  nature: ({ declaration }) => declaration.nature,
  scheme: ({ declaration }) => declaration.scheme,
};

/** The country that a movement is counted with: where the goods come from, or where they go. */
const countryOf = ({ declaration }: Net, line: NetLine): string | null =>
  (declaration.movement === 'import' ? (line.origin ?? declaration.dispatch) : declaration.destination) ?? null;

const hsDigits = 6;

/**
 * Where checklists are booked by the law of one pack. It remembers the rows that its targets name, until they are taken
 * away to be written.
 */
export class Books {
  readonly #pack: Pack;
  #summaries = new Map<string, Summary>();
  #lines = new Map<string, SummaryLine>();
  #cells = new Map<string, Cell>();

  constructor(pack: Pack) {
    this.#pack = pack;
  }

  get timeZone(): string {
    return this.#pack.timeZone;
  }

  get currency(): string {
    return this.#pack.currency;
  }

  /** The summaries, lines and cells that were named since this was last asked. */
  named(): { summaries: Map<string, Summary>; lines: Map<string, SummaryLine>; cells: Map<string, Cell> } {
    const named = { summaries: this.#summaries, lines: this.#lines, cells: this.#cells };
    [this.#summaries, this.#lines, this.#cells] = [new Map(), new Map(), new Map()];
    return named;
  }

  /** Where a checklist belongs, as it stands now; undefined figures stand for one that is kept in an archive. */
  target(booked: Booked, net: Net | undefined): Target {
    if (net === undefined) return { rule: undefined, summary: null, reason: 'archived', parts: [] };
    const { declaration, route, lines } = net;
    const { movement, procedure = null } = declaration;
    const on = dayIn(booked.released, this.timeZone);
    const rule = aggregationFor(this.#pack, on, { movement, route, procedure });
    if (lines.length === 0) return { rule, summary: null, reason: 'counts-for-nothing', parts: [] };
    const merging = rule?.as === 'summary' ? rule : undefined;
    const summary = merging === undefined ? null : this.#summary(booked, net, merging);
    const parts = lines.map((line, index): Part => {
      const commodity = this.#commodity(net, line);
      return {
        line: line.line,
        summaryLine: merging === undefined || summary === null ? null : this.#line(summary, merging, line, commodity),
        cell: this.#cell(net, line, commodity),
        trader: net.seller ?? net.declarant,
        items: 1,
        checklists: index === 0 ? 1 : 0,
        value: line.value,
        quantity: line.quantity,
        netWeight: line.netWeight,
        grossWeight: line.grossWeight,
      };
    });
    const reason = summary === null ? (rule === undefined ? 'not-merged' : 'statistics-only') : null;
    return { rule, summary, reason, parts };
  }

  /** The code of a line, also where a word of the short list stands for it. */
  #commodity({ day, declaration }: Net, { commodity, category }: NetLine): string | null {
    if (commodity !== null || category === null) return commodity;
    return commodityOf(this.#pack, dayOf(day), declaration.zone ?? null, category);
  }

  #summary({ run, month }: Booked, net: Net, { id: rule, head: fields }: Aggregation): string {
    const head = JSON.stringify(Object.fromEntries(fields.map((field) => [field, headOf[field](net) ?? null])));
    const id = idOf('summary', run, rule, net.declarant, head);
    if (!this.#summaries.has(id)) {
      const { declarant, declaration } = net;
      this.#summaries.set(id, { id, run, month, declarant, rule, movement: declaration.movement, head });
    }
    return id;
  }

  #line(summary: string, { line: fields, digits }: Aggregation, line: NetLine, code: string | null): string {
    const { currency, unit } = line;
    const commodity = fields.includes('commodity') ? (code?.slice(0, digits) ?? null) : null;
    const origin = fields.includes('origin') ? line.origin : null;
    const id = idOf('line', summary, commodity, origin, currency, unit);
    if (!this.#lines.has(id)) this.#lines.set(id, { id, summary, commodity, origin, currency, unit });
    return id;
  }

  #cell(net: Net, line: NetLine, code: string | null): string {
    const { movement, procedure = null } = net.declaration;
    const { currency, unit } = line;
    const country = countryOf(net, line);
    const commodity = code?.slice(0, hsDigits) ?? null;
    const id = idOf('cell', movement, net.route, procedure, country, commodity, currency, unit);
    if (!this.#cells.has(id))
      this.#cells.set(id, { id, movement, route: net.route, procedure, country, commodity, currency, unit });
    return id;
  }
}

const placeOf = ({ line, summaryLine, cell, trader }: Part): string => `${line} ${summaryLine} ${cell} ${trader}`;

/** What has to be added to what is booked of a checklist so that it stands where it belongs. */
export function difference(booked: readonly Part[], target: readonly Part[]): Part[] {
  const before = new Map(booked.map((part) => [placeOf(part), part]));
  const after = new Map(target.map((part) => [placeOf(part), part]));
  const all = new Map([...before, ...after]);
  return [...all]
    .map(
      ([place, part]): Part => ({
        ...part,
        ...less(after.get(place) ?? noSums, before.get(place) ?? noSums),
      }),
    )
    .filter((part) => !isNought(part));
}

/** The month in which a correction counts, by the law under which its checklist was merged. */
export const periodOf = (rule: Aggregation | undefined, month: string, known: Day): string =>
  (rule?.corrections ?? 'origin') === 'known' && known > month ? known : month;
