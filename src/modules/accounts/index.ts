export type { Account, AccountKey, Claim, Claimed, Hold, HoldKey, Moved } from './model.ts';
export {
  accountOf,
  accountsOf,
  change,
  changeCeiling,
  claim,
  consume,
  free,
  holdOf,
  openAccount,
  reserveAgain,
  restore,
  statementOf,
} from './service.ts';
export { giveBack, keep, type Reservation, reserve } from './reserve.ts';
export { type AccountSum, sums } from './store-audit.ts';
