import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemasIn } from '#modules/messages/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { contentOf, readDocument } from '../support/content.ts';
import { openWindow, type TestWindow, type Told } from '../support/window.ts';

/** The official samples over HTTP: sent, kept, and written again from what was understood of them. */

const data = join(readConfig(environment(), []).shared, 'data');
const ceb = join(data, 'ceb/2018-113');
const cds = join(data, 'wco-dm/cds');
const skip = existsSync(ceb) ? false : `the official samples are not at ${data}: set PORTOLAN_SHARED`;

const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.xml$/i.test(path))
    .toSorted()
    .map((path) => join(folder, path));

const everything = ['platform', 'seller', 'declarant', 'payment-provider', 'carrier', 'place-operator'];
const party = (identifier: string, language = 'zh') => ({
  identifier,
  name: identifier,
  language,
  roles: everything as any[],
});

const open = (schemas: string | undefined): Promise<TestWindow> =>
  openWindow({
    ...(schemas === undefined ? {} : { schemas }),
    clock: fixedClock('2026-11-20T06:00:00.000Z'),
    cast: {
      parties: ['1105910159', '1101110325', '1101110323', '1101180326'].map((one) => party(one)),
      representations: [],
    },
  });

const send = (window: TestWindow, raw: Buffer): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/messages', as: '1105910159', raw, type: 'application/xml' });

async function written(window: TestWindow, id: string): Promise<Buffer> {
  const told = await window.ask({ url: `/v1/messages/${id}/written`, as: '1105910159' });
  assert.equal(told.status, 200, told.text);
  return Buffer.from(told.text);
}

test('every official CEB sample is read, stored, and written again valid with the same content', {
  skip,
}, async () => {
  const schemas = schemasIn(join(ceb, 'xsd'));
  const samples = below(join(ceb, 'samples'));
  assert.equal(samples.length, 35);
  for (const folder of [undefined, join(ceb, 'xsd')]) {
    const window = await open(folder);
    for (const path of samples) {
      const bytes = readFileSync(path);
      const told = await send(window, bytes);
      assert.equal(told.status, 200, `${path} ${told.text.slice(0, 900)}`);
      assert.equal(told.body.validated, folder !== undefined);
      const again = await written(window, told.body.id);
      const root = await readDocument(again);
      assert.deepEqual(contentOf(root), contentOf(await readDocument(bytes)), path);
      assert.deepEqual(schemas.check(root.uri, root.name, again), { ok: true, value: true }, path);
      assert.notDeepEqual(again, bytes);
    }
  }
});

test('every declaration and notice of the WCO Data Model that customs gives is stored, and written again the same', {
  skip: skip || (existsSync(cds) ? false : `the samples are not at ${cds}`),
}, async () => {
  const schemas = schemasIn(join(cds, 'schemas'));
  const window = await open(undefined);
  const judged = await open(join(cds, 'schemas'));
  let declarations = 0;
  for (const path of below(join(cds, 'samples'))) {
    const bytes = readFileSync(path);
    const text = bytes.toString('utf8');
    const notice = text.includes('<MetaData>');
    // Beside declarations and notices there are reports of other systems, and one that is no XML.
    if (!notice && !/<\w+:MetaData\s/.test(text)) continue;
    if (path.endsWith('TT_IM084a.xml')) continue;
    const told = await send(notice ? window : judged, bytes);
    assert.equal(told.status, 200, `${path} ${told.text.slice(0, 900)}`);
    const again = await written(notice ? window : judged, told.body.id);
    const root = await readDocument(again);
    assert.deepEqual(contentOf(root), contentOf(await readDocument(bytes)), path);
    if (notice) continue;
    declarations += 1;
    if (root.name !== 'MetaData') continue;
    assert.deepEqual(schemas.check(root.uri, root.name, again), { ok: true, value: true }, path);
  }
  assert.equal(declarations, 123);
});
