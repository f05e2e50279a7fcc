// The published systems as their providers see them, each from sign-in to remittance, in the order of the work: what waits,
// when it is paid, what was ordered, the week, what becomes of it, what was paid. What each part can do besides is in files
// of their own.
import { check, expect, signIn, test } from './support/test.js'
import { rowsOf } from './support/csv.js'

const heading = (page) => page.getByRole('heading', { level: 1 })
const main = (page) => page.getByRole('main')

/** What waits at a council for the newest week that is over, as the home page says it. */
async function newestWeek (page, council) {
  await page.goto('/')
  await expect(heading(page)).toHaveText('What is waiting for you')
  const tasks = main(page).locator(`a[href*="/councils/${council}/claims?state=open"]`)
  const starts = (await tasks.evaluateAll((links) => links.map((link) => link.href.match(/starts=([\d-]+)/)[1]))).sort()
  const over = starts.filter((day) => Date.parse(day) < Date.now() - 7 * 86_400_000)
  return tasks.and(page.locator(`[href*="starts=${over.at(-1)}"]`)).first()
}

/** Opens a claim of that week with which nobody has begun; its address tells where the council's pages are. */
async function firstClaim (page, council) {
  await (await newestWeek(page, council)).click()
  await expect(heading(page)).toContainText('Claims on')
  const links = await main(page).locator('tbody th a').evaluateAll((found) => found.map((link) => link.href))
  for (const claim of links) {
    if (!(await (await page.request.get(claim)).text()).includes('Enter actuals')) continue
    await page.goto(claim)
    await expect(page.getByText('How far this claim is')).toBeVisible()
    return { home: claim.match(/^.*\/councils\/[^/]+/)[0], claim }
  }
  throw new Error(`nothing is untouched at ${council}`)
}

/** States less than was planned on the first line, or more, with a comment, without which some councils do not take it. */
async function amend (page, quantity, comment, { isAsked = true } = {}) {
  await page.getByRole('button', { name: /^(Enter|Change) actuals$/ }).click()
  await expect(heading(page)).toContainText('Actuals for')
  await page.locator('#line-1-actual').fill(quantity)
  if (isAsked) {
    await page.getByRole('button', { name: 'Save', exact: true }).last().click()
    await expect(page).toHaveTitle(/^Error: /)
    await expect(page.getByRole('link', { name: /^Line 1: enter a comment/ })).toBeVisible()
    await expect(page.locator('#line-1-actual')).toHaveValue(quantity)
  }
  await page.locator('#line-1-comment').fill(comment)
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page.getByText('Your actuals are saved')).toBeVisible()
}

/** Confirms the claim that is open, and says when it is paid. */
async function confirm (page) {
  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  const statement = page.getByRole('checkbox')
  if (await statement.count() > 0) await statement.check()
  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  await expect(page.getByText('Your receipt is')).toBeVisible()
}

/** The newest remittance adds up, line by line, on the page and in the file. */
async function remittanceAddsUp (page, home) {
  await page.goto(`${home}/remittances`)
  const row = main(page).locator('tbody tr').first()
  const number = await row.getByRole('link').first().innerText()
  const paid = (await row.locator('td.govuk-table__cell--numeric').first().innerText()).trim()
  await row.getByRole('link').first().click()
  await expect(heading(page)).toHaveText(`Remittance ${number}`)
  await expect(main(page)).toContainText(paid)
  await check(page)
  const [headings, ...lines] = rowsOf(await (await page.request.get(`${home}/remittances/${number}/csv`)).text())
  const amount = headings.findIndex((name) => /^amount/i.test(name))
  const pence = lines.filter((line) => line.length === headings.length)
    .reduce((sum, line) => sum + Math.round(Number(line[amount].replaceAll(/[£,]/g, '')) * 100), 0)
  expect(pence, `the lines of ${number}: ${headings}`).toBe(Math.round(Number(paid.replaceAll(/[£,]/g, '')) * 100))
}

test('Worcestershire 2020: residential care is paid on the plan, four weeks at a time', async ({ page }) => {
  await signIn(page, 'administrator@larch-house-care.example')
  await expect(page.getByText('Nothing is waiting for you')).toBeVisible()
  await main(page).getByRole('link', { name: /^Worcestershire County Council \(2020\/21\)/ }).click()
  const home = page.url().match(/^.*\/councils\/[^/]+/)[0]

  await page.goto(`${home}/calendars`)
  await page.getByRole('link', { name: 'Residential, shared lives and supported living' }).click()
  await expect(main(page)).toContainText('Care is paid partly in arrears and partly in advance, on day 11 of 28.')
  const period = page.getByRole('row', { name: '9 January to 5 February 2021' })
  for (const day of ['6pm on Tuesday 12 January 2021', 'Wednesday 13 January 2021', 'Tuesday 19 January 2021']) {
    await expect(period).toContainText(day)
  }

  await page.goto(`${home}/claims?starts=2021-01-09`)
  await main(page).locator('tbody th a').first().click()
  await expect(main(page)).toContainText('Paid')
  await expect(main(page)).toContainText('£602.00')
  await page.goto(`${home}/guidance`)
  await page.getByRole('link', { name: /^Residential/ }).click()
  await check(page)
  await remittanceAddsUp(page, home)
})

test('Worcestershire 2020: extra care by actuals, with its bank holidays, asked about and confirmed', async ({ page }) => {
  await signIn(page, 'administrator@nightingale-court.example')
  const { home, claim } = await firstClaim(page, 'worcestershire-2020')

  // what was ordered: the enhancement is the contract's, and has a rate of its own
  await page.goto(`${home}/contracts`)
  await main(page).locator('tbody th a').first().click()
  await expect(page.locator('.govuk-summary-list__row', { hasText: 'Bank holiday enhancement' })).toContainText('Yes')
  await main(page).locator('tbody td a').first().click()
  const rates = page.getByRole('region', { name: 'Rates' })
  await expect(rates.getByRole('row', { name: /Bank holiday/ })).toContainText('£25.35 an hour')
  // a wrong rate goes to whoever looks after the person
  await page.getByRole('link', { name: 'Is something wrong with it? Ask the council about this line' }).click()
  await page.getByRole('radio', { name: 'Wrong rate' }).check()
  await page.getByRole('radio', { name: 'Soon' }).check()
  await page.getByLabel('Your query').fill('The rate of the contract is £17.20 from 1 November')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText('Your query is sent')).toBeVisible()
  await check(page)

  // the week
  await page.goto(claim)
  await amend(page, '1', 'In hospital from Saturday')
  await expect(page.getByText('The claim now comes to £16.90')).toBeVisible()
  await confirm(page)
  await expect(page.locator('.govuk-summary-list__row', { hasText: 'Paid by' })).toContainText('Tuesday')
  await page.goto(`${home}/payments/pending`)
  await expect(main(page)).toContainText('£16.90')
  await check(page)
  await remittanceAddsUp(page, home)
})

test('Worcestershire 2024/25: supported living one to one by tier, with every column, and paid after it was confirmed', async ({ page }) => {
  await signIn(page, 'administrator@rosewood-living.example')
  const { home, claim } = await firstClaim(page, 'worcestershire-2024')

  // a week in progress cannot be stated
  const next = await page.request.get(`${home}/claims?state=open`)
  const running = (await next.text()).match(/\/claims\/(clm_[0-9a-f]{32})"/)[1]
  await page.goto(`${home}/claims/${running}/actuals`)
  await expect(main(page)).toContainText('is not over yet. Enter its actuals from the day after.')
  await check(page)

  await page.goto(`${home}/contracts?service=`)
  await page.getByRole('link', { name: 'W-C0007' }).click()
  await main(page).locator('tbody td a').first().click()
  await expect(page.getByRole('region', { name: 'Rates' })).toContainText(/£18\.85 an hour|£20\.20 an hour/)

  await page.goto(`${claim}/actuals`)
  for (const column of ['Service level', 'Planned', 'Actual', 'Frustrated', 'Missed', 'Extra', 'Visits', 'Total cost', 'Comments']) {
    await expect(page.getByRole('columnheader', { name: column, exact: true })).toBeVisible()
  }
  await expect(main(page)).toContainText('for information')
  await page.goto(claim)
  await amend(page, '2', 'She was with her family from Sunday on')
  await page.getByRole('link', { name: /claimed on line 1: how it was worked out/ }).click()
  await expect(page.getByRole('region', { name: 'How line 1 was worked out' })).toContainText(/2 hours x £\d\d\.\d\d = £/)
  await confirm(page)
  await check(page)
  for (const place of ['pending', 'reports/payments', 'reports/commissioned-v-actuals']) {
    await page.goto(`${home}/payments/${place}`)
    await check(page)
  }
  await remittanceAddsUp(page, home)
})

test('Bradford: the five steps, what is over the plan is held, and the week is confirmed under Scheduled Payments', async ({ page }) => {
  await signIn(page, 'administrator@beacon-support.example')
  const { home, claim } = await firstClaim(page, 'bradford')
  const steps = page.locator('.govuk-task-list')
  await expect(steps.getByRole('listitem')).toHaveText([/^\s*Generated/, /^\s*Amended/, /^\s*Commented/, /^\s*Exceptions reviewed/, /^\s*Confirmed/])
  await amend(page, '90', 'She could not be left alone while her room was mended')
  await expect(steps.getByRole('listitem').nth(3)).toContainText('To review')
  await expect(page.getByText('Held for the council')).toBeVisible()
  await check(page)

  const week = await page.locator('.govuk-caption-l').innerText()
  const contract = (await page.locator('.govuk-summary-list__row', { hasText: 'Contract' }).innerText()).match(/[A-Z]+-C\d+/)[0]
  await page.goto(`${home}/payments`)
  await expect(heading(page)).toHaveText('Scheduled payments')
  await page.getByRole('table', { name: 'Waiting for you' }).getByRole('link', { name: new RegExp(`^${week}.*${contract}`) }).click()
  await expect(heading(page)).toContainText('Scheduled payment, ')
  await page.getByRole('tab', { name: /^Non-Payable/ }).click()
  await check(page)
  await page.goto(claim)
  await confirm(page)
  await page.goto(`${home}/payments/reports/commissioned-v-actuals`)
  await check(page)
  await remittanceAddsUp(page, home)
})

test('Fenmere: a provisional invoice is edited, verified with the statement, un-verified and verified again', async ({ page }) => {
  await signIn(page, 'administrator@iris-support.example')
  const { home, claim } = await firstClaim(page, 'fenmere')
  await amend(page, '2', 'Her sister stayed with her', { isAsked: false })
  await expect(page.getByText('Awaiting Verification').first()).toBeVisible()
  await confirm(page)
  await page.getByRole('button', { name: 'Un-verify' }).click()
  await expect(page.getByText(/is taken back|open again/)).toBeVisible()
  await confirm(page)
  await check(page)
  await page.goto(`${home}/payments?state=open`)
  await expect(heading(page)).toHaveText('Payment schedules')
  await check(page)
  await page.goto(claim)
  await expect(page.getByText('Verified').first()).toBeVisible()
  await remittanceAddsUp(page, home)
})

test('South Tyneside: contracts and service lines are open, supported living is stated and confirmed, homes are paid on the plan', async ({ page }) => {
  await signIn(page, 'administrator@estuary-living.example')
  const { home, claim } = await firstClaim(page, 'south-tyneside')
  await page.goto(`${home}/contracts`)
  await main(page).locator('tbody th a').first().click()
  await main(page).locator('tbody td a').first().click()
  await expect(main(page)).toContainText('£19.96 an hour')
  await page.goto(claim)
  await amend(page, '1', 'At her mother’s all week', { isAsked: false })
  await expect(page.getByText(/The claim now comes to £\d\d\.\d\d/)).toBeVisible()
  await confirm(page)
  await check(page)
  await remittanceAddsUp(page, home)
})

test('a provider with three councils does its Monday in all of them in one sitting', async ({ page }) => {
  await signIn(page, 'administrator@greenway-living.example')
  const done = []
  for (const council of ['bradford', 'south-tyneside', 'fenmere']) {
    const { claim } = await firstClaim(page, council)
    await page.getByRole('button', { name: 'Accept the plan', exact: true }).click()
    await expect(page.getByText(/plan is your statement|actuals are saved/)).toBeVisible()
    await confirm(page)
    done.push({ claim, paid: await main(page).getByText(/^(Mon|Tues|Wednes|Thurs|Fri)day \d+ \w+ \d{4}$/).first().innerText() })
    await check(page)
  }
  // one sign-in, three receipts; and home has each of them done
  for (const { claim } of done) {
    await page.goto(claim)
    await expect(page.getByRole('button', { name: /^(Take back confirmation|Un-verify)$/ })).toBeVisible()
  }
  console.log(`one sitting: ${done.map(({ claim, paid }) => `${claim.match(/councils\/([^/]+)/)[1]} pays on ${paid}`).join('; ')}`)
})
