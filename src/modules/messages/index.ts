/** The door of messages; nothing above calls it. What stands here is for the page of documents and for tests. */
export { type CebKind, type Field } from './ceb-fields.ts';
export { cebKinds } from './ceb-kinds.ts';
export { type Schemas, schemasIn } from './xsd.ts';
