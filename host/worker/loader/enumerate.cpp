#include "worker/loader/enumerate.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <benchhost/host.h>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "common/protocol/descriptor_rules.h"
#include "worker/loader/field_reader.h"
#include "worker/loader/param_reader.h"
#include "worker/loader/value_reader.h"

namespace benchhost::loader {
namespace {

/// Life signs closer than this are dropped, and lines beyond so many.
constexpr std::int64_t kProgressEveryNs = 200'000'000;
constexpr std::uint64_t kMaxLines = 1000;

using protocol::FoundCase;
using protocol::PluginRecord;

std::string plain(const char* text, std::size_t cap) {
  return text == nullptr ? std::string() : to_valid_utf8(cut_utf8(bounded_text(text, cap), cap));
}

bool is_digest(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto hex = [](char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); };
  return std::ranges::all_of(text.substr(0, colon), [&](char c) { return lower(c) || c == '-'; }) &&
         std::ranges::all_of(text.substr(colon + 1), hex);
}

/// The host and the sink as enumerate sees them. Both tables lead back here.
class Enumeration {
 public:
  Enumeration(const PluginRecord& record, std::uint32_t abi, EnumerateServices services)
      : record_(record), services_(std::move(services)), settings_(services_.settings) {
    host_.owner = this;
    host_.struct_size = sizeof(bh_host_t);
    host_.abi = abi;
    if (!services_.asset_dir.empty()) host_.asset_dir = services_.asset_dir.c_str();
    if (!services_.scratch_dir.empty()) host_.scratch_dir = services_.scratch_dir.c_str();
    fill_services();
    fill_refusals();
    sink_.owner = this;
    sink_.struct_size = sizeof(bh_enumerate_t);
    sink_.setting_count = settings_.count();
    sink_.settings = settings_.data();
    sink_.add = [](const bh_enumerate_t* sink, const bh_case_t* found) {
      return static_cast<const Sink*>(sink)->owner->add(found);
    };
  }

  EnumerateEnd run(const bh_plugin_t& plugin) {
    EnumerateEnd end;
    end.status = plugin.enumerate(&host_, &sink_);
    const std::scoped_lock lock(mutex_);
    if (end.status != BH_OK) {
      const std::string& last = last_errors_[std::this_thread::get_id()];
      end.reason = !reason_.empty() ? reason_ : !last.empty() ? last : "no reason given";
    }
    end.violation = violation_;
    end.cases = cases_;
    return end;
  }

 private:
  struct Host : bh_host_t {
    Host() : bh_host_t{} {}
    Enumeration* owner = nullptr;
  };
  struct Sink : bh_enumerate_t {
    Sink() : bh_enumerate_t{} {}
    Enumeration* owner = nullptr;
  };

  static Enumeration& of(const bh_host_t* host) { return *static_cast<const Host*>(host)->owner; }

  void fill_services() {
    host_.extension = [](const bh_host_t*, const char*) -> const void* { return nullptr; };
    host_.log = [](const bh_host_t* host, std::uint32_t level, const char* text) {
      Enumeration& self = of(host);
      if (!self.services_.log) return;
      const std::uint64_t line = self.lines_.fetch_add(1, std::memory_order_relaxed);
      if (line == kMaxLines) self.services_.log(BH_LOG_WARNING, "more lines of the plugin are dropped");
      if (line >= kMaxLines) return;
      self.services_.log(std::min(level, BH_LOG_WARNING), plain(text, BH_MAX_TEXT));
    };
    host_.fail = [](const bh_host_t* host, bh_status_t code, const char* text) {
      Enumeration& self = of(host);
      const std::scoped_lock lock(self.mutex_);
      if (self.reason_.empty()) self.reason_ = plain(text, BH_MAX_TEXT);
      return code;
    };
    host_.last_error = [](const bh_host_t* host) {
      Enumeration& self = of(host);
      const std::scoped_lock lock(self.mutex_);
      return self.last_errors_[std::this_thread::get_id()].c_str();
    };
    host_.cancelled = [](const bh_host_t* host) -> std::uint32_t {
      return of(host).services_.cancelled->load(std::memory_order_relaxed) != 0 ? 1 : 0;
    };
    host_.progress = [](const bh_host_t* host, std::uint64_t done, std::uint64_t total, const char* text) {
      Enumeration& self = of(host);
      if (!self.services_.progress) return;
      const std::int64_t now = self.services_.clock->now_ns();
      {
        const std::scoped_lock lock(self.mutex_);
        if (self.told_ns_ && now - *self.told_ns_ < kProgressEveryNs) return;
        self.told_ns_ = now;
      }
      self.services_.progress(done, total, plain(text, BH_MAX_TEXT));
    };
    host_.now_ns = [](const bh_host_t* host) { return of(host).services_.clock->now_ns(); };
  }

  /// Everything that needs an instance: in the table, so that a call is an answer and no crash.
  void fill_refusals() {
    host_.sleep_until = [](const bh_host_t* h, std::int64_t) {
      of(h).refused("sleep_until");
      return of(h).services_.clock->now_ns();
    };
    host_.work = [](const bh_host_t* h, const bh_work_t*, std::uint32_t) { return of(h).refused("work"); };
    host_.metric_declare = [](const bh_host_t* h, const bh_metric_t*, std::uint32_t*) {
      return of(h).refused("metric_declare");
    };
    host_.report = [](const bh_host_t* h, std::uint32_t, double) { return of(h).refused("report"); };
    host_.report_rate = [](const bh_host_t* h, std::uint32_t, double, double) { return of(h).refused("report_rate"); };
    host_.report_labelled = [](const bh_host_t* h, std::uint32_t, const char*, double) {
      return of(h).refused("report_labelled");
    };
    host_.withhold = [](const bh_host_t* h, std::uint32_t, const char*) { return of(h).refused("withhold"); };
    host_.recorder_open = [](const bh_host_t* h, const bh_recorder_request_t*, bh_recorder_t** out) {
      if (out != nullptr) *out = nullptr;
      return of(h).refused("recorder_open");
    };
    host_.record = [](bh_recorder_t*, std::int64_t) {};
    host_.random_fill = [](const bh_host_t* h, std::uint64_t, std::uint64_t, void*, std::uint64_t) {
      of(h).refused("random_fill");
    };
    host_.memory_take = [](const bh_host_t* h, bh_memory_t*) { return of(h).refused("memory_take"); };
    host_.memory_free = [](const bh_host_t* h, void* data) {
      if (data != nullptr) of(h).refused("memory_free");
    };
    host_.team_open = [](const bh_host_t* h, const bh_team_request_t*, bh_team_t** out) {
      if (out != nullptr) *out = nullptr;
      return of(h).refused("team_open");
    };
    // No recorder and no team exists here, so these two cannot be called with one of ours.
    host_.team_run = [](bh_team_t*, bh_team_function_t, void*) {};
    host_.team_barrier = [](bh_team_t*) {};
    host_.team_cpu = [](const bh_team_t*, std::uint32_t) -> std::int32_t { return -1; };
    host_.attach = [](const bh_host_t* h, const char*, const char*, const void*, std::uint64_t) {
      return of(h).refused("attach");
    };
  }

  bh_status_t refused(const char* function) {
    const std::scoped_lock lock(mutex_);
    std::string& text = last_errors_[std::this_thread::get_id()];
    text = fmt::format("{} is not allowed inside enumerate", function);
    if (violation_.empty()) violation_ = text;
    return BH_E_STATE;
  }

  bh_status_t add(const bh_case_t* found) {
    if (services_.cancelled->load(std::memory_order_relaxed) != 0) return BH_E_CANCELLED;
    FieldReader reader("BH0209", fmt::format("case {}", cases_));
    FoundCase copy = read(reader, found);
    if (!reader.ok()) {
      const std::scoped_lock lock(mutex_);
      last_errors_[std::this_thread::get_id()] = to_text(reader.take_error());
      return BH_E_ARGUMENT;
    }
    ++cases_;
    inputs_.emplace(copy.benchmark, copy.input);
    services_.found(std::move(copy));
    return BH_OK;
  }

  FoundCase read(FieldReader& reader, const bh_case_t* found) {
    FoundCase copy;
    if (!reader.require(cases_ < BH_MAX_CASES, "case", fmt::format("there are more than {}", BH_MAX_CASES)) ||
        !reader.structure("case", found, BH_SIZE_TO(bh_case_t, reserved)) ||
        !reader.require(found->benchmark < record_.benchmarks.size(), "benchmark",
                        fmt::format("there is no benchmark {}", found->benchmark))) {
      return copy;
    }
    const auto& benchmark = record_.benchmarks[found->benchmark];
    copy.benchmark = found->benchmark;
    copy.input = reader.text("input", found->input, {BH_MAX_VALUE, true, false});
    copy.content_digest = reader.text("content_digest", found->content_digest, kText);
    reader.require(copy.content_digest.empty() || is_digest(copy.content_digest), "content_digest",
                   "is not 'algorithm:hex' in lower case");
    copy.title = reader.text("title", found->title, kTitle);
    if (copy.title.empty()) copy.title = copy.input;
    if (reader.ok()) {
      reader.require(!inputs_.contains({copy.benchmark, copy.input}), "input",
                     fmt::format("'{}' was added before for this benchmark", copy.input));
    }
    if (!reader.require(
            found->value_count <= benchmark.parameters.size(), "value_count",
            fmt::format("is {}, the benchmark has {} parameters", found->value_count, benchmark.parameters.size())) ||
        !reader.list("values", found->values, found->value_count, sizeof(bh_value_t), sizeof(bh_value_t), false)) {
      return copy;
    }
    for (std::uint32_t i = 0; i < found->value_count && reader.ok(); ++i) {
      const auto& param = benchmark.parameters[i];
      protocol::Value value = read_value(reader, param.name, found->values[i]);
      if (reader.ok() && value.type != protocol::ValueType::none) {
        if (const auto problem = protocol::value_problem(param, value)) reader.refuse(param.name, *problem);
      }
      copy.values.push_back(std::move(value));
    }
    return copy;
  }

  const PluginRecord& record_;
  EnumerateServices services_;
  ValueTable settings_;
  Host host_;
  Sink sink_;
  std::atomic<std::uint64_t> lines_{0};
  std::mutex mutex_;  ///< guards what follows, which any thread may set
  std::optional<std::int64_t> told_ns_;
  std::string reason_, violation_;
  std::map<std::thread::id, std::string> last_errors_;
  std::uint64_t cases_ = 0;
  std::set<std::pair<std::uint32_t, std::string>> inputs_;
};

}  // namespace

Result<EnumerateEnd> enumerate_cases(const bh_plugin_t& plugin, std::uint32_t abi, const PluginRecord& record,
                                     EnumerateServices services) {
  if (plugin.enumerate == nullptr) return make_error("BH0208", "the plugin has no enumerate");
  if (services.settings.size() != record.settings.size()) {
    return make_error("BH0209", fmt::format("{} settings were given, the plugin declares {}", services.settings.size(),
                                            record.settings.size()));
  }
  for (std::size_t i = 0; i < record.settings.size(); ++i) {
    if (const auto problem = protocol::value_problem(record.settings[i], services.settings[i])) {
      return make_error("BH0209", fmt::format("setting '{}' {}", record.settings[i].name, *problem));
    }
  }
  try {
    Enumeration enumeration(record, abi, std::move(services));
    return enumeration.run(plugin);
  } catch (...) {
    return make_error("BH0208", "enumerate let an exception out; nothing may unwind across the interface");
  }
}

}  // namespace benchhost::loader
