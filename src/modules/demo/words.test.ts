import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statuses } from '#modules/clearance/index.ts';
import { words } from '#portal/text.ts';
import { castPeople } from './cast.ts';

test('whoever is in the cast has a role in words, and every place where parcels stand is printed in words', () => {
  const t = words('en');
  const keys = [
    ...castPeople.map(({ name }) => `demo.role.${name}`),
    ...statuses.map((status) => `demo.print.${status}`),
  ];
  assert.deepEqual(
    keys.filter((key) => !t.has(key)),
    [],
  );
});
