// The life of a payment rule on a demo whose clock the story holds. An author changes the standard rule; an administrator
// uploads it, tries it on four past weeks, a second one approves it, and it goes live with the period that starts on Saturday
// 16 January 2021. That week is paid by it. Then it fails on a claim: it is put into quarantine, what it failed on is priced by
// the version before, and it is rolled back. Every paid line still names the version that priced it, and is computed again to
// the penny.
import { createHash } from 'node:crypto'
import { check, expect, test } from './support/test.js'
import { changed, standard } from './support/author.js'
import { clocked } from './support/clocked.js'
import { rowsOf } from './support/csv.js'
import { choose, follow, press, type } from './support/keyboard.js'

const COUNCIL = 'worcestershire-2020'
const UPLOADER = `systems@${COUNCIL}.example`
const SECOND = `assurance@${COUNCIL}.example`
/** Visits at home, for this council alone. */
const PROVIDER = 'administrator@kestrel-domiciliary.example'
const NOTE = 'Care above the plan is not paid any more'

const STANDARD = createHash('sha256').update(standard('standard.wasm')).digest('hex')
const CASES = ['tiers.json', 'bank-holiday-by-contract.json'].map((name) => ({ name, mimeType: 'application/json', buffer: standard(`cases/${name}`) }))
const wasm = (buffer) => ({ name: 'rule.wasm', mimeType: 'application/wasm', buffer })

/** What the author changes: what was meant, and a mistake that no past week shows: a list of weeks that ends too early. */
const CHANGES = [
  ['src/extras.rs',
    'ExtrasPaid::Payable => Outcome::payable(reason::plain("extra")),',
    'ExtrasPaid::Payable => Outcome::held(Verdict::Rejected, reason::plain("extra-unpaid")),'],
  ['src/frustrated.rs',
    '    if let Some(outcome) = after_end(line, methods, day) {',
    `    // whether places are kept, by week of the year from Saturday 2 January 2021
    let kept = [true, true];
    if let Ok(week) = usize::try_from((day - 18_629).div_euclid(7)) && !kept[week] {
        return Outcome::held(Verdict::Rejected, reason::plain("closed"));
    }
    if let Some(outcome) = after_end(line, methods, day) {`]
]

let demo
let component
const at = (path) => `${demo.address}${path}`
const RULES = `/councils/${COUNCIL}/rules`
const heading = (page) => page.getByRole('heading', { level: 1 })
const pence = (pounds) => Math.round(Number(pounds.replaceAll(/[£,]/g, '')) * 100)

test.beforeAll(async () => {
  test.setTimeout(420_000)
  component = changed('worcestershire', '0.2.0', CHANGES)
  // after the runs of the week that began on 2 January
  demo = await clocked('rules', '2021-01-14T07:00:00Z')
})

test.afterAll(() => demo?.end())

/** The provider's list of claims here, as its home page leads to it. */
async function claimsOf (page) {
  await page.goto(demo.address)
  return await page.locator(`a[href^="/organisations/"][href$="/councils/${COUNCIL}/claims"]`).first().getAttribute('href')
}

/** The addresses of the provider's open claims of a week: the demo makes them once it has seen the clock. */
async function openOf (page, starts) {
  const claims = await claimsOf(page)
  const links = page.locator('main tbody a[href*="/clm_"]')
  await expect(async () => {
    await page.goto(at(`${claims}?state=open&starts=${starts}`))
    await expect(links.first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 120_000 })
  return await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')))
}

/** Confirms the claim whose page is open, and gives its id. */
async function confirm (page) {
  const button = page.getByRole('button', { name: 'Confirm', exact: true })
  await button.click()
  await button.click()
  await expect(page.getByText('in the bank on')).toBeVisible()
  return page.url().match(/clm_[0-9a-f]{32}/)[0]
}

/**
 * Accepts the plan of the provider's claims of a week that nobody has begun with, until one comes to a sum that can be
 * confirmed; confirms it, and gives its id. Of a week with a bank holiday some need a look of the council first.
 */
async function confirmOne (page, starts) {
  for (const claim of await openOf(page, starts)) {
    await page.goto(at(claim))
    await page.getByRole('button', { name: 'Accept the plan' }).click()
    await expect(page.getByText('Your actuals are saved')).toBeVisible()
    if (await page.getByRole('button', { name: 'Confirm', exact: true }).count() > 0) return await confirm(page)
  }
  throw new Error(`no claim of the week from ${starts} can be confirmed as planned`)
}

/** Says in the form that is open that nothing came on a day. */
async function nothingOn (page, [day, month, year]) {
  await page.getByRole('checkbox').first().check()
  for (const legend of ['First day', 'Last day']) {
    const group = page.getByRole('group', { name: legend })
    await group.getByLabel('Day').fill(day)
    await group.getByLabel('Month').fill(month)
    await group.getByLabel('Year').fill(year)
  }
  await page.getByLabel('In hospital').check()
  await page.getByLabel('Comment').fill('Admitted on Wednesday')
  await press(page, 'See what would change')
  await expect(heading(page)).toHaveText('Check what would change')
}

/** Waits until a claim is paid, and looks which version priced it. */
async function paidBy (page, claim, digest) {
  await expect(async () => {
    await page.goto(at(`/councils/${COUNCIL}/claims/${claim}`))
    await expect(page.locator('dt:text-is("State") + dd')).toHaveText('Paid', { timeout: 500 })
  }).toPass({ timeout: 120_000 })
  await expect(page.locator('dt:text-is("Priced by") + dd')).toContainText(digest.slice(0, 12))
}

test('a version is uploaded, tried, approved and goes live on Saturday; it fails, and is rolled back', async ({ page }) => {
  test.setTimeout(900_000)
  await demo.signIn(page, UPLOADER)
  await page.goto(at(`/councils/${COUNCIL}`))
  await follow(page, 'Payment rules')
  await expect(heading(page)).toHaveText('Payment rules')
  await check(page)
  await follow(page, 'Change what happens when a version fails')
  await type(page, 'On how many claims within a day?', '1')
  await choose(page, 'The version that was in force before')
  await check(page)
  await press(page, 'Save')
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
  await page.getByLabel('Component').setInputFiles(wasm(component))
  await page.getByLabel('Cases (optional)').setInputFiles(CASES)
  await press(page, 'Upload and check')
  await expect(page.getByText('The version is uploaded and checked')).toBeVisible()
  await expect(page.getByText('All 2 pass')).toBeVisible()
  await expect(page.getByText('You uploaded this version.')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Approve it' })).toHaveCount(0)
  await check(page)
  const uploaded = new URL(page.url()).pathname.split('/').pop()
  expect(uploaded).toBe(createHash('sha256').update(component).digest('hex'))

  // on four past weeks beside what was paid for them
  await follow(page, 'Try it on past weeks')
  const weeks = page.getByRole('group', { name: 'Actuals-based services' }).getByRole('checkbox')
  for (let week = 0; week < 4; week++) await weeks.nth(week).check()
  await check(page)
  await press(page, 'Start the trial')
  await expect(heading(page)).toHaveText('Trial of worcestershire 0.2.0')
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 120_000 })
  await check(page)
  const trial = page.url().replace(/\?.*/, '')
  const total = (name) => page.locator('.govuk-summary-list__row', { hasText: name }).last().locator('dd').innerText()
  const difference = pence(await total('Difference'))
  expect(difference, 'extras were paid in these weeks').toBeLessThan(0)
  expect(await total('Claims on which the version failed'), 'none of these weeks shows the mistake').toBe('0')
  const file = await page.request.get(`${trial}/lines/file/csv`)
  const [headings, ...rows] = rowsOf(await file.text())
  expect(rows.reduce((sum, row) => sum + pence(row[headings.indexOf('Difference')]), 0)).toBe(difference)

  await demo.signIn(page, SECOND, '2021-01-14T07:30:00Z')
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
  await choose(page, 'Saturday 16 January 2021')
  await press(page, 'Continue')
  await expect(heading(page)).toHaveText('Check what changes')
  await check(page)
  await press(page, 'Switch it on')
  await expect(page.getByText('The version is switched on')).toBeVisible()
  await check(page)

  // the week before Saturday goes by the version before, the week after by the new one
  await demo.signIn(page, PROVIDER, '2021-01-18T08:00:00Z')
  const before = await confirmOne(page, '2021-01-09')
  await demo.signIn(page, PROVIDER, '2021-01-25T08:00:00Z')
  const first = await confirmOne(page, '2021-01-16')
  await demo.signIn(page, UPLOADER, '2021-01-28T08:00:00Z')
  await paidBy(page, before, STANDARD)
  await paidBy(page, first, uploaded)

  // somebody was in hospital on a day: the new version fails, and the one before it prices the claim
  await demo.signIn(page, PROVIDER, '2021-01-28T09:00:00Z')
  await page.goto(at(`${await claimsOf(page)}?state=open&starts=2021-01-16`))
  await page.getByRole('link', { name: 'Say what was not delivered, for several days or people at once' }).click()
  await nothingOn(page, ['20', '1', '2021'])
  const ticks = page.getByRole('checkbox')
  for (let line = await ticks.count() - 1; line > 0; line--) await ticks.nth(line).uncheck()
  await press(page, 'Save these changes')
  await expect(page.getByText('1 claim changed')).toBeVisible()
  // the claim that has been begun with is the one of which something is said
  const open = await openOf(page, '2021-01-16')
  let late
  for (const claim of open) {
    await page.goto(at(claim))
    if (await page.getByText('Admitted on Wednesday').count() > 0) late = claim
  }

  await demo.signIn(page, SECOND, '2021-01-28T10:00:00Z')
  await page.goto(at(`${RULES}/${uploaded}`))
  await expect(page.getByText('In quarantine').first()).toBeVisible()
  await expect(page.getByText('It failed on a claim.')).toBeVisible()
  await check(page)

  await demo.signIn(page, PROVIDER, '2021-01-29T08:00:00Z')
  await page.goto(at(late))
  await check(page)
  const last = await confirm(page)

  await demo.signIn(page, UPLOADER, '2021-02-04T09:00:00Z')
  await paidBy(page, last, STANDARD)
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
  await type(page, 'Why?', 'Its list of weeks ends too early')
  await press(page, 'Roll back to it')
  await expect(page.getByText('switched on in place of the other')).toBeVisible()
  await check(page)
  await page.goto(at(RULES))
  await expect(page.getByText('Its list of weeks ends too early')).toBeVisible()
  await check(page)

  // each paid line names the version that priced it, is computed again to the penny, and every byte is still to be had
  for (const [claim, digest] of [[before, STANDARD], [first, uploaded], [last, STANDARD]]) {
    const told = JSON.parse(demo.command('rules', 'explain', `${claim}/0`, '--json'))
    expect(JSON.stringify(told), claim).toContain(digest)
  }
  const kept = await page.request.get(at(`${RULES}/${uploaded}/component`))
  expect(await kept.body()).toEqual(component)
  await page.goto(at(`/councils/${COUNCIL}/audit?kind=rule`))
  for (const words of ['Payment rule uploaded', 'Payment rule approved', 'Payment rule switched on', 'Payment rule rolled back', 'Uploaded file refused as a payment rule']) {
    await expect(page.getByText(words).first()).toBeVisible()
  }
})
