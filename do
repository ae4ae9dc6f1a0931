#!/usr/bin/env bash
# The only command a newcomer must know. './do help' lists what it does.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

readonly PACKAGES_BUILD=(g++ cmake ninja-build ccache pkg-config libboost1.81-dev libssl-dev libidn2-dev
  libunistring-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev libexpected-dev nlohmann-json3-dev
  libsystemd-dev libsqlite3-dev libc-ares-dev libcurl4-openssl-dev zlib1g-dev libarchive-dev libgtest-dev libgmock-dev libbenchmark-dev
  libgmime-3.0-dev libopendkim-dev libmilter-dev scdoc man-db python3 debootstrap iproute2 procps)
readonly PACKAGES_CHECK=(clang-format-19 clang-19 libclang-rt-19-dev libfaketime)
readonly PACKAGES_DEB=(debhelper dpkg-dev lintian)
readonly JOBS=$(nproc)

say() { printf '== %s\n' "$*" >&2; }
die() {
  printf './do: %s\n' "$1" >&2
  exit "${2:-1}"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo --preserve-env=BACKSTOP_CORPUS,CI,TERM "$@"
  else
    die "this needs root, and there is no sudo: become root and run it again" 77
  fi
}

missing_of() {
  local name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || printf '%s\n' "$name"
  done
}

# Installs what is missing, and nothing that would cost a package already there or bring a mail
# server onto this host.
install_packages() {
  local missing plan
  mapfile -t missing < <(missing_of "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing: ${missing[*]}"
  local apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  as_root "${apt[@]}" update -qq >&2 || say "the package lists could not be renewed; trying with those that are here"
  plan=$(as_root "${apt[@]}" --simulate --no-install-recommends install "${missing[@]}") ||
    die "apt cannot install ${missing[*]}; see 'apt-get install ${missing[*]}'" 75
  if grep -q '^Remv ' <<<"$plan"; then
    die "installing would remove $(grep '^Remv ' <<<"$plan" | cut -d' ' -f2 | xargs); nothing was changed. Remove the conflict yourself, or build on another host" 1
  fi
  if grep -qE '^Inst (postfix|exim4|sendmail|opensmtpd|courier-mta)' <<<"$plan"; then
    die "installing would bring a mail server onto this host; nothing was changed" 1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" --yes --quiet --no-remove --no-install-recommends install \
    "${missing[@]}" >&2 || die "apt failed; its own words stand above. Run './do setup' again" 75
}

do_setup() {
  [ -r /etc/debian_version ] || die "this is no Debian: install the packages listed at the top of ./do by hand"
  install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CHECK[@]}" "${PACKAGES_DEB[@]}"
}

configure() {
  local folder=$1
  shift
  [ -f "build/$folder/build.ninja" ] || cmake -S . -B "build/$folder" -G Ninja "$@" >"/tmp/backstop-cmake.$$" 2>&1 || {
    cat "/tmp/backstop-cmake.$$" >&2
    die "cmake failed; './do setup' installs what it needs"
  }
  rm -f "/tmp/backstop-cmake.$$"
}

# ninja is quiet unless something is wrong or a person watches.
compile() {
  if [ -t 1 ]; then ninja -j "$JOBS" "$@"; else ninja --quiet -j "$JOBS" "$@"; fi
}

do_build() {
  install_packages "${PACKAGES_BUILD[@]}"
  configure release -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBACKSTOP_BIN_DIR="$PWD/build/bin"
  say "building"
  compile -C build/release "$@"
}

run_ctest() {
  local folder=$1
  shift
  ctest --test-dir "build/$folder" --output-on-failure --no-tests=error -j "$JOBS" "$@"
}

do_test() {
  if [ "${1:-}" = --zoo ]; then
    shift
    do_build backstopd backstop
    as_root python3 tests/zoo/run.py "$@"
    return
  fi
  do_build all
  if [ "$(id -u)" = 0 ]; then
    run_ctest release "$@"
  else
    # The system tests run mail servers in trees of their own, which only root may build.
    as_root "$PWD/do" ctest_as_root "$@"
  fi
}

# ./do sim [N [SEED]]: N transactions, a million, from a seed that is told; without one, from a fresh one.
do_sim() {
  do_build sim
  local seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
  say "playing from seed $seed"
  build/release/tests/sim/sim --count "${1:-1000000}" --seed "$seed" "${@:3}"
}

# The version of CMakeLists.txt; between releases with the moment of the commit, so that a later one is newer.
package_version() {
  local version
  version=$(sed -n 's/^project(backstop VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  if git describe --exact-match --match "v$version" >/dev/null 2>&1; then
    printf '%s\n' "$version"
  else
    printf '%s~%s\n' "$version" "$(TZ=UTC0 git log -1 --date=format-local:%Y%m%d.%H%M%S --format=%cd)"
  fi
}

# The source package's own files: control and changelog come from what is written elsewhere.
write_debian_folder() {
  local folder=$1 packages
  packages=$(printf '%s\n' "${PACKAGES_BUILD[@]}" | grep -vx 'g++' | sed 's/$/, /' | tr -d '\n') # build-essential has it
  cp -a packaging/debian "$folder"
  sed "s/@BUILD_PACKAGES@/${packages%, }/" packaging/debian/control.in >"$folder/control"
  rm "$folder/control.in"
  cat >"$folder/changelog" <<END
backstop ($(package_version)) unstable; urgency=medium

  * What changed stands in /usr/share/doc/backstop/CHANGELOG.md.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control.in)  $(git log -1 --format=%cD)
END
}

# ./do deb [FOLDER [BUILD]]: the package into FOLDER. What is packaged is what was built and tested: the package's
# rules take the build folder as it is.
do_deb() {
  install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_DEB[@]}"
  local out=${1:-build/deb} build=${2:-} version folder
  if [ -z "$build" ]; then
    do_build package_files
    build=$PWD/build/release
  fi
  build=$(readlink -f "$build") version=$(package_version)
  mkdir -p "$out"
  out=$(readlink -f "$out")
  rm -rf "$out"/backstop[-_]* "$out/build.log"
  folder=$out/backstop-$version
  mkdir "$folder"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done | xargs -0 cp --parents -t "$folder"
  write_debian_folder "$folder/debian"
  say "packing backstop $version"
  (cd "$folder" && BUILD="$build" DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-noautodbgsym}" \
    dpkg-buildpackage --build=full --unsigned-source --unsigned-changes >../build.log 2>&1) || {
    tail -n 30 "$out/build.log" >&2
    die "dpkg-buildpackage failed; the whole of what it said is in $out/build.log"
  }
  rm -rf "$folder"
  lintian --allow-root --fail-on error,warning --info "$out"/backstop_*.changes || die "lintian is not content"
  say "the package is $(ls "$out"/backstop_*.deb)"
}

do_run() {
  do_build backstop backstopd
  as_root python3 tools/demo/run.py "$@"
}

do_bless() {
  do_build all
  BACKSTOP_BLESS=1 run_ctest release -LE system >/dev/null || true
  python3 tools/generate.py
  git --no-pager diff --stat
}

sources() { git ls-files --cached --others --exclude-standard -- '*.cc' '*.h' | while read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done; }

do_check() {
  install_packages "${PACKAGES_CHECK[@]}" python3
  local failed=0
  sources | xargs clang-format-19 --dry-run --Werror || failed=1
  python3 tools/check_house.py || failed=1
  python3 tools/check_text.py || failed=1
  python3 tools/generate.py --check || failed=1
  [ "$failed" = 0 ] || die "the complaints stand above"
}

do_format() { sources | xargs clang-format-19 -i; }

do_asan() {
  install_packages "${PACKAGES_BUILD[@]}"
  configure asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DBACKSTOP_SANITIZE=address,undefined
  say "building with AddressSanitizer and UndefinedBehaviorSanitizer"
  compile -C build/asan all
  ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
    run_ctest asan -LE system "$@"
}

# ./do fuzz [SECONDS [NAME...]]: each target for that long, from its seeds.
do_fuzz() {
  install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CHECK[@]}"
  local seconds=${1:-60} names
  shift || true
  CC=clang-19 CXX=clang++-19 configure fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBACKSTOP_FUZZERS=ON \
    -DBACKSTOP_SANITIZE=address,undefined
  mapfile -t names < <(if [ "$#" -gt 0 ]; then printf '%s\n' "$@"; else find fuzz -name '*_fuzz.cc' -printf '%f\n' | sed 's/_fuzz\.cc$//' | sort; fi)
  say "building ${#names[@]} fuzz targets"
  compile -C build/fuzz $(printf '%s_fuzz ' "${names[@]}")
  say "fuzzing each for $seconds s, $JOBS at a time"
  printf '%s\n' "${names[@]}" | xargs -P "$JOBS" -I NAME "$PWD/do" fuzz_one NAME "$seconds" ||
    die "a target failed; its name and its input stand above"
}

# One target that is built, from its seeds; quiet unless it finds something.
fuzz_one() {
  local name=$1 seconds=$2 log
  log=$(mktemp)
  mkdir -p "var/fuzz/$name"
  "build/fuzz/fuzz/${name}_fuzz" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 \
    -artifact_prefix="var/fuzz/$name-" -print_final_stats=0 -verbosity=0 "var/fuzz/$name" "fuzz/seeds/$name" >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    die "$name failed; the input is var/fuzz/$name-…; put it into fuzz/seeds/$name once it is mended"
  }
  rm -f "$log"
}

# Those that read mail: what strangers send, and all that stands inside it.
mail_fuzzers() { grep -lE '#include "(core/mail|core/reading|edge/mailbox)/' fuzz/*_fuzz.cc | xargs -n1 basename | sed 's/_fuzz\.cc$//'; }

# ./do bench NAME [--json FILE ...]
do_bench() {
  local name=${1:-}
  [ -n "$name" ] || die "name a benchmark: $(benchmarks)" 2
  shift
  do_build all
  if [ -f "bench/$name/run.py" ]; then
    as_root python3 "bench/$name/run.py" "$@"
  elif [ -x "build/release/bench/${name}_bench" ]; then
    local arguments=()
    [ "${1:-}" != --json ] || arguments=(--benchmark_out="$2" --benchmark_out_format=json)
    "build/release/bench/${name}_bench" "${arguments[@]}"
  else
    die "there is no benchmark '$name'; there are: $(benchmarks)" 2
  fi
}

benchmarks() { { find bench -mindepth 2 -maxdepth 2 -name run.py -printf '%h\n' | xargs -rn1 basename; find bench -maxdepth 1 -name '*_bench.cc' -printf '%f\n' | sed 's/_bench\.cc//'; } | sort | xargs; }

do_ci() {
  local names
  do_setup
  say "check"
  do_check
  do_asan
  say "the tests as README gives them"
  ./do test
  say "the demonstration as README gives it"
  ./do run --once
  mapfile -t names < <(mail_fuzzers)
  ./do fuzz 5 "${names[@]}"
  say "all of ./do ci passed"
}

do_help() {
  cat <<'EOF'
./do run [--once]     build, start everything on loopback, play real mail through it, show the table
./do test [ARGS]      build and run every test (ARGS go to ctest, as -R plays)
./do test --zoo       every bounce of five mail servers to each of three that we guard, as a list (--only WORD, --pairs)
./do sim [N [SEED]]   play N seeded transactions (a million) of all sorts through the core, a rule held to each
./do setup            install what building and testing need (no mail server ever on this host)
./do build            leave build/bin/backstop and build/bin/backstopd
./do deb              leave the Debian package below build/deb; lintian has to be content
./do check            format, the house's arrows, wording, generated files; prints only what is wrong
./do format           format every source in place
./do bless            rewrite the committed tables and samples from what the tests render
./do asan             build with sanitizers and run the tests that need no mail server
./do fuzz [S [NAME]]  fuzz each parser for S seconds (60), as many at a time as there are processors
./do bench NAME       run a benchmark; --json FILE writes its figures
./do ci               everything, cheap first
EOF
}

command=${1:-help}
shift || true
case $command in
  run | test | sim | setup | build | deb | check | format | bless | asan | fuzz | bench | ci | help) "do_$command" "$@" ;;
  ctest_as_root) run_ctest release "$@" ;;
  fuzz_one) fuzz_one "$@" ;;
  -h | --help) do_help ;;
  *)
    do_help >&2
    die "there is no './do $command'" 2
    ;;
esac
