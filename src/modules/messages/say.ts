import type { Field, Speech } from './fields.ts';

type Values = Readonly<Record<string, unknown>>;
const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/**
 * What the window keeps, in the words of a format: the way back from a home to its field. Undefined where the format
 * has no word for it, and where the value is only a part of its home.
 */
export function said({ as }: Pick<Field, 'as'>, value: unknown, speech: Speech): string | undefined {
  switch (as) {
    case 'amount':
      return isValues(value) ? textOf(value['amount']) : undefined;
    case 'words':
      return isValues(value) ? textOf(value['text']) : undefined;
    case 'pieces':
      return Array.isArray(value) ? value.join('') : undefined;
    case 'lines':
      return isValues(value) && Array.isArray(value['lines']) ? value['lines'].join('') : undefined;
    case 'instant':
      return typeof value === 'string' ? speech.time(value) : undefined;
    case 'unit':
      return typeof value === 'string' ? (speech.coded('unit', value) ?? value) : undefined;
    case 'country':
    case 'movement':
    case 'mode':
    case 'representation':
    case 'nature':
    case 'scheme':
      return typeof value === 'string' ? speech.coded(as, value) : undefined;
    case 'yes-or-no':
      return value === true ? 'yes' : value === false ? 'no' : undefined;
    case 'barcodes':
      return Array.isArray(value) ? value.map((one: { barcode?: string }) => one.barcode ?? '').join(' ') : undefined;
    case 'sum':
    case 'joined':
    case 'direction':
      return undefined;
    default:
      return textOf(value);
  }
}
