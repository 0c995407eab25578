#!/usr/bin/env bash
# Builds everything and runs every test, on a bare machine with the .NET SDK that global.json asks for. What else the tests need is
# installed from Debian, as root or through sudo. The last line is "N passed, N failed, N skipped", summed over all test projects.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export CI="${CI:-true}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# With these, builds leave no server processes behind but the compiler's, which is this run's own and is ended with it. (Shutting all
# servers down afterwards would also end those of other builds of the same user.)
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
compiler="sourcegen-rpc-$$"

fail() {
  printf 'test.sh: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    fail "installing the packages above needs root: run this as root, install sudo, or install them yourself and run this again."
  fi
}

# Prints the Debian packages that are missing, by what they bring rather than by name: the tools may have come another way.
missing_packages() {
  # The interpreter that the tests run, and its MessagePack.
  /usr/bin/python3 -c 'import msgpack' > /dev/null 2>&1 || echo python3-msgpack
  if ! command -v node > /dev/null; then echo nodejs; fi
  if ! command -v npm > /dev/null; then echo npm; fi
  # NativeAOT links with them.
  if ! command -v gcc > /dev/null; then echo gcc libc6-dev; fi
  if ! echo '#include <zlib.h>' | gcc -E - > /dev/null 2>&1; then echo zlib1g-dev; fi
  # A registry's server, which the tests start themselves.
  if [ ! -x /usr/share/zookeeper/bin/zkServer.sh ]; then echo zookeeper; fi
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages | tr ' ' '\n')
  [ "${#packages[@]}" -gt 0 ] || return 0
  printf 'Installing from Debian: %s\n' "${packages[*]}"
  command -v apt-get > /dev/null \
    || fail "this machine has no apt-get. Install what corresponds to these Debian packages, then run this again: ${packages[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null
}

command -v dotnet > /dev/null || fail "the .NET SDK is missing: install .NET 10 (https://dotnet.microsoft.com/download) and put dotnet on the PATH."
install_missing

# Not by pkill: a bare machine need not have it.
stop_compiler() {
  local process
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' 2> /dev/null < "$process/cmdline" | grep -q -- "-pipename:$compiler"; then kill "${process#/proc/}" 2> /dev/null || true; fi
  done
}

results="$(mktemp -d)"
trap 'rm -rf "$results"; stop_compiler' EXIT

for lock in tests/*/Interop/package-lock.json; do
  [ -e "$lock" ] || continue
  (cd "$(dirname "$lock")" && npm ci --ignore-scripts --silent --no-fund --no-audit)
done

dotnet build SourceGen.sln -c Release -nodeReuse:false -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" -v quiet --tl:off
# It has nothing more to do, and holds memory that the tests can use.
stop_compiler

failed_projects=()
for project in tests/*.Tests/*.Tests.csproj; do
  name="$(basename "$project" .csproj)"
  printf '\n== %s\n' "$name"
  # --results-directory keeps the working tree clean; the trx file is what the sum at the end is made of.
  if ! dotnet test "$project" -c Release --no-build --tl:off --results-directory "$results" \
    --logger "console;verbosity=quiet" --logger "trx;LogFileName=$name.trx"; then
    failed_projects+=("$name")
  fi
  [ -e "$results/$name.trx" ] || fail "$name ran no test and left no result file."
done

# Adds up one counter of all result files: <Counters total="3" executed="3" passed="3" failed="0" ... />.
sum() {
  { grep -ho "<Counters [^>]*" "$results"/*.trx || true; } | { grep -o " $1=\"[0-9]*\"" || true; } | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'
}

total="$(sum total)"
executed="$(sum executed)"
passed="$(sum passed)"
skipped=$((total - executed))
# What was executed and did not pass has failed, whatever the runner calls it: an error, a timeout, an abort.
failed=$((executed - passed))

# Tests that measure print lines that begin with "figure: ".
printf '\n'
sed -n 's/.*figure: //p' "$results"/*.trx | sed 's/<.*//'

[ "${#failed_projects[@]}" -eq 0 ] || printf '\nFailed: %s\n' "${failed_projects[*]}"
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
if [ "$passed" -eq 0 ]; then fail "no test has passed, so nothing was tested."; fi
if [ "$failed" -ne 0 ] || [ "${#failed_projects[@]}" -ne 0 ]; then exit 1; fi
