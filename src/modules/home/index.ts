/** The home page, the report and the documents: what anybody may see without signing in. The door for other modules. */
export { figuresOf } from './service.ts';
export type { Figures } from './model.ts';
