/** The door of trade: what others tell of goods and money, and parcels in their three flows. */
export { flowList, type SeenFlow } from './flows.ts';
export { MovementEvent } from './model.ts';
export { type Sent, tell } from './tell.ts';
export { carrierTale, type Course, paymentTale } from './simulator.ts';
