#!/usr/bin/env bash
# Runs stories with hfpipe under valgrind: copies that end well, that fail, and that are interrupted on one thread and on
# several. Fails where one touches memory that is not its own, or loses some. Usage: tests/valgrind.sh [STORY/CASE...]
set -euo pipefail
cd "$(dirname "$0")/.."

cases=(
  copy_story_test/objects_come_from_the_cdn_by_range_and_without_a_credential
  copy_story_test/blobs_come_first_whatever_uploads_fail_on_the_way
  run_story_test/case_45_an_interrupt_ends_the_run_soon_and_a_repetition_goes_on
  run_story_test/a_termination_ends_the_run_soon_and_a_repetition_goes_on
  run_story_test/a_dry_run_plans_and_only_reads
  threads_story_test/an_interrupt_ends_all_threads_soon_and_a_repetition_goes_on
  broken_source_story_test/a_wrong_blob_moves_nothing
  broken_source_story_test/a_broken_pack_moves_nothing
  broken_target_story_test/refusals_of_an_upload_stop_the_refs
)
[ $# -eq 0 ] || cases=("$@")

tools/install_packages.sh valgrind
cmake --preset release >/dev/null
cmake --build --preset release --target test_system

# What a process that leaves by _Exit still refers to is not lost; what nothing refers to any more is.
export HFPIPE_TEST_UNDER="valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect"
HFPIPE_TEST_UNDER+=" --errors-for-leak-kinds=definite,indirect"
failed=0
for each in "${cases[@]}"; do
  if build/release/tests/test_system --run_test="$each" --catch_system_errors=no; then echo "clean: $each"; else failed=1; fi
done
exit $failed
