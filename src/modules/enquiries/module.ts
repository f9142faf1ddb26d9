import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { enquiry, objection } from './procedures.ts';
import { sweepEnquiries } from './service.ts';

/** Find my parcel, and what the person who waits for it may do about it. */
export const enquiriesModule: Module = {
  name: 'enquiries',
  refusals,
  procedures: [enquiry, objection],
  api,
  pages,
  work: (context) => [{ name: 'enquiries-sweep', idleMs: 600_000, step: (db) => sweepEnquiries(context, db) }],
};
