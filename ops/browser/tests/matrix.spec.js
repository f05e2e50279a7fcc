// Every route, asked by every kind of person, about what is theirs, what is another's, and what nobody has. The list of
// routes is the program's own: one with a name that PARAMETERS does not know fails.
import { test, expect } from '@playwright/test'
import { entered } from './support/enter.js'
import { absentId, anothers, everybody, fill, idFor, PEOPLE, routes, standing, theirOwn } from './support/routes.js'

const ALL = { maxRedirects: 0, failOnStatusCode: false }

/** What differs from one answer to the next: the nonce. Everything else has to be the same. */
const plain = (body) => body.replaceAll(/nonce="[0-9a-f]{32}"/g, 'nonce=""')

const seen = async (response) => ({ status: response.status(), body: plain(await response.text()) })

test('every route answers whoever may see it, and nobody else, not even with a hint', async ({ playwright, baseURL }) => {
  test.setTimeout(300_000)
  const asked = await everybody(playwright, baseURL)
  const own = await theirOwn(asked)
  const others = await anothers(asked, await entered(playwright, baseURL, 'finance@fenmere.example'))
  const ask = async (request, { method }, path) => {
    if (method === 'GET') return request.get(path, { ...ALL, timeout: 20_000 })
    const asForm = await request.post(path, { form: {}, ...ALL })
    // what takes a file is asked in the way of files
    return asForm.status() === 415 ? request.post(path, { multipart: { nothing: 'here' }, ...ALL }) : asForm
  }

  let questions = 0
  for (const route of routes) {
    if (route.path === '/events') continue // a stream: its own story
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const [name, who] of Object.entries(PEOPLE)) {
      const what = `${route.method} ${route.path} as ${name}`
      const request = asked[name]
      const mine = await seen(await ask(request, route, fill(route.path, own)))
      questions++
      expect(mine.status, what).toBeLessThan(500)
      if (route.gate === 'Anyone') {
        expect(mine.status, what).not.toBe(401)
        continue
      }
      if (!who) {
        expect([303, 401], `${what}: is led to the sign-in`).toContain(mine.status)
        continue
      }
      const { belongs, mayDo } = standing(route, who)
      if (!belongs) {
        // exactly as if it were not there
        const absent = await seen(await ask(request, route, fill(route.path, {})))
        questions++
        expect(mine.status, what).toBe(404)
        expect(mine.body, `${what}: as an absent one`).toBe(absent.body)
        continue
      }
      const isStale = mine.body.includes('This page was out of date')
      if (!mayDo) {
        expect(mine.status, what).toBe(403)
        expect(isStale, `${what}: is refused before the form is looked at`).toBe(false)
        continue
      }
      if (route.method === 'POST') {
        expect(mine.status, `${what}: a form without its token changes nothing`).toBe(403)
        expect(isStale, what).toBe(true)
      } else {
        expect([401, 403], what).not.toContain(mine.status)
      }
      // another's object in the place of one's own, one name at a time
      for (const changed of names.filter((name) => name in others)) {
        if (route.gate === 'Operating' || route.method === 'POST') continue
        const key = idFor(route.path, changed)
        const theirs = await seen(await ask(request, route, fill(route.path, { ...own, [key]: others[key] })))
        const absent = await seen(await ask(request, route, fill(route.path, { ...own, [key]: absentId(changed) })))
        questions += 2
        expect(theirs.status, `${what}, with another's ${changed}`).toBe(404)
        expect(theirs.body, `${what}, with another's ${changed}: as an absent one`).toBe(absent.body)
      }
    }
  }
  console.log(`${routes.length} routes, ${Object.keys(PEOPLE).length} kinds of people, ${questions} questions`)
})
