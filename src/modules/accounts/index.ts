export type { Account, AccountKey, Claim, Claimed, Hold, HoldKey, Moved, Standing } from './model.ts';
export { freeOf } from './model.ts';
export {
  accountOf,
  accountsAmong,
  accountsOf,
  change,
  changeCeiling,
  claim,
  consume,
  free,
  holdOf,
  openAccount,
  raise,
  openedAccounts,
  raiseCeiling,
  reserveAgain,
  restore,
  statementOf,
} from './service.ts';
export { accountName, giveBack, holdAll, keep, NotGranted, type Reservation, reserve } from './reserve.ts';
export { type AccountSum, sums } from './store-audit.ts';
