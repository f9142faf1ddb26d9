import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { sums } from '#modules/accounts/index.ts';
import { agreement } from '#modules/clearance/index.ts';
import { compareProjection } from '#modules/clearance/store-rebuild.ts';
import { verify } from '#modules/transparency/index.ts';
import type { Db } from '#platform/db.ts';
import type { Load } from './load.ts';

export const one = async (db: Db, sql: string, params: readonly unknown[] = []): Promise<Record<string, unknown>> =>
  (await db.query(sql, params))[0]!;

const settledWithinMs = 120_000;

/** Waits until every follower has read the journal to its end, and every arrival is worked through. */
export async function settled(db: Db): Promise<void> {
  for (const from = performance.now(); performance.now() - from < settledWithinMs; ) {
    const { behind, open } = await one(
      db,
      `select (select count(*)::int4 from platform.cursors c
          where (c.tx, c.seq) < (select j.tx, j.seq from platform.journal j order by j.tx desc, j.seq desc limit 1)) as behind,
         (select count(*)::int4 from clearance.arrivals where finished is null) as open`,
    );
    if (behind === 0 && open === 0) return;
    await delay(100);
  }
  assert.fail('the followers did not come to the end of the journal');
}

/** Each count of what must not be. */
const faults = `
  select
    (select count(*)::int4 from clearance.keys k where not exists (select from clearance.declarations d where d.id = k.id)
       and not exists (select from clearance.waiting w where w.id = k.id)) as keys_alone,
    (select count(*)::int4 from clearance.declarations d
      where not exists (select from clearance.keys k where k.id = d.id)) as rows_alone,
    (select count(*)::int4 from (select from clearance.declarations where version = 1
       group by filer, declaration having count(*) > 1) t) as twice,
    (select count(*)::int4 from (select from platform.journal where kind = 'clearance.decided'
       group by subject having count(*) > 1) t) as decided_twice,
    (select count(*)::int4 from (select from platform.journal where kind = 'clearance.released'
       group by subject having count(*) > 1) t) as released_twice,
    (select count(*)::int4 from clearance.waiting w where decided is null and not exists
       (select from platform.journal j where j.subject = w.id and j.kind = 'clearance.waiting')) as waiting_without_entry,
    (select count(*)::int4 from clearance.arrivals where finished is null) as arrivals_open,
    (select count(*)::int4 from clearance.arrivals a where not exists
       (select from platform.journal j where j.subject = a.id and j.kind = 'clearance.arrival')) as arrivals_without_entry,
    (select count(*)::int4 from accounts.holds h where not exists
       (select from clearance.declarations d where d.id = h.hold)
       and not exists (select from clearance.waiting w where w.id = h.hold)) as holds_without_parcel,
    (select count(*)::int4 from accounts.holds h where h.reserved + h.consumed > 0 and exists
       (select from clearance.declarations d where d.id = h.hold and d.outcome not in ('cleared', 'control'))) as held_for_nothing,
    (select count(*)::int4 from treasury.notices n where not exists
       (select from clearance.declarations d where d.id = n.id)) as notices_without_parcel,
    (select count(*)::int4 from cases.cases c where not exists
       (select from clearance.declarations d where d.id = c.subject)
       and not exists (select from clearance.overlanded o where o.id = c.subject)) as cases_without_subject,
    (select count(*)::int4 from (select from cases.cases group by procedure, subject having count(*) > 1) t) as cases_twice,
    (select count(*)::int4 from (select from feedback.events group by party, id having count(*) > 1) t) as told_twice`;

/** The figures of the home page are the count of the journal's entries: its follower missed and repeated nothing. */
const followed = `
  select (select coalesce(sum(count), 0)::int4 from home.figures where name = 'landed') as landed,
    (select count(*)::int4 from platform.journal where kind = 'clearance.released') as released,
    (select coalesce(sum(count), 0)::int4 from home.figures where name not in ('landed', 'over-landed')) as decided,
    (select count(*)::int4 from platform.journal where kind in ('clearance.decided', 'clearance.denied')) as entries`;

const guaranteed = `
  select (select sum(reserved + consumed)::text from accounts.accounts where kind = 'guarantee') as held,
    (select sum(amount)::text from treasury.notices where state = 'secured') as secured`;

/** Every acknowledged parcel and slip is there once, none twice, and everything that is counted agrees. */
export async function check(load: Load, db: Db): Promise<void> {
  const stored = await db.query<{ declaration: string; id: string }>('select declaration, id from clearance.keys');
  const whole = stored.filter(({ declaration }) => !load.slipped.has(declaration));
  assert.equal(whole.length, load.sent.size, 'every parcel has its key, and no other is there');
  for (const { declaration, id } of whole) assert.equal(load.acknowledged.get(declaration), id, declaration);
  assert.equal(
    stored.length - whole.length,
    load.slipped.size,
    'every parcel that came in slips was put together once',
  );
  const found = await one(db, faults);
  assert.deepEqual(found, Object.fromEntries(Object.keys(found).map((name) => [name, 0])));
  const { withoutDeclaration, withoutEntry } = await agreement(db);
  assert.deepEqual(
    [withoutDeclaration, withoutEntry],
    [0n, 0n],
    'no entry without its parcel, none the other way round',
  );
  for (const { kind, byAccounts, byHolds, wrong } of await sums(db))
    assert.deepEqual([byAccounts, wrong], [byHolds, 0n], `${kind}: each account is what was granted from it`);
  const { held, secured } = await one(db, guaranteed);
  assert.equal(held, secured, 'guarantees stand for exactly the notices that are secured');
  assert.equal(await compareProjection(db), 0, 'the projection is what the journal makes of it');
  assert.deepEqual((await verify(db)).faults, [], 'every entry is sealed in the segment it falls into');
  const { landed, released, decided, entries } = await one(db, followed);
  assert.deepEqual([landed, decided], [released, entries], 'the follower counted each once');
  await checkSlips(load, db);
}

async function checkSlips(load: Load, db: Db): Promise<void> {
  const rows = await db.query<{ kind: string; sender: string; number: string; id: string; state: string }>(
    'select kind, sender, number, id, state from slips.slips',
  );
  assert.equal(rows.length, load.receipts.size, 'every slip is there once');
  for (const { kind, sender, number, id, state } of rows) {
    const url = `/v1/${kind}s/${encodeURIComponent(sender)}/${encodeURIComponent(number)}`;
    assert.deepEqual([load.receipts.get(url), state], [id, 'used'], url);
  }
}
