import { after } from 'node:test';
import { dropAll } from './clone.ts';

export { emptyDb, filledDb, testDb, type TestDb } from './clone.ts';

// Registered when this file is read, so that it belongs to the whole test file and not to whichever test came first.
after(dropAll);
