import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { refuse } from '#kernel/result.ts';
import { csrfMatches, csrfToken } from './csrf.ts';
import { errorsOf, type Field, form, posted } from './form.ts';
import { addWords, words } from './text.ts';

addWords('en', 'form-test', { label: 'A label', hint: 'A hint', wrong: 'This is wrong: {what}' });
const t = words('en');

const types = ['text', 'decimal', 'select', 'radios', 'checkbox', 'textarea', 'hidden', 'date', 'password'] as const;
const fields: readonly Field[] = types.map((type) => ({
  name: `part.${type}`,
  label: 'form-test.label',
  hint: 'form-test.hint',
  type,
  options: [{ value: 'a' }, { value: 'b', text: 'B', hint: 'form-test.hint' }],
}));
const draw = (values: Record<string, string>, pointer?: string): string => {
  const refusal =
    pointer === undefined ? {} : { refusal: refuse('form-test/wrong', { pointer, params: { what: '<i>' } }).error };
  return form(t, { action: '/x', fields, submit: 'Go', csrf: 'c', values, ...refusal }).toString();
};

test('whatever was posted stands in the page again as text, never as markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const hostile = `"'><script>${text}`;
      const values = Object.fromEntries(fields.map(({ name }) => [name, hostile]));
      assert.equal(draw(values).includes('<script'), false);
    }),
  );
});

test('a password is never sent back', () => {
  assert.equal(draw({ 'part.password': 'hunter2' }).includes('hunter2'), false);
});

test('every visible field has one label, and what describes it exists in the page', () => {
  for (const pointer of [undefined, ...fields.map(({ name }) => `/${name.replace('.', '/')}`)]) {
    const page = draw({}, pointer);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'no id twice');
    const named = [...page.matchAll(/ (?:aria-describedby|for)="([^"]+)"/g)].flatMap(([, list]) => list?.split(' '));
    const linked = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    for (const id of [...named, ...linked]) assert.ok(ids.includes(id), `${id} is not in the page`);
  }
});

test('a refusal falls on the field of its pointer, on the one it lies inside, or on the first inside it', () => {
  const at = (pointer: string): string | undefined =>
    errorsOf(t, fields, refuse('form-test/wrong', { pointer, params: { what: '' } }).error)[0]?.field?.name;
  assert.equal(at('/part/text'), 'part.text');
  assert.equal(at('/part/decimal/amount'), 'part.decimal');
  assert.equal(at('/part'), 'part.text');
  assert.equal(at('/par'), undefined);
  assert.equal(at(''), undefined);
});

test('posted values are texts of these fields alone', () => {
  const values = posted(fields, { 'part.text': ['  one\r\ntwo ', 'three'], 'part.decimal': 5, other: 'x' });
  assert.deepEqual(
    Object.keys(values),
    fields.map(({ name }) => name),
  );
  assert.equal(values['part.text'], 'one\ntwo');
  assert.equal(values['part.decimal'], '');
});

test('posted values of anything at all are texts', () => {
  fc.assert(
    fc.property(fc.anything(), (body) => {
      assert.ok(Object.values(posted(fields, body)).every((value) => typeof value === 'string'));
    }),
  );
});

test('a token fits the session it was made for and no other, and looks different each time', () => {
  const [one, two] = [csrfToken('session'), csrfToken('session')];
  assert.notEqual(one, two);
  assert.ok(csrfMatches('session', one) && csrfMatches('session', two));
  assert.equal(csrfMatches('another', one), false);
});

test('a token that is malformed or changed in one place is refused', () => {
  const token = Buffer.from(csrfToken('session'), 'base64url');
  for (let index = 0; index < token.length; index += 1) {
    const changed = Buffer.from(token);
    changed[index]! ^= 1;
    assert.equal(csrfMatches('session', changed.toString('base64url')), false);
  }
  for (const odd of [undefined, null, 5, '', 'a', 'a'.repeat(5000), ['x']])
    assert.equal(csrfMatches('session', odd), false);
});
