// Guessing at passwords over HTTP from many addresses of the loopback network: what a stranger can do, and nothing else.
import http from 'node:http'

/** One request from an address, with what comes back. */
export function send (base, { method = 'GET', path, from, cookie = '', form }) {
  const body = form ? new URLSearchParams(form).toString() : undefined
  const url = new URL(path, base)
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method, localAddress: from,
      headers: {
        host: url.host, cookie,
        ...(body ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } : {})
      }
    }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve({
        status: response.statusCode,
        location: response.headers.location,
        cookies: response.headers['set-cookie'] ?? [],
        text: Buffer.concat(chunks).toString('utf8')
      }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** A visitor's session cookie and the token of the sign-in form, from an address. */
export async function visitor (base, from) {
  const page = await send(base, { path: '/sign-in', from })
  const cookie = page.cookies.map((text) => text.split(';')[0]).join('; ')
  return { from, cookie, csrf: page.text.match(/name="csrf" value="([^"]+)"/)[1] }
}

/** One try; how it went, and how many milliseconds it took. */
export async function attempt (base, { from, cookie, csrf }, email, password) {
  const began = performance.now()
  const answer = await send(base, { method: 'POST', path: '/sign-in', from, cookie, form: { csrf, email, password } })
  return { ...answer, milliseconds: performance.now() - began }
}

/** Tries at one login from so many addresses, in turn. */
export async function guess (base, email, { tries, addresses }) {
  const visitors = []
  for (let number = 0; number < addresses; number++) visitors.push(await visitor(base, `127.0.9.${number + 1}`))
  const outcomes = { in: 0, wrong: 0, refused: 0 }
  for (let number = 0; number < tries; number++) {
    const answer = await attempt(base, visitors[number % addresses], email, `guess number ${number}`)
    if (answer.status === 303) outcomes.in++
    else if (answer.status === 429) outcomes.refused++
    else outcomes.wrong++
  }
  return outcomes
}

export const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)]
