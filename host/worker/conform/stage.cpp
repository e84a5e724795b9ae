#include "worker/conform/stage.h"

#include <algorithm>

#include <fmt/format.h>

namespace benchhost::conform {

using measure::CallEnd;
using protocol::BatchPolicy;
using protocol::Requirement;

void Witness::send(protocol::Message message) {
  if (auto* work = std::get_if<protocol::Work>(&message)) {
    work_ = std::move(*work);
  } else if (auto* segment = std::get_if<protocol::Segment>(&message)) {
    if (segment->size() > 0) told_.insert(segment->metric);
  } else if (auto* histogram = std::get_if<protocol::RecorderHistogram>(&message)) {
    if (histogram->count > 0) told_.insert(histogram->metric);
  } else if (auto* withheld = std::get_if<protocol::Withheld>(&message)) {
    told_.insert(withheld->metric);
  } else if (auto* declared = std::get_if<protocol::MetricDeclared>(&message)) {
    declared_.push_back(std::move(declared->metric));
  } else if (auto* sign = std::get_if<protocol::Progress>(&message)) {
    // Small batches need no deadline of their own; one that hangs is ended like any call that does.
    sign->deadline_ns = 0;
    host_.send(std::move(*sign));
  }
}

namespace {

/// An empty folder inside the worker's; "" if there is none or it cannot be made.
std::filesystem::path make_scratch(const std::string& parent) {
  std::error_code error;
  for (int i = 0; !parent.empty() && i < 1000; ++i) {
    std::filesystem::path folder = std::filesystem::path(parent) / fmt::format("instance_{}", i);
    if (std::filesystem::create_directory(folder, error)) return folder;
  }
  return {};
}

}  // namespace

Stage::Stage(const Scene& scene, Notebook& notes, std::string where, Hindrance hindrance)
    : scene_(scene),
      notes_(notes),
      where_(std::move(where)),
      hindrance_(std::move(hindrance)),
      scratch_(make_scratch(scene.job->scratch_dir)),
      need_(measure::timing_need(*scene.benchmark, [](std::uint32_t) { return false; })),
      witness_(*scene.reporter),
      services_(services_setup()),
      instance_(*scene.lifecycle, services_, scene.devices,
                !need_.queue && (scene.benchmark->batch == BatchPolicy::once || !need_.fitted)),
      runner_(batch_setup()),
      values_(scene.job->values),
      settings_(scene.job->settings) {
  if (scene.devices != nullptr) devices_.assign(scene.devices->devices().begin(), scene.devices->devices().end());
  for (std::size_t i = 0; hindrance_.bare && i < devices_.size(); ++i) {
    if (scene.benchmark->slots[i].optional) devices_[i] = nullptr;
  }
  runner_.announce(protocol::Phase::measuring);
}

Stage::~Stage() {
  const measure::LifeState state = instance_.state();
  if (state == measure::LifeState::prepared || state == measure::LifeState::failed) static_cast<void>(teardown());
  destroy();
  if (const std::string violation = services_.violation(); !violation.empty()) {
    notes_.fail(Requirement::calls_where_allowed, where_, violation);
  }
  std::error_code error;
  if (!scratch_.empty()) std::filesystem::remove_all(scratch_, error);
}

measure::ServiceSetup Stage::services_setup() {
  measure::ServiceSetup s;
  s.clock = scene_.clock;
  s.reporter = &witness_;
  s.cancelled = hindrance_.cancelled != nullptr ? hindrance_.cancelled : &never_;
  s.devices = scene_.devices;
  s.abi = scene_.abi;
  if (!hindrance_.bare) s.asset_dir = scene_.job->asset_dir;
  s.scratch_dir = scratch_.string();
  s.seed = scene_.job->seed;
  s.cores = scene_.cores;
  s.memory_limit_bytes = scene_.job->memory_limit_bytes;
  s.metrics = scene_.benchmark->metrics;
  s.queue_run = need_.queue;
  s.obstacle = hindrance_.obstacle;
  s.grown = hindrance_.grown;
  return s;
}

measure::BatchSetup Stage::batch_setup() {
  measure::BatchSetup b;
  b.instance = &instance_;
  b.services = &services_;
  b.devices = scene_.devices;
  b.clock = scene_.clock;
  b.meter = scene_.meter;
  b.reporter = &witness_;
  b.log = &log_;
  b.flusher = scene_.benchmark->batch == BatchPolicy::cold ? scene_.flusher : nullptr;
  b.queue = need_.queue;
  return b;
}

CallEnd Stage::note(CallEnd ended) {
  const std::string where = fmt::format("{}, {}", where_, to_text(ended.call));
  if (ended.threw) {
    notes_.fail(Requirement::nothing_unwinds, where, ended.reason);
  } else if (ended.unsaid) {
    notes_.fail(Requirement::failures_have_reasons, where, ended.reason);
  }
  return ended;
}

bh_create_t Stage::create_arguments() const {
  bh_create_t args{};
  args.struct_size = sizeof args;
  args.settings = settings_.data();
  args.setting_count = settings_.count();
  args.benchmark = scene_.benchmark->id.c_str();
  if (!scene_.job->input.empty()) args.input = scene_.job->input.c_str();
  if (!scene_.job->content_digest.empty()) args.content_digest = scene_.job->content_digest.c_str();
  return args;
}

bh_prepare_t Stage::prepare_arguments(std::uint64_t seed_step) const {
  bh_prepare_t args{};
  args.struct_size = sizeof args;
  args.value_count = values_.count();
  args.values = values_.data();
  args.seed = scene_.job->seed + seed_step;
  args.device_count = static_cast<std::uint32_t>(scene_.benchmark->slots.size());
  if (!devices_.empty()) args.devices = devices_.data();
  return args;
}

void Stage::lend() {
  if (scene_.devices != nullptr) scene_.devices->lend();
}

void Stage::take_back() {
  left_ = services_.end_cycle(index_, true);
  if (scene_.devices != nullptr) {
    const std::string device_left = scene_.devices->take_back();
    if (!device_left.empty()) left_ += (left_.empty() ? "" : ", ") + device_left;
  }
}

CallEnd Stage::create() {
  const bh_create_t args = create_arguments();
  return note(instance_.create(args));
}

CallEnd Stage::prepare(std::uint64_t seed_step) {
  const bh_prepare_t args = prepare_arguments(seed_step);
  lend();
  index_ = 0;
  return note(instance_.prepare(args));
}

CallEnd Stage::batch(std::uint64_t n, bool warm_up) {
  const auto phase = warm_up ? protocol::SegmentPhase::warmup : protocol::SegmentPhase::measure;
  return note(runner_.run(n, phase, index_++));
}

CallEnd Stage::verify(std::optional<measure::Judgement>& judgement) {
  judgement.reset();
  bh_verdict_t verdict = measure::blank_verdict();
  CallEnd ended = note(instance_.verify(verdict));
  if (!ended.threw && (ended.ok() || ended.status == BH_E_MISMATCH)) {
    judgement = measure::judge(verdict, ended.status, ended.reason);
  }
  return ended;
}

CallEnd Stage::process() { return note(instance_.process()); }

CallEnd Stage::teardown() {
  CallEnd ended = note(instance_.teardown());
  take_back();
  return ended;
}

void Stage::destroy() { instance_.destroy(); }

CallEnd Stage::up_to_batch() {
  CallEnd ended = create();
  if (ended.ok()) ended = prepare();
  if (ended.ok()) ended = batch(least_n(*scene_.benchmark));
  return ended;
}

std::uint64_t least_n(const protocol::BenchmarkRecord& benchmark) {
  return benchmark.batch == BatchPolicy::once ? 1 : std::max<std::uint64_t>(1, benchmark.batch_min);
}

std::uint64_t allowed_n(const protocol::BenchmarkRecord& benchmark, std::uint64_t n) {
  const bool fitted = measure::timing_need(benchmark, [](std::uint32_t) { return false; }).fitted;
  // Without a time of the host's n never grows; a cold batch of more than batch_min is cold once only.
  const bool fixed = benchmark.batch == BatchPolicy::once || !fitted ||
                     (benchmark.batch == BatchPolicy::cold && benchmark.batch_max == 0);
  if (fixed) return least_n(benchmark);
  n = std::max(n, least_n(benchmark));
  return benchmark.batch_max == 0 ? n : std::min(n, benchmark.batch_max);
}

bool declined(const CallEnd& ended) {
  return ended.call == measure::Call::prepare && (ended.status == BH_E_UNSUPPORTED || ended.status == BH_E_NO_MEMORY);
}

std::string to_text(const CallEnd& ended) {
  return fmt::format("{} failed with {}: {}", measure::to_text(ended.call), measure::status_name(ended.status),
                     ended.reason);
}

}  // namespace benchhost::conform
