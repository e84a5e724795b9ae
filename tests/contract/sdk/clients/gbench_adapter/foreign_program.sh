#!/bin/sh
# Speaks as a Google Benchmark executable: two good tests, one listed twice, one that skips itself, one that fails, one that
# dies, one that never ends.
case "$*" in
  *--benchmark_list_tests*) printf 'BM_Sort<int>/1024\nBM_Copy/8\nBM_Copy/8\nBM_Skips\nBM_Fails\nBM_Dies\nBM_Hangs\n'; exit ;;
  *BM_Fails*) echo 'no such file' >&2; exit 3 ;;
  *BM_Dies*) kill -ABRT $$ ;;
  *BM_Hangs*) exec sleep 1000 ;;
esac
name=$(printf '%s\n' "$*" | sed 's/.*filter=^\(.*\)\$ --.*/\1/; s/\\//g')
case "$name" in
  BM_Skips) extra='"skipped": true, "skip_message": "needs \"huge\" pages",' ;;
  BM_Copy*) extra='"bytes_per_second": 2e9,' ;;
  *) extra='"items_per_second": 6.6e8, "L1-misses": 3.2e1, "L1_misses": 5,' ;;
esac
cat <<END
{"context": {"date": "x", "caches": [{"type": "Data", "size": 1}], "load_avg": [1.0, 2]},
 "benchmarks": [
  {"name": "$name", "run_type": "iteration", "iterations": 1000, "real_time": 1.5e+00, "cpu_time": 1.25, $extra "time_unit": "us"},
  {"name": "${name}_mean", "run_type": "aggregate", "iterations": 3, "real_time": 9, "cpu_time": 9, "time_unit": "us"}]}
END
