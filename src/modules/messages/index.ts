/**
 * The door of messages; of the modules the demonstration alone calls it. What stands here beside is for the page of
 * documents, for tests and for the bench.
 */
export { type Field, type MessageKind } from './fields.ts';
/** Parcels of our own as messages of another system. */
export { emit, emitted, type EmittedKind } from './emit.ts';
export type { Outgoing } from './emit-fields.ts';
export { cdsKinds, type Group, groups as cdsGroups } from './cds-kinds.ts';
export { table as csvTable } from './csv-kinds.ts';
/** What a table of parcels is read with, wherever it comes in. */
export { cellOf, type CsvRow, readCsv, saidIn } from './csv.ts';
export { cebKinds } from './ceb-kinds.ts';
export { receive } from './service.ts';
export { type Schemas, schemasIn } from './xsd.ts';
