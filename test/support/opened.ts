/** What a file of tests opened: a browser, a window. */
interface Opened {
  close(): Promise<unknown>;
}

const openings: Promise<Opened>[] = [];

/** Remembers what is being opened, for `closeOpened`. */
export function remembered<T extends Opened>(opening: Promise<T>): Promise<T> {
  openings.push(opening);
  return opening;
}

/**
 * Closes all that this file opened, the last first. Where one of it could not be opened, the others would otherwise
 * keep the file from ending.
 */
export async function closeOpened(): Promise<void> {
  const settled = await Promise.allSettled(openings.splice(0));
  for (const one of settled.toReversed()) if (one.status === 'fulfilled') await one.value.close();
}
