// The program's own list of routes, the kinds of people who ask, and what in the demo belongs to whom.
import { execFileSync } from 'node:child_process'
import { expect } from '@playwright/test'
import { entered } from './enter.js'

export const COUNCIL = 'bradford'
export const OTHER_COUNCIL = 'fenmere'
const ABSENT_ID = 'ffffffffffffffffffffffffffffffff'

/** What a name in a path stands for: the kind of id that it has, if it is one. */
const PARAMETERS = {
  claim: 'clm', run: 'run', file: 'fil', organisation: 'org', person: 'per', invitation: 'inv', letter: 'let', passkey: 'pky',
  contract: 'ctr', line: 'cpli', schedule: 'sch', guidance: 'gui', notice: 'pnt', query: 'qry', team: 'tea', dispute: 'dis', attachment: 'att', document: 'doc', adjustment: 'adj', invoice: 'ivc', billing: 'bil',
  trial: 'tri', digest: null, number: null, week: null, request: null, report: null, form: null, session: null, token: null, upload: null, version: null, council: null
}

export const routes = execFileSync(process.env.COUNTERFOIL_PROGRAM, ['routes'], { encoding: 'utf8' })
  .trim().split('\n').map((line) => JSON.parse(line))

export const PEOPLE = {
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

/** What a page first has of something, or the part of it that the pattern sets apart. */
async function firstOn (request, path, pattern) {
  const page = await (await request.get(path)).text()
  const found = page.match(pattern)
  return found?.[1] ?? found?.[0]
}

/** The first id of a kind that a page leads to. */
const idOn = (request, path, kind) => firstOn(request, path, new RegExp(`${kind}_[0-9a-f]{32}`))

/** What a provider has of a council's care: a contract with a line, and a schedule. */
async function careOf (request, { organisation, council }) {
  const at = `/organisations/${organisation}/councils/${council}`
  const contract = await idOn(request, `${at}/contracts`, 'ctr')
  return {
    contract,
    line: await idOn(request, `${at}/contracts/${contract}`, 'cpli'),
    schedule: await idOn(request, `${at}/calendars`, 'sch')
  }
}

/** Each kind of person, signed in: an asking context by name. */
export async function everybody (playwright, baseURL) {
  const asked = {}
  for (const [name, who] of Object.entries(PEOPLE)) {
    asked[name] = who ? await entered(playwright, baseURL, who.email) : await playwright.request.newContext({ baseURL })
  }
  return asked
}

/** What the council and the provider of most people here have. */
export async function theirOwn (asked) {
  const organisation = await idOn(asked['provider staff'], '/', 'org')
  const own = {
    council: COUNCIL,
    organisation,
    claim: await idOn(asked['provider staff'], `/organisations/${organisation}/councils/${COUNCIL}/claims`, 'clm'),
    run: await idOn(asked.officer, `/councils/${COUNCIL}/runs`, 'run')
  }
  own.file = await idOn(asked.officer, `/councils/${COUNCIL}/runs/${own.run}`, 'fil')
  own.person = await idOn(asked.administrator, `/councils/${COUNCIL}/staff`, 'per')
  Object.assign(own, await careOf(asked['provider staff'], own))
  const at = `/organisations/${organisation}/councils/${COUNCIL}`
  own.guidance = await idOn(asked['provider staff'], `${at}/guidance`, 'gui')
  own.week = await firstOn(asked['provider staff'], `${at}/payments?contract=${own.contract}`, new RegExp(`payments/${own.contract}/([0-9-]{10})`))
  own.number = await firstOn(asked['provider staff'], `${at}/remittances`, /remittances\/([A-Z0-9-]+)/)
  own.report = 'ageing'
  own.billing = await idOn(asked['provider staff'], `${at}/calendars`, 'bil')
  own.dispute = await idOn(asked['provider staff'], `${at}/disputes`, 'dis')
  own.form = 'csv'
  // the newest upload comes first
  own.digest = await firstOn(asked.administrator, `/councils/${COUNCIL}/rules`, /<th scope="row"[^>]*><a [^>]*rules\/([0-9a-f]{64})"/)
  own.colleague = await idOn(asked['provider administrator'], `/organisations/${organisation}/people`, 'per')
  for (const [kind, id] of Object.entries({ ...own })) expect(id, `the demo has a ${kind} of its own`).toBeTruthy()
  return own
}

/** The same of another council and another provider. */
export async function anothers (asked, officer) {
  const others = {
    council: OTHER_COUNCIL,
    organisation: await idOn(asked['administrator of another provider'], '/', 'org'),
    claim: await idOn(officer, `/councils/${OTHER_COUNCIL}/claims`, 'clm'),
    run: await idOn(officer, `/councils/${OTHER_COUNCIL}/runs`, 'run')
  }
  others.file = await idOn(officer, `/councils/${OTHER_COUNCIL}/runs/${others.run}`, 'fil')
  others.person = await idOn(asked['administrator of another council'], `/councils/${OTHER_COUNCIL}/staff`, 'per')
  others.colleague = await idOn(asked['administrator of another provider'], `/organisations/${others.organisation}/people`, 'per')
  Object.assign(others, await careOf(asked['administrator of another provider'], others))
  for (const [kind, id] of Object.entries({ ...others })) expect(id, `the demo has another's ${kind}`).toBeTruthy()
  return others
}

/** The id of something that nobody has. */
export const absentId = (name) => (PARAMETERS[name] ? `${PARAMETERS[name]}_${ABSENT_ID}` : 'no-such-thing')

/** What stands among ids for a name in a path: a person is one of the staff that the path is about. */
export const idFor = (path, name) => (name === 'person' && path.startsWith('/organisations/') ? 'colleague' : name)

/** A path with ids in the places of its names. */
export const fill = (path, ids) => path.replaceAll(/\{(\w+)\}/g, (_, name) => {
  if (!(name in PARAMETERS)) throw new Error(`the matrix does not know {${name}} of ${path}: add it to PARAMETERS`)
  return ids[idFor(path, name)] ?? absentId(name)
})

/** Whether a kind of person passes the gate of a route, and whether they may do what is behind it. */
export function standing (route, who) {
  const belongs = {
    Anyone: true,
    HalfSignedIn: true,
    SignedIn: true,
    Staff: Boolean(who?.staff),
    Provider: Boolean(who?.provider),
    ProviderManaging: Boolean(who?.provider),
    ProviderAt: Boolean(who?.provider),
    Operating: Boolean(who?.operator)
  }[route.gate]
  expect(belongs, `the matrix does not know the gate ${route.gate}`).toBeDefined()
  const mayDo = route.gate === 'Staff'
    ? who?.staff?.some((role) => route.roles.includes(role))
    : route.gate === 'ProviderManaging' ? who?.provider === 'administrator' : belongs
  return { belongs, mayDo: Boolean(mayDo) }
}
