import { column, type Tx } from '#platform/db.ts';
import type { EventRow, Mark } from './model.ts';

const columns = `party, event, id, step, kind, sender, number, at, zone, place, currency, minor, expected, simulated,
  received, body`;

/** Keeps events whose key is free, in the order of their keys, and gives the ids of those it kept. */
export async function addEvents(tx: Tx, rows: readonly EventRow[]): Promise<Set<string>> {
  const sorted = rows.toSorted((a, b) => (`${a.party} ${a.event}` < `${b.party} ${b.event}` ? -1 : 1));
  const texts = (pick: (row: EventRow) => string | null) => column.text(sorted.map(pick));
  const kept = await tx.query<{ id: string }>(
    `insert into trade.events (${columns})
     select t.party, t.event, t.id, t.step, t.kind, t.sender, t.number, t.at, t.zone, t.place, t.currency,
            t.minor::bigint, t.expected::timestamptz, t.simulated, t.received, t.body
       from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
         $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bool[], $15::timestamptz[], $16::text[])
         as t(party, event, id, step, kind, sender, number, at, zone, place, currency, minor, expected, simulated,
              received, body)
     on conflict (party, event) do nothing returning id`,
    [
      texts((row) => row.party),
      texts((row) => row.event),
      column.uuid(sorted.map((row) => row.id)),
      texts((row) => row.step),
      texts((row) => row.kind),
      texts((row) => row.sender),
      texts((row) => row.number),
      column.timestamptz(sorted.map((row) => row.at)),
      texts((row) => row.zone),
      texts((row) => row.place),
      texts((row) => row.currency),
      texts((row) => (row.minor === null ? null : String(row.minor))),
      texts((row) => row.expected),
      column.bool(sorted.map((row) => row.simulated)),
      column.timestamptz(sorted.map((row) => row.received)),
      texts((row) => row.body),
    ],
  );
  return new Set(kept.map(({ id }) => id));
}

/** The events that stand under these keys. */
export const eventsUnder = (
  tx: Tx,
  keys: readonly { party: string; event: string }[],
): Promise<{ party: string; event: string; id: string; received: string; body: string }[]> =>
  tx.query(
    `select party, event, id, received, body from trade.events
      where (party, event) in (select * from unnest($1::text[], $2::text[]))`,
    [column.text(keys.map(({ party }) => party)), column.text(keys.map(({ event }) => event))],
  );

/** Events by their ids. */
export const eventsOf = (tx: Tx, ids: readonly string[]): Promise<EventRow[]> =>
  tx.query<EventRow>(`select ${columns} from trade.events where id = any ($1::uuid[]) order by at, id`, [
    column.uuid([...ids]),
  ]);

/** Whether any event waits for its parcel: asked before parcels are looked at for it. */
export async function anyWaiting(tx: Tx): Promise<boolean> {
  return (await tx.query('select from trade.events where not joined limit 1')).length > 0;
}

/** Events that wait for a parcel with one of these marks. */
export const waitingFor = (tx: Tx, marks: readonly Mark[]): Promise<EventRow[]> =>
  tx.query<EventRow>(
    `select ${columns} from trade.events e where not joined and exists (
       select from unnest($1::text[], $2::text[], $3::text[]) as m(kind, sender, number)
        where m.kind = e.kind and m.number = e.number and m.sender = e.sender)
      order by at, id`,
    [
      column.text(marks.map(({ kind }) => kind)),
      column.text(marks.map(({ sender }) => sender)),
      column.text(marks.map(({ number }) => number)),
    ],
  );

/** What an event was found to be about. */
export interface Join {
  readonly parcel: string;
  readonly event: string;
  readonly differs: boolean;
}

/** Of one parcel no more is kept than this many events: whoever tells more tells nobody anything. */
const perParcelMax = 200;

/** Joins events to parcels; gives those pairs that are new. */
export async function join(tx: Tx, joins: readonly Join[]): Promise<{ parcel: string; event: string }[]> {
  const added = await tx.query<{ parcel: string; event: string }>(
    `insert into trade.joined (parcel, event, differs)
     select t.parcel, t.event, t.differs from unnest($1::uuid[], $2::uuid[], $3::bool[]) as t(parcel, event, differs)
      where (select count(*) from trade.joined j where j.parcel = t.parcel) < ${perParcelMax}
     on conflict do nothing returning parcel, event`,
    [
      column.uuid(joins.map(({ parcel }) => parcel)),
      column.uuid(joins.map(({ event }) => event)),
      column.bool(joins.map(({ differs }) => differs)),
    ],
  );
  await tx.query('update trade.events set joined = true where id = any ($1::uuid[]) and not joined', [
    column.uuid(joins.map(({ event }) => event)),
  ]);
  return added;
}

/** The last event of a parcel of which something holds, by when it happened. */
const last = (what: string): string => `select e.id, e.step, e.expected from trade.joined j
  join trade.events e on e.id = j.event where j.parcel = p.parcel and e.${what} order by e.at desc, e.id desc limit 1`;

/** Works out anew where goods and money of these parcels stand. */
export async function project(
  tx: Tx,
  parcels: readonly { readonly parcel: string; readonly parties: readonly string[] }[],
): Promise<void> {
  await tx.query(
    `insert into trade.parcels as t
       (parcel, parties, goods_step, goods_event, money_step, money_event, expected, differs)
     select p.parcel, array(select unnest(string_to_array(p.parties, chr(10))) union
                            select e.party from trade.joined j join trade.events e on e.id = j.event
                             where j.parcel = p.parcel),
            g.step, g.id, m.step, m.id, x.expected,
            exists (select from trade.joined j where j.parcel = p.parcel and j.differs)
       from unnest($1::uuid[], $2::text[]) as p(parcel, parties)
       left join lateral (${last("step not like 'payment-%'")}) g on true
       left join lateral (${last("step like 'payment-%'")}) m on true
       left join lateral (${last('expected is not null')}) x on true
     on conflict (parcel) do update set parties = excluded.parties, goods_step = excluded.goods_step,
       goods_event = excluded.goods_event, money_step = excluded.money_step, money_event = excluded.money_event,
       expected = excluded.expected, differs = excluded.differs, changed = clock_timestamp()`,
    [
      column.uuid(parcels.map(({ parcel }) => parcel)),
      column.text(parcels.map(({ parties }) => [...new Set(parties)].sort().join('\n'))),
    ],
  );
}

/** Where goods and money of a parcel stand. */
export interface Stand {
  readonly parcel: string;
  readonly differs: boolean;
  /** The last event of each, by its id. */
  readonly goods: string | null;
  readonly money: string | null;
  readonly expected: string | null;
}

/** Where goods and money of these parcels stand, as far as anybody told. */
export const standsOf = (tx: Tx, parcels: readonly string[]): Promise<Stand[]> =>
  tx.query(
    `select parcel, differs, goods_event as goods, money_event as money, expected from trade.parcels
      where parcel = any ($1::uuid[])`,
    [column.uuid([...parcels])],
  );

/** Everything told of a parcel, the oldest first. */
export const toldOf = (tx: Tx, parcel: string): Promise<EventRow[]> =>
  tx.query<EventRow>(
    `select ${columns} from trade.events e where e.id in (select j.event from trade.joined j where j.parcel = $1)
      order by e.at, e.id`,
    [parcel],
  );

/** Parcels of these parties, or of all, that were told of last; only those with something amiss where asked. */
export async function parcelsOf(
  tx: Tx,
  parties: readonly string[] | null,
  asked: { readonly amiss: boolean; readonly now: string; readonly limit: number },
): Promise<string[]> {
  const amiss = `(differs or money_step = 'payment-failed' or goods_step = 'delivery-failed'
    or (expected < $2::timestamptz and goods_step not in ('delivered', 'sent-back')))`;
  const rows = await tx.query<{ parcel: string }>(
    `select parcel from trade.parcels where ($1::text[] is null or parties && $1::text[])
        and (not $3::bool or ${amiss})
      order by changed desc limit $4`,
    [parties === null ? null : column.text([...parties]), asked.now, asked.amiss, asked.limit],
  );
  return rows.map(({ parcel }) => parcel);
}

/** Parcels of these parties that are expected at their buyer's after a moment, the next first. */
export const expectedAfter = (
  tx: Tx,
  parties: readonly string[],
  after: string,
  limit: number,
): Promise<{ parcel: string; expected: string }[]> =>
  tx.query(
    `select parcel, expected from trade.parcels where parties && $1::text[] and expected > $2
        and goods_step not in ('delivered', 'sent-back') order by expected, parcel limit $3`,
    [column.text([...parties]), after, limit],
  );

/** Gives a person's calendar a new address; the one before it ends. */
export async function putCalendar(
  tx: Tx,
  row: { hash: Buffer; person: string; party: string; made: string },
): Promise<void> {
  await tx.query(
    `insert into trade.calendars (hash, person, party, made) values ($1, $2, $3, $4)
     on conflict (person) do update set hash = excluded.hash, party = excluded.party, made = excluded.made`,
    [row.hash, row.person, row.party, row.made],
  );
}

export async function dropCalendar(tx: Tx, person: string): Promise<void> {
  await tx.query('delete from trade.calendars where person = $1', [person]);
}

export async function calendarAt(tx: Tx, hash: Buffer): Promise<{ party: string } | undefined> {
  return (await tx.query<{ party: string }>('select party from trade.calendars where hash = $1', [hash]))[0];
}

export async function calendarOf(tx: Tx, person: string): Promise<{ made: string } | undefined> {
  return (await tx.query<{ made: string }>('select made from trade.calendars where person = $1', [person]))[0];
}
