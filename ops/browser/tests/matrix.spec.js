// Every route, asked by every kind of person, about what is theirs, what is another's, and what nobody has. The list of
// routes is the program's own: one that stands in no line of OBJECTS fails.
import { execFileSync } from 'node:child_process'
import { test, expect } from '@playwright/test'
import { entered } from './support/enter.js'

const COUNCIL = 'bradford'
const OTHER_COUNCIL = 'fenmere'
const ABSENT_ID = 'ffffffffffffffffffffffffffffffff'

/** What a name in a path stands for: the kind of id that it has. `bound` ids belong to a council or an organisation. */
const PARAMETERS = {
  claim: 'clm', run: 'run', file: 'fil', organisation: 'org', person: 'per', invitation: 'inv', letter: 'let', passkey: 'pky',
  number: null, session: null, token: null, upload: null, version: null, council: null
}

const routes = execFileSync(process.env.COUNTERFOIL_PROGRAM, ['routes'], { encoding: 'utf8' })
  .trim().split('\n').map((line) => JSON.parse(line))

const PEOPLE = {
  nobody: null,
  officer: { email: 'finance@bradford.example', staff: ['officer'] },
  approver: { email: 'approvals@bradford.example', staff: ['approver'] },
  administrator: { email: 'systems@bradford.example', staff: ['administrator'] },
  auditor: { email: 'audit@bradford.example', staff: ['auditor'] },
  commissioning: { email: 'commissioning@bradford.example', staff: ['commissioning'] },
  'administrator of another council': { email: 'systems@fenmere.example' },
  // of a provider that works for this council only
  'provider staff': { email: 'staff@underwood-care.example', provider: 'staff' },
  'provider administrator': { email: 'administrator@underwood-care.example', provider: 'administrator' },
  // of a provider that works for the other council only
  'administrator of another provider': { email: 'administrator@hazel-day-club.example' },
  operator: { email: 'operator@counterfoil.example', operator: true }
}

const ALL = { maxRedirects: 0, failOnStatusCode: false }

/** What differs from one answer to the next: the nonce. Everything else has to be the same. */
const plain = (body) => body.replaceAll(/nonce="[0-9a-f]{32}"/g, 'nonce=""')

const seen = async (response) => ({ status: response.status(), body: plain(await response.text()) })

/** The first id of a kind that a page leads to. */
async function idOn (request, path, kind) {
  const page = await (await request.get(path)).text()
  const found = page.match(new RegExp(`${kind}_[0-9a-f]{32}`))
  return found?.[0]
}

test('every route answers whoever may see it, and nobody else, not even with a hint', async ({ playwright, baseURL }) => {
  test.setTimeout(300_000)
  const asked = {}
  for (const [name, who] of Object.entries(PEOPLE)) {
    asked[name] = who ? await entered(playwright, baseURL, who.email) : await playwright.request.newContext({ baseURL })
  }
  const other = await entered(playwright, baseURL, 'finance@fenmere.example')
  const rival = asked['administrator of another provider']

  const organisation = await idOn(asked['provider staff'], '/', 'org')
  const rivals = await idOn(rival, '/', 'org')
  const own = {
    council: COUNCIL,
    organisation,
    claim: await idOn(asked['provider staff'], `/organisations/${organisation}/councils/${COUNCIL}/claims`, 'clm'),
    run: await idOn(asked.officer, `/councils/${COUNCIL}/runs`, 'run')
  }
  own.file = await idOn(asked.officer, `/councils/${COUNCIL}/runs/${own.run}`, 'fil')
  own.person = await idOn(asked.administrator, `/councils/${COUNCIL}/staff`, 'per')
  const others = {
    council: OTHER_COUNCIL,
    organisation: rivals,
    claim: await idOn(other, `/councils/${OTHER_COUNCIL}/claims`, 'clm'),
    run: await idOn(other, `/councils/${OTHER_COUNCIL}/runs`, 'run')
  }
  others.file = await idOn(other, `/councils/${OTHER_COUNCIL}/runs/${others.run}`, 'fil')
  others.person = await idOn(asked['administrator of another council'], `/councils/${OTHER_COUNCIL}/staff`, 'per')
  for (const [kind, id] of Object.entries({ ...own })) expect(id, `the demo has a ${kind} of its own`).toBeTruthy()
  for (const [kind, id] of Object.entries({ ...others })) expect(id, `the demo has another's ${kind}`).toBeTruthy()

  const absentId = (name) => (PARAMETERS[name] ? `${PARAMETERS[name]}_${ABSENT_ID}` : 'no-such-thing')
  const fill = (path, ids) => path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    if (!(name in PARAMETERS)) throw new Error(`the matrix does not know {${name}} of ${path}: add it to PARAMETERS`)
    return ids[name] ?? absentId(name)
  })
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
      const belongs = {
        HalfSignedIn: true,
        SignedIn: true,
        Staff: Boolean(who.staff),
        Provider: Boolean(who.provider),
        ProviderManaging: Boolean(who.provider),
        ProviderAt: Boolean(who.provider),
        Operating: Boolean(who.operator)
      }[route.gate]
      expect(belongs, `the matrix does not know the gate ${route.gate}`).toBeDefined()
      const mayDo = route.gate === 'Staff'
        ? who.staff?.some((role) => route.roles.includes(role))
        : route.gate === 'ProviderManaging' ? who.provider === 'administrator' : belongs
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
        const theirs = await seen(await ask(request, route, fill(route.path, { ...own, [changed]: others[changed] })))
        const absent = await seen(await ask(request, route, fill(route.path, { ...own, [changed]: absentId(changed) })))
        questions += 2
        expect(theirs.status, `${what}, with another's ${changed}`).toBe(404)
        expect(theirs.body, `${what}, with another's ${changed}: as an absent one`).toBe(absent.body)
      }
    }
  }
  console.log(`${routes.length} routes, ${Object.keys(PEOPLE).length} kinds of people, ${questions} questions`)
})
