// Shows what the server pushes while no page of ours is open. Registered only when somebody asks for it.

self.addEventListener('push', (event) => {
  const { title, path } = event.data.json();
  const shown = self.registration.showNotification(title, { data: { path }, tag: path ?? title });
  event.waitUntil(shown);
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.path ?? '/notifications'));
});

/** In a page of ours that is open already, else in a new one. A path of this server's, whatever was pushed. */
async function show(path) {
  const url = new URL(path, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const moved = await page?.navigate(url.href).catch(() => null);
  await (moved ? moved.focus() : self.clients.openWindow(url.href));
}
