/** Whose page this is, and their way out. */
export type Account = {
  id: string
  name: string
  email: string
  signOut: (form: FormData) => Promise<void>
}

/** "Maya Okafor" is MO; a name of one word is its first letter. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word && [...word][0])
  return letters.join('').toLocaleUpperCase('en-GB')
}
