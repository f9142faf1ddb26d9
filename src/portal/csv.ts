/** What stands in a field of a text that a spreadsheet reads. */
export type Cell = string | number | null | undefined;

/** In quotes where it has to be, and never taken for a formula: a number may begin with a minus. */
function field(value: Cell): string {
  const text = value === null || value === undefined ? '' : String(value);
  const plain = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Rows as comma-separated values (RFC 4180) under their heads; what a row does not have stays empty. */
export function csvText<H extends string>(
  heads: readonly H[],
  rows: readonly Readonly<Partial<Record<H, Cell>>>[],
): string {
  const lines = rows.map((row) => heads.map((head) => field(row[head])).join());
  return `${[heads.join(), ...lines].join('\r\n')}\r\n`;
}
