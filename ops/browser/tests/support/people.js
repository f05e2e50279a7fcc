// The demo's people, and what they sign in with: the file that the demo wrote, and the codes that their telephones would
// show.
import { createHash, createHmac } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const { COUNTERFOIL_DEMO } = process.env

const rows = readFileSync(join(COUNTERFOIL_DEMO, 'sign-in.csv'), 'utf8').trim().split('\n').slice(1)
const people = new Map(rows.map((row) => {
  const [email, name, password, key] = row.split(',')
  return [email, { email, name, password, key }]
}))

/** One of them. */
export function person (email) {
  const found = people.get(email)
  if (!found) throw new Error(`nobody in the demo signs in as ${email}`)
  return found
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code of a step of thirty seconds (RFC 6238). */
export function codeOf (key, step) {
  const bits = [...key.replaceAll(' ', '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest[19] & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** Takes a step of somebody's codes for this test alone: tests run beside one another, and a code is good once. */
function take (key, step) {
  const taken = createHash('sha256').update(`${key} ${step}`).digest('hex')
  try {
    closeSync(openSync(join(COUNTERFOIL_DEMO, 'codes', taken), 'wx'))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** A code that is good now and was not used: the service takes the step before and the one after, each once. */
export async function code (key) {
  mkdirSync(join(COUNTERFOIL_DEMO, 'codes'), { recursive: true })
  for (;;) {
    const now = Math.floor(Date.now() / 30_000)
    const step = [now, now + 1].find((step) => take(key, step))
    if (step) return codeOf(key, step)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
