import { existsSync, readFileSync } from 'node:fs';
import { createApp } from '../../src/app.ts';
import { refusals as ofDemonstration } from '#modules/demo/model.ts';
import type { Description } from '#modules/developers/reference.ts';
import { schemas } from '#modules/schemas.ts';
import { fixedClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import { clientText } from '../../scripts/client.ts';
import { styleSheets } from '../../scripts/css.ts';
import { messagesText } from '../../scripts/messages.ts';
import { packSchemas } from '../../scripts/pack-schemas.ts';
import { testDb } from './clone.ts';
import { root } from './files.ts';
import { problemsText } from './problems.ts';
import { schemaText } from './schema-text.ts';

/** A generated file that is committed: where it stands, and what its sources give. */
export interface Golden {
  readonly path: string;
  readonly text: string;
}

async function schema(): Promise<Golden> {
  const { db } = await testDb();
  const text = await schemaText(db, ['platform', ...schemas.map(({ name }) => name)]);
  return { path: `${root}docs/schema.golden.sql`, text };
}

/** What the doors take, and what they answer when they refuse. */
async function described(): Promise<Golden[]> {
  const { db } = await testDb();
  const config = readConfig({}, ['--empty'], root);
  const clock = fixedClock('2026-07-01T00:00:00.000Z');
  const { app } = await createApp({ config, db, clock, log: silentLog });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  const client = clientText(JSON.parse(text) as Description);
  const problems = problemsText({ ...app.problems.catalogue, ...ofDemonstration });
  await app.close();
  return [
    { path: `${root}docs/openapi.golden.json`, text },
    { path: `${root}docs/problems.md`, text: problems },
    { path: `${root}client/portolan.ts`, text: client },
  ];
}

/** Every generated file of the repository. */
export const goldens = async (): Promise<Golden[]> => [
  await schema(),
  ...(await described()),
  { path: `${root}docs/messages.md`, text: messagesText() },
  ...packSchemas(),
  ...styleSheets(),
];

/** Whether the committed file is what its sources give. */
export const isCurrent = ({ path, text }: Golden): boolean => existsSync(path) && readFileSync(path, 'utf8') === text;
