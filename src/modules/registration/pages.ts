import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { businessPages } from './pages-business.ts';
import { deskPages } from './pages-desk.ts';
import { joinPages } from './pages-join.ts';
import { passOnPages } from './pages-pass-on.ts';
import { registerPages } from './pages-register.ts';
import { representationPages } from './pages-representations.ts';

/** Registering, the desk that decides on it, one's own business, and who acts for whom. */
export async function pages(app: App, context: Context): Promise<void> {
  await registerPages(app, context);
  await deskPages(app, context);
  businessPages(app, context);
  joinPages(app, context);
  representationPages(app, context);
  passOnPages(app, context);
}
