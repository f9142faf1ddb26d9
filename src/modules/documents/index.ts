/** The door of documents: files that people attach to a record of another module. */
export {
  type About,
  acceptedFiles,
  type Attachment,
  attachmentBytesMax,
  attachmentsAtOnce,
  type NewAttachment,
} from './model.ts';
export { attachmentList, sendAttachment } from './pages.ts';
export { attach, attachmentOf, attachmentsOf } from './service.ts';
