// Signing in over HTTP, without a browser.
import { code, person } from './people.js'

const ONCE = { maxRedirects: 0, failOnStatusCode: false }
const tokenOf = (html) => html.match(/name="csrf" value="([^"]+)"/)[1]

/** A client that is signed in as somebody. */
export async function entered (playwright, baseURL, email) {
  const request = await playwright.request.newContext({ baseURL })
  const who = person(email)
  const form = tokenOf(await (await request.get('/sign-in')).text())
  const first = await request.post('/sign-in', { form: { csrf: form, email, password: who.password }, ...ONCE })
  if (first.headers().location !== '/sign-in/second-factor') throw new Error(`${email}: ${first.status()}`)
  const factor = tokenOf(await (await request.get('/sign-in/second-factor')).text())
  // a code that another story has used for the same person is not good again: then the next one is
  for (let tries = 0; tries < 4; tries++) {
    const second = await request.post('/sign-in/second-factor', { form: { csrf: factor, code: await code(who.key) }, ...ONCE })
    if (second.status() === 303) return request
  }
  throw new Error(`${email} does not come in`)
}

/** Its cookies, for a client of another kind. */
export async function cookieOf (request) {
  const { cookies } = await request.storageState()
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}
