import type { Form } from './service.ts';

/** What begins like XML is; a table is told by its name otherwise, since browsers call both what they like. */
export function formOf(file: Buffer, name: string): Form {
  const start = file
    .subarray(0, 64)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return !start.startsWith('<') && (/\.csv$/i.test(name) || start.includes(',')) ? 'csv' : 'xml';
}
