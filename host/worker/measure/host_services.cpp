#include "worker/measure/host_services.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "common/platform/affinity.h"
#include "common/protocol/descriptor_rules.h"
#include "worker/loader/field_reader.h"
#include "worker/loader/metric_reader.h"
#include "worker/measure/random_fill.h"

namespace benchhost::measure {
namespace {

/// Life signs closer than this are dropped.
constexpr std::int64_t kProgressEveryNs = 200'000'000;
/// How long a sleep may go on before cancellation is looked at, and the last part that is spun.
constexpr std::int64_t kSleepSliceNs = 10'000'000;
constexpr std::int64_t kSpinNs = 60'000;
/// Members with a core of their own watch memory for some 20 ms between two runs before they sleep, and for about a
/// second inside a run, where going to sleep and being woken would be part of what is measured.
constexpr TeamWait kPinnedWait{500'000, 20'000'000};

std::string plain(const char* text, std::size_t cap) {
  return text == nullptr ? std::string() : to_valid_utf8(cut_utf8(loader::bounded_text(text, cap), cap));
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= BH_MAX_TITLE && is_utf8(name) &&
         protocol::is_printable(name, false) && name.find_first_of("/\\:") == std::string_view::npos;
}

}  // namespace

HostServices::HostServices(ServiceSetup setup)
    : setup_(std::move(setup)), samples_(setup_.metrics), memory_(setup_.memory_limit_bytes) {
  table_.owner = this;
  table_.struct_size = sizeof(bh_host_t);
  table_.abi = setup_.abi;
  if (!setup_.asset_dir.empty()) table_.asset_dir = setup_.asset_dir.c_str();
  if (!setup_.scratch_dir.empty()) table_.scratch_dir = setup_.scratch_dir.c_str();
  fill_texts();
  fill_measures();
  fill_resources();
}

HostServices::~HostServices() { teams_.clear(); }

bool HostServices::allowed(const char* function, States states, bool control) {
  if (control && !life_.on_control_thread()) {
    faults_.violate(fmt::format("{} was called on another thread than the control thread", function));
    return false;
  }
  if (life_.in(states)) return true;
  faults_.violate(
      fmt::format("{} is not allowed in state {} ({})", function, to_text(life_.state()), to_text(life_.call())));
  return false;
}

bool HostServices::allowed_slow(const char* function) {
  if (!allowed(function, kUntimed | (setup_.queue_run ? States{0} : kTimed), false)) return false;
  if (life_.in(kTimed)) slow_calls_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bh_status_t HostServices::refuse(const Refusal& refusal) { return faults_.refuse(refusal.status, refusal.text); }

bool HostServices::in_batch() const { return life_.call() == Call::run || life_.call() == Call::finish_batch; }

void HostServices::fill_texts() {
  table_.extension = [](const bh_host_t* h, const char* id) -> const void* {
    HostServices& self = of(h);
    if (!self.allowed_slow("extension") || id == nullptr) return nullptr;
    // One role a case, so there are no roles to tell of; devices only where the benchmark has slots.
    if (self.setup_.devices != nullptr && loader::bounded_text(id, BH_MAX_ID) == BH_EXT_DEVICE)
      return self.setup_.devices->table();
    return nullptr;
  };
  table_.log = [](const bh_host_t* h, std::uint32_t level, const char* text) {
    if (of(h).allowed("log", kUntimed, false)) of(h).log(level, text);
  };
  table_.fail = [](const bh_host_t* h, bh_status_t code, const char* text) {
    if (text != nullptr) of(h).faults_.say(cut_utf8(loader::bounded_text(text, BH_MAX_TEXT), BH_MAX_TEXT));
    return code;
  };
  table_.last_error = [](const bh_host_t* h) { return of(h).faults_.last_error(); };
  table_.cancelled = [](const bh_host_t* h) -> std::uint32_t {
    return of(h).setup_.cancelled->load(std::memory_order_relaxed) != 0 ? 1 : 0;
  };
  table_.progress = [](const bh_host_t* h, std::uint64_t done, std::uint64_t total, const char* text) {
    if (of(h).allowed("progress", kUntimed, false)) of(h).progress(done, total, text);
  };
  table_.now_ns = [](const bh_host_t* h) { return of(h).setup_.clock->now_ns(); };
  table_.sleep_until = [](const bh_host_t* h, std::int64_t until) {
    return of(h).allowed("sleep_until", kUntimed, false) ? of(h).sleep_until(until) : of(h).setup_.clock->now_ns();
  };
}

void HostServices::fill_measures() {
  table_.work = [](const bh_host_t* h, const bh_work_t* items, std::uint32_t count) {
    return of(h).allowed("work", kUntimed, true) ? of(h).work(items, count) : BH_E_STATE;
  };
  table_.metric_declare = [](const bh_host_t* h, const bh_metric_t* metric, std::uint32_t* index) {
    return of(h).allowed("metric_declare", kPreparing, true) ? of(h).declare(metric, index) : BH_E_STATE;
  };
  table_.report = [](const bh_host_t* h, std::uint32_t metric, double value) {
    HostServices& self = of(h);
    if (!self.allowed("report", kPreparing | kPrepared | kTimed, true)) return BH_E_STATE;
    const auto refusal = self.samples_.report(metric, value, self.in_batch());
    return refusal ? self.refuse(*refusal) : BH_OK;
  };
  table_.report_rate = [](const bh_host_t* h, std::uint32_t metric, double amount, double duration_ns) {
    HostServices& self = of(h);
    if (!self.allowed("report_rate", kPrepared | kTimed, true)) return BH_E_STATE;
    const auto refusal = self.samples_.report_rate(metric, amount, duration_ns, self.in_batch());
    return refusal ? self.refuse(*refusal) : BH_OK;
  };
  table_.report_labelled = [](const bh_host_t* h, std::uint32_t metric, const char* label, double value) {
    HostServices& self = of(h);
    if (!self.allowed("report_labelled", kPreparing | kPrepared | kTimed, true)) return BH_E_STATE;
    const std::string_view text = label == nullptr ? std::string_view() : loader::bounded_text(label, BH_MAX_TITLE);
    if (text.size() > BH_MAX_TITLE || !is_utf8(text)) {
      return self.refuse({BH_E_ARGUMENT, "report_labelled: the label is too long or no UTF-8"});
    }
    const auto refusal = self.samples_.report_labelled(metric, text, value, self.in_batch());
    return refusal ? self.refuse(*refusal) : BH_OK;
  };
  table_.withhold = [](const bh_host_t* h, std::uint32_t metric, const char* reason) {
    return of(h).allowed("withhold", kPreparing | kPrepared, true) ? of(h).withhold(metric, reason) : BH_E_STATE;
  };
  table_.recorder_open = [](const bh_host_t* h, const bh_recorder_request_t* request, bh_recorder_t** out) {
    if (out != nullptr) *out = nullptr;
    return of(h).allowed("recorder_open", kPreparing, true) ? of(h).open_recorder(request, out) : BH_E_STATE;
  };
  table_.record = [](bh_recorder_t* recorder, std::int64_t value) {
    if (recorder != nullptr) recorder->recorder.record(value);
  };
}

void HostServices::fill_resources() {
  table_.random_fill = [](const bh_host_t* h, std::uint64_t stream, std::uint64_t offset, void* data,
                          std::uint64_t size) {
    HostServices& self = of(h);
    if (!self.allowed("random_fill", kUntimed, false) || size == 0) return;
    if (data == nullptr || offset % 8 != 0) {
      self.faults_.violate("random_fill: data is NULL, or offset_bytes is no multiple of 8");
      return;
    }
    random_fill(self.setup_.seed, stream, offset, data, size);
  };
  table_.memory_take = [](const bh_host_t* h, bh_memory_t* memory) {
    return of(h).allowed_slow("memory_take") ? of(h).take_memory(memory) : BH_E_STATE;
  };
  table_.memory_free = [](const bh_host_t* h, void* data) {
    HostServices& self = of(h);
    if (self.allowed_slow("memory_free") && !self.memory_.free(data)) {
      self.faults_.violate("memory_free: the pointer was not granted by memory_take, or was given back before");
    }
  };
  table_.team_open = [](const bh_host_t* h, const bh_team_request_t* request, bh_team_t** out) {
    if (out != nullptr) *out = nullptr;
    return of(h).allowed("team_open", kPreparing, true) ? of(h).open_team(request, out) : BH_E_STATE;
  };
  table_.team_run = [](bh_team_t* team, bh_team_function_t function, void* argument) {
    if (team == nullptr) return;
    HostServices& self = *static_cast<HostServices*>(team->owner);
    if (!self.allowed("team_run", kPreparing | kPrepared | kTimed, true)) return;
    if (function == nullptr) {
      self.faults_.violate("team_run: the function is NULL");
      return;
    }
    if (team->team->running()) {
      self.faults_.violate("team_run was called by a member of the same team");
      return;
    }
    team->team->run(function, argument);
  };
  table_.team_barrier = [](bh_team_t* team) {
    if (team == nullptr) return;
    HostServices& self = *static_cast<HostServices*>(team->owner);
    // Only members arrive: anybody else would make the count of those who are here wrong.
    if (!team->team->running()) {
      self.faults_.violate("team_barrier was called outside team_run");
      return;
    }
    team->team->barrier();
  };
  table_.team_cpu = [](const bh_team_t* team, std::uint32_t index) -> std::int32_t {
    return team == nullptr ? -1 : team->team->cpu(index);
  };
  table_.attach = [](const bh_host_t* h, const char* name, const char* media_type, const void* data,
                     std::uint64_t size) {
    return of(h).allowed("attach", kPreparing | kPrepared | one(LifeState::failed), true)
               ? of(h).attach(name, media_type, data, size)
               : BH_E_STATE;
  };
}

void HostServices::log(std::uint32_t level, const char* text) {
  {
    const std::scoped_lock lock(lines_);
    if (++log_lines_ > kMaxLogLines) {
      ++log_dropped_;
      return;
    }
  }
  const auto known = static_cast<protocol::LogLevel>(std::min(level, BH_LOG_WARNING));
  setup_.reporter->send(protocol::Log{known, protocol::LogSource::plugin, plain(text, BH_MAX_TEXT)});
}

void HostServices::progress(std::uint64_t done, std::uint64_t total, const char* text) {
  const std::int64_t now = setup_.clock->now_ns();
  {
    const std::scoped_lock lock(lines_);
    if (last_progress_ns_ != 0 && now - last_progress_ns_ < kProgressEveryNs) return;
    last_progress_ns_ = now;
  }
  protocol::Progress sign;
  switch (life_.call()) {
    case Call::create:
      sign.phase = protocol::Phase::creating;
      break;
    case Call::prepare:
      sign.phase = protocol::Phase::preparing;
      break;
    case Call::verify:
      sign.phase = protocol::Phase::verifying;
      break;
    case Call::process:
      sign.phase = protocol::Phase::processing;
      break;
    case Call::teardown:
      sign.phase = protocol::Phase::tearing_down;
      break;
    case Call::destroy:
      sign.phase = protocol::Phase::destroying;
      break;
    default:
      sign.phase = protocol::Phase::measuring;
      break;
  }
  sign.done = done;
  sign.total = total;
  sign.text = plain(text, BH_MAX_TEXT);
  setup_.reporter->send(std::move(sign));
}

std::int64_t HostServices::sleep_until(std::int64_t until_ns) {
  std::int64_t now = setup_.clock->now_ns();
  while (now < until_ns && setup_.cancelled->load(std::memory_order_relaxed) == 0) {
    // The system wakes late by some tens of microseconds: sleep to shortly before, spin the rest.
    const std::int64_t left = until_ns - now;
    if (left > kSpinNs) setup_.clock->sleep_until(now + std::min(left - kSpinNs, kSleepSliceNs));
    now = setup_.clock->now_ns();
  }
  return now;
}

bh_status_t HostServices::work(const bh_work_t* items, std::uint32_t count) {
  if (count > BH_MAX_ITEMS || (count > 0 && items == nullptr))
    return refuse({BH_E_ARGUMENT, "work: too many items, or NULL"});
  protocol::Work stated;
  std::set<std::string> keys;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string key = plain(items[i].key, BH_MAX_ID);
    if (!protocol::is_work_key(key, false))
      return faults_.refuse(BH_E_ARGUMENT, fmt::format("work: '{}' is no work key", key));
    if (!keys.insert(key).second) return faults_.refuse(BH_E_ARGUMENT, fmt::format("work: '{}' is there twice", key));
    if (!std::isfinite(items[i].amount) || items[i].amount < 0) {
      return faults_.refuse(BH_E_ARGUMENT, fmt::format("work: the amount of '{}' is negative or not finite", key));
    }
    stated.items.push_back({key, items[i].amount});
  }
  setup_.reporter->send(std::move(stated));
  return BH_OK;
}

bh_status_t HostServices::declare(const bh_metric_t* metric, std::uint32_t* index) {
  if (index == nullptr) return refuse({BH_E_ARGUMENT, "metric_declare: index is NULL"});
  loader::FieldReader reader("", "metric_declare");
  protocol::MetricRecord read;
  if (reader.structure("metric", metric, BH_SIZE_TO(bh_metric_t, target))) read = loader::read_metric(reader, *metric);
  reader.require(read.domain == protocol::Domain::self || read.domain == protocol::Domain::none, "domain",
                 "is SELF or NONE for a metric that is declared late");
  reader.require(!read.primary, "flags", "a metric that is declared late is never primary");
  read.declared_late = true;
  const auto& known = samples_.metrics();
  if (reader.ok()) {
    if (const std::string rule = loader::broken_source(read, known); !rule.empty()) reader.refuse("source", rule);
  }
  if (!reader.ok()) return faults_.refuse(BH_E_ARGUMENT, to_text(reader.take_error()));
  if (const auto same = std::ranges::find(known, read.id, &protocol::MetricRecord::id); same != known.end()) {
    // Declared again in another cycle: the same id is the same metric.
    if (!(*same == read)) {
      return faults_.refuse(BH_E_ARGUMENT, fmt::format("metric_declare: '{}' has another definition already", read.id));
    }
    *index = static_cast<std::uint32_t>(same - known.begin());
    return BH_OK;
  }
  if (known.size() >= BH_MAX_ITEMS) return refuse({BH_E_ARGUMENT, "metric_declare: too many metrics"});
  *index = samples_.declare(read);
  setup_.reporter->send(protocol::MetricDeclared{*index, std::move(read)});
  return BH_OK;
}

bh_status_t HostServices::withhold(std::uint32_t metric, const char* reason) {
  const std::string text = plain(reason, BH_MAX_TEXT);
  if (metric >= samples_.metrics().size()) return refuse({BH_E_ARGUMENT, "withhold: there is no metric of this index"});
  if (text.empty()) return refuse({BH_E_ARGUMENT, "withhold: no reason"});
  if (!samples_.withheld(metric)) setup_.reporter->send(protocol::Withheld{samples_.metrics()[metric].id, text});
  samples_.withhold(metric);
  return BH_OK;
}

bh_status_t HostServices::open_recorder(const bh_recorder_request_t* request, bh_recorder_t** out) {
  loader::FieldReader reader("", "recorder_open");
  if (out == nullptr || !reader.structure("request", request, BH_SIZE_TO(bh_recorder_request_t, capacity))) {
    return faults_.refuse(BH_E_ARGUMENT, out == nullptr ? "recorder_open: out is NULL" : to_text(reader.take_error()));
  }
  if (request->metric >= samples_.metrics().size()) {
    return refuse({BH_E_ARGUMENT, "recorder_open: there is no metric of this index"});
  }
  const protocol::MetricRecord& metric = samples_.metrics()[request->metric];
  if (metric.domain != protocol::Domain::self || !metric.source.empty() || metric.labelled) {
    return refuse({BH_E_ARGUMENT, "recorder_open: the metric must be of domain SELF, without source and labels"});
  }
  if (request->mode > BH_RECORD_HISTOGRAM) return refuse({BH_E_ARGUMENT, "recorder_open: unknown mode"});
  Recorder::Setup setup;
  setup.metric = metric.id;
  setup.index = request->index;
  setup.mode = request->mode == BH_RECORD_RAW ? Recorder::Mode::raw : Recorder::Mode::histogram;
  setup.capacity = request->capacity;
  try {
    *out = &recorders_.emplace_back(std::move(setup), life_);
  } catch (const std::bad_alloc&) {
    return refuse({BH_E_NO_MEMORY, "recorder_open: no memory"});
  }
  return BH_OK;
}

bh_status_t HostServices::take_memory(bh_memory_t* memory) {
  loader::FieldReader reader("", "memory_take");
  if (!reader.structure("memory", memory, BH_SIZE_TO(bh_memory_t, data))) {
    return faults_.refuse(BH_E_ARGUMENT, to_text(reader.take_error()));
  }
  const auto refusal = memory_.take(*memory);
  return refusal ? refuse(*refusal) : BH_OK;
}

bh_status_t HostServices::open_team(const bh_team_request_t* request, bh_team_t** out) {
  loader::FieldReader reader("", "team_open");
  if (out == nullptr || !reader.structure("request", request, BH_SIZE_TO(bh_team_request_t, reserved))) {
    return faults_.refuse(BH_E_ARGUMENT, out == nullptr ? "team_open: out is NULL" : to_text(reader.take_error()));
  }
  if (request->count == 0) return refuse({BH_E_ARGUMENT, "team_open: count is 0"});
  if (request->pin > BH_PIN_SIBLINGS) return refuse({BH_E_ARGUMENT, "team_open: unknown way to pin"});
  if (request->count > BH_MAX_STRIDE) return refuse({BH_E_NO_MEMORY, "team_open: more threads than can be had"});
  const bool pinned = request->pin != BH_PIN_NONE;
  const std::vector<CpuPlace> places = setup_.cores ? setup_.cores() : std::vector<CpuPlace>();
  auto cpus = lay_out_team(places, request->count, request->pin);
  // A machine with fewer cores than the claim runs no such case: more members than cores is the plugin's own slip.
  if (!cpus.ok()) return faults_.refuse(BH_E_ARGUMENT, "team_open: " + cpus.error().message + ": see claim_cores");
  const std::vector<std::uint32_t> used = *cpus;
  std::vector<std::uint32_t> home;
  for (const CpuPlace& place : places) home.push_back(place.cpu);
  if (!control_home_) {
    if (auto now = platform::allowed_cpus(); now.ok()) control_home_ = std::move(now).value();
  }
  auto team = Team::open(request->count, std::move(cpus).value(), std::move(home), pinned ? kPinnedWait : TeamWait{});
  if (!team.ok()) return faults_.refuse(BH_E_NO_MEMORY, "team_open: " + team.error().message);
  // Every pinned team has the calling thread on the same CPU, and keeps it there beside one that is not pinned.
  if (pinned) {
    pinned_control_ = used.front();
  } else if (pinned_control_) {
    if (const auto kept = platform::pin_this_thread(std::array{*pinned_control_}); !kept.ok()) {
      return faults_.refuse(BH_E_NO_MEMORY, "team_open: " + to_text(kept.error()));
    }
  }
  team_cpus_.insert(team_cpus_.end(), used.begin(), used.end());
  bh_team& handle = teams_.emplace_back(std::move(team).value());
  handle.owner = this;
  *out = &handle;
  return BH_OK;
}

bh_status_t HostServices::attach(const char* name, const char* media_type, const void* data, std::uint64_t size_bytes) {
  const std::string file = plain(name, BH_MAX_TITLE + 1);
  const std::string type = plain(media_type, BH_MAX_TITLE);
  if (!is_file_name(file)) return refuse({BH_E_ARGUMENT, "attach: the name is no file name"});
  if (type.empty()) return refuse({BH_E_ARGUMENT, "attach: no media type"});
  if (data == nullptr && size_bytes > 0) return refuse({BH_E_ARGUMENT, "attach: data is NULL"});
  const auto found = artefacts_.find(file);
  if (found != artefacts_.end() && found->second.cycle == cycle_) {
    return refuse({BH_E_ARGUMENT, "attach: a file of this name is there already"});
  }
  const std::uint64_t replaced = found == artefacts_.end() ? 0 : found->second.file.data.size();
  if (size_bytes > kMaxArtefactBytes || artefact_bytes_ - replaced + size_bytes > kMaxArtefactsBytes) {
    return faults_.refuse(BH_E_IO, fmt::format("attach: '{}' of {} bytes is over the limit ({} a file, {} a case)",
                                               file, size_bytes, kMaxArtefactBytes, kMaxArtefactsBytes));
  }
  artefact_bytes_ = artefact_bytes_ - replaced + size_bytes;
  artefacts_[file] = {
      {file, type, size_bytes == 0 ? std::string() : std::string(static_cast<const char*>(data), size_bytes)}, cycle_};
  return BH_OK;
}

Result<void> HostServices::make_room(std::uint64_t n) {
  for (bh_recorder& recorder : recorders_) BH_CHECK(recorder.recorder.make_room(n));
  return {};
}

void HostServices::end_batch(std::uint64_t batch, std::uint64_t n, bool keep) {
  samples_.end_batch(batch, n, keep);
  for (bh_recorder& recorder : recorders_) recorder.recorder.end_batch(*setup_.reporter, batch, n, keep);
}

std::string HostServices::end_cycle(std::uint64_t batch, bool keep) {
  samples_.end_cycle(batch, keep);
  teams_.clear();
  pinned_control_.reset();
  if (control_home_) {
    if (const auto freed = platform::pin_this_thread(*control_home_); !freed.ok()) {
      setup_.reporter->send(
          protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker, to_text(freed.error())});
    }
    control_home_.reset();
  }
  for (bh_recorder& recorder : recorders_) {
    if (recorder.recorder.misused())
      faults_.violate(fmt::format("record for '{}' came outside run", recorder.recorder.setup().metric));
    if (recorder.recorder.negative() > 0) {
      setup_.reporter->send(protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker,
                                          fmt::format("{} negative values recorded for '{}' were dropped",
                                                      recorder.recorder.negative(), recorder.recorder.setup().metric)});
    }
    if (const std::uint64_t count = recorder.recorder.overflowed(); count > 0) {
      const Recorder::Setup& of = recorder.recorder.setup();
      setup_.reporter->send(
          protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker,
                        fmt::format("recorder {} of '{}': {} values were beyond its room of {} an iteration and are in "
                                    "a histogram, so percentiles are as exact as its buckets",
                                    of.index, of.metric, count, of.capacity)});
    }
    recorder.recorder.send_histogram(*setup_.reporter);
  }
  recorders_.clear();
  ++cycle_;
  const std::size_t blocks = memory_.free_all();
  return blocks == 0 ? std::string() : fmt::format("{} blocks of memory", blocks);
}

void HostServices::send_kept() {
  samples_.send(*setup_.reporter);
  for (auto& [name, artefact] : artefacts_) setup_.reporter->send(std::move(artefact.file));
  artefacts_.clear();
  const std::scoped_lock lock(lines_);
  if (log_dropped_ > 0) {
    setup_.reporter->send(protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker,
                                        fmt::format("{} more lines of the plugin were dropped", log_dropped_)});
    log_dropped_ = 0;
  }
}

std::string HostServices::violation() const {
  for (const bh_recorder& recorder : recorders_) {
    if (recorder.recorder.misused())
      return fmt::format("record for '{}' came outside run", recorder.recorder.setup().metric);
  }
  return faults_.violation();
}

void HostServices::on_pinned_teams(const std::function<void()>& function) {
  for (const bh_team& team : teams_) {
    if (team.team->cpu(0) < 0) continue;
    team.team->run([](void* argument, std::uint32_t) { (*static_cast<const std::function<void()>*>(argument))(); },
                   const_cast<std::function<void()>*>(&function));
  }
}

int HostServices::threads() const {
  std::uint32_t most = 1;
  for (const bh_team& team : teams_) most = std::max(most, team.team->size());
  return static_cast<int>(most);
}

std::optional<double> HostServices::last_batch(std::uint32_t metric) const {
  if (auto reported = samples_.last_batch(metric)) return reported;
  if (metric >= samples_.metrics().size()) return std::nullopt;
  double sum = 0;
  double count = 0;
  for (const bh_recorder& recorder : recorders_) {
    if (recorder.recorder.setup().metric != samples_.metrics()[metric].id) continue;
    const Recorder::BatchSum batch = recorder.recorder.last_batch();
    sum += batch.sum;
    count += batch.count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

}  // namespace benchhost::measure
