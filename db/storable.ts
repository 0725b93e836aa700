const UNSTORABLE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g

/**
 * Plain data as `jsonb` can hold it. Postgres refuses U+0000 and halves of surrogate pairs, which a program's output may
 * well contain: each becomes U+FFFD.
 */
export function storable<T>(value: T): T {
  // JSON writes both as escapes; an escaped backslash before such letters is matched first and kept.
  const text = JSON.stringify(value)
  if (!/\\u(0000|d[89a-f])/.test(text)) return value
  return JSON.parse(text.replace(UNSTORABLE, (found) => (found === '\\\\' ? found : '\\ufffd'))) as T
}
