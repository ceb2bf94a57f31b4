/**
 * What lets the client start in a browser without a network: its own code, kept on the device.
 *
 * The first page is the server's wherever one answers, so that nobody works with an old client
 * while there is a new one. Nothing of a person is kept here, and nothing else of the server's is
 * looked at: no answer, picture or signed address goes through this worker.
 */
import { cleanupOutdatedCaches, precacheAndRoute, PrecacheFallbackPlugin } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'
import { NetworkOnly } from 'workbox-strategies'

/** Address and revision of each file of this build; a null revision: its name says it. */
declare const FILES: { url: string; revision: string | null }[]

const FIRST_PAGE = '/'
/** So long a page that does not come is waited for, before the kept one is shown. */
const PATIENCE_SECONDS = 5

/** A proxy whose server just restarts has nothing to show that would help anybody. */
const notBroken = {
  fetchDidSucceed: ({ response }: { response: Response }): Promise<Response> =>
    response.status < 500 ? Promise.resolve(response) : Promise.reject(new Error(`${response.status}`)),
}

registerRoute(
  ({ request, url }) => request.mode === 'navigate' && url.pathname === FIRST_PAGE,
  new NetworkOnly({
    networkTimeoutSeconds: PATIENCE_SECONDS,
    plugins: [notBroken, new PrecacheFallbackPlugin({ fallbackURL: FIRST_PAGE })],
  }),
)
precacheAndRoute(FILES)
cleanupOutdatedCaches()
// A later build waits until no page of this one is open, for its files go with it.
