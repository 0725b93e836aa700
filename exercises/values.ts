import type { Plain } from '@/runner/protocol'

/** A recorded value as Python would write it, cut at 200 characters. */
export function formatPlain(value: Plain | undefined): string {
  const text = formatWhole(value)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function formatWhole(value: Plain | undefined): string {
  if (value === undefined) return '—'
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  if (Array.isArray(value)) return `[${value.map(formatWhole).join(', ')}]`
  switch (value.$) {
    case 'tuple':
      return `(${value.v.map(formatWhole).join(', ')}${value.v.length === 1 ? ',' : ''})`
    case 'set':
      return value.v.length ? `{${value.v.map(formatWhole).sort().join(', ')}}` : 'set()'
    case 'frozenset':
      return `frozenset({${value.v.map(formatWhole).sort().join(', ')}})`
    case 'dict':
      return `{${value.v.map(([key, item]) => `${formatWhole(key)}: ${formatWhole(item)}`).join(', ')}}`
    case 'int':
    case 'float':
      return value.v
    case 'other':
      return `<${value.type}>`
    case 'too-big':
      return '…'
  }
}
