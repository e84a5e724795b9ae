// The cases of a Google Benchmark executable as cases of benchhost. POSIX.
#include <benchhost/plugin.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;
namespace bb = benchhost;

namespace {

// ---- Child processes

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Fd& operator=(Fd&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  void reset() { *this = Fd(); }

 private:
  int fd_;
};

[[noreturn]] void fail_errno(const std::string& what, int error) {
  throw bb::Error(BH_E_IO, what + ": " + std::strerror(error));
}

// A child that is killed and waited for by its id if nobody did before.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
};

std::string first_line_of(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// Runs exe with arguments and answers its standard output. limit_ns <= 0: none.
std::string output_of(const bh_host_t* host, const std::string& exe, std::vector<std::string> arguments,
                      std::int64_t limit_ns) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail_errno("pipe", errno);
  Fd in(ends[0]), out(ends[1]);

  std::string name = exe;
  std::vector<char*> argv{name.data()};
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  const std::string errors = std::string(host->scratch_dir) + "/stderr.txt";
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, exe.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail_errno("cannot start '" + exe + "'", error);
  Child child(pid);
  out.reset();

  const std::int64_t deadline = limit_ns > 0 ? host->now_ns(host) + limit_ns : INT64_MAX;
  std::string text;
  for (;;) {
    pollfd p{in.get(), POLLIN, 0};
    const int ready = poll(&p, 1, 10);
    if (ready < 0 && errno != EINTR) fail_errno("poll", errno);
    if (host->cancelled(host)) throw bb::Error(BH_E_CANCELLED, "cancelled while '" + exe + "' ran");
    host->progress(host, 0, 0, exe.c_str());
    if (host->now_ns(host) > deadline) throw bb::Error(BH_E_TIMEOUT, "'" + exe + "' ran past time_limit_s");
    if (ready <= 0) continue;
    char buffer[65536];
    const ssize_t got = read(in.get(), buffer, sizeof buffer);
    if (got < 0 && errno != EINTR) fail_errno("read from '" + exe + "'", errno);
    if (got == 0) break;
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  }
  const int status = child.wait();
  if (WIFSIGNALED(status))
    throw bb::Error(BH_E_CRASHED, "'" + exe + "' ended by signal " + std::to_string(WTERMSIG(status)));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw bb::Error(BH_E_FAILED, "'" + exe + "' ended with status " + std::to_string(WEXITSTATUS(status)) + ": " +
                                     first_line_of(errors));
  return text;
}

// ---- Enough of JSON for one benchmark object: flat members, nested values skipped

struct Result {
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> texts;
};

class Reader {
 public:
  explicit Reader(const std::string& text) : s_(text) {
    const auto at = text.find("\"benchmarks\"");
    if (at == std::string::npos) throw bb::Error(BH_E_IO, "no \"benchmarks\" in the child's JSON");
    i_ = text.find('[', at);
    if (i_ == std::string::npos) broken();
    ++i_;
  }
  bool next(Result& result) {
    blanks();
    if (peek() == ',') ++i_;
    blanks();
    if (peek() == ']') return false;
    expect('{');
    result = {};
    for (blanks(); peek() != '}'; blanks()) {
      if (peek() == ',') {
        ++i_;
        continue;
      }
      const std::string key = text();
      blanks();
      expect(':');
      blanks();
      if (peek() == '"') {
        result.texts[key] = text();
      } else if (peek() == '{' || peek() == '[') {
        skip();
      } else {
        char* end = nullptr;
        const double value = std::strtod(s_.c_str() + i_, &end);
        if (end == s_.c_str() + i_) {  // true, false, null
          const std::size_t begin = i_;
          while (std::isalpha(static_cast<unsigned char>(peek()))) ++i_;
          if (i_ == begin) broken();
          result.texts[key] = s_.substr(begin, i_ - begin);
        } else {
          i_ = static_cast<std::size_t>(end - s_.c_str());
          result.numbers[key] = value;
        }
      }
    }
    ++i_;
    return true;
  }

 private:
  [[noreturn]] static void broken() { throw bb::Error(BH_E_IO, "the child's JSON cannot be read"); }
  char peek() const {
    if (i_ >= s_.size()) broken();
    return s_[i_];
  }
  void expect(char c) {
    if (peek() != c) broken();
    ++i_;
  }
  void blanks() {
    while (i_ < s_.size() && std::isspace(static_cast<unsigned char>(s_[i_]))) ++i_;
  }
  std::string text() {
    expect('"');
    std::string t;
    for (; peek() != '"'; ++i_) {
      if (peek() == '\\') ++i_;
      t += peek();
    }
    ++i_;
    return t;
  }
  void skip() {
    int depth = 0;
    do {
      if (peek() == '"') {
        (void)text();
        continue;
      }
      if (peek() == '{' || peek() == '[') ++depth;
      if (peek() == '}' || peek() == ']') --depth;
      ++i_;
    } while (depth > 0);
  }
  const std::string& s_;
  std::size_t i_ = 0;
};

bool is_counter(std::string_view key) {
  static constexpr std::string_view fields[] = {"family_index",     "per_family_instance_index",
                                                "repetitions",      "repetition_index",
                                                "threads",          "iterations",
                                                "real_time",        "cpu_time",
                                                "bytes_per_second", "items_per_second"};
  return std::find(std::begin(fields), std::end(fields), key) == std::end(fields);
}

std::string escaped(std::string_view name) {
  std::string regex = "^";
  for (const char c : name) {
    if (std::strchr("\\^$.|?*+()[]{}", c) != nullptr) regex += '\\';
    regex += c;
  }
  return regex + "$";
}

double ns_per(const Result& r) {
  const auto unit = r.texts.find("time_unit");
  if (unit == r.texts.end() || unit->second == "ns") return 1;
  if (unit->second == "us") return 1e3;
  if (unit->second == "ms") return 1e6;
  if (unit->second == "s") return 1e9;
  throw bb::Error(BH_E_IO, "the child's time unit '" + unit->second + "' is not known");
}

std::string collection_of(std::string_view exe) { return std::filesystem::path(exe).stem().string(); }

}  // namespace

struct Foreign final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.gbench.test", "Google Benchmark",
                "one test of a Google Benchmark executable; each sample is a run of the executable", BH_CATEGORY_OTHER)
          .flags(BH_BENCHMARK_SPAWNS | BH_BENCHMARK_ENUMERATED)
          .tags("adapter");
  static constexpr bb::Param parameters[] = {
      bb::param("min_time_s", bb::f64(0.5), "passed on as --benchmark_min_time").range(bb::f64(0.001), bb::f64(600)),
      bb::param("time_limit_s", bb::f64(300), "after which the executable is ended")
          .range(bb::f64(1), bb::f64(86400))
          .apart()};
  static constexpr bb::Metric metrics[] = {
      bb::self_time("real_time", "Real time", "per iteration, as the executable says").primary(),
      bb::self_time("cpu_time", "CPU time", "per iteration, as the executable says"),
      bb::self_rate("bytes", "Bytes", BH_UNIT_BYTES_PER_SECOND, "SetBytesProcessed of the test"),
      bb::self_rate("items", "Items", BH_UNIT_RATE("item"), "SetItemsProcessed of the test")};

  const bh_host_t* host;
  std::string exe, test;
  double min_time_s;
  std::int64_t limit_ns;
  bb::Sample real_time, cpu_time, bytes, items;
  std::map<std::string, bb::Sample> counters;
  std::vector<Result> results;

  explicit Foreign(const bb::Prepare& p)
      : host(p.host),
        min_time_s(p.f64("min_time_s")),
        limit_ns(static_cast<std::int64_t>(p.f64("time_limit_s") * 1e9)),
        real_time(p, "real_time"),
        cpu_time(p, "cpu_time"),
        bytes(p, "bytes"),
        items(p, "items") {
    exe = p.settings.str("exe");
    const std::string prefix = collection_of(exe) + "/";
    test = p.input();
    if (test.compare(0, prefix.size(), prefix) != 0)
      throw bb::Error(BH_E_NOT_FOUND, "'" + test + "' is no test of '" + exe + "'");
    test.erase(0, prefix.size());

    // What counters there are shows only a run; a short one will do.
    const std::vector<Result> first = measure(0.001);
    for (const auto& [name, value] : first.front().numbers) {
      (void)value;
      if (!is_counter(name)) continue;
      const std::string id = "counter." + bb::id_of(name);
      const std::string text = "counter '" + name + "' of the test, as the executable says";
      const auto index = p.declare(bb::metric(id.c_str(), name.c_str(), BH_UNIT_NONE, BH_KIND_OTHER, BH_DIRECTION_NONE,
                                              BH_DOMAIN_SELF, text.c_str()));
      counters.emplace(name, bb::Sample(host, index));
    }
    if (first.front().numbers.count("bytes_per_second") == 0) p.withhold("bytes", "the test does not set it");
    if (first.front().numbers.count("items_per_second") == 0) p.withhold("items", "the test does not set it");
  }

  void run(const bb::Batch& batch) override {
    results.clear();
    for (std::uint64_t left = batch.n; left > 0; --left) {
      for (Result& r : measure(min_time_s)) results.push_back(std::move(r));
    }
  }

  /// The numbers are the executable's own: what can be checked is that each run gave what the first one announced.
  void verify(bb::Verdict& verdict) override {
    verdict.checked = results.size();
    verdict.error = 0;
    for (const Result& r : results) {
      for (const auto& [name, sample] : counters) verdict.error += r.numbers.count(name) == 0 ? 1 : 0;
    }
    verdict.tolerance = 0;
    verdict.what = "counters that were announced and are missing";
  }
  void finish_batch(const bb::Batch&) override {
    for (const Result& r : results) {
      const double unit = ns_per(r);
      const double real = number(r, "real_time") * unit;
      real_time(real);
      cpu_time(number(r, "cpu_time") * unit);
      // The tool gives rates without durations: the time that they stand for is their weight.
      const double duration = real * number(r, "iterations");
      rate(r, "bytes_per_second", bytes, duration);
      rate(r, "items_per_second", items, duration);
      for (const auto& [name, sample] : counters) {
        const auto it = r.numbers.find(name);
        if (it != r.numbers.end() && std::isfinite(it->second)) sample(it->second);
      }
    }
  }

 private:
  static double number(const Result& r, const char* key) {
    const auto it = r.numbers.find(key);
    if (it == r.numbers.end()) throw bb::Error(BH_E_IO, std::string("the child's JSON lacks ") + key);
    return it->second;
  }
  static void rate(const Result& r, const char* key, const bb::Sample& sample, double duration_ns) {
    const auto it = r.numbers.find(key);
    if (it != r.numbers.end() && duration_ns > 0) sample.rate(it->second * duration_ns * 1e-9, duration_ns);
  }
  std::vector<Result> measure(double seconds) const {
    std::ostringstream least;
    least.imbue(std::locale::classic());
    least << "--benchmark_min_time=" << seconds;
    const std::string text =
        output_of(host, exe, {"--benchmark_filter=" + escaped(test), "--benchmark_format=json", least.str()}, limit_ns);
    std::vector<Result> found;
    Reader reader(text);
    for (Result r; reader.next(r);) {
      const auto type = r.texts.find("run_type");
      if (type != r.texts.end() && type->second != "iteration") continue;  // means and deviations: the host's
      const auto error = r.texts.find("error_occurred");
      if (error != r.texts.end() && error->second == "true")
        throw bb::Error(BH_E_FAILED, test + ": " + r.texts["error_message"]);
      const auto skipped = r.texts.find("skipped");
      if (skipped != r.texts.end() && skipped->second == "true")
        throw bb::Error(BH_E_UNSUPPORTED, test + ": " + r.texts["skip_message"]);
      found.push_back(r);
    }
    if (found.empty()) throw bb::Error(BH_E_NOT_FOUND, "'" + exe + "' ran no test called '" + test + "'");
    return found;
  }
};

struct Adapter : bb::Plugin<Foreign> {
  static constexpr std::uint32_t flags = BH_PLUGIN_SPAWNS;
  static constexpr bb::Param settings[] = {
      bb::param("exe", bb::str(""), "the Google Benchmark executable whose tests become cases").path()};
  static void enumerate(const bb::Enumerate& e) {
    const std::string exe(e.str("exe"));
    if (exe.empty()) return;
    const std::string prefix = collection_of(exe) + "/";
    std::istringstream names(output_of(e.host, exe, {"--benchmark_list_tests=true"}, 60'000'000'000));
    for (std::string name; std::getline(names, name);) {
      if (name.empty()) continue;
      e.try_add(0, {prefix + name});  // a test that is registered twice does not spoil the rest
    }
  }
};

BH_PLUGIN_CXX("org.example.gbench", "1.0.0", "Example Ltd", "MIT", "https://example.org/gbench", Adapter);
