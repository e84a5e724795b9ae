#include "cli/progress.h"

#include <fmt/format.h>

#include <cstdlib>

#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/run_view.h"
#include "report/table.h"

namespace benchhost::cli {

namespace {

// CI systems end a job that prints nothing for some minutes; people look away after half of one.
constexpr std::int64_t kHeartbeatNs = 30'000'000'000;
// Redrawing more often than ten times a second is seen by nobody.
constexpr std::int64_t kRedrawNs = 100'000'000;

std::string clock_text(std::int64_t ns) {
  const std::int64_t seconds = ns / 1'000'000'000;
  if (seconds >= 3600) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  if (seconds >= 60) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}s", seconds);
}

class Progress : public schedule::Observer {
 public:
  Progress(Console& console, platform::Clock& clock, StatusWish* wish)
      : console_(console), clock_(clock), wish_(wish) {}

  void run_started(store::RunId run, const schedule::Plan& plan) override {
    run_ = run;
    plan_ = &plan;
  }
  void invocation_started(std::optional<std::size_t> index, std::uint32_t invocation,
                          const schedule::Standing&) override {
    current_ = index;
    invocation_ = invocation;
    since_ns_ = clock_.now_ns();
  }
  void tick(const schedule::Standing& s) override {
    if (wish_ == nullptr || !wish_->take_status_wish()) return;
    before_line();
    std::string text = fmt::format("run {}: running {}, invocation {}, for {}; {}/{} cases finished, {} invocations",
                                   run_, name_of(current_), invocation_ + 1, clock_text(clock_.now_ns() - since_ns_),
                                   s.finished, s.cases, s.invocations);
    if (s.remaining_ns) text += fmt::format(", about {} left", clock_text(*s.remaining_ns));
    console_.raw_err(text + '\n');
  }
  void warning(std::string_view text) override {
    before_line();
    console_.warning(make_error("", std::string(text)));
  }
  void slow(std::optional<std::size_t> index, std::int64_t elapsed_ns, std::string_view phase) override {
    before_line();
    console_.say(fmt::format("slow: {} has been {} for {}\n", name_of(index), phase, clock_text(elapsed_ns)));
  }

 protected:
  // Whatever is drawn on the current line goes away before a message is written.
  virtual void before_line() {}

  [[nodiscard]] std::string name_of(std::optional<std::size_t> index) const {
    if (!index || plan_ == nullptr) return "null benchmark";
    return escape_for_terminal(plan_->cases[*index].spec.name);
  }
  [[nodiscard]] std::string unit_of(std::size_t index) const {
    const protocol::MetricRecord* primary = plan_->cases[index].benchmark(plan_->plugins).primary();
    return primary == nullptr ? "1" : primary->unit;
  }
  [[nodiscard]] std::string half_width_text(double ratio) const {
    return fmt::format(" {}{}", console_.err_facts().utf8 ? "±" : "+-", report::share_text(ratio));
  }
  [[nodiscard]] std::string estimate_text(std::size_t index, const stats::Interval& i) const {
    std::string text = format_quantity(i.estimate, unit_of(index));
    const auto half = i.n >= 2 ? stats::log_half_width(i) : std::nullopt;
    if (half) text += half_width_text(*half);
    return text;
  }
  [[nodiscard]] std::string finished_text(std::size_t index, const store::CaseEnd& end) const {
    std::string outcome(protocol::outcome_name(end.outcome));
    for (char& c : outcome) c = c == '_' ? ' ' : c;
    std::string text = fmt::format("{} {}", outcome, name_of(index));
    const protocol::MetricRecord* primary = plan_->cases[index].benchmark(plan_->plugins).primary();
    for (const store::Measurement& m : end.measurements) {
      if (primary == nullptr || m.metric != primary->id || !m.value) continue;
      text += "  " + format_quantity(*m.value, primary->unit);
      if (m.low && m.high && *m.value != 0) {
        text += half_width_text((*m.high - *m.low) / 2 / std::abs(*m.value));
      }
    }
    if (end.outcome != protocol::Outcome::passed && !end.reason.empty()) {
      text += ": " + escape_for_terminal(end.reason);
    }
    return text;
  }

  Console& console_;
  platform::Clock& clock_;
  StatusWish* wish_;
  const schedule::Plan* plan_ = nullptr;
  store::RunId run_ = 0;
  std::optional<std::size_t> current_;  // nullopt: the null benchmark
  std::uint32_t invocation_ = 0;
  std::int64_t since_ns_ = 0;
};

// "[12/38] passed stream.triad@cpu:0 41.3 GB/s ±0.4 %", and something every half minute.
class Lines final : public Progress {
 public:
  using Progress::Progress;

  void run_started(store::RunId run, const schedule::Plan& plan) override {
    Progress::run_started(run, plan);
    last_ns_ = clock_.now_ns();
    console_.say(fmt::format("run {}: {} case{}\n", run, plan.cases.size(), plan.cases.size() == 1 ? "" : "s"));
  }
  void invocation_started(std::optional<std::size_t> index, std::uint32_t invocation,
                          const schedule::Standing& s) override {
    Progress::invocation_started(index, invocation, s);
    standing_ = s;
    beat();
  }
  void progress(std::optional<std::size_t> index, const protocol::Progress&) override {
    current_ = index;
    beat();
  }
  void tick(const schedule::Standing& s) override {
    Progress::tick(s);
    standing_ = s;
    beat();
  }
  void invocation_done(std::optional<std::size_t>, std::optional<stats::Interval>,
                       const schedule::Standing& s) override {
    standing_ = s;
    beat();
  }
  void case_finished(std::size_t index, store::ResultId, const store::CaseEnd& end,
                     const schedule::Standing& s) override {
    standing_ = s;
    last_ns_ = clock_.now_ns();
    console_.say(fmt::format("[{}/{}] {}\n", s.finished, s.cases, finished_text(index, end)));
  }

 private:
  void beat() {
    const std::int64_t now = clock_.now_ns();
    if (now - last_ns_ < kHeartbeatNs) return;
    last_ns_ = now;
    std::string text = fmt::format("... {}/{} cases, {} invocations, at {}", standing_.finished, standing_.cases,
                                   standing_.invocations, name_of(current_));
    if (standing_.remaining_ns) text += fmt::format(", about {} left", clock_text(*standing_.remaining_ns));
    console_.say(text + '\n');
  }

  schedule::Standing standing_;
  std::int64_t last_ns_ = 0;
};

// One line, redrawn: share, case, current estimate, time left. Cases that did not pass stay above it.
class Bar final : public Progress {
 public:
  using Progress::Progress;
  ~Bar() override { before_line(); }
  Bar(const Bar&) = delete;
  Bar& operator=(const Bar&) = delete;

  void invocation_started(std::optional<std::size_t> index, std::uint32_t invocation,
                          const schedule::Standing& s) override {
    Progress::invocation_started(index, invocation, s);
    estimate_.clear();
    standing_ = s;
    draw(false);
  }
  void progress(std::optional<std::size_t> index, const protocol::Progress& p) override {
    if (index && p.estimate) estimate_ = format_quantity(*p.estimate, unit_of(*index));
    draw(false);
  }
  void tick(const schedule::Standing& s) override {
    Progress::tick(s);
    standing_ = s;
    draw(false);
  }
  void invocation_done(std::optional<std::size_t> index, std::optional<stats::Interval> so_far,
                       const schedule::Standing& s) override {
    standing_ = s;
    if (index && so_far) estimate_ = estimate_text(*index, *so_far);
    draw(true);
  }
  void case_finished(std::size_t index, store::ResultId, const store::CaseEnd& end,
                     const schedule::Standing& s) override {
    standing_ = s;
    if (end.outcome != protocol::Outcome::passed && end.outcome != protocol::Outcome::skipped) {
      before_line();
      console_.say(finished_text(index, end) + '\n');
    }
    draw(true);
  }

 protected:
  void before_line() override {
    if (drawn_) console_.raw_err("\r\x1b[K");
    drawn_ = false;
  }

 private:
  void draw(bool always) {
    const std::int64_t now = clock_.now_ns();
    if (!always && drawn_ && now - last_ns_ < kRedrawNs) return;
    last_ns_ = now;
    const bool ascii = !console_.err_facts().utf8;
    const std::size_t width = console_.err_width();
    constexpr std::size_t kCells = 16;
    const std::uint64_t all = std::max<std::uint64_t>(standing_.invocations_expected, 1);
    const std::size_t full = static_cast<std::size_t>(kCells * standing_.invocations / all);
    std::string cells;
    for (std::size_t i = 0; i < kCells; ++i) {
      cells += ascii ? (i < full ? "#" : "-") : (i < full ? "\u2588" : "\u2591");
    }
    std::string right = fmt::format(" {}/{}", standing_.finished, standing_.cases);
    if (standing_.remaining_ns) right += "  " + clock_text(*standing_.remaining_ns) + " left";
    if (!estimate_.empty()) right += "  " + estimate_;
    const std::size_t used = kCells + report::display_width(right) + 3;
    std::string line = cells + right;
    if (used + 10 < width) line += "  " + report::shortened(name_of(current_), width - used, ascii);
    console_.raw_err("\r" + report::shortened(line, width - 1, ascii) + "\x1b[K");
    drawn_ = true;
  }

  std::string estimate_;
  schedule::Standing standing_;
  std::int64_t last_ns_ = 0;
  bool drawn_ = false;
};

class Silent final : public Progress {
 public:
  using Progress::Progress;
  void progress(std::optional<std::size_t>, const protocol::Progress&) override {}
  void invocation_done(std::optional<std::size_t>, std::optional<stats::Interval>, const schedule::Standing&) override {
  }
  void case_finished(std::size_t, store::ResultId, const store::CaseEnd&, const schedule::Standing&) override {}
};

}  // namespace

ProgressStyle choose_progress(const std::string& flag, const Console& console) {
  if (flag == "none" || console.quiet()) return ProgressStyle::none;
  if (flag == "lines") return ProgressStyle::lines;
  if (flag == "bar") return ProgressStyle::bar;
  const char* term = std::getenv("TERM");
  const bool redraws = console.err_facts().terminal && term != nullptr && std::string_view(term) != "dumb";
  return redraws ? ProgressStyle::bar : ProgressStyle::lines;
}

std::unique_ptr<schedule::Observer> make_progress(ProgressStyle style, Console& console, platform::Clock& clock,
                                                  StatusWish* wish) {
  switch (style) {
    case ProgressStyle::bar:
      return std::make_unique<Bar>(console, clock, wish);
    case ProgressStyle::lines:
      return std::make_unique<Lines>(console, clock, wish);
    case ProgressStyle::none:
      break;
  }
  return std::make_unique<Silent>(console, clock, wish);
}

}  // namespace benchhost::cli
