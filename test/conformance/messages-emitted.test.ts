import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newId } from '#kernel/id.ts';
import { emit, emitted, type EmittedKind, type Outgoing, schemasIn } from '#modules/messages/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { retailParcels } from '../../bench/retail.ts';
import { readDocument } from '../support/content.ts';

/** What the window writes of a real retailer's parcels, judged by the official schemas of both editions. */

const { shared } = readConfig(environment(), []);
const folder = join(shared, 'data/ceb');
const skip =
  existsSync(folder) && existsSync(join(shared, 'data/orders/uci-online-retail'))
    ? false
    : `the official schemas or the retailer’s orders are not at ${shared}: set PORTOLAN_SHARED`;
const lines = process.env['PORTOLAN_REAL_INPUT'] === 'all' ? Infinity : 3_000;
const cebUri = 'http://www.chinaport.gov.cn/ceb';
const kinds = Object.keys(emitted) as EmittedKind[];

test('every parcel of the retailer is written as each kind of message, and the schemas of both editions allow all', {
  skip,
}, async (t) => {
  const schemas = ['2018-113', '2022-05'].map((edition) => schemasIn(join(folder, edition, 'xsd')));
  const parcels = await retailParcels(shared, lines);
  assert.ok(parcels.length > 3_000);
  const rate = { digits: 912n, scale: 2 };
  for (const kind of kinds)
    for (const body of parcels) {
      const movement = emitted[kind];
      const declaration =
        movement === 'import' ? body.declaration : { ...body.declaration, movement, dispatch: 'XP', destination: 'GB' };
      const one: Outgoing = {
        id: newId(0),
        received: '2026-11-20T06:00:00.000Z',
        filer: 'UCI-352-POST',
        body: { ...body, declaration },
        rate,
        nameOf: (identifier) => identifier,
      };
      const written = emit(kind, [one]);
      assert.ok(written.ok, JSON.stringify(written));
      for (const schema of schemas)
        assert.deepEqual(
          schema.check(cebUri, kind, Buffer.from(written.value)),
          { ok: true, value: true },
          written.value,
        );
    }
  t.diagnostic(`${parcels.length} parcels, ${kinds.length} kinds, two editions`);
});

test('the frame of a signature holds the digest of the canonical document without it', { skip }, async () => {
  const [body] = await retailParcels(shared, 10);
  const written = emit('CEB621Message', [
    {
      id: newId(0),
      received: '2026-11-20T06:00:00.000Z',
      filer: 'F',
      body: body!,
      rate: { digits: 9n, scale: 0 },
      nameOf: () => 'A & B < "C"',
    },
  ]);
  assert.ok(written.ok);
  const text = written.value.slice(written.value.indexOf('\n') + 1);
  const without = text.replace(/<Signature .*<\/Signature>/s, '');
  const root = await readDocument(Buffer.from(written.value));
  const signature = root.elements.find(({ name }) => name === 'Signature')!;
  const digest = JSON.stringify(signature).match(/"DigestValue".*?"text":"([^"]+)"/)?.[1];
  assert.equal(digest, createHash('sha256').update(without).digest('base64'));
});
