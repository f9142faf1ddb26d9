import { readFileSync } from 'node:fs';

// Loaded before a window (`node --import`): its clock stands as many milliseconds apart from the machine's as the file
// at CLOCK_SHIFT says, and jumps when that is written anew. PostgreSQL keeps the machine's.
const path = process.env['CLOCK_SHIFT'] ?? '';
const RealDate = Date;
const real = Date.now.bind(Date);
let shift = 0;

function read(): void {
  try {
    shift = Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    shift = 0;
  }
}

read();
setInterval(read, 50).unref();

const now = (): number => real() + shift;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [now()] : given, as) as Date,
  get: (target, name, as) => (name === 'now' ? now : (Reflect.get(target, name, as) as unknown)),
});
