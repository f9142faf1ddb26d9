/**
 * Clearance: parcels come in whole, are decided in batches, land, and are released with reasons. The door for other
 * modules.
 */
export { admissible, clear, closeWriter, lodge } from './lodge.ts';
export { firstDifference, sound } from './review.ts';
export { type DecidedParcel, decidedWith } from './store-decided.ts';
export {
  arrivalAnswer,
  overLandedPiece,
  reportArrival,
  resumeArrivals,
  scan,
  type ScanAnswer,
} from './arrive.ts';
export { cancel } from './cancel.ts';
export { reportDeparture, resumeDepartures } from './depart.ts';
export { isOwnPractice } from './clocks.ts';
export { disposal } from './disposal.ts';
export { decideHeld, type HeldDecision, heldParcel } from './held.ts';
export { fileManifest, type ManifestAnswer } from './manifest.ts';
export {
  archivedSchema,
  dropDay,
  returnDay,
  type Stays,
  type Unrest,
  unrestOf,
} from './archive.ts';
export { archivedDays } from './store-archive.ts';
export { rebuild } from './rebuild.ts';
export { returnShown } from './pages-returns.ts';
export { applyForReturn, reportReturn } from './returns.ts';
export { returnsIn, returnView } from './returns-view.ts';
export { returnProcedure } from './returns-case.ts';
export { ReturnArrival, ReturnBody, type ReturnView } from './returns-model.ts';
export { givenBackOf } from './store-returns.ts';
export { type Agreement, agreement, daysAhead, oldestWaiting } from './store-audit.ts';
export { ensurePartitions } from './partitions.ts';
export { Arrival, type ArrivalAnswer, Departure, type DepartureAnswer, Manifest } from './model-goods.ts';
export {
  Accepted,
  type Answer,
  CancellationBody,
  type Status,
  statuses,
  type Submission,
} from './model.ts';
export {
  counters,
  counts,
  find,
  type ListedParcel,
  type ListedWaiting,
  type ListQuery,
  type Moment,
  parcelList,
  type ParcelView,
  parcelView,
  shortLandedOf,
} from './views.ts';
export { lastReplay, startReplay } from './replay.ts';
export { replayNow } from './replay-work.ts';
export { type TradeLane, tradeLanesOf } from './store-trade-lanes.ts';
export { type Standing, standingsOf } from './standing.ts';
export { codeOrText, elapsed, goodsTable, shownStatus } from './pages-kit.ts';
