/** The door of feedback: what happens to parcels, for the parties that asked to be told. */
export { eventKinds, keptDays, type Told } from './model.ts';
export { openInbox } from './service.ts';
export { type Means, sender } from './service-send.ts';
export { teller } from './service-people.ts';
export { createWebhook } from './service-webhooks.ts';
