import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readBackupFile, writeBackupFile } from './backup-file'

const folder = mkdtempSync(join(tmpdir(), 'slipway-backup-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TEXT = 'a line of somebody\n'.repeat(5000)
const PASSPHRASE = 'a heron stood by the lock'
async function* chunks() {
  for (let from = 0; from < TEXT.length; from += 7777) yield Buffer.from(TEXT.slice(from, from + 7777))
}
async function read(file: string, passphrase: string | null): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of readBackupFile(file, passphrase)) parts.push(part)
  return Buffer.concat(parts).toString()
}
const place = (name: string) => join(folder, name)

test('S-75: it is readable by its owner alone, whole or not there, and never over another', async () => {
  const file = place('plain')
  await writeBackupFile(file, chunks(), null)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(gunzipSync(readFileSync(file)).toString()).toBe(TEXT)
  expect(await read(file, null)).toBe(TEXT)
  await expect(writeBackupFile(file, chunks(), null)).rejects.toThrow('is there already')

  async function* breaking() {
    yield Buffer.from(TEXT)
    throw new Error('the database went away')
  }
  await expect(writeBackupFile(place('broken'), breaking(), null)).rejects.toThrow('went away')
  expect(readdirSync(folder)).toEqual(['plain'])
  await expect(writeBackupFile(place('no/such/folder'), chunks(), null)).rejects.toThrow(
    'cannot be written (ENOENT)',
  )
})

test('S-75: it goes into no file that somebody else has laid out for it', async () => {
  writeFileSync(place('elsewhere'), '', { mode: 0o644 })
  symlinkSync(place('elsewhere'), place('laid.part'))
  await writeBackupFile(place('laid'), chunks(), null)
  expect(readFileSync(place('elsewhere')).length).toBe(0)
  expect(lstatSync(place('laid')).isSymbolicLink()).toBe(false)
  expect(statSync(place('laid')).mode & 0o777).toBe(0o600)
})

test('S-75: sealed it shows nothing, opens with its passphrase only, and any damage is noticed', async () => {
  const file = place('sealed')
  await writeBackupFile(file, chunks(), PASSPHRASE)
  const bytes = readFileSync(file)
  expect(bytes.includes('somebody')).toBe(false)
  expect(() => gunzipSync(bytes)).toThrow()
  expect(await read(file, PASSPHRASE)).toBe(TEXT)
  await expect(read(file, null)).rejects.toThrow('Set BACKUP_PASSPHRASE')
  await expect(read(file, `${PASSPHRASE}.`)).rejects.toThrow('does not open')
  for (const at of [20, 40, 60, bytes.length - 20, bytes.length - 1]) {
    const edited = Buffer.from(bytes)
    edited[at] = (edited[at] ?? 0) ^ 1
    writeFileSync(place('edited'), edited)
    await expect(read(place('edited'), PASSPHRASE), `byte ${at}`).rejects.toThrow('does not open')
  }
  for (const length of [17, 30, 45, 61, bytes.length - 1]) {
    writeFileSync(place('cut'), bytes.subarray(0, length))
    await expect(read(place('cut'), PASSPHRASE), `${length} bytes`).rejects.toThrow(
      /does not open|ends too early/,
    )
  }
})

test('what is no back-up, and one that was cut off or changed, is told apart', async () => {
  const bytes = readFileSync(place('plain'))
  const tryWith = (content: Buffer | string) => {
    writeFileSync(place('tried'), content)
    return read(place('tried'), null)
  }
  await expect(tryWith('')).rejects.toThrow('not a back-up of Slipway')
  await expect(tryWith('-- PostgreSQL database dump')).rejects.toThrow('not a back-up of Slipway')
  await expect(tryWith(bytes.subarray(0, 100))).rejects.toThrow('ends too early')
  const edited = Buffer.from(bytes)
  edited[60] = (edited[60] ?? 0) ^ 1
  await expect(tryWith(edited)).rejects.toThrow(/damaged or was edited|ends too early/)
  await expect(read(place('absent'), null)).rejects.toThrow('cannot be read (ENOENT)')
})
