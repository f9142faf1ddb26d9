import type { Consignment } from '#modules/rulebook/index.ts';
import { cellOf } from './csv.ts';
import { table } from './csv-kinds.ts';
import type { Field } from './fields.ts';
import { valueAt } from './map.ts';
import { said } from './say.ts';

/** Writes parcels as a table: every column, one row for each line of goods, the parcel's own columns on each. */
export function csvOf(parcels: readonly Consignment[]): string {
  const text = (field: Field, of: unknown): string => {
    if (field.name === 'currency') return '';
    return field.home === null ? '' : (said(field, valueAt(of, field.home), table.speech) ?? '');
  };
  const names = [...table.fields, ...table.rows].map(({ name }) => name);
  const rows = parcels.flatMap((parcel) => {
    const head = table.fields.map((field) =>
      field.name === 'currency' ? (parcel.declaration.goods[0]?.price.currency ?? '') : text(field, parcel),
    );
    return parcel.declaration.goods.map((goods) => [...head, ...table.rows.map((field) => text(field, goods))]);
  });
  return [names, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}
