import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wayOut } from './reach.ts';

test('only a demonstration on its own machine writes to that machine', () => {
  const here = 'http://127.0.0.1:4000/';
  const fault = (demo: boolean, origin: string) => wayOut({ demo, origin }).faultOf(here);
  assert.equal(fault(true, 'http://127.0.0.1:8080'), undefined);
  assert.equal(fault(true, 'http://[::1]:8080'), undefined);
  assert.equal(fault(true, 'https://window.example'), 'not-https');
  assert.equal(fault(false, 'http://127.0.0.1:8080'), 'not-https');
});
