// Christmas 2024 at Worcestershire, on a demo of its own whose clock the story holds: the week from 14 December closes at
// 6pm on Sunday the 22nd and is paid on the 31st; the week from the 21st closes at 6pm on Monday the 30th and is paid on 7
// January, and so is what was confirmed after the first of the two.
import { check, expect, test } from './support/test.js'
import { clocked } from './support/clocked.js'

/** Visits at home, for Worcestershire alone. */
const PROVIDER = 'administrator@thornbury-visits.example'

let demo
let address

test.beforeAll(async () => {
  test.setTimeout(300_000)
  // claims of the week were made an hour ago, and nobody has said anything of them
  demo = await clocked('christmas', '2024-12-21T07:00:00Z')
  address = demo.address
})

test.afterAll(() => demo?.end())

async function signIn (page, instant) {
  await demo.signIn(page, PROVIDER, instant)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What is waiting for you')
}

/** The claims of a week that nobody has begun with. */
async function claimsOf (page, starts) {
  await page.goto(address)
  const claims = await page.locator('a[href*="/claims?state=open"]').first().getAttribute('href')
  await page.goto(`${address}${claims.split('?')[0]}?state=open&starts=${starts}`)
  const links = page.locator('main tbody a[href*="/clm_"]')
  return links.evaluateAll((all) => all.map((one) => one.getAttribute('href')))
}

/** Accepts a claim's plan and confirms it; gives the person whose care it is. */
async function confirm (page, claim, said) {
  await page.goto(`${address}${claim}`)
  await page.getByRole('button', { name: 'Accept the plan' }).click()
  await expect(page.getByText('Your actuals are saved')).toBeVisible()
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  for (const words of said.before) await expect(page.getByText(words).first()).toBeVisible()
  await check(page)
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await expect(page.getByText(`in the bank on ${said.paid}`)).toBeVisible()
  return (await page.getByRole('heading', { level: 1 }).innerText()).replace('Claim for ', '')
}

/** Opens the remittance advice that is in the bank on a day, once the council has got so far, and gives its words. */
async function remittance (page, day) {
  await page.goto(address)
  const claims = await page.locator('a[href*="/claims"]').first().getAttribute('href')
  const list = `${claims.split('/claims')[0]}/remittances`
  let words = ''
  await expect(async () => {
    await page.goto(`${address}${list}`)
    const advices = await page.locator('main tbody th a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    for (const advice of advices) {
      await page.goto(`${address}${advice}`)
      words = await page.locator('main').innerText()
      if (words.includes(day)) return
    }
    throw new Error(`${advices.length} remittances, none in the bank on ${day}`)
  }).toPass({ timeout: 120_000 })
  return words
}

test('both cut-offs are seen plainly, and what misses the first is paid with the second', async ({ page }) => {
  test.setTimeout(420_000)
  await signIn(page)
  await expect(page.getByText('6pm on Sunday 22 December 2024').first()).toBeVisible()
  const calendars = (await page.locator('a[href*="/claims?state=open"]').first().getAttribute('href')).split('/claims')[0]
  await page.goto(`${address}${calendars}/calendars`)
  await page.getByRole('link', { name: /Weekly actuals/ }).first().click()
  for (const words of ['Sunday 22 December 2024', 'Monday 30 December 2024', '31 December 2024', '7 January 2025']) {
    await expect(page.getByText(words).first()).toBeVisible()
  }
  await check(page)

  const [inTime, late] = await claimsOf(page, '2024-12-14')
  await signIn(page, '2024-12-22T17:59:00Z')
  const first = await confirm(page, inTime, { before: [], paid: 'Tuesday 31 December 2024' })
  demo.set('2024-12-22T18:00:01Z')
  const second = await confirm(page, late, { before: ['The deadline has passed, so this goes into the next run.'], paid: 'Tuesday 7 January 2025' })
  expect(second).not.toBe(first)

  await signIn(page, '2024-12-28T07:00:00Z')
  await expect(async () => {
    await page.goto(address)
    await expect(page.getByText('6pm on Monday 30 December 2024').first()).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 120_000 })
  const [next] = await claimsOf(page, '2024-12-21')
  await confirm(page, next, { before: [], paid: 'Tuesday 7 January 2025' })

  await signIn(page, '2024-12-31T09:00:00Z')
  const paidFirst = await remittance(page, '31 December 2024')
  expect(paidFirst).toContain(first)
  expect(paidFirst).not.toContain(second)
  await check(page)

  await signIn(page, '2025-01-07T09:00:00Z')
  const paidSecond = await remittance(page, '7 January 2025')
  expect(paidSecond, 'confirmed after 6pm on the 22nd').toContain(second)
  await check(page)
})
