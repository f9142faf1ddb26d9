/** What a file of tests opens: a browser, a window. */
interface Opened {
  close(): Promise<unknown>;
}

let opened = new AsyncDisposableStack();

/** Remembers what is being opened, for `closeOpened`. */
export function remembered<T extends Opened>(opening: Promise<T>): Promise<T> {
  opened.defer(async () => {
    // What could not be opened has failed the file already.
    const one = await opening.catch(() => undefined);
    await one?.close();
  });
  return opening;
}

/**
 * Closes all that this file opened, the last first. Where one of it could not be opened or closed, the others would
 * otherwise keep the file from ending.
 */
export async function closeOpened(): Promise<void> {
  const closing = opened;
  opened = new AsyncDisposableStack();
  await closing.disposeAsync();
}
