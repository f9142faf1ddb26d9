import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from './clock.ts';
import { createLog } from './log.ts';

function lines(): { log: ReturnType<typeof createLog>; read: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const log = createLog(fixedClock('2026-11-23T08:00:00Z'), {}, (line) => written.push(line));
  const read = (): Record<string, unknown>[] => JSON.parse(`[${written.join(',')}]`);
  return { log, read };
}

test('an event is one line of JSON with its moment', () => {
  const { log, read } = lines();
  log.info('batch-written', { parcels: 64, epoch: 3n });
  assert.deepEqual(read(), [
    { at: '2026-11-23T08:00:00.000Z', level: 'info', event: 'batch-written', parcels: 64, epoch: '3' },
  ]);
});

test('nothing that names a person or opens a door reaches the log, at any depth', () => {
  const { log, read } = lines();
  const person = { name: 'Ana', fullName: 'Ana', street: 'x', email: 'a@b', phone: '1', postcode: '2', birthDate: '3' };
  const door = {
    password: 'p',
    apiKey: 'k',
    authorization: 'Bearer',
    set_cookie: 'c',
    clientSecret: 's',
    accessToken: 't',
  };
  log.warn('refused', { id: 'kept', inner: { list: [{ ...person, ...door, code: 'kept' }] } });
  const text = JSON.stringify(read());
  for (const value of [...Object.values(person), ...Object.values(door)])
    assert.ok(!text.includes(`"${value}"`), value);
  assert.equal(text.match(/kept/g)?.length, 2);
});

test('an error shows its message, code and stack, and not the row that a database puts beside it', () => {
  const { log, read } = lines();
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (owner)=(Ana) already exists',
  });
  log.error('write-failed', error, { worker: 'demo' });
  assert.equal(read()[0]?.['code'], '23505');
  assert.equal(read()[0]?.['worker'], 'demo');
  assert.ok(!JSON.stringify(read()).includes('Ana'));
});
