import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Place } from './sealing.ts';
import { Tail } from './tail.ts';
import { tries } from '../../test/support/long.ts';

const pageMax = 4;
const placed = (number: number): Place => ({ tx: BigInt(Math.floor(number / 3)), seq: BigInt(number) });

/** A journal that grows, with a count of the pages that were read of it. */
function journal(): { entries: Place[]; reads: () => number; read: (place: Place) => Promise<Place[]> } {
  const entries: Place[] = [];
  let reads = 0;
  return {
    entries,
    reads: () => reads,
    async read({ seq }) {
      reads += 1;
      // What is written while it is being read is not in the page.
      const page = entries.filter((entry) => entry.seq > seq).slice(0, pageMax);
      await new Promise((resolve) => setImmediate(resolve));
      return page;
    },
  };
}

test('followers beside each other read each page once', async () => {
  const { entries, reads, read } = journal();
  entries.push(placed(1), placed(2), placed(3));
  const tail = new Tail<Place>(pageMax);
  const start = placed(0);
  const pages = await Promise.all(Array.from({ length: 10 }, () => tail.behind(start, read)));
  for (const page of pages) assert.deepEqual(page, entries);
  assert.equal(reads(), 1);
  assert.deepEqual(await tail.behind(placed(2), read), [placed(3)]);
  assert.equal(reads(), 1);
  assert.deepEqual(await tail.behind(placed(3), read), []);
});

test('a follower before what is kept reads by itself, and one far behind its end begins it anew', async () => {
  const { entries, read } = journal();
  for (let number = 1; number <= 100; number += 1) entries.push(placed(number));
  const tail = new Tail<Place>(pageMax);
  assert.deepEqual(await tail.behind(placed(50), read), entries.slice(50, 54));
  assert.equal(await tail.behind(placed(49), read), undefined);
  assert.deepEqual(await tail.behind(placed(90), read), entries.slice(90, 94));
  assert.equal(await tail.behind(placed(50), read), undefined);
});

test('whatever followers there are, each is given every entry once and in order', async () => {
  const act = fc.oneof(
    { weight: 2, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 5, arbitrary: fc.record({ step: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 30 }), { minLength: 5, maxLength: 5 }),
      fc.array(act, { maxLength: 60 }),
      async (starts, acts) => {
        const { entries, read } = journal();
        const write = (many: number): void => {
          for (let more = 0; more < many; more += 1) entries.push(placed(entries.length + 1));
        };
        write(30);
        const tail = new Tail<Place>(pageMax);
        const seen = starts.map((start) => entries.slice(0, start));
        const step = async (one: Place[]): Promise<boolean> => {
          const place = one.at(-1) ?? placed(0);
          const page = (await tail.behind(place, read)) ?? (await read(place));
          // Two steps of one follower never run at once: its row is locked.
          one.push(...page);
          return page.length > 0;
        };
        for (const one of acts) {
          if ('write' in one) write(one.write);
          else await Promise.all([...new Set(one.step)].map((which) => step(seen[which]!)));
        }
        for (const one of seen) while ((await step(one)) || one.length < entries.length);
        for (const one of seen) assert.deepEqual(one, entries);
      },
    ),
    { numRuns: tries(200) },
  );
});
