/** Find my parcel: the door of whoever waits for one, without an account. */
export { atOneTime, hashOf, tooOften } from './limits.ts';
export { take } from './service-steps.ts';
