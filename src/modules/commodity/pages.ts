import type { App } from '#platform/http.ts';
import type { Context } from '#platform/context.ts';
export function pages(_app: App, _context: Context): void {}
