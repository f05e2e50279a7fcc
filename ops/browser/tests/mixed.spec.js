// Nobody sees another's row, whatever is abandoned or breaks. `ops/soak` does the same a hundred thousand times.
import { expect, test } from '@playwright/test'
import { cookieOf, entered } from './support/enter.js'
import { mixed } from './support/mixed.js'

const TOTAL = Number(process.env.COUNTERFOIL_MIXED ?? 5_000)

test('mixed requests, abandoned ones, crashes and a full pool: everybody sees their own', async ({ playwright, baseURL }) => {
  test.setTimeout(120_000 + TOTAL * 30)
  const people = []
  for (const slug of ['bradford', 'fenmere', 'south-tyneside']) {
    const request = await entered(playwright, baseURL, `audit@${slug}.example`)
    people.push({ cookie: await cookieOf(request), paths: [`/councils/${slug}/claims`, `/councils/${slug}/runs`] })
  }
  for (const [email, slug] of [['administrator@fieldfare-care.example', 'fenmere'], ['administrator@coastline-care.example', 'south-tyneside']]) {
    const request = await entered(playwright, baseURL, email)
    const home = await (await request.get('/')).text()
    const organisation = home.match(/org_[0-9a-f]{32}/)[0]
    people.push({ cookie: await cookieOf(request), paths: [`/organisations/${organisation}/councils/${slug}/claims`, `/organisations/${organisation}`] })
  }
  const tally = await mixed(baseURL, people, { total: TOTAL })
  console.log(`${TOTAL} mixed requests: ${JSON.stringify({ ...tally, foreign: tally.foreign.length })}`)
  expect(tally.foreign).toEqual([])
  expect(tally.whole, 'answers to look at').toBeGreaterThan(TOTAL * 0.7)
  expect(tally.abandoned).toBeGreaterThan(0)
})
