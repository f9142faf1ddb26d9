/** The door of messages; nothing above calls it. What stands here is for the page of documents and for tests. */
export { type Field, type MessageKind } from './fields.ts';
export { cebKinds } from './ceb-kinds.ts';
export { readXml, type Element, writeXml } from './xml.ts';
export { type Schemas, schemasIn } from './xsd.ts';
