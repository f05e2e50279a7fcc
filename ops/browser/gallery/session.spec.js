// What a page does when its session ends. The browser's clock is the test's.
import { expect, test } from '@playwright/test'
import { complaints, look, signIn } from './help.js'

const MINUTE = 60 * 1000

// Lets time pass, once the page's script has begun to count it.
async function pass (page, milliseconds) {
  await expect(page.locator('body')).toHaveClass(/js-enabled/)
  await page.clock.fastForward(milliseconds)
}

// Half a form.
async function fill (page) {
  await page.getByLabel('Full name').fill('Sam Iyer')
  await page.getByLabel('Team').selectOption('south')
  await page.getByLabel('Provider administrator').check()
  await page.getByLabel('Day care').check()
  await page.getByLabel('Extra care').check()
  await page.getByLabel('Note').fill('Starts\nsoon')
  await page.getByLabel('Your password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Security code').fill('123456')
}

async function expectPutBack (page) {
  await expect(page.getByText('We have put back what you typed')).toBeVisible()
  await expect(page.getByLabel('Full name')).toHaveValue('Sam Iyer')
  await expect(page.getByLabel('Team')).toHaveValue('south')
  await expect(page.getByLabel('Provider administrator')).toBeChecked()
  await expect(page.getByLabel('Home care north')).not.toBeChecked()
  await expect(page.getByLabel('Day care')).toBeChecked()
  await expect(page.getByLabel('Extra care')).toBeChecked()
  await expect(page.getByLabel('Note')).toHaveValue('Starts\nsoon')
  await expect(page.getByLabel('Your password', { exact: true })).toHaveValue('')
  await expect(page.getByLabel('Security code')).toHaveValue('')
}

async function signInByForm (page, name = 'Ada Lovelace') {
  await page.waitForURL(/\/sign-in/)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const kept = (page) => page.evaluate(() => JSON.stringify(sessionStorage))
// Once the page's script has had its say.
const expectNothingKept = (page) => expect.poll(() => kept(page)).toBe('{}')

test('a warning comes five minutes before, and staying is one key', async ({ page, context }, info) => {
  const heard = complaints(page)
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  const dialog = page.getByRole('dialog', { name: 'You are about to be signed out' })
  await pass(page, 24 * MINUTE)
  await expect(dialog).toBeHidden()
  await pass(page, MINUTE)
  await expect(dialog).toBeVisible()
  await expect(dialog).toContainText('we sign you out in 5 minutes unless you stay signed in')
  await expect(dialog.getByText('What you have typed')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeFocused()
  await expect(page).toHaveTitle(/^You are about to be signed out/)
  await look(page, info, 'timeout')
  await pass(page, 4 * MINUTE + 10_000)
  // The test's own time passes too.
  await expect(dialog).toContainText(/in [345]\d seconds/)

  const asked = page.waitForRequest('**/session/stay')
  await page.keyboard.press('Enter')
  expect((await asked).headers()['x-csrf-token']).toBe('gallery-token')
  await expect(dialog).toBeHidden()
  await expect(page).toHaveTitle(/^Invite a person/)
  await pass(page, 24 * MINUTE)
  await expect(dialog).toBeHidden()
  await pass(page, 2 * MINUTE)
  await expect(dialog).toBeVisible()
  // Escape is no way to be signed out by mistake.
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(heard).toEqual([])
})

test('when time is up the page is left, and a half filled form is there again', async ({ page, context }, info) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await pass(page, 26 * MINUTE)
  await expect(page.getByRole('dialog')).toContainText('What you have typed on this page stays in this browser')
  await context.clearCookies()
  await pass(page, 5 * MINUTE)
  await expect(page).toHaveURL(/\/sign-in\?ended=idle&next=%2Fform$/)
  expect(await kept(page)).not.toContain('correct horse')
  expect(await kept(page)).not.toContain('123456')
  await signInByForm(page)
  await expect(page).toHaveURL(/\/form$/)
  await expectPutBack(page)
  await look(page, info, 'put-back')
  await expectNothingKept(page)
})

test('a form that is sent after the session ended unseen is not lost', async ({ page, context }) => {
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await context.clearCookies()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fform$/)
  await signInByForm(page)
  await expectPutBack(page)
})

test('what the server refused is kept as well', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText('There is a problem')).toBeVisible()
  await context.clearCookies()
  await pass(page, 31 * MINUTE)
  await signInByForm(page)
  await expectPutBack(page)
})

test('a form that arrived leaves nothing behind', async ({ page, context }) => {
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText('There is a problem')).toBeVisible()
  await expectNothingKept(page)
})

test('it waits until its page is opened again', async ({ page, context }) => {
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await context.clearCookies()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await page.goto('/sign-in')
  await signInByForm(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What waits for you')
  await page.goto('/form')
  await expectPutBack(page)
})

test('what was typed for one council is not put into a form of another', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await context.clearCookies()
  await pass(page, 31 * MINUTE)
  await page.waitForURL(/\/sign-in/)
  await page.goto('/sign-in')
  await signInByForm(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What waits for you')
  await page.route('**/form', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace('| norfolk"', '| bradford"') })
  })
  await page.goto('/form')
  await expect(page.locator('body')).toHaveClass(/js-enabled/)
  await expect(page.getByLabel('Full name')).toHaveValue('')
})

test('a session that another window kept alive goes on', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context, 'Busy elsewhere')
  await page.goto('/form')
  const asked = page.waitForResponse('**/session/left')
  await pass(page, 31 * MINUTE)
  await asked
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page).toHaveURL(/\/form$/)
})

test('nobody else sees what was typed', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await context.clearCookies()
  await pass(page, 31 * MINUTE)
  await signInByForm(page, 'Charles Babbage')
  await expect(page).toHaveURL(/\/form$/)
  await expect(page.getByLabel('Full name')).toHaveValue('')
  await expectNothingKept(page)
})

test('whoever signs out leaves nothing behind', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await fill(page)
  await context.clearCookies()
  await pass(page, 31 * MINUTE)
  await signInByForm(page)
  await expectPutBack(page)
  await page.getByRole('navigation', { name: 'Account' }).getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/ended=self/)
  await expectNothingKept(page)
})

test('an untouched form is not kept', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await pass(page, 31 * MINUTE)
  await expect(page).toHaveURL(/\/sign-in/)
  await expectNothingKept(page)
})

test('nobody is signed in for ever, and is told so in time', async ({ page, context }, info) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/last-minutes')
  await expect(page.getByText('You will be signed out in 15 minutes, when you have been')).toBeVisible()
  await pass(page, 11 * MINUTE)
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('You have been signed in for as long as one can be. We sign you out in 4 minutes')
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeHidden()
  await look(page, info, 'timeout-absolute')
  await page.getByRole('button', { name: 'Carry on until then' }).click()
  await expect(dialog).toBeHidden()
  await pass(page, MINUTE)
  await expect(dialog).toBeHidden()
  await context.clearCookies()
  await pass(page, 4 * MINUTE)
  await expect(page).toHaveURL(/\/sign-in\?ended=absolute/)
})

test('a session that ended elsewhere is noticed by staying', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await pass(page, 26 * MINUTE)
  await context.clearCookies()
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?ended=idle/)
})

test('without a connection it says so, and one can try again', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await pass(page, 26 * MINUTE)
  await page.route('**/session/stay', (route) => route.abort())
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('We could not reach the service')
  await page.unroute('**/session/stay')
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('a tab that is used keeps the others signed in', async ({ page, context }) => {
  await page.clock.install()
  await signIn(context)
  await page.goto('/form')
  await pass(page, 26 * MINUTE)
  await expect(page.getByRole('dialog')).toBeVisible()
  const other = await context.newPage()
  await other.clock.install({ time: await page.evaluate(() => Date.now()) })
  await other.goto('/claims')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('whoever loses access leaves the page at once', async ({ page, context, request }, info) => {
  await signIn(context, info.project.name)
  const listening = page.waitForResponse('**/events')
  await page.goto('/form')
  await listening
  await request.post(`/revoke/${info.project.name}`)
  await expect(page).toHaveURL(/\/sign-in\?ended=access$/, { timeout: 1000 })
})
