import { expect, test } from '@playwright/test'

/** Width and height of a PNG, from its first chunk. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)]

test('each course has a picture of its own, that its page names, and an unknown course has none', async ({
  request,
  baseURL,
}) => {
  const pictures: Buffer[] = []
  for (const course of ['data-structures', 'git']) {
    const page = await (await request.get(`/courses/${course}`)).text()
    const named =
      /<meta property="og:image" content="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(new URL(named).origin).toBe(baseURL)
    expect(page).toMatch(/<meta property="og:description" content="You can /)
    expect(page).toMatch(/<meta property="og:image:alt" content="[^"]{20,}"/)
    const answer = await request.get(named)
    expect(answer.status()).toBe(200)
    expect(answer.headers()['content-type']).toBe('image/png')
    pictures.push(await answer.body())
    expect(sizeOf(pictures.at(-1) ?? Buffer.alloc(24))).toEqual([1200, 630])
    const unknown = new URL(named).pathname.replace(course, 'no-such-course')
    expect((await request.get(unknown)).status()).toBe(404)
  }
  expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false)
})

test('it can be installed: the manifest is complete, and every icon has the size that it says', async ({
  request,
}) => {
  const page = await (await request.get('/')).text()
  const named = /<link rel="manifest" href="([^"]+)"/.exec(page)?.[1] ?? ''
  expect(page).toMatch(/<link rel="apple-touch-icon" href="[^"]+"/)
  expect(page).toMatch(/<meta name="theme-color"[^>]*prefers-color-scheme: dark/)
  const manifest = await (await request.get(named)).json()
  expect(manifest).toMatchObject({
    name: 'Slipway',
    start_url: '/dashboard',
    scope: '/',
    display: 'minimal-ui',
  })
  expect(manifest.icons.map(({ purpose }: { purpose?: string }) => purpose)).toContain('maskable')
  for (const { src, sizes, type } of manifest.icons as { src: string; sizes: string; type: string }[]) {
    const answer = await request.get(src)
    expect(answer.status(), src).toBe(200)
    expect(answer.headers()['content-type'], src).toContain(type)
    if (type === 'image/png') expect(sizeOf(await answer.body()).join('x'), src).toBe(sizes)
  }
})
