/** The desks of the authorities. The door for other modules. */
export { agesOf } from './service.ts';
