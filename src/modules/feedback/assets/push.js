// Shows the notes that the window sends, in a service worker. What a note says is decided and put into words by the
// window; nothing is asked of it here.
self.addEventListener('push', (event) => {
  const { title = 'Portolan', body = '', url = '/news', tag } = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data ?? {};
  event.waitUntil(self.clients.openWindow(new URL(url ?? '/news', self.location.origin)));
});
