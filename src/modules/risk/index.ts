/** The door of risk: screening a parcel, and what it is screened by. */
export type { DeniedName, StoredName, StoredRule, WatchRule } from './model.ts';
export { listsPart, screen, type ScreenInput, watchPart } from './screen.ts';
export { addNames, endName, endRule, listNames, listRules, putRule } from './service.ts';
