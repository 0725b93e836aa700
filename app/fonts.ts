import localFont from 'next/font/local'

// The Latin subsets of the fonts' own packages, served by us; the serif with its optical sizes.

const serif = localFont({
  src: [
    {
      path: '../node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2',
      weight: '200 900',
      style: 'normal',
    },
    {
      path: '../node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-italic.woff2',
      weight: '200 900',
      style: 'italic',
    },
  ],
  variable: '--face-serif',
  display: 'swap',
  adjustFontFallback: 'Times New Roman',
})

const ui = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--face-ui',
  display: 'swap',
})

// Not every page shows code: the browser asks for it when one does.
const mono = localFont({
  src: '../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
  weight: '100 800',
  variable: '--face-mono',
  display: 'swap',
  preload: false,
  adjustFontFallback: false,
})

/** Classes for `<html>` that name the faces to the stylesheet. */
export const faces = [serif, ui, mono].map((face) => face.variable).join(' ')
