// The life of a payment rule on a demo whose clock the story holds: an administrator uploads a version, a second one
// approves it, it goes live with the period that starts on Saturday 19 December 2020, claims of the weeks before and after are
// paid, and it is rolled back. Every paid line still names the version that priced it.
import { readFileSync } from 'node:fs'
import { check, expect, test } from './support/test.js'
import { clocked } from './support/clocked.js'
import { choose, follow, press, type } from './support/keyboard.js'

const COUNCIL = 'worcestershire-2020'
const UPLOADER = `systems@${COUNCIL}.example`
const SECOND = `assurance@${COUNCIL}.example`
/** Visits at home, for this council alone. */
const PROVIDER = 'administrator@kestrel-domiciliary.example'
const NOTE = 'Built again from the published source'

const standard = (path) => readFileSync(new URL(`../../../rule-plugins/councils/standard/${path}`, import.meta.url))
/** The standard rule with a section that says nothing: the same sums, another digest. */
const COMPONENT = Buffer.concat([standard('standard.wasm'), Buffer.from([0, 5, 4, ...Buffer.from('note')])])
const CASES = ['tiers.json', 'bank-holiday-by-contract.json'].map((name) => ({ name, mimeType: 'application/json', buffer: standard(`cases/${name}`) }))
const wasm = (buffer) => ({ name: 'rule.wasm', mimeType: 'application/wasm', buffer })

let demo
const at = (path) => `${demo.address}${path}`
const RULES = `/councils/${COUNCIL}/rules`
const heading = (page) => page.getByRole('heading', { level: 1 })

test.beforeAll(async () => {
  test.setTimeout(300_000)
  // before the first run: what is paid in advance is in one from the next day on
  demo = await clocked('rules', '2020-12-15T07:00:00Z')
})

test.afterAll(() => demo?.end())

/**
 * Accepts the plan of the provider's claims of a week that nobody has begun with, until one comes to a sum that can be
 * confirmed; confirms it, and gives its id. Of the week of Christmas some need a look of the council first.
 */
async function confirmOne (page, starts) {
  await page.goto(demo.address)
  const claims = await page.locator(`a[href^="/organisations/"][href$="/councils/${COUNCIL}/claims"]`).first().getAttribute('href')
  const links = page.locator('main tbody a[href*="/clm_"]')
  // the demo makes them once it has seen the clock
  await expect(async () => {
    await page.goto(at(`${claims}?state=open&starts=${starts}`))
    await expect(links.first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 120_000 })
  for (const claim of await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')))) {
    await page.goto(at(claim))
    await page.getByRole('button', { name: 'Accept the plan' }).click()
    await expect(page.getByText('Your actuals are saved')).toBeVisible()
    const confirm = page.getByRole('button', { name: 'Confirm', exact: true })
    if (await confirm.count() === 0) continue
    await confirm.click()
    await confirm.click()
    await expect(page.getByText('in the bank on')).toBeVisible()
    return page.url().match(/clm_[0-9a-f]{32}/)[0]
  }
  throw new Error(`no claim of the week from ${starts} can be confirmed as planned`)
}

/** Waits until a claim is paid, and looks which version priced it. */
async function paidBy (page, claim, digest) {
  await expect(async () => {
    await page.goto(at(`/councils/${COUNCIL}/claims/${claim}`))
    await expect(page.locator('dt:text-is("State") + dd')).toHaveText('Paid', { timeout: 500 })
  }).toPass({ timeout: 120_000 })
  await expect(page.locator('dt:text-is("Priced by") + dd')).toContainText(digest.slice(0, 12))
}

test('a version is uploaded, approved by a second administrator, goes live on Saturday, and is rolled back', async ({ page }) => {
  test.setTimeout(420_000)
  await demo.signIn(page, UPLOADER)
  await page.goto(at(`/councils/${COUNCIL}`))
  await follow(page, 'Payment rules')
  await expect(heading(page)).toHaveText('Payment rules')
  const before = (await page.locator('main dl a').first().getAttribute('href')).split('/').pop()
  await check(page)
  await press(page, 'Upload a version')
  await check(page)
  // what cannot be used is said, and nothing typed is lost
  await page.getByLabel('Component').setInputFiles(wasm(Buffer.from('%PDF-1.7')))
  await type(page, 'What changed?', NOTE)
  await press(page, 'Upload and check')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert')).toContainText('This file cannot be used as a rule')
  await expect(page.getByLabel('What changed?')).toHaveValue(NOTE)
  await check(page)
  await page.getByLabel('Component').setInputFiles(wasm(COMPONENT))
  await page.getByLabel('Cases (optional)').setInputFiles(CASES)
  await press(page, 'Upload and check')
  await expect(page.getByText('The version is uploaded and checked')).toBeVisible()
  await expect(page.getByText('All 2 pass')).toBeVisible()
  await expect(page.getByText('You uploaded this version.')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Approve it' })).toHaveCount(0)
  await check(page)
  const uploaded = new URL(page.url()).pathname.split('/').pop()
  expect(uploaded).toMatch(/^[0-9a-f]{64}$/)

  await demo.signIn(page, SECOND, '2020-12-15T07:01:00Z')
  await page.goto(at(RULES))
  const row = page.locator('tr', { has: page.locator(`a[href$="${uploaded}"]`) }).first()
  await expect(row).toContainText('Waits for approval')
  await expect(page.getByText('8 bytes')).toBeVisible()
  await check(page)
  await page.goto(at(`${RULES}/${uploaded}`))
  await choose(page, 'Approve it')
  await press(page, 'Save')
  await expect(page.getByText('The version is approved')).toBeVisible()
  await check(page)
  await press(page, 'Switch it on from a date')
  await check(page)
  await expect(page.getByRole('radio', { name: 'Saturday 19 December 2020' })).toBeVisible()
  await choose(page, 'Saturday 19 December 2020')
  await press(page, 'Continue')
  await expect(heading(page)).toHaveText('Check what changes')
  await check(page)
  await press(page, 'Switch it on')
  await expect(page.getByText('The version is switched on')).toBeVisible()
  await check(page)

  // the week before Saturday goes by the version before, the week after by the new one
  await demo.signIn(page, PROVIDER, '2020-12-19T07:00:00Z')
  const first = await confirmOne(page, '2020-12-12')
  await demo.signIn(page, PROVIDER, '2020-12-26T07:00:00Z')
  const next = await confirmOne(page, '2020-12-19')

  await demo.signIn(page, UPLOADER, '2021-01-08T09:00:00Z')
  await paidBy(page, first, before)
  await paidBy(page, next, uploaded)
  await page.goto(at(RULES))
  await follow(page, /^Roll back to standard/)
  await check(page)
  await choose(page, /2021/)
  await press(page, 'Continue')
  await expect(page.getByText('as it did before')).toBeVisible()
  await check(page)
  await press(page, 'Roll back to it')
  await expect(page.getByRole('alert')).toContainText('Enter why')
  await check(page)
  await type(page, 'Why?', 'A fault was found')
  await press(page, 'Roll back to it')
  await expect(page.getByText('switched on in place of the other')).toBeVisible()
  await check(page)
  await page.goto(at(RULES))
  await expect(page.getByText('A fault was found')).toBeVisible()
  await check(page)

  // what is paid keeps the version that priced it, and every byte of that is still to be had
  await paidBy(page, first, before)
  await paidBy(page, next, uploaded)
  const component = await page.request.get(at(`${RULES}/${uploaded}/component`))
  expect(await component.body()).toEqual(COMPONENT)
  await page.goto(at(`/councils/${COUNCIL}/audit?kind=rule`))
  for (const words of ['Payment rule uploaded', 'Payment rule approved', 'Payment rule switched on', 'Payment rule rolled back', 'Uploaded file refused as a payment rule']) {
    await expect(page.getByText(words).first()).toBeVisible()
  }
})
