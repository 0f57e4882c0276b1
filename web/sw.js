/**
 * The service worker: the page works without a network once it has been opened. A new build has a new list of files under a new
 * name, and takes over when the last page of the old one is closed. Fashion-MNIST is kept by its loader.
 */
/* global __FILES__, __BUILT__ */
// Both are filled in by vite.config.ts.
const FILES = __FILES__;
const NAME = `simdescent-page-${__BUILT__}`;

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })));
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('simdescent-page-') && name !== NAME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = new URL(self.registration.scope);
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== own.origin || !url.pathname.startsWith(own.pathname)) return;
  const answer = async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreSearch: true });
    const home = url.pathname === `${own.pathname}index.html` ? await cache.match(own.href) : undefined;
    // other pages below, as that of the tab that is lent, are not kept
    return kept ?? home ?? fetch(request);
  };
  event.respondWith(answer());
});
