import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { html, join, raw } from './html.ts';

test('no text that comes in opens an element, an entity or a quoted attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', 'ع') }), (text) => {
      const inside = html`${text}`.toString();
      assert.doesNotMatch(inside, /[<>"']/);
      assert.doesNotMatch(inside, /&(?!(amp|lt|gt|quot|#39);)/);
    }),
  );
});

test('markup passes, lists are put together, nothing is nothing', () => {
  const items = ['a & b', '<i>'].map((item) => html`<li>${item}</li>`);
  assert.equal(html`<ul>${items}</ul>`.toString(), '<ul><li>a &amp; b</li><li>&lt;i&gt;</li></ul>');
  assert.equal(html`${null}${undefined}${false}${0}${12n}${raw('<br>')}`.toString(), '012<br>');
  assert.equal(join(['a', html`<b>`], raw('<br>')).toString(), 'a<br><b>');
  assert.equal(join([]).toString(), '');
});
