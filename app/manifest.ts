import type { MetadataRoute } from 'next'

const canvas = '#f8f7f4'

/** What an installed copy is called and looks like. There is no service worker: without the server there is no page. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'Slipway',
    short_name: 'Slipway',
    description: 'Interactive lessons that take models and software from the notebook into use.',
    lang: 'en-GB',
    start_url: '/dashboard',
    scope: '/',
    // With the ways back and to reload, which a page needs when the network fails.
    display: 'minimal-ui',
    background_color: canvas,
    theme_color: canvas,
    categories: ['education'],
    // The folder is no page: icons there are served, and no page's head names them.
    icons: [
      { src: '/icon.svg', type: 'image/svg+xml', sizes: 'any' },
      { src: '/installed/icon1.png', type: 'image/png', sizes: '192x192' },
      { src: '/installed/icon2.png', type: 'image/png', sizes: '512x512' },
      { src: '/installed/icon3.png', type: 'image/png', sizes: '512x512', purpose: 'maskable' },
    ],
    shortcuts: [
      { name: 'Dashboard', url: '/dashboard' },
      { name: 'Courses', url: '/courses' },
    ],
  }
}
