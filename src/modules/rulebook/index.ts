export {
  Address,
  Amount,
  AssessmentRequest,
  Consignee,
  Consignment,
  Country,
  DayText,
  Declaration,
  Document,
  Goods,
  InstantText,
  Order,
  PartyIdentifier,
  Payment,
  Piece,
  Quantity,
  Transport,
  Words,
} from './consignment.ts';
export {
  type Aggregation,
  aggregationFor,
  aggregationsInForce,
  commodityOf,
} from './aggregation.ts';
export { changeOfLaw, steeringFor } from './change.ts';
export { checkLayers, checkPack, type PackCheck } from './check-pack.ts';
export { compile } from './compile.ts';
export { differencesBetween } from './diff.ts';
export type { Difference, RowDifference } from './diff-model.ts';
export { differenceName, differenceSentence, rowSentence } from './diff-words.ts';
export { type Draft, draftOf } from './drafts.ts';
export { assess, claims, explain, openParcel, type Opened } from './engine.ts';
export { firstDayOf } from './first-day.ts';
export { loadPackFolder, packsAt, readPacks, sourceOf as packSourceOf } from './folder.ts';
export {
  CorrelationImport,
  type ImportDays,
  type Importer,
  type ImportForm,
  tableForm,
  TableImport,
} from './imported.ts';
export { startOfDay } from './law-kit.ts';
export { type HomeValue, homeValue, shareOf } from './home-value.ts';
export { deadlinesInForce, sourcesOf, tariffDuty, valuesInForce, wordsOf } from './listing.ts';
export type {
  AssessEvent,
  AssessInput,
  Charge,
  Claim,
  Determination,
  Explained,
  Grade,
  Layer,
  ListedDeadline,
  ListedValue,
  Obligation,
  PackSource,
  Problem,
  Slip,
  Source,
  Step,
  Working,
} from './model.ts';
export { engineVersion, refusals } from './model.ts';
export type { Authority, Office, Pack } from './pack.ts';
export type { SupplementShape } from './schema.ts';
export {
  type Drafted,
  draftBack,
  draftChange,
  draftRow,
  mayPropose,
  redraftChange,
  stepChange,
} from './service-change.ts';
export { bringIntoForce } from './service-force.ts';
export { changesFor, type ChangeView, changeView } from './service-read.ts';
export { assessRequest, installPacks, packsPart, supplementsFolder } from './service.ts';
export {
  chargesTable,
  checkName,
  checkReason,
  checksList,
  draftNote,
  factNames,
  obligationsTable,
  stepsTable,
  valueRows,
} from './shown.ts';
export { authorityName, nameIn, reasonText, type Voice, voiceOf } from './voice.ts';
export { readExample, type RunExample } from './worked.ts';
