import type { Definition } from './definition.ts';
import { describeForm } from './form.ts';
import { liveProcedure } from './live/live.procedure.ts';
import { notificationsProcedure } from './notifications/notifications.procedure.ts';
import { presenceProcedure } from './presence/presence.procedure.ts';
import { procedures } from './procedures.ts';
import { type Route, routesOf } from './rest/route.ts';
import { t } from './trpc.ts';

/** Everything that is derived from definitions: the tRPC router and the REST routes; and `everything`, what the router was derived from. */
export function interfaceOf<const Defined extends Definition>(definitions: readonly Defined[]) {
  const everything = [...definitions, describeForm(definitions)];
  const routes: Route[] = routesOf(definitions);
  return {
    router: t.router(
      procedures(everything, {
        audit: { live: liveProcedure },
        notifications: { live: notificationsProcedure },
        presence: { live: presenceProcedure },
      }),
    ),
    routes,
    everything,
  };
}
