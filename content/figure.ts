/** What is wrong with a drawing that is to stand in a page, or null. */
export function findFault(svg: string): string | null {
  if (!/^\s*(<\?xml[^>]*\?>\s*)?(<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(svg) || !/<\/svg>\s*$/.test(svg))
    return 'it is not an SVG drawing'
  if (!/<svg[^>]*\sviewBox=/.test(svg))
    return 'its <svg> has no viewBox, so it cannot shrink on a small screen'
  if (/<(script|foreignObject|iframe|image|style|a|animate|set)\b/i.test(svg))
    return 'it holds an element that may not be in a page (script, foreignObject, image, style, a, animate)'
  if (/\son[a-z]+\s*=/i.test(svg)) return 'it holds an event handler'
  if (/\sstyle\s*=/i.test(svg))
    return 'it has a style attribute; write fill, stroke and the like as attributes'
  if (/(href|src)\s*=\s*["'](?!#)/i.test(svg) || /url\(\s*["']?(?!["']?#)/i.test(svg))
    return 'it refers to something outside itself'
  if (/<!(DOCTYPE|ENTITY)/i.test(svg)) return 'it declares a document type'
  return null
}

/** The drawing as it stands in the page: described, its ids its own. */
export function placeFigure(svg: string, name: string, alt: string): string {
  const prefix = `${name.replace(/[^a-z0-9]+/gi, '-')}-`
  const escaped = alt.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return svg
    .replace(/^[\s\S]*?(?=<svg)/, '')
    .replace(/\sid="([^"]+)"/g, ` id="${prefix}$1"`)
    .replace(/(["(])#([\w-]+)/g, `$1#${prefix}$2`)
    .replace(/<svg/, `<svg role="img" aria-label="${escaped}"`)
    .trim()
}
