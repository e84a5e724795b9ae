// Writes a database in which nothing depends on this machine or on the hour: one run with a case of every kind that a
// reader meets, so that what commands print of it can be compared letter by letter; and more of the same if asked.
// usage: e2e_prepared_database FILE [RUNS]
#include <cstdlib>
#include <memory>
#include <string>

#include "contract/store/sample_records.h"
#include "store/sqlite_store.h"

namespace {

namespace st = benchhost::store;
namespace p = benchhost::protocol;

// 2023-11-14 22:13:20 UTC.
constexpr std::int64_t kStart = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

class Writer {
 public:
  Writer(st::RunStore& store, st::RunId run) : store_(store), run_(run) {}

  void passed(const std::string& title, double value, double half, st::CaseEnd end = {}) {
    st::Measurement time;
    time.metric = "time";
    time.statistic = "median";
    time.null_reason = "too few samples";
    st::Measurement rate;
    rate.metric = "bandwidth";
    rate.statistic = "median";
    rate.value = value;
    rate.low = value * (1 - half);
    rate.high = value * (1 + half);
    rate.level = 0.95;
    rate.invocations = 5;
    rate.samples = 500;
    rate.effective_samples = 120;
    rate.spread_ratio = half / 2;
    end.measurements = {time, rate};
    end.verification = {true, 4096, 0.0, 0.0, "every element"};
    finish(title, end);
  }

  void ended(const std::string& title, p::Outcome outcome, std::string reason, std::vector<std::string> flags = {}) {
    st::CaseEnd end;
    end.outcome = outcome;
    end.reason = std::move(reason);
    end.flags = std::move(flags);
    finish(title, end);
  }

 private:
  void finish(const std::string& title, const st::CaseEnd& end) {
    st::CaseStart start = st::test::sample_case(ordinal_, 4096 + ordinal_);
    start.case_.title = title;
    start.case_.key = std::string(64, static_cast<char>('a' + ordinal_));
    ++ordinal_;
    const bool never_ran = end.outcome == p::Outcome::skipped || end.outcome == p::Outcome::infra_error;
    if (never_ran) {
      good_ = store_.record_case(run_, start, end).ok() && good_;
      return;
    }
    const auto result = store_.start_case(run_, start);
    good_ = result.ok() && good_;
    if (!result.ok()) return;
    for (std::uint32_t i = 0; i < 2; ++i) {
      st::Invocation invocation = st::test::sample_invocation(i);
      if (i == 1 && end.outcome != p::Outcome::passed) {
        invocation.outcome = end.outcome;
        invocation.reason = end.reason;
        invocation.signal = 11;
        invocation.exit_code.reset();
      }
      good_ = store_.add_invocation(*result, invocation).ok() && good_;
    }
    good_ = store_.finish_case(*result, end).ok() && good_;
  }

 public:
  [[nodiscard]] bool good() const { return good_; }

 private:
  st::RunStore& store_;
  st::RunId run_;
  std::uint64_t ordinal_ = 0;
  bool good_ = true;
};

st::CaseEnd with_gate(st::GateVerdict verdict, std::string reason) {
  st::CaseEnd end;
  end.gates = {{"bandwidth", "", "at_least", 30e9, verdict, std::move(reason)}};
  return end;
}

bool write_run(st::RunStore& store) {
  st::RunStart start = st::test::sample_run();
  start.labels = {{"purpose", "nightly"}};
  start.suite_name = "memory";
  start.planned_cases = 10;
  const auto run = store.begin_run(start);
  if (!run.ok()) return false;
  Writer writer(store, *run);
  writer.passed("stream.triad{bytes=64 KiB}@cpu:0", 41.3e9, 0.004);
  writer.passed("stream.triad{bytes=1 GiB}@cpu:0", 9.87e9, 0.02,
                with_gate(st::GateVerdict::tripped,
                          "bandwidth is 9.87 GB/s, by its interval 9.67 GB/s to 10.1 GB/s, and "
                          "at least 30 GB/s is asked"));
  st::CaseEnd noisy = with_gate(st::GateVerdict::held, "");
  noisy.flags = {"disturbed", "imprecise"};
  writer.passed("stream.triad{type=fp32,bytes=256 MiB,threads=16,stores=streaming}@cpu:0", 128e9, 0.12, noisy);
  writer.ended("stream.copy{bytes=64 KiB}@cpu:0", p::Outcome::crashed, "the worker ended by SIGSEGV while it measured");
  writer.ended("stream.dot{bytes=64 KiB}@cpu:0", p::Outcome::failed,
               "element 17 is 3.5 and should be 4 \xc2\xb1 1e-9 (\xe2\x80\x9coracle\xe2\x80\x9d)");
  writer.ended("stream.dot{bytes=1 GiB}@cpu:0", p::Outcome::timed_out, "no answer within 30 s", {"killed"});
  writer.ended("gemm{m=4096}@cuda:0", p::Outcome::skipped, "there is no device of kind cuda");
  writer.ended("stream.read{bytes=64 KiB}@cpu:0", p::Outcome::infra_error,
               "the environment is not as demanded (governor: performance): the governor is powersave");
  const bool ended = store.finish_run(*run, {kStart + 252 * kSecond, 5, "1 of 9 cases could not be run", 0.021}).ok();
  return writer.good() && ended;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return 2;
  const long runs = argc == 3 ? std::strtol(argv[2], nullptr, 10) : 1;
  auto opened = st::open_store({argv[1], 1000, [] { return kStart; }});
  if (!opened.ok()) return 1;
  const p::BenchmarkRecord benchmark = st::test::sample_benchmark();
  if (!opened->store->register_plugin(st::test::sample_plugin(), {&benchmark, 1}).ok()) return 1;
  for (long i = 0; i < runs; ++i) {
    if (!write_run(*opened->store)) return 1;
  }
  return 0;
}
