// What the service mailed: the files that it writes where no relay is set.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(process.env.COUNTERFOIL_DEMO, 'letters')

/** Quoted-printable and base64 bodies as text. */
function decoded (mail) {
  const [head, ...rest] = mail.split(/\r?\n\r?\n/)
  const body = rest.join('\n\n')
  if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8')
  if (!/content-transfer-encoding:\s*quoted-printable/i.test(head)) return body
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function mails (folder = FOLDER) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.eml')).map((name) => readFileSync(join(folder, name), 'utf8'))
  } catch {
    return []
  }
}

/** What a council has sent, whose text has `words` in it: the mail as it is, and its text. */
export async function councilMail (slug, words) {
  const until = Date.now() + 20_000
  for (;;) {
    const found = mails(join(process.env.COUNTERFOIL_DEMO, slug, 'e-mails')).map((mail) => ({ mail, text: decoded(mail) }))
      .find(({ text }) => words.test(text))
    if (found) return found
    if (Date.now() > until) throw new Error(`no mail of ${slug} that says ${words}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** How many letters there are for somebody by now. */
export const count = (email) => mails().filter((mail) => isTo(mail, email)).length

const isTo = (mail, email) => new RegExp(`^to:.*${email.replaceAll('.', '\\.')}`, 'im').test(mail.split(/\r?\n\r?\n/)[0])

/** The next letter for somebody whose text has `words` in it, and that is not among `seen`. */
export async function letter (email, words, seen = new Set()) {
  const until = Date.now() + 15_000
  for (;;) {
    const found = mails().filter((mail) => isTo(mail, email)).map(decoded).find((text) => words.test(text) && !seen.has(text))
    if (found) {
      seen.add(found)
      return found
    }
    if (Date.now() > until) throw new Error(`no letter for ${email} that says ${words}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** The path of the link in a letter. */
export function linkIn (text) {
  const found = text.match(/https?:\/\/\S+(\/link\/[0-9a-f]+)/)
  if (!found) throw new Error(`no link in: ${text}`)
  return found[1]
}
