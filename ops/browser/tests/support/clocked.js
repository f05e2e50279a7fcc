// A demo of a story's own, on a database of its own, whose clock the story holds: what councils do by the calendar is done
// when the clock gets there, and what people do is left to the story.
import { expect } from '@playwright/test'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from './people.js'

/** Plays the demo up to an instant and serves it. */
export async function clocked (name, instant) {
  const folder = mkdtempSync(join(tmpdir(), `counterfoil-${name}-`))
  let shows

  /** Sets the clock. It is put in the place of the old one at once, so that nobody reads half of it. */
  function set (instant) {
    shows = instant
    writeFileSync(join(folder, 'clock.new'), instant)
    renameSync(join(folder, 'clock.new'), join(folder, 'clock'))
  }
  set(instant)

  const { DATABASE_URL, REDIS_URL, ...env } = process.env
  const program = spawn(process.env.COUNTERFOIL_PROGRAM, ['demo', '--out', join(folder, 'out'), '--clock', join(folder, 'clock')], { env })
  let said = ''
  const address = await new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text
      const found = said.match(/Serving on (http:\/\/[0-9a-z.:]+)/)
      if (found) resolve(found[1])
    }
    program.stdout.on('data', listen)
    program.stderr.on('data', listen)
    program.on('exit', () => reject(new Error(`the demo ended:\n${said}`)))
  })

  /**
   * Signs somebody in at an instant, else at the time that the clock shows. The page that was open is left before the clock
   * is set: when its session ends it goes to sign in by itself.
   */
  async function signIn (page, email, instant = shows) {
    await page.goto('about:blank')
    set(instant)
    const row = readFileSync(join(folder, 'out', 'sign-in.csv'), 'utf8').split('\n').find((row) => row.startsWith(`${email},`))
    const [, , password, key] = row.split(',')
    await page.context().clearCookies()
    await page.goto(`${address}/sign-in`)
    await page.getByLabel('Email address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('Enter your code').fill(codeOf(key, Math.floor(Date.parse(shows) / 30_000)))
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible()
  }

  /** Runs another command on the demo's database, and gives what it says. */
  function command (...args) {
    const [, database] = said.match(/DATABASE_URL=(\S+)/)
    return execFileSync(process.env.COUNTERFOIL_PROGRAM, args, { env: { ...env, DATABASE_URL: database, COUNTERFOIL_LOG: 'warn' }, encoding: 'utf8' })
  }

  async function end () {
    if (program.exitCode === null) {
      const ended = new Promise((resolve) => program.on('exit', resolve))
      program.kill('SIGTERM')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }

  return { address, set, signIn, command, end }
}
