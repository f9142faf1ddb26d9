import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';

/** Stub. */
export function pages(_app: App, _context: Context): void {}
