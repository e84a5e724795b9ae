#include "null/options.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

#include "native/fault.h"

namespace benchhost::null {
namespace {

struct Reader {
  const bh_be_host_t* host;
  bool good = true;

  const char* text(const char* name) const { return host->option(host, name); }

  void refuse(const char* name, const char* value, const char* wanted) {
    (void)native::fail(host, {BH_E_ARGUMENT, BH_FAULT_CALL, nullptr, nullptr, 0}, "option null.%s=%s: give %s", name,
                       value, wanted);
    good = false;
  }

  template <class Number>
  void number(const char* name, Number least, Number most, Number* out) {
    const char* value = text(name);
    if (value == nullptr) return;
    Number read{};
    const char* end = value + std::strlen(value);
    const auto [stop, error] = std::from_chars(value, end, read);
    // Written so that a NaN is refused as well.
    if (error != std::errc() || stop != end || !(read >= least && read <= most)) {
      refuse(name, value, "a number within its range");
      return;
    }
    *out = read;
  }

  void flag(const char* name, bool* out) {
    const char* value = text(name);
    if (value == nullptr) return;
    const std::string_view word(value);
    if (word != "0" && word != "1") return refuse(name, value, "0 or 1");
    *out = word == "1";
  }

  void clock(Options& options) {
    const char* value = text("clock");
    if (value == nullptr) return;
    const std::string_view word(value);
    if (word == "zero") {
      options.clock = Clock::zero;
    } else if (word == "backwards") {
      options.clock = Clock::backwards;
    } else if (word == "steps") {
      options.step_ns = 65'536;  // what a browser admits
    } else if (word != "honest") {
      refuse("clock", value, "honest, zero, backwards or steps");
    }
  }

  void fault(Options& options) {
    const char* value = text("fault");
    if (value == nullptr) return;
    const std::string_view word(value);
    const std::size_t at = word.find('@');
    const std::string_view name = word.substr(0, at);
    constexpr std::string_view kClasses[] = {"call", "retry", "device", "process", "machine"};
    for (std::uint32_t i = 0; i < 5; ++i) {
      if (kClasses[i] == name) options.fault_class = i + 1;
    }
    const std::string_view count = at == std::string_view::npos ? "1" : word.substr(at + 1);
    const auto [stop, error] = std::from_chars(count.data(), count.data() + count.size(), options.fault_command);
    if (options.fault_class == 0 || error != std::errc() || stop != count.data() + count.size() ||
        options.fault_command == 0) {
      refuse("fault", value, "CLASS@COMMAND, CLASS one of call retry device process machine");
    }
  }
};

}  // namespace

bool read_options(const bh_be_host_t* host, Options* options) {
  *options = {};
  Reader reader{host};
  constexpr std::int64_t kYearNs = 31'557'600'000'000'000;
  reader.number<std::uint32_t>("devices", 0, 64, &options->devices);
  reader.number<std::int64_t>("launch_ns", 0, kYearNs, &options->launch_ns);
  reader.number<double>("item_ns", 0, 1e9, &options->item_ns);
  reader.number<double>("noise", 0, 10, &options->noise_ratio);
  reader.number<std::uint64_t>("seed", 0, UINT64_MAX, &options->seed);
  reader.clock(*options);
  reader.number<std::int64_t>("step_ns", 1, kYearNs, &options->step_ns);
  reader.number<std::int64_t>("busy_ns", 0, kYearNs, &options->busy_ns);
  reader.flag("early_finish", &options->early_finish);
  reader.fault(*options);
  reader.flag("fault_late", &options->fault_late);
  reader.flag("fault_once", &options->fault_once);
  reader.number<std::uint64_t>("no_memory_at", 4, INT64_MAX, &options->no_memory_at_bytes);
  return reader.good;
}

}  // namespace benchhost::null
