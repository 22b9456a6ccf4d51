import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps, Outlet, useRouteContext, useRouter, useSearch } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { sessionQuery, type SightView, type SignedIn } from '../api/session.ts';
import { BellLink } from '../features/notifications/bell-link.tsx';
import { useInbox } from '../features/notifications/inbox.ts';
import { WordsProvider } from '../features/trail/words-provider.tsx';
import { Announcer } from '../ui/announcer.tsx';
import { Icon } from '../ui/icon.tsx';
import { NamesProvider } from '../ui/names.tsx';
import { NoticeArea } from '../ui/notice.tsx';
import { ReadOnlyContext } from '../ui/read-only.ts';
import { whenIdle } from '../ui/when-idle.ts';
import { ZoneProvider } from '../ui/zone-context.tsx';
import type { ZoneChoice } from '../ui/zone.ts';
import { Mark } from './mark.tsx';
import { adminMenuOf, MENU, MY_RECORDS } from './menu.ts';
import { Palette, PaletteButton } from './palette-button.tsx';
import { readOnlyAs } from './read-only-as.ts';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { usePageFocus } from './use-page-focus.ts';
import { useStanding } from './use-standing.ts';
import { preloadMenu, UserMenu } from './user-menu.tsx';

/** For admins of a demonstration: nobody else loads it. */
const TrafficButton = lazy(() => import('../features/traffic/traffic-button.tsx'));

/** For admins who look through somebody's eyes: nobody else loads it. */
const SightBanner = lazy(() => import('./sight-banner.tsx'));

/** As long as a demonstration is still writing its data. */
const DemoProgress = lazy(() => import('./demo-progress.tsx'));

/** What stands around every page once somebody is signed in. */
export function AppShell() {
  const { user } = useRouteContext({ from: '/_app' });
  const { tz } = useSearch({ from: '/_app' });
  const { data: session } = useQuery(sessionQuery);
  usePageFocus();
  useStanding(user, session);
  useAllPagesAtHand();
  useInbox(user.id);
  return (
    // Somebody else at the same screen begins anew.
    <ReadingContext key={user.id} mine={user.time_zone} linked={tz}>
      <a
        href="#page"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:left-3 focus:top-3"
      >
        Skip to the page
      </a>
      <ReadOnlyContext value={readOnlyAs(user.name, session?.sight ?? null)}>
        <div className="grid h-dvh print:block print:h-auto grid-rows-[minmax(0,1fr)_auto] md:grid-cols-[12.5rem_minmax(0,1fr)] md:grid-rows-1">
          <header className="order-2 flex border-line print:hidden max-md:border-t max-md:bg-sheet max-md:pb-[env(safe-area-inset-bottom)] md:order-none md:flex-col md:overflow-y-auto md:border-r md:px-2.5 md:py-3 md:*:shrink-0">
            <div className="hidden items-center gap-2 px-2.5 pb-4 pt-1 font-[680] tracking-tight md:flex">
              <Mark /> Countersign
            </div>
            <PaletteButton />
            <nav aria-label="Pages" className="flex flex-2 md:flex-none md:flex-col md:gap-0.5">
              {MENU.map((page) => (
                <PageLink key={page.to} {...page} />
              ))}
              <BellLink />
              <PageLink {...MY_RECORDS} className="max-md:hidden" />
              {adminMenuOf(user.role).length > 0 && <AdminPages role={user.role} />}
            </nav>
            {user.role === 'admin' && session?.demo && (
              // As wide as the button that will stand there: what is beside it must not move.
              <Suspense
                fallback={<span className="invisible px-2.5 max-md:flex-1 max-md:text-2xs max-md:font-medium md:h-8.5">Traffic</span>}
              >
                <TrafficButton />
              </Suspense>
            )}
            {/* Far from what stands above: its menu would cover a part of that. */}
            <span className="hidden flex-1 md:block" />
            <UserMenu user={user} />
          </header>
          <main id="page" tabIndex={-1} className="relative flex min-h-0 min-w-0 flex-col outline-none print:block">
            {session?.sight && <Sight user={user} sight={session.sight} />}
            {session?.demo?.progress && (
              <Suspense>
                <DemoProgress progress={session.demo.progress} />
              </Suspense>
            )}
            <Outlet />
          </main>
        </div>
      </ReadOnlyContext>
      <ShortcutSheet />
      <Palette />
      <NoticeArea />
      <Announcer />
    </ReadingContext>
  );
}

/** As high as the banner is where there is room: what is below it must not move when it comes. */
const Sight = ({ user: { id, name }, sight }: { readonly user: SignedIn; readonly sight: SightView }) => (
  <Suspense fallback={<div className="h-12.5 shrink-0 border-b-2 border-accent bg-accent-soft print:hidden" />}>
    <SightBanner name={name} sight={sight} back={`/admin/users/${id}`} />
  </Suspense>
);

interface PageLinkProps {
  readonly to: LinkProps['to'];
  readonly label: string;
  readonly icon: LucideIcon;
  readonly className?: string;
}

const PageLink = ({ to, label, icon, className = '' }: PageLinkProps) => (
  <Link
    to={to}
    activeProps={{ className: 'md:bg-accent-soft text-accent font-[620]' }}
    inactiveProps={{ className: 'text-ink-2 hover:text-ink md:hover:bg-hover' }}
    className={`flex flex-1 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium transition-colors max-md:h-14 short:max-md:h-11 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-2xs md:h-8 md:flex-none ${className}`}
  >
    <Icon of={icon} size={16} /> {label}
  </Link>
);

const AdminPages = ({ role }: { readonly role: string }) => (
  <div role="group" aria-labelledby="admin-pages" className="mt-4 flex-col gap-0.5 max-md:hidden md:flex">
    <span id="admin-pages" className="px-2.5 pb-1 text-xs font-medium text-ink-3">
      Administration
    </span>
    {adminMenuOf(role).map(({ short, ...page }) => (
      <PageLink key={page.to} {...page} label={short} />
    ))}
  </div>
);

interface ReadingProps {
  readonly mine: string;
  readonly linked: ZoneChoice | undefined;
  readonly children: ReactNode;
}

/** By what recorded values are read and shown: zones, names and words. */
const ReadingContext = ({ mine, linked, children }: ReadingProps) => (
  <ZoneProvider mine={mine} linked={linked}>
    <NamesProvider>
      <WordsProvider>{children}</WordsProvider>
    </NamesProvider>
  </ZoneProvider>
);

const PARTS = ['/_app/live', '/_app/live/e/$position', '/_app/timecards/', '/_app/timecards/new', '/_app/timecards/$id'] as const;

/** Fetches the code of all pages while nothing else is to do: then they open at once, and without a line too. */
function useAllPagesAtHand(): void {
  const router = useRouter();
  useEffect(
    () =>
      whenIdle(() => {
        preloadMenu();
        // What can't be fetched now is fetched when it is wanted, and says then what is wrong.
        for (const part of PARTS) router.loadRouteChunk(router.routesById[part])?.catch(() => undefined);
      }),
    [router],
  );
}
