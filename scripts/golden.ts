import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { dropAll } from '../test/support/clone.ts';
import { goldens, isCurrent } from '../test/support/golden.ts';

// Writes the generated files that are committed: the schema, the description of the API, the style sheets.
try {
  for (const golden of await goldens()) {
    const current = isCurrent(golden);
    if (!current) writeFileSync(golden.path, golden.text);
    process.stdout.write(`${current ? 'unchanged' : 'written  '}  ${relative('.', golden.path)}\n`);
  }
} finally {
  await dropAll();
}
