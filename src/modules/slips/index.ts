/** The door of slips: what a parcel is put together from when it does not come whole. */
export { type Body, type Kind, kinds, type Receipt, schemas, type State, states } from './model.ts';
export { type Sent, take, type Who } from './take.ts';
export { readers } from './upload.ts';
export { type ShownSlip, slipView } from './views.ts';
