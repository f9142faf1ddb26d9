import { follow } from '#platform/journal.ts';
import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { changing, followExports } from './service.ts';

/** Money from abroad matched to export value. */
export const receiptsModule: Module = {
  name: 'receipts',
  refusals,
  api,
  pages,
  work: () => [follow('receipts-exports', changing, (tx, entries) => followExports(tx, entries))],
};
