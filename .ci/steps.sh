# What the scripts in this folder share: steps, their times and their verdict. Sourced, with `set -euo pipefail`, from the root of the project.
exec </dev/null
export CI="${CI:-true}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A line each: what came of every step, and the names of those that failed.
: >"$work/times"
: >"$work/failed"

# step NAME COMMAND…: runs the command, says how long it took and remembers a failure, with the end of what it wrote.
step() {
  local name=$1 start=$SECONDS verdict=ok said
  shift
  said=$(mktemp -p "$work")
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$said" || verdict=FAILED
  if [ "$verdict" != ok ]; then
    echo "$name" >>"$work/failed"
    printf '\n== end of what %s wrote\n%s\n' "$name" "$(tail -n 40 "$said")" >>"$work/ends"
  fi
  printf '== %s: %s, %d s\n' "$name" "$verdict" $((SECONDS - start)) | tee -a "$work/times"
  [ "$verdict" = ok ]
}

# begin FUNCTION: runs a row of steps beside what follows. join FUNCTION: waits for it, and prints what it wrote.
declare -A rows
begin() {
  "$1" >"$work/$1.log" 2>&1 &
  rows[$1]=$!
}
join() {
  wait "${rows[$1]}" || true
  cat "$work/$1.log"
}

# beside FUNCTION FUNCTION: runs two rows of steps at the same time.
beside() {
  begin "$2"
  "$1" || true
  join "$2"
}

# Adds up vitest's reports, prints the times, what failed and the result, and ends. A file that could not run at all counts as one failed test.
finish() {
  local counts
  printf '\n'
  cat "$work/times"
  counts=$(node - "$work" <<'JS'
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
let passed = 0;
let failed = 0;
const folder = join(process.argv[2], 'reports');
for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const file of report.testResults.filter(({ status }) => status === 'failed')) {
    const tests = file.assertionResults.filter(({ status }) => status === 'failed');
    if (tests.length === 0) failed += 1;
    const reasons = tests.length === 0 ? [['could not run', file.message]] : tests.map((test) => [test.fullName, test.failureMessages.join('\n')]);
    for (const [what, why] of reasons) console.error(`\n${name.replace('.json', '')}: ${file.name}: ${what}\n${why.slice(0, 1500)}`);
  }
}
console.log(passed, failed);
JS
  ) || counts='0 1'
  local passed=${counts% *} failed=${counts#* }
  # Tests that never came to run did not pass.
  if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ -s "$work/ends" ]; then cat "$work/ends"; fi
  printf '\n'
  if [ -s "$work/failed" ]; then printf 'Failed: %s\n' "$(paste -sd ';' "$work/failed")"; fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && ! [ -s "$work/failed" ]
  exit
}

# vitest_script SCRIPT [REPORT]: runs an npm script that is a vitest run, and keeps its report under a name of its own.
vitest_script() {
  local report=${2:-${1//:/-}}
  mkdir -p "$work/reports"
  npm run --silent "$1" -- --reporter=default --reporter=json --outputFile.json="$work/reports/$report.json"
}

# debian_packages NAME…: installs what is missing of redis, chromium, haproxy and postgresql (the embedded one lacks PostgreSQL's own programs), by
# apt-get, as root or through sudo.
debian_packages() {
  local as_root='' name missing=()
  if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
  for name in "$@"; do
    case $name in
      redis) command -v redis-server >/dev/null || missing+=(redis-server) ;;
      chromium) [ -n "${CHROMIUM_PATH:-}" ] || [ -x /usr/bin/chromium ] || missing+=(chromium) ;;
      haproxy) command -v haproxy >/dev/null || missing+=(haproxy) ;;
      postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql) ;;
    esac
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  $as_root apt-get update -qq || return
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The Node of the image, whichever one runs this script. on_node_24 SCRIPT: a vitest run on it.
node_24="node-linux-$(node -p process.arch)"
node_24() {
  npm install --prefix "$work/node24" --no-save --no-progress "$node_24@24.22.3"
}
on_node_24() {
  local bin="$work/node24/node_modules/$node_24/bin"
  [ -x "$bin/node" ] || return
  PATH="$bin:$PATH" vitest_script "$1" "${1//:/-}-node-24"
}
