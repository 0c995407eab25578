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
  # The registries' servers, which their tests start themselves, and what changes or asks them.
  if ! command -v knotd > /dev/null && [ ! -x /usr/sbin/knotd ]; then echo knot; fi
  if ! command -v knsupdate > /dev/null; then echo knot-dnsutils; fi
  if ! command -v avahi-daemon > /dev/null && [ ! -x /usr/sbin/avahi-daemon ]; then echo avahi-daemon; fi
  if ! command -v avahi-browse > /dev/null; then echo avahi-utils; fi
  if ! command -v dbus-daemon > /dev/null; then echo dbus-daemon; fi
  if ! command -v ip > /dev/null && [ ! -x /usr/sbin/ip ]; then echo iproute2; fi
  if ! command -v etcd > /dev/null; then echo etcd-server; fi
  if [ ! -x /usr/share/zookeeper/bin/zkServer.sh ]; then echo zookeeper; fi
  # The brokers' servers, in the same way.
  if [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then echo rabbitmq-server; fi
  if ! command -v nats-server > /dev/null && [ ! -x /usr/sbin/nats-server ]; then echo nats-server; fi
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages | tr ' ' '\n')
  [ "${#packages[@]}" -gt 0 ] || return 0
  printf 'Installing from Debian: %s\n' "${packages[*]}"
  command -v apt-get > /dev/null \
    || fail "this machine has no apt-get. Install what corresponds to these Debian packages, then run this again: ${packages[*]}"
  as_root apt-get update -qq
  # The tests start servers themselves; without this, some would also run as services of the system from now on.
  local policy=/usr/sbin/policy-rc.d is_ours="" status=0
  if [ ! -e "$policy" ]; then
    is_ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
    as_root chmod 755 "$policy"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null || status=$?
  if [ -n "$is_ours" ]; then as_root rm -f "$policy"; fi
  return "$status"
}

# Consul left Debian with version 12; the release before has it. Its binary is taken out of the package and kept outside the repository, and
# nothing is installed. Where that fails, its tests are skipped, and only they.
get_consul() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/sourcegen-rpc/consul" work options archive
  if [ -n "${SOURCEGEN_RPC_CONSUL:-}" ] || command -v consul > /dev/null; then return 0; fi
  if [ ! -x "$cache/usr/bin/consul" ]; then
    work="$(mktemp -d)"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    # From where this machine gets Debian.
    archive="$(apt-get indextargets --format '$(REPO_URI)' 2> /dev/null | grep -v security | head -n 1)" || true
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive bullseye main" > "$work/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
      -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
    # In a subshell and by steps that each may fail: errexit does not hold where a condition asks.
    if ! (cd "$work" && apt-get "${options[@]}" update && apt-get "${options[@]}" download consul && dpkg -x consul_*.deb package \
      && mkdir -p "$(dirname "$cache")" && rm -rf "$cache" && mv package "$cache") > /dev/null 2>&1; then
      printf 'test.sh: CONSUL COULD NOT BE HAD: the tests that need it are skipped.\n' >&2
    fi
    rm -rf "$work"
  fi
  if [ -x "$cache/usr/bin/consul" ]; then export SOURCEGEN_RPC_CONSUL="$cache/usr/bin/consul"; fi
}

command -v dotnet > /dev/null || fail "the .NET SDK is missing: install .NET 10 (https://dotnet.microsoft.com/download) and put dotnet on the PATH."
install_missing
get_consul

# Not by pkill: a bare machine need not have it.
stop_compiler() {
  local process
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' 2> /dev/null < "$process/cmdline" | grep -q -- "-pipename:$compiler"; then kill "${process#/proc/}" 2> /dev/null || true; fi
  done
  # Its socket, which the compiler has there whatever TMPDIR says.
  rm -f "/tmp/$compiler"
}

results="$(mktemp -d)"
trap 'rm -rf "$results"; stop_compiler' EXIT

for lock in tests/*/Interop/package-lock.json; do
  [ -e "$lock" ] || continue
  (cd "$(dirname "$lock")" && npm ci --ignore-scripts --silent --no-fund --no-audit)
done

# Without counting for better code, which a compiler that runs for minutes only does not earn back: a third of the build.
DOTNET_TieredPGO=0 dotnet build SourceGen.sln -c Release -nodeReuse:false -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" -v quiet --tl:off
# It has nothing more to do, and holds memory that the tests can use.
stop_compiler

# Runs one test project, and prints what it said when it is done. --results-directory keeps the working tree clean; the trx file is what the
# sum at the end is made of.
run_project() {
  local name log assembly lock=none
  name="$(basename "$1" .csproj)"
  log="$results/$name.log"
  # Not the project, which would be evaluated first.
  assembly="$(dirname "$1")/bin/Release/net10.0/$name.dll"
  # These build projects of the working tree while they run, which only one may do at a time.
  case "$name" in *.Packages.Tests | *.Samples.Tests | *.Plugins.Aot.Tests) lock=builds ;; esac
  (
    [ "$lock" = none ] || flock 9
    dotnet test "$assembly" --results-directory "$results" \
      --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" 9>&-
  ) > "$log" 2>&1 9> "$results/$lock.lock" || echo "$name" >> "$results/failed"
  printf '\n== %s\n%s\n' "$name" "$(cat "$log")"
}
export -f run_project
export results

# Two at a time: most tests wait for something. Those that take longest come first, or they would be what is left in the end.
slow=(tests/SourceGen.Rpc{,.Packages,.Soak,.Registries.ZooKeeper,.Brokers.RabbitMq,.Samples,.Registries.Mdns,.ContractLock,.Analyzers}.Tests/*.Tests.csproj)
rest=()
for project in tests/*.Tests/*.Tests.csproj; do
  [[ " ${slow[*]} " == *" $project "* ]] || rest+=("$project")
done
printf '%s\0' "${slow[@]}" "${rest[@]}" | xargs -0 -n 1 -P 2 bash -c 'run_project "$1"' _

failed_projects=()
if [ -e "$results/failed" ]; then mapfile -t failed_projects < "$results/failed"; fi
for project in "${slow[@]}" "${rest[@]}"; do
  name="$(basename "$project" .csproj)"
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

# What failed is said once more: of a long log, the end is what people see.
for name in ${failed_projects[@]+"${failed_projects[@]}"}; do
  printf '\n== Failed: %s\n' "$name"
  sed -n -E '/^ *Failed [^ ]/,/^(Passed|Failed)!/p' "$results/$name.log" | head -n 200
done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
if [ "$passed" -eq 0 ]; then fail "no test has passed, so nothing was tested."; fi
if [ "$failed" -ne 0 ] || [ "${#failed_projects[@]}" -ne 0 ]; then exit 1; fi
