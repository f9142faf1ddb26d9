/** The door of ports: what their operators publish. */
export type { TariffBody } from './model.ts';
export { publish } from './service.ts';
