// SPDX-License-Identifier: MIT
//
// Says back what it was given, byte by byte in hexadecimal: parameters of every type, settings, and the input of a case
// that it found. With the setting `wait` its enumerate does not return until the host asks for the end.
#include <benchhost/plugin.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>

namespace {

namespace bb = benchhost;

std::string hex(std::string_view text) {
  std::string out;
  char byte[3];
  for (const char c : text) {
    std::snprintf(byte, sizeof byte, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += byte;
  }
  return out;
}

void say(const bb::Prepare& p, const std::string& name, const std::string& value) {
  p.host->log(p.host, BH_LOG_INFO, (name + " is " + value).c_str());
}

// A sum, for there must be something to measure.
struct Sum : bb::Benchmark {
  std::array<std::uint32_t, 256> data{};
  std::uint32_t sum = 0;

  Sum() { std::iota(data.begin(), data.end(), 1u); }
  void run(const bb::Batch& batch) override { add(batch.n); }
  void add(std::uint64_t times) {
    for (std::uint64_t left = times; left > 0; --left) {
      bh_keep(data.data());
      sum = std::accumulate(data.begin(), data.end(), 0u);
      bh_keep(&sum);
    }
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = sum == 256u * 257u / 2u ? 1 : 0;
    verdict.error = 0;
    verdict.tolerance = 0;
    verdict.what = "the sum of 1 to 256";
  }
};

constexpr bh_value_t kKinds[] = {bb::choice("plain"), bb::choice("yes"), bb::choice("null")};
constexpr bh_value_t kSizes[] = {bb::u64(64), bb::u64(64), bb::u64(1)};
constexpr bh_value_t kWords[] = {bb::str("one"), bb::str("two")};

struct EchoValues final : Sum {
  static constexpr auto about = bb::about("org.benchhost_e2e.echo.values", "Parameters of every type",
                                          "logs its parameters, then sums 256 integers", BH_CATEGORY_OTHER);
  static constexpr bb::Param parameters[] = {bb::param("text", bb::str("nothing"), "any text"),
                                             bb::param("words", bb::list(kWords), "a list of texts").counts(0, 8),
                                             bb::param("sizes", bb::list(kSizes), "a list of sizes").counts(0, 8),
                                             bb::param("number", bb::f64(0.5), "a number"),
                                             bb::param("count", bb::i64(-1), "a whole number"),
                                             bb::param("flag", bb::boolean(false), "yes or no"),
                                             bb::param("kind", bb::choice("plain"), "a choice").choices(kKinds)};
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a sum", "the sum of 256 integers").primary()};

  explicit EchoValues(const bb::Prepare& p) {
    say(p, "text", hex(p.str("text")));
    std::string words;
    for (const char* word : p.strs("words")) words += hex(word) + ";";
    say(p, "words", words);
    std::string sizes;
    for (const std::uint64_t size : p.u64s("sizes")) sizes += std::to_string(size) + ";";
    say(p, "sizes", sizes);
    char number[64];
    std::snprintf(number, sizeof number, "%a", p.f64("number"));
    say(p, "number", number);
    say(p, "count", std::to_string(p.i64("count")));
    say(p, "flag", p.boolean("flag") ? "true" : "false");
    say(p, "kind", hex(p.choice("kind")));
    p.work({{BH_WORK_ITEMS, 256.0}});
  }
};

struct EchoFound final : Sum {
  static constexpr auto about = bb::about("org.benchhost_e2e.echo.found", "Cases from outside",
                                          "logs its input and the plugin's settings", BH_CATEGORY_OTHER)
                                    .flags(BH_BENCHMARK_ENUMERATED);
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a sum", "the sum of 256 integers").primary()};

  explicit EchoFound(const bb::Prepare& p) {
    say(p, "input", hex(p.input()));
    say(p, "greeting", hex(p.settings.str("greeting")));
    say(p, "times", std::to_string(p.settings.i64s("times").size()));
    p.work({{BH_WORK_ITEMS, 256.0}});
  }
};

// A benchmark of a model, as SQL of an earlier framework looks for them.
struct EchoModel final : Sum {
  static constexpr auto about = bb::about("org.benchhost_e2e.echo.model", "A model",
                                          "sums 256 integers for each item of a batch", BH_CATEGORY_MODEL)
                                    .tags("family.sums,modality.numbers");
  static constexpr bb::Param parameters[] = {bb::param("batch", bb::u64(4), "items of a batch"),
                                             bb::param("precision", bb::str("int32"), "type of the numbers")};
  static constexpr bb::Metric metrics[] = {
      bb::rate("throughput", "Throughput", BH_UNIT_RATE("item"), BH_WORK_ITEMS, "items").primary(),
      bb::time("latency", "Latency", "of a batch")};

  std::uint64_t batch;

  explicit EchoModel(const bb::Prepare& p) : batch(p.u64("batch")) {
    p.work({{BH_WORK_ITEMS, static_cast<double>(batch)}});
  }
  void run(const bb::Batch& b) override { add(b.n * batch); }
};

constexpr bh_value_t kTimes[] = {bb::i64(1)};

struct Echo : bb::Plugin<EchoValues, EchoFound, EchoModel> {
  static constexpr bb::Param settings[] = {bb::param("greeting", bb::str("hello"), "what every case is told"),
                                           bb::param("times", bb::list(kTimes), "a list").counts(0, 4),
                                           bb::param("wait", bb::boolean(false), "true: look for cases for ever")};

  static void enumerate(const bb::Enumerate& e) {
    if (e.boolean("wait")) {
      e.host->log(e.host, BH_LOG_INFO, "looks for cases");
      while (e.host->cancelled(e.host) == 0) e.host->progress(e.host, 0, 0, "looking");
      throw bb::Error(BH_E_CANCELLED, "stopped looking");
    }
    // Everything that a pattern, a shell or YAML could take for its own.
    e.add(1, R"(a*b?[c]\{d}, 'e' "f": $g #h!)");
    e.add(1, "second");
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost_e2e.echo", "1.0.0", "The benchhost authors", "MIT", "", Echo);
