// A provider's week, claim by claim: hours and visits, with and without script, by mouse and by keyboard, alone and two at
// a time. Each story takes a claim of its own from those that are open.
import { check, expect, test } from './support/test.js'
import { entered } from './support/enter.js'
import { press, type } from './support/keyboard.js'

/** Works for a council whose words are 'Verify' and 'Un-verify', by hours; and whoever has visits. */
const HOURS = 'administrator@hazel-day-club.example'
const VISITS = 'administrator@ashgrove-home-care.example'
/** Looks after somebody whose support is ordered in twenty parts. */
const LARGE = 'administrator@iris-support.example'

const heading = (page) => page.getByRole('heading', { level: 1 })
const figure = (page, place) => page.locator(`[data-live="${place}"]`)

const taken = new Set()

/** The address of an open claim whose form has, or has not, visits. Each is given once. */
async function open (request, { visits }) {
  const home = await (await request.get('/')).text()
  const organisation = home.match(/org_[0-9a-f]{32}/)[0]
  const front = await (await request.get(`/organisations/${organisation}`)).text()
  const lists = [...new Set((home + front).match(/\/organisations\/org_[0-9a-f]{32}\/councils\/[\w-]+\/claims/g))]
  const found = []
  for (const list of lists) {
    for (let number = 1; number < 4 && found.length === 0; number++) {
      const text = await (await request.get(`${list}?state=open&page=${number}`)).text()
      for (const claim of new Set(text.match(new RegExp(`${list}/clm_[0-9a-f]{32}`, 'g')))) {
        if (taken.has(claim)) continue
        const form = await (await request.get(`${claim}/actuals`)).text()
        if (!form.includes('id="actuals-form"') || form.includes('counterfoil-visit__times') !== visits) continue
        // others may have begun with it
        if (!(await (await request.get(claim)).text()).includes('Enter actuals')) continue
        found.push({ claim, rows: form.match(/counterfoil-visit__times/g)?.length ?? 1 })
        if (found.at(-1).rows > 1 || !visits) break
      }
    }
    if (found.length > 0) break
  }
  found.sort((one, other) => other.rows - one.rows)
  if (found.length === 0) throw new Error(`the demo has no open claim with ${visits ? 'visits' : 'quantities'}`)
  taken.add(found[0].claim)
  return found[0].claim
}

/** A browser in which somebody is signed in. */
async function at (browser, request, options = {}) {
  const context = await browser.newContext({ baseURL: process.env.COUNTERFOIL_URL, ...options })
  await context.addCookies((await request.storageState()).cookies)
  return context.newPage()
}

let hours
let visits
let large

test.beforeAll(async ({ playwright, baseURL }) => {
  hours = await entered(playwright, baseURL, HOURS)
  visits = VISITS === HOURS ? hours : await entered(playwright, baseURL, VISITS)
  large = await entered(playwright, baseURL, LARGE)
})

test('a week of hours is amended with a comment, priced while typing, declared right and taken back', async ({ browser }) => {
  const claim = await open(hours, { visits: false })
  const page = await at(browser, hours)
  await page.goto(claim)
  await expect(page.getByText('How far this claim is')).toBeVisible()
  await check(page)
  await page.getByRole('button', { name: /^(Enter|Change) actuals$/ }).click()
  await expect(heading(page)).toContainText('Actuals for')
  await check(page)
  const planned = await figure(page, 'total-claimed').innerText()
  const actual = page.locator('#line-1-actual')
  await actual.fill('0.5')
  await expect(figure(page, 'total-claimed')).not.toHaveText(planned)
  await expect(figure(page, 'line-1-missed-units')).not.toHaveText('0')
  await actual.fill('one')
  await expect(page.locator('[data-problem]')).toHaveText(/The price waits for this: Line 1: what was delivered/)
  await actual.fill('0.5')
  await expect(figure(page, 'total-claimed')).not.toHaveText('–')
  const shown = await figure(page, 'total-claimed').innerText()
  await page.locator('#line-1-comment').fill('She was at her sister’s for most of the week')
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/actuals-1280.png`, fullPage: true })
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page.getByText('Your actuals are saved')).toBeVisible()
  await expect(page.getByText(`The claim now comes to ${shown}`)).toBeVisible()
  await check(page)
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/claim-1280.png`, fullPage: true })

  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  await check(page)
  await page.getByLabel('Comment (optional)').fill('Checked against the rota')
  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  await expect(page.getByText('Your receipt is')).toBeVisible()
  await expect(page.getByText('Checked against the rota')).toBeVisible()
  await check(page)
  await page.getByRole('button', { name: /^(Take back confirmation|Un-verify)$/ }).click()
  await expect(page.getByText('The confirmation is taken back')).toBeVisible()
  await check(page)
})

test('a timetabled week has a frustrated visit, an added one and a second carer', async ({ browser }) => {
  const claim = await open(visits, { visits: true })
  const page = await at(browser, visits)
  await page.goto(`${claim}/actuals`)
  await check(page)
  const all = page.locator('fieldset.counterfoil-visit')
  const first = all.nth(0)
  await first.getByLabel('Reason').selectOption('hospital')
  await expect(first.getByLabel('Took place')).not.toBeChecked()
  await all.nth(1).getByLabel('Carers').fill('2')
  // this council asks for a comment, and nothing that was typed is lost
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page.getByRole('link', { name: /^Line 1: enter a comment/ })).toBeVisible()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(all.nth(1).getByLabel('Carers')).toHaveValue('2')
  await check(page)
  await page.locator('#line-1-comment').fill('Two carers once, and in hospital once')
  await expect(figure(page, 'line-1-frustrated-units')).not.toHaveText('0 minutes')
  await page.getByRole('button', { name: 'Add a visit to line 1' }).click()
  const added = page.locator('fieldset.counterfoil-visit', { hasText: 'Added visit 1' })
  await expect(page.locator('#line-1-comment')).toHaveValue('Two carers once, and in hospital once')
  await expect(first.getByLabel('Reason')).toHaveValue('hospital')
  await added.getByLabel('Start').fill('8pm')
  await added.getByLabel('Minutes').fill('30')
  await added.getByLabel('Carers').fill('2')
  await check(page)
  await expect(figure(page, 'line-1-extra-units')).not.toHaveText('0 minutes')
  const shown = await figure(page, 'total-claimed').innerText()
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page.getByText(`The claim now comes to ${shown}`)).toBeVisible()
  await check(page)
  // each figure leads to how it was worked out
  await page.locator('table a[href="#line-1"]').first().click()
  await expect(page.locator('#line-1')).toBeInViewport()
})

test('the same without any script', async ({ browser }) => {
  const claim = await open(visits, { visits: true })
  const page = await at(browser, visits, { javaScriptEnabled: false })
  await page.goto(`${claim}/actuals`)
  const all = page.locator('fieldset.counterfoil-visit')
  await all.nth(0).getByLabel('Took place').uncheck()
  await all.nth(0).getByLabel('Reason').selectOption('hospital')
  await all.nth(1).getByLabel('Carers').fill('2')
  await page.locator('#line-1-comment').fill('In hospital on the first day')
  await page.getByRole('button', { name: 'Add a visit to line 1' }).click()
  const added = page.locator('fieldset.counterfoil-visit', { hasText: 'Added visit 1' })
  await added.getByLabel('Start').fill('20:00')
  await added.getByLabel('Minutes').fill('30')
  await page.getByRole('button', { name: 'Work out the price' }).click()
  await expect(figure(page, 'line-1-extra-units')).not.toHaveText('0 minutes')
  const shown = await figure(page, 'total-claimed').innerText()
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page.getByText(`The claim now comes to ${shown}`)).toBeVisible()
  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  await page.getByRole('button', { name: /^(Confirm|Verify)$/ }).click()
  await expect(page.getByText('Your receipt is')).toBeVisible()
})

test('a claim from the keyboard alone', async ({ browser }) => {
  const claim = await open(visits, { visits: true })
  const page = await at(browser, visits)
  await page.goto(claim)
  await follow(page, /^(Enter|Change) actuals$/)
  await expect(heading(page)).toContainText('Actuals for')
  await reachAndPress(page, page.locator('fieldset.counterfoil-visit').nth(0).getByLabel('Took place'), 'Space')
  await type(page, 'Comment on line 1', 'Nobody was in')
  // Enter in a field saves: no other button comes first
  await reachAndPress(page, page.getByLabel('Your reference (optional)'), 'Enter')
  await expect(page.getByText('Your actuals are saved')).toBeVisible()
  await follow(page, /^(Confirm|Verify)$/)
  await press(page, /^(Confirm|Verify)$/)
  await expect(page.getByText('Your receipt is')).toBeVisible()
})

/** A link that looks like a button. */
async function follow (page, name) {
  await reachAndPress(page, page.getByRole('button', { name }), 'Enter')
}

async function reachAndPress (page, locator, key) {
  await expect(locator.first()).toBeVisible()
  for (let tabs = 0; tabs < 400; tabs++) {
    if (await locator.first().evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await expect(locator.first()).toBeFocused()
  await page.keyboard.press(key)
}

test('two browsers at one claim lose nothing', async ({ browser }) => {
  const claim = await open(hours, { visits: false })
  const [one, other] = [await at(browser, hours), await at(browser, hours)]
  for (const page of [one, other]) await page.goto(`${claim}/actuals`)
  await one.locator('#line-1-actual').fill('2')
  await one.locator('#line-1-comment').fill('Two were delivered')
  await one.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(one.getByText('Your actuals are saved')).toBeVisible()
  await other.locator('#line-1-actual').fill('3')
  await other.locator('#line-1-comment').fill('Three were delivered')
  await other.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(other.getByText('Somebody else saved this claim')).toBeVisible()
  await expect(other.getByText('Comment: Two were delivered')).toBeVisible()
  await expect(other.getByText('Comment: Three were delivered')).toBeVisible()
  await expect(other.locator('#line-1-actual')).toHaveValue('3')
  await check(other)
  await other.getByRole('button', { name: 'Save mine over theirs' }).click()
  await expect(other.getByText('Your actuals are saved')).toBeVisible()
  await expect(other.getByText('Comment: Three were delivered')).toBeVisible()
})

test('a 20-line week with three exceptions takes few clicks and keys', async ({ browser }) => {
  const claim = await package20(large)
  test.setTimeout(180_000)
  const page = await at(browser, large)
  await page.goto(claim)
  let count = 0
  let exceptions = 0
  const click = async (locator) => {
    count++
    await locator.click()
  }
  /** Going there, and each key. */
  const fill = async (locator, text) => {
    exceptions += 1 + text.length
    await locator.fill(text)
  }
  await click(page.getByRole('button', { name: /^(Enter|Change) actuals$/ }))
  const lines = page.locator('input[id^="line-"][id$="-actual"]')
  await expect(lines).toHaveCount(20)
  for (const line of [3, 8, 17]) {
    const planned = await page.locator(`#line-${line}-actual`).inputValue()
    await fill(page.locator(`#line-${line}-actual`), '0')
    await fill(page.locator(`#line-${line}-frustrated`), planned)
    // one choice in a list: opened and chosen
    exceptions += 2
    await page.locator(`#line-${line}-reason`).selectOption('hospital')
  }
  const claimed = figure(page, 'line-17-claimed')
  await expect(figure(page, 'line-17-missed-units')).toHaveText('0')
  await expect(claimed).not.toHaveText('–')
  await click(page.getByRole('button', { name: 'Save', exact: true }).last())
  await expect(page.getByText('Your actuals are saved')).toBeVisible()
  await click(page.getByRole('button', { name: /^(Confirm|Verify)$/ }))
  await click(page.getByRole('button', { name: /^(Confirm|Verify)$/ }))
  await expect(page.getByText('Your receipt is')).toBeVisible()
  console.log(`a 20-line week with three exceptions: ${count} clicks and keys beside ${exceptions} for the exceptions`)
  expect(count).toBeLessThanOrEqual(12)
})

/** The address of the open claim that has twenty lines. */
async function package20 (request) {
  const home = await (await request.get('/')).text()
  const list = home.match(/\/organisations\/org_[0-9a-f]{32}\/councils\/[\w-]+\/claims/)[0]
  for (let number = 1; number < 8; number++) {
    const text = await (await request.get(`${list}?state=open&page=${number}`)).text()
    for (const claim of new Set(text.match(new RegExp(`${list}/clm_[0-9a-f]{32}`, 'g')))) {
      const form = await (await request.get(`${claim}/actuals`)).text()
      if (form.includes('id="line-20-actual"')) return claim
    }
  }
  throw new Error('the demo has no open claim of twenty lines')
}
