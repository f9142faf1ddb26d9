/** The door of ports: what their operators publish. */
export type { Fee, TariffBody } from './model.ts';
export { publish } from './service.ts';
