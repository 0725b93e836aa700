import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { BackupProblem } from '../db/backup-format'

/**
 * A back-up as a file: gzip, and where a passphrase is given sealed with it (AES-256-GCM, key by scrypt): magic, salt,
 * nonce, the sealed bytes, tag. Readable by its owner alone.
 */

const MAGIC = Buffer.from('slipway-sealed-1\n')
const [SALT, NONCE, TAG] = [16, 12, 16]
const GZIP = Buffer.from([0x1f, 0x8b])

/** Writes a back-up whole or not at all: under another name until everything is on the disk. Never over a file. */
export async function writeBackupFile(
  file: string,
  chunks: AsyncIterable<Buffer>,
  passphrase: string | null,
): Promise<void> {
  const draft = `${file}.part`
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new BackupProblem(`${file} is there already. A back-up writes over nothing.`)
    throw new BackupProblem(`${file} cannot be written (${error.code}).`)
  })
  await handle.close()
  try {
    // What a run that was killed has left. One that somebody else put there is not written into: it would stay theirs.
    await rm(draft, { force: true })
    const into = await open(draft, 'wx', 0o600)
    try {
      if (passphrase === null) await pipeline(chunks, createGzip({ level: 6 }), append(into))
      else {
        const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)]
        await into.write(Buffer.concat([MAGIC, salt, nonce]))
        const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, salt), nonce)
        await pipeline(chunks, createGzip({ level: 6 }), cipher, append(into))
        await into.write(cipher.getAuthTag())
      }
      await into.sync()
    } finally {
      await into.close()
    }
    await rename(draft, file)
  } catch (error) {
    await Promise.all([rm(draft, { force: true }), rm(file, { force: true })])
    throw error
  }
}

function append(handle: FileHandle) {
  return async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) await handle.write(chunk)
  }
}

/** The bytes of a back-up from its start, unsealed and unpacked. Throws `BackupProblem` with what is wrong with the file. */
export async function* readBackupFile(file: string, passphrase: string | null): AsyncGenerator<Buffer> {
  const { head, tag, size } = await look(file)
  const isSealed = head.subarray(0, MAGIC.length).equals(MAGIC)
  if (!isSealed && !head.subarray(0, GZIP.length).equals(GZIP))
    throw new BackupProblem('This is not a back-up of Slipway.')
  if (isSealed && passphrase === null)
    throw new BackupProblem('This back-up is sealed. Set BACKUP_PASSPHRASE to what it was made with.')
  const begins = isSealed ? MAGIC.length + SALT + NONCE : 0
  const ends = isSealed ? size - TAG : size
  if (ends <= begins) throw new BackupProblem('This back-up ends too early: it is incomplete.')
  const source = createReadStream(file, { start: begins, end: ends - 1 })
  const unpacked = createGunzip()
  const parts: NodeJS.ReadWriteStream[] = [unpacked]
  if (isSealed) {
    const salt = head.subarray(MAGIC.length, MAGIC.length + SALT)
    const nonce = head.subarray(MAGIC.length + SALT, begins)
    const opened = createDecipheriv('aes-256-gcm', keyOf(passphrase ?? '', salt), nonce)
    opened.setAuthTag(tag)
    parts.unshift(opened)
  }
  const flowing = pipeline([source, ...parts])
  // Whoever reads on meets the same error through the stream.
  flowing.catch(() => undefined)
  try {
    for await (const chunk of unpacked) yield chunk as Buffer
    await flowing
  } catch (error) {
    throw explain(error, isSealed)
  } finally {
    source.destroy()
    unpacked.destroy()
  }
}

/** What the streams throw, in our words; anything of another layer as it is. */
function explain(error: unknown, isSealed: boolean): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (isSealed && /^Z_|ERR_STREAM_PREMATURE|ERR_OSSL|auth/i.test(`${code} ${String(error)}`))
    return new BackupProblem(
      'This back-up does not open: another passphrase, or it is damaged or incomplete.',
    )
  if (code === 'Z_BUF_ERROR') return new BackupProblem('This back-up ends too early: it is incomplete.')
  if (code.startsWith('Z_'))
    return new BackupProblem('This back-up is damaged or was edited: it does not unpack.')
  return error
}

async function look(file: string): Promise<{ head: Buffer; tag: Buffer; size: number }> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new BackupProblem(`${file} cannot be read (${error.code}).`)
  })
  try {
    const { size } = await handle.stat()
    const head = Buffer.alloc(Math.min(size, MAGIC.length + SALT + NONCE))
    await handle.read(head, 0, head.length, 0)
    const tag = Buffer.alloc(Math.min(size, TAG))
    await handle.read(tag, 0, tag.length, size - tag.length)
    return { head, tag, size }
  } finally {
    await handle.close()
  }
}

function keyOf(passphrase: string, salt: Buffer): Buffer {
  return scryptSync(passphrase.normalize('NFKC'), salt, 32, {
    N: 2 ** 17,
    r: 8,
    p: 1,
    maxmem: 256 * 1024 * 1024,
  })
}

/** Null without one. Throws `BackupProblem` where it is one that would be guessed. */
export function readPassphrase(): string | null {
  const given = process.env.BACKUP_PASSPHRASE ?? ''
  if (given === '') return null
  if (given.length < 12) throw new BackupProblem('BACKUP_PASSPHRASE: has fewer than 12 characters.')
  return given
}
