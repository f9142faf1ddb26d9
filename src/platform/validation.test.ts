import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { misfit } from './validation.ts';

const closed = { additionalProperties: false } as const;
const Line = Type.Object(
  { quantity: Type.String({ pattern: '^\\d+$' }), pieces: Type.Integer({ minimum: 1 }) },
  closed,
);
const Payment = Type.Union([
  Type.Object({ kind: Type.Literal('card'), number: Type.String({ minLength: 4 }) }, closed),
  Type.Object({ kind: Type.Literal('cash'), on: Type.String() }, closed),
]);
const Parcel = Compile(
  Type.Object(
    {
      id: Type.String({ minLength: 2, maxLength: 5 }),
      movement: Type.Union([Type.Literal('import'), Type.Literal('export')]),
      mode: Type.Optional(Type.Enum(['air', 'sea'])),
      lines: Type.Array(Line, { minItems: 1, maxItems: 3 }),
      payment: Type.Optional(Payment),
      'odd/name': Type.Optional(Type.Boolean()),
    },
    closed,
  ),
);

const good = { id: 'ab', movement: 'import', lines: [{ quantity: '1', pieces: 1 }] };
const faults = (value: unknown): string[] =>
  (misfit(Parcel, value)?.more ?? []).map(({ code, pointer, params }) =>
    [code, pointer, ...Object.values(params ?? {})].join(' '),
  );

test('what fits is not refused', () => {
  assert.equal(misfit(Parcel, good), undefined);
  assert.equal(misfit(Parcel, { ...good, mode: 'sea', payment: { kind: 'cash', on: 'door' } }), undefined);
});

test('every fault is told once, with its place and what would fit', () => {
  assert.deepEqual(faults({ ...good, id: 'a' }), ['http/field-size /id min-length 2']);
  assert.deepEqual(faults({ ...good, id: 7 }), ['http/field-type /id string']);
  assert.deepEqual(faults({ ...good, movement: 'sideways' }), ['http/field-choice /movement import, export']);
  assert.deepEqual(faults({ ...good, mode: 'rail' }), ['http/field-choice /mode air, sea']);
  assert.deepEqual(faults({ ...good, lines: [] }), ['http/field-size /lines min-items 1']);
  assert.deepEqual(faults({ ...good, lines: [{ quantity: '1', pieces: '1' }] }), [
    'http/field-type /lines/0/pieces integer',
  ]);
  assert.deepEqual(faults({ ...good, lines: [{ quantity: 1.5, pieces: 0 }] }), [
    'http/field-type /lines/0/quantity string',
    'http/field-size /lines/0/pieces minimum 1',
  ]);
  assert.deepEqual(faults({ ...good, extra: 1, 'odd/name': 'x' }), [
    'http/field-unknown /extra',
    'http/field-type /odd~1name boolean',
  ]);
  assert.deepEqual(faults({}), ['http/field-missing /id', 'http/field-missing /movement', 'http/field-missing /lines']);
  assert.deepEqual(faults([]), ['http/field-type  object']);
});

test('in a union only the form that was meant is told', () => {
  assert.deepEqual(faults({ ...good, payment: { kind: 'card', number: '1' } }), [
    'http/field-size /payment/number min-length 4',
  ]);
  assert.deepEqual(faults({ ...good, payment: { kind: 'cash', on: 'door', tip: 1 } }), [
    'http/field-unknown /payment/tip',
  ]);
  assert.deepEqual(faults({ ...good, payment: { kind: 'shells' } }), ['http/field-shape /payment']);
  assert.deepEqual(faults({ ...good, payment: 5 }), ['http/field-shape /payment']);
});

test('at most fifty faults are told', () => {
  const extras = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, 1]));
  assert.equal(faults({ ...good, ...extras }).length, 50);
});

test('a fault outside the body says in which part of the request it stands', () => {
  assert.deepEqual(misfit(Compile(Type.Object({ page: Type.String() })), {}, 'query'), {
    code: 'http/invalid',
    more: [{ code: 'http/field-missing', pointer: '/page', params: { in: 'query' } }],
  });
});
