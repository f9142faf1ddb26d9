/**
 * Clearance: parcels come in whole, are decided in batches, land, and are released with reasons. The door for other
 * modules.
 */
export { admissible, clear, closeWriter, lodge } from './lodge.ts';
export { firstDifference } from './differences.ts';
export { sound, soundInstant } from './review.ts';
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
export { clock, isOwnPractice } from './clocks.ts';
export { amend } from './amend.ts';
export { type AmendmentBody, amendmentGrounds, type Application } from './amend-model.ts';
export { type Brief, briefsOf, type DeclaredPayment, marksOf, papersOf } from './flows.ts';
export { bearing, type ParcelMark, standingAt } from './store-flows.ts';
export { applicationOf } from './applications.ts';
export { lateCancellation } from './cancel-late.ts';
export { askRedetermination, decideRedetermination, redetermination } from './redetermination.ts';
export { disposal } from './disposal.ts';
export { consigneesOf, type FarEnd } from './far-end.ts';
export { givenUp } from './given-up.ts';
export { declarantsOf, type Net, type NetLine, netOf, releasedGoods } from './net.ts';
export { decideHeld, type HeldDecision, heldParcel } from './held.ts';
export { carriers, fileManifest, type ManifestAnswer, operators, standsAs } from './manifest.ts';
export { readLines } from './lines.ts';
export { agreedToStand } from './claim.ts';
export { type MovingPiece, movingPieces, piecesOfMaster } from './store-moving.ts';
export { leaveTransit } from './transit.ts';
export {
  archivedSchema,
  dropDay,
  idsOf,
  returnDay,
  type Stays,
  type Unrest,
  unrestOf,
} from './archive.ts';
export { archivedDays } from './store-archive.ts';
export { presentPieces } from './present.ts';
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
export { CancellationBody } from './cancel-model.ts';
export {
  Accepted,
  type Answer,
  type Status,
  statuses,
  type Submission,
} from './model.ts';
export {
  counters,
  counts,
  find,
  listedFor,
  type ListedParcel,
  type ListedWaiting,
  type ListQuery,
  parcelList,
  readable,
} from './list.ts';
export { type Moment, type ParcelView, parcelView, shortLandedOf } from './views.ts';
export { lastReplay, startReplay } from './replay.ts';
export { replayNow } from './replay-work.ts';
export { type TradeLane, tradeLanesOf } from './store-trade-lanes.ts';
export { exportsAmong, type TradedExport } from './store-traded.ts';
export { type Standing, standingsOf } from './standing.ts';
export { keptBackNote } from './pages-depart.ts';
export { acceptedOf, changeFields } from './pages-lines.ts';
export { acceptedBody, parcelNow } from './read.ts';
export { differenceRecord } from './pages-stock-kit.ts';
export { openBook } from './stock-book.ts';
export { enterStock } from './stock-entry.ts';
export { countStock } from './stock-count.ts';
export { stockDifference } from './stock-difference.ts';
export { amendStock } from './stock-amend.ts';
export { freeDraws, stockBack, stockGone } from './stock-draw.ts';
export { stockBook, stockBooks, stockLine } from './stock-views.ts';
export { codeOrText, elapsed, goodsTable, shownStatus } from './pages-kit.ts';
