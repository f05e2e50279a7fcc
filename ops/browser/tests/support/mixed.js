// Requests of many people, mixed: more at once than there are connections to the database, some abandoned half way, and the
// database's own processes ended under them. Whatever is answered has to be the asker's own, to the letter.
import { execFileSync } from 'node:child_process'
import http from 'node:http'

/** What changes from one answer to the next for the same person and page. */
const plain = (text) => text
  .replaceAll(/nonce="[0-9a-f]{32}"/g, '')
  .replaceAll(/(name="csrf" value|data-csrf)="[^"]*"/g, '')
  .replaceAll(/data-(idle|absolute)-seconds="\d+"/g, '')
  .replaceAll(/signed out (in|after) [^<]*/g, '')

/** One request; abandoned after so many milliseconds, if any are given. */
function ask (base, path, cookie, abandonAfter) {
  const url = new URL(path, base)
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port: url.port, path: url.pathname + url.search, headers: { host: url.host, cookie } }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') }))
      response.on('error', () => resolve({ status: 0, text: '' }))
    })
    request.on('error', () => resolve({ status: 0, text: '' }))
    if (abandonAfter !== undefined) setTimeout(() => request.destroy(), abandonAfter)
  })
}

/** Ends connections of the service's roles to the database, as a crash would. */
function crash () {
  for (const role of ['council', 'provider', 'identity']) {
    try {
      execFileSync('pkill', ['-TERM', '-o', '-f', `postgres: counterfoil_${role}`])
    } catch {
      // there was none at this moment
    }
  }
}

/**
 * Asks for the pages of `people` (`{ cookie, paths }`) in turn, `total` times, `together` at once.
 * Tells how many answers were whole, abandoned and failed, and which were not the asker's own.
 */
export async function mixed (base, people, { total, together = 40, abandon = 0.15, crashEvery = 1_000 }) {
  const asked = people.flatMap(({ cookie, paths }) => paths.map((path) => ({ cookie, path })))
  for (const one of asked) {
    const first = await ask(base, one.path, one.cookie)
    if (first.status !== 200) throw new Error(`${one.path}: ${first.status}`)
    one.own = plain(first.text)
  }
  const tally = { whole: 0, abandoned: 0, failed: 0, crashes: 0, foreign: [] }
  let next = 0
  const worker = async () => {
    while (next < total) {
      const number = next++
      const one = asked[number % asked.length]
      if (crashEvery && number % crashEvery === crashEvery - 1) {
        crash()
        tally.crashes++
      }
      const isAbandoned = (number * 7919) % 100 < abandon * 100
      const answer = await ask(base, one.path, one.cookie, isAbandoned ? number % 23 : undefined)
      if (answer.status === 200 && plain(answer.text) === one.own) tally.whole++
      else if (answer.status === 200) tally.foreign.push({ path: one.path, text: answer.text.slice(0, 2_000) })
      else if (isAbandoned && answer.status === 0) tally.abandoned++
      else tally.failed++
    }
  }
  await Promise.all(Array.from({ length: together }, worker))
  return tally
}
