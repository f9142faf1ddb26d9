import type { Catalogue } from '#kernel/result.ts';

export const refusals = {
  'demo/aircraft-on-its-way': { status: 409, title: 'An aircraft is on its way already; one lands at a time' },
  'demo/no-deadline': { status: 409, title: 'No deadline is ahead' },
  'demo/not-a-demonstration': { status: 409, title: 'This window was not made by the demonstration' },
  'demo/stop-unknown': { status: 404, title: 'The tour has no such stop' },
  'demo/record-gone': { status: 404, title: 'The record of this stop is not there now' },
} as const satisfies Catalogue;
