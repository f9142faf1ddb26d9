import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';

/** Attachments. It has no doors of its own: whoever may read the record they are about asks at the record's. */
export const documentsModule: Module = { name: 'documents', refusals };
