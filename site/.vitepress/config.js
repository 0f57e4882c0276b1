import { GUIDES, INSIDE } from '../documents.js';
import { examples } from '../examples.js';

const links = (list) => list.map(([file, text]) => ({ text, link: `/${file.replace(/\.md$/, '')}` }));

export default {
  srcDir: 'pages',
  // copied as it is
  srcExclude: ['public/**'],
  outDir: process.env.SITE_OUT,
  cacheDir: '../build/site-cache',
  // the usual ones are too pale for small print
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  base: process.env.SITE_BASE ?? '/',
  title: 'SIMDescent',
  description:
    'Neural-network training in WebAssembly SIMD: a typed, Keras-like API, the same bits in Node and every browser',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `${process.env.SITE_BASE ?? '/'}icon.svg` }]],
  // addresses of servers on the reader's machine
  ignoreDeadLinks: [/^https?:\/\/localhost/],
  themeConfig: {
    logo: '/icon.svg',
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/docs/optimizers' },
      { text: 'API', link: '/api/' },
      { text: 'Examples', link: '/examples/' },
      {
        text: 'Watch',
        items: [
          { text: 'The race', link: '/race/index.html', target: '_self' },
          { text: 'The descent', link: '/race/descent.html', target: '_self' },
        ],
      },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'SIMDescent', link: '/' },
          { text: 'API reference', link: '/api/' },
        ],
      },
      { text: 'Guides', items: links(GUIDES) },
      {
        text: 'Examples',
        items: [
          { text: 'All examples', link: '/examples/' },
          ...examples().map(({ file, name }) => ({ text: file, link: `/examples/${name}` })),
        ],
      },
      { text: 'Inside', items: links(INSIDE) },
    ],
  },
};
