import { existsSync } from 'node:fs';
import type { Schema } from '#platform/migrate.ts';
import { map } from './map.ts';

/** The schemas of all modules that keep anything, in the order of the map, so that a step may name those before it. */
export const schemas: readonly Schema[] = Object.keys(map)
  .map((name) => ({ name, folder: new URL(`./${name}/sql/`, import.meta.url) }))
  .filter(({ folder }) => existsSync(folder));
