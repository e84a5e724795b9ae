// The same empty body under Google Benchmark, for comparison: two benchmarks that differ in their fixed number of
// iterations alone. What a batch costs beside its iterations is (time per iteration at N) - (at 100 N), as in
// perf_harness_share's column "long". usage: perf_google_share N [flags of the library]; with --benchmark_repetitions,
// --benchmark_enable_random_interleaving and --benchmark_format=json it gives the pairs.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

namespace {

void empty(benchmark::State& state) {
  // The null plugin's body: nothing, behind a barrier that the compiler cannot see through.
  for (auto _ : state) benchmark::ClobberMemory();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::atoll(argv[1]) <= 0) {
    std::fprintf(stderr, "usage: perf_google_share N [flags]\n");
    return 2;
  }
  const auto n = static_cast<benchmark::IterationCount>(std::atoll(argv[1]));
  benchmark::RegisterBenchmark("batch", empty)->Iterations(n);
  benchmark::RegisterBenchmark("long", empty)->Iterations(100 * n);
  argv[1] = argv[0];
  int rest = argc - 1;
  benchmark::Initialize(&rest, argv + 1);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
