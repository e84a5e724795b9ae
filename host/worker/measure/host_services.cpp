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
  // What lies behind bh_host is there, and nobody else's to know.
  table_.struct_size = setup_.grown ? sizeof(Table) : sizeof(bh_host_t);
  if (setup_.grown && setup_.devices != nullptr) {
    static_cast<bh_device_api_t&>(grown_devices_) = *static_cast<const bh_device_api_t*>(setup_.devices->table());
    grown_devices_.struct_size = sizeof grown_devices_;
  }
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

bh_status_t HostServices::hindered(const char* function) {
  const bh_status_t status = setup_.obstacle ? setup_.obstacle(function) : BH_OK;
  return status == BH_OK ? status : faults_.refuse(status, fmt::format("{}: refused by the host", function));
}

void HostServices::no_memory(const char* function) noexcept {
  try {
    faults_.refuse(BH_E_NO_MEMORY, fmt::format("{}: no memory", function));
  } catch (const std::exception&) {
    // Not even for the text: the status alone says it.
    return;
  }
}

bool HostServices::in_batch() const { return life_.call() == Call::run || life_.call() == Call::finish_batch; }

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
  if (const bh_status_t status = hindered("metric_declare"); status != BH_OK) return status;
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
  // Told before it is known here: should memory end in between, nothing refers to a metric that nobody was told of.
  setup_.reporter->send(protocol::MetricDeclared{static_cast<std::uint32_t>(known.size()), read});
  *index = samples_.declare(std::move(read));
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
  if (const bh_status_t status = hindered("recorder_open"); status != BH_OK) return status;
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
  if (const bh_status_t status = hindered("memory_take"); status != BH_OK) {
    memory->data = nullptr;
    return status;
  }
  const auto refusal = memory_.take(*memory);
  return refusal ? refuse(*refusal) : BH_OK;
}

bh_status_t HostServices::open_team(const bh_team_request_t* request, bh_team_t** out) {
  loader::FieldReader reader("", "team_open");
  if (out == nullptr || !reader.structure("request", request, BH_SIZE_TO(bh_team_request_t, reserved))) {
    return faults_.refuse(BH_E_ARGUMENT, out == nullptr ? "team_open: out is NULL" : to_text(reader.take_error()));
  }
  if (const bh_status_t status = hindered("team_open"); status != BH_OK) return status;
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
  if (const bh_status_t status = hindered("attach"); status != BH_OK) return status;
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
  artefacts_[file] = {
      {file, type, size_bytes == 0 ? std::string() : std::string(static_cast<const char*>(data), size_bytes)}, cycle_};
  artefact_bytes_ = artefact_bytes_ - replaced + size_bytes;
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

std::uint64_t HostServices::cut_before(std::uint64_t batch) {
  // Recorders of one cycle saw the same batches, so that they agree on where.
  std::uint64_t from = batch;
  for (bh_recorder& recorder : recorders_) from = std::max(from, recorder.recorder.cut_before(batch));
  samples_.cut_before(from);
  return from;
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
  if (const std::uint64_t count = samples_.dropped(); count > 0) {
    setup_.reporter->send(
        protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker,
                      fmt::format("{} values of labels beyond the first {} were dropped", count, BH_MAX_CASES)});
  }
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
  const auto& metrics = samples_.metrics();
  if (metric >= metrics.size()) return std::nullopt;
  if (const std::string& source = metrics[metric].source; !source.empty()) {
    const auto found = std::ranges::find(metrics, source, &protocol::MetricRecord::id);
    if (found == metrics.end()) return std::nullopt;
    metric = static_cast<std::uint32_t>(found - metrics.begin());
  }
  if (auto reported = samples_.last_batch(metric)) return reported;
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
