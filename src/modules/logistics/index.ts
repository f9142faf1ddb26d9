/** Logistics: goods under way between offices under one document. The door for other modules. */
export { reportTransferArrival, resumeTransfers } from './arrive.ts';
export { depart, split } from './depart.ts';
export { transferDifference, transferSeals } from './difference.ts';
export type { Transfer, TransferArrival, TransferView } from './model.ts';
export { prepare } from './prepare.ts';
export { piecesView, transferList, transferView } from './views.ts';
