import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render } from 'vitest-browser-react';
import { queryClient } from '../src/api/queries.ts';
import { App } from '../src/app.tsx';
import { newWorld } from './fake/current.ts';
import type { World } from './fake/world.ts';

/** Opens the app at an address, against a server in the page. */
export async function open(address: string, world?: World) {
  // A page that is still there would follow what is not its own.
  await cleanup();
  if (world) newWorld(world);
  queryClient.clear();
  const history = createMemoryHistory({ initialEntries: [address] });
  const screen = await render(<App history={history} />);
  return { screen, history, address: () => decodeURIComponent(history.location.href) };
}
