import { hash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { Check } from '#kernel/check.ts';
import { type Decimal, digitsAt, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import type { Catalogue } from '#kernel/result.ts';
import { type Amount, type Consignment, InstantText, PartyIdentifier, Quantity } from '#modules/rulebook/index.ts';

const mark = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$' });
const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });

/** The number of a book, as everybody writes it. */
export const BookNumber = mark(35);
const ItemNumber = mark(20);

/** The body of `POST /v1/stock/books`. */
export const StockBookBody = Type.Object(
  {
    number: BookNumber,
    operator: PartyIdentifier,
    place: mark(35),
    office: mark(17),
    zone: Type.Optional(mark(20)),
  },
  { additionalProperties: false, $id: 'StockBook' },
);
export type StockBookBody = Static<typeof StockBookBody>;

/**
 * The body of `POST /v1/stock/entries`. What the goods are, and what they are worth, is said by the import that brought
 * them in; a line names only which of its goods lines, how much of it, and as what item of the book.
 */
export const StockEntryBody = Type.Object(
  {
    reference: mark(64),
    operator: PartyIdentifier,
    book: BookNumber,
    lines: Type.Array(
      Type.Object(
        {
          item: ItemNumber,
          import: uuid,
          line: Type.Integer({ minimum: 1, maximum: 999 }),
          quantity: Quantity,
          /** Whose goods they are; left out, the seller's or importer's of the import. */
          owner: Type.Optional(PartyIdentifier),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false, $id: 'StockEntry' },
);
export type StockEntryBody = Static<typeof StockEntryBody>;

/** The body of `POST /v1/stock/counts`. */
export const StockCountBody = Type.Object(
  {
    reference: mark(64),
    book: BookNumber,
    counted: InstantText,
    lines: Type.Array(
      Type.Object(
        {
          item: ItemNumber,
          quantity: Quantity,
          explanation: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false, $id: 'StockCount' },
);
export type StockCountBody = Static<typeof StockCountBody>;

/** Accounts of stock count millionths of the line's unit: as fine as a quantity can be said. */
export const stockScale = 6;

/** A quantity as an account counts it. */
export const stockUnits = (quantity: string): bigint => digitsAt(parseDecimal(quantity) ?? nought, stockScale);
const nought: Decimal = { digits: 0n, scale: 0 };

/** A quantity as people write it: no places that say nothing. */
export const stockText = (units: bigint): string =>
  formatDecimal({ digits: units, scale: stockScale }).replace(/\.?0+$/, '');

/** The account of a line of a book. */
export const stockAccount = (book: string, item: string) => ({ kind: 'stock', owner: book, period: item });

/**
 * Under which a goods line of a parcel holds stock: a parcel holds one thing of each kind, and may draw from several
 * lines of a book. It begins as the parcel's own id does, so that holds of one time lie together.
 */
export function stockHold(parcel: string, line: number): string {
  const tail = hash('sha256', `${parcel} ${line}`, 'hex');
  const variant = '89ab'[Number.parseInt(tail[3]!, 16) % 4]!;
  return `${parcel.slice(0, 13)}-8${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(8, 20)}`;
}

type Goods = Consignment['declaration']['goods'][number];

/** A goods line that is drawn from a book. */
export type Drawn = Goods & { readonly stock: NonNullable<Goods['stock']> };

/** The goods lines of a declaration that are drawn from a book. */
export const drawnOf = ({ declaration }: Consignment): Drawn[] =>
  declaration.goods.filter((line): line is Drawn => line.stock !== undefined && line.stock !== null);

/** What was found of a goods line's stock when it was claimed: what the parcel could have of it, and what is wrong. */
export interface StockFigure extends Amount {
  /** A code of why the line may not be drawn from at all. */
  readonly fault?: string;
}

/** The name under which a figure of stock is kept beside those of other accounts. */
export const figureName = (line: number): string => `stock/${line}`;

const noChecks: readonly Check[] = [];

/**
 * Whether the book has what a parcel draws from it: one check for each line that does, from the figures that were found
 * when it was claimed.
 */
export function stockChecks(body: Consignment, figures: Readonly<Record<string, StockFigure>>): readonly Check[] {
  const drawn = drawnOf(body);
  if (drawn.length === 0) return noChecks;
  return drawn.map(({ line, quantity = '0', unit = '', stock: { book, item } }) => {
    const figure = figures[figureName(line)];
    const reason = reasonOf(figure, quantity);
    const left = figure === undefined || figure.fault !== undefined ? '' : figure.amount;
    const params = { line: String(line), book, item, asked: quantity, left, unit };
    const result = reason === 'clearance/stock-drawn' ? 'passed' : 'failed';
    return { id: `stock/line/${line}`, result, reason, params, rule: 'clearance/stock', source: '', missing: [] };
  });
}

function reasonOf(figure: StockFigure | undefined, quantity: string): string {
  if (figure === undefined) return 'clearance/stock-line-unknown';
  if (figure.fault !== undefined) return figure.fault;
  if (stockUnits(quantity) === 0n) return 'clearance/stock-nothing-asked';
  return stockUnits(figure.amount) < stockUnits(quantity) ? 'clearance/stock-not-enough' : 'clearance/stock-drawn';
}

/** The refusals of bonded stock. */
export const stockRefusals = {
  'clearance/book-known': { status: 409, title: 'This book stands already with other particulars' },
  'clearance/book-unknown': { status: 404, title: 'There is no such book, or you may not see it' },
  'clearance/book-office-unknown': { status: 400, title: 'This economy has no such office' },
  'clearance/book-zone-unknown': { status: 400, title: 'This economy has no such zone' },
  'clearance/stock-item-unknown': { status: 404, title: 'The book has no line of this item' },
  'clearance/stock-item-repeated': { status: 400, title: 'Two lines carry the same item' },
  'clearance/stock-nothing': { status: 400, title: 'Nothing is no quantity to enter' },
  'clearance/stock-reference-known': { status: 409, title: 'This reference was already used for other content' },
  'clearance/stock-import-unknown': { status: 404, title: 'There is no such import in which the operator stands' },
  'clearance/stock-import-not-released': { status: 409, title: 'The import has not been released' },
  'clearance/stock-import-not-suspended': { status: 409, title: 'The import did not bring its goods in for a book' },
  'clearance/stock-import-line-unknown': { status: 400, title: 'The import has no goods line of this number' },
  'clearance/stock-import-line-bare': { status: 400, title: 'The goods line of the import lacks what a book needs' },
  'clearance/stock-import-exceeded': { status: 409, title: 'More would be entered than the import declared' },
  'clearance/stock-owner-not-named': { status: 400, title: 'The owner does not stand in the import' },
  'clearance/stock-line-differs': { status: 409, title: 'The line of the book is of other goods' },
  'clearance/stock-not-secured': { status: 409, title: 'The guarantee does not reach for the suspended charges' },
  'clearance/stock-charges-undecided': { status: 409, title: 'The charges on these goods cannot be worked out' },
  'clearance/stock-not-enough': { status: 409, title: 'The book has less than the line takes' },
  'clearance/stock-reserved': { status: 409, title: 'Parcels have reserved what would be written off' },
  'clearance/stock-no-shortage': { status: 409, title: 'Nothing is missing in this case' },
  'clearance/stock-no-surplus': { status: 409, title: 'Nothing is over in this case' },
} as const satisfies Catalogue;
