// What a rule's author does before anything is uploaded: a copy of the standard rule, changed and built.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const STANDARD = fileURLToPath(new URL('../../../../rule-plugins/councils/standard', import.meta.url))

/** A file of the standard pack. */
export const standard = (path) => readFileSync(join(STANDARD, path))

/**
 * The component of the standard rule under another name and version, in whose files these texts stand instead of those:
 * [file, old, new], each old one there once.
 */
export function changed (name, version, changes) {
  const home = mkdtempSync(join(tmpdir(), 'counterfoil-author-'))
  try {
    const program = process.env.COUNTERFOIL_PROGRAM
    const tools = join(dirname(dirname(program)), 'tools')
    const { CARGO_TARGET_DIR, RUSTFLAGS, ...env } = { COUNTERFOIL_WASM_RUST: join(tools, 'wasm-rust'), ...process.env }
    const rules = (cwd, ...args) => execFileSync(program, ['rules', ...args], { cwd, env, encoding: 'utf8' })
    rules(home, 'new', name)
    const folder = join(home, name)
    for (const part of ['src', 'settings.schema.json']) {
      rmSync(join(folder, part), { recursive: true })
      cpSync(join(STANDARD, part), join(folder, part), { recursive: true })
    }
    const naming = [
      ['Cargo.toml', 'version = "0.1.0"', `version = "${version}"`],
      ['src/lib.rs', 'name: "standard"', `name: "${name}"`]
    ]
    for (const [file, old, replacement] of [...naming, ...changes]) {
      const path = join(folder, file)
      const parts = readFileSync(path, 'utf8').split(old)
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${old}`)
      writeFileSync(path, parts.join(replacement))
    }
    rules(folder, 'build')
    return readFileSync(join(folder, `${name}.wasm`))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
