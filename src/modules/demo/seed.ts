import { must } from '#kernel/result.ts';
import { addDays, dayIn } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import { openAccount } from '#modules/accounts/index.ts';
import { closeWriter, ensurePartitions } from '#modules/clearance/index.ts';
import { enrol } from '#modules/parties/index.ts';
import { putRule } from '#modules/risk/index.ts';
import { bondedDay } from './bonded.ts';
import { fileLicence, keepBooks, publishTariffs } from './books.ts';
import { letBuyersSpeak } from './buyers.ts';
import {
  castAuthorities,
  castClient,
  castGuarantees,
  castParties,
  castPeople,
  castRepresentations,
  castWatch,
} from './cast.ts';
import { historyClock, historyDb } from './clock.ts';
import { amendOne, redetermineTwo } from './amend.ts';
import { castPrincipal, decideSome, type Signed } from './decisions.ts';
import { fileExports, sendExports } from './exports.ts';
import { differences, type HistoryDay, historyDay, historyDays, historyParcel, masterOf } from './history.ts';
import { arrivalOf, fileParcels, handInManifest, land, manifestOf } from './landing.ts';
import { currency } from './parcels.ts';
import { proposeLaw } from './law.ts';
import { ownPasskey } from './passkey.ts';
import { closeMonth } from './month.ts';
import { simulated, simulatorKey, tellHistory } from './movements.ts';
import { replayHistory } from './replay.ts';
import { sendSomeBack } from './returns.ts';
import { askToRegister } from './registration.ts';
import * as store from './store.ts';
import { transferBetweenZones } from './transfer.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Registers the cast. What is there already stays as it is. */
export async function enrolCast(context: Context, key: string): Promise<void> {
  const today = dayIn(context.clock.instant(), 'UTC');
  await enrol(context, {
    from: addDays(today, -400),
    parties: castParties.map((party) => ({ ...party, roles: [...party.roles] })),
    authorities: castAuthorities.map(({ identifier, name, language }) => ({ identifier, name, language })),
    mandates: castAuthorities.flatMap(({ identifier, reference, mandates }) =>
      mandates.map(([element, purpose]) => ({ authority: identifier, element, purpose, reference })),
    ),
    representations: castRepresentations.map((one) => ({ ...one, scope: [...one.scope] })),
    clients: [
      { ...castClient, scopes: [...castClient.scopes], key },
      ...simulated.map((party) => ({
        name: `${party}, simulated`,
        party,
        scopes: ['file' as const],
        key: simulatorKey(key, party),
      })),
    ],
    users: castPeople.map(({ name, shown, roles, party, authority }) => ({
      name,
      shown,
      roles: [...roles],
      ...(party === undefined ? {} : { party }),
      ...(authority === undefined ? {} : { authority }),
    })),
  });
  const administrator = await castPrincipal(context, 'ilda');
  for (const { id, ...rule } of castWatch)
    must(await putRule(context, administrator, id, { ...rule, from: addDays(today, -400) }));
  await context.db.tx(async (tx) => {
    for (const { owner, ceiling } of castGuarantees)
      must(await openAccount(tx, { kind: 'guarantee', owner, unit: currency, ceiling }));
  });
}

/** Hears how far the history has come. */
export type Progress = (done: number, of: number) => void;

/**
 * Clears the history of thirty days through the one way in, under a clock that starts thirty days back. Each day is
 * written down when it is done; one that was cut short is done again, and every door answers what it answered the first
 * time.
 */
export async function seedHistory(
  live: Context,
  state: store.State,
  progress: Progress = () => undefined,
): Promise<void> {
  const began = msOfInstant(state.began);
  const clock = historyClock(began - historyDays * dayMs);
  const context: Context = { ...live, clock, db: historyDb(live.db, clock) };
  const signed: Signed = new Map();
  await ensurePartitions(live, historyDays + 1);
  try {
    for (let number = state.days; number <= historyDays; number += 1) {
      const day = historyDay(state.seed, began, number);
      clock.set(day.filedAt - 7 * hourMs);
      await landYesterday(context, state.seed, began, number);
      await sendExports(context, state.seed, began, number);
      clock.set(day.filedAt);
      await fileDay(context, day);
      await fileExports(context, state.seed, began, number);
      await sendSomeBack(context, state.seed, began, number);
      await bondedDay(context, state.seed, number);
      await decideSome(context, signed, state.seed, number);
      if (number > 0) await closeMonth(context, day);
      await store.dayDone(live.db, number + 1);
      progress(number + 1, historyDays + 1);
    }
    await transferBetweenZones(context, clock, state.seed, began);
    clock.set(began);
    const dayAt = (number: number): HistoryDay => historyDay(state.seed, began, number);
    await amendOne(context, dayAt(historyDays));
    await redetermineTwo(context, [dayAt(historyDays - 3), dayAt(historyDays - 4)]);
    await proposeLaw(context);
    clock.set(began);
    await replayHistory(context);
    await keepBooks(context);
    await publishTariffs(context);
    await fileLicence(context);
    await askToRegister(context);
    await letBuyersSpeak(context);
    await tellHistory(context);
    await ownPasskey(context);
  } finally {
    await closeWriter(context);
  }
  await store.gatherStatistics(live.db);
  await store.seedDone(live.db, live.clock.instant());
}

/** The parcels of a day, those slips of the day before that were still missing, and the day's manifests. */
async function fileDay(context: Context, day: HistoryDay): Promise<void> {
  await fileParcels(context, day.parcels, true);
  for (const post of [false, true]) {
    const mine = day.parcels.filter(({ kind }) => (kind === 'gift') === post);
    const master = masterOf('H', day.number, post);
    if (mine.length > 0) await handInManifest(context, post, manifestOf(master, post, mine));
  }
}

/** What was filed the day before lands, with its differences; what came late to it lands with the next. */
async function landYesterday(context: Context, seed: number, began: number, number: number): Promise<void> {
  if (number === 0) return;
  const yesterday = historyDay(seed, began, number - 1);
  const landed = instantOf(yesterday.landsAt!);
  for (const post of [false, true]) {
    if (!yesterday.parcels.some(({ kind }) => (kind === 'gift') === post)) continue;
    const { missing, late, extra } = differences(seed, yesterday, post);
    const master = masterOf('H', number - 1, post);
    await land(
      context,
      post,
      arrivalOf(master, post, landed, { allExcept: { missing: [...missing, ...late], extra: [...extra] } }),
    );
  }
  await completeSlips(context, seed, yesterday);
  if (number > 1) await landLate(context, seed, historyDay(seed, began, number - 2), landed);
}

/** Half of the payment slips that were missing come the next day. */
async function completeSlips(context: Context, seed: number, day: HistoryDay): Promise<void> {
  const missing = day.parcels.filter(({ kind, index }) => kind === 'slip-missing' && index % 2 === 0);
  const complete = missing.map(({ index, at }) => ({
    ...historyParcel(seed, index, at, day.number, true),
    at: context.clock.now(),
  }));
  await fileParcels(context, complete, true);
}

async function landLate(context: Context, seed: number, day: HistoryDay, landed: string): Promise<void> {
  const { late } = differences(seed, day, false);
  const master = masterOf('H', day.number, false);
  if (late.length > 0) await land(context, false, arrivalOf(master, false, landed, { pieces: [...late] }, 2));
}
