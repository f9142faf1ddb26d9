/** The door of commodity help: codes suggested for words, and nothing that decides. */
export type { Candidate, Spoken, SuggestionView } from './model.ts';
export { codesFor, suggest, teach } from './service.ts';
