#include "contract/sdk/driver/drive.h"

#include "contract/sdk/driver/note_file.h"

#include <dlfcn.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <stdexcept>

namespace benchhost::contract {
namespace {

template <class T>
T sized_struct() {
  T object{};
  object.struct_size = static_cast<std::uint32_t>(sizeof(T));
  return object;
}

bh_batch_t batch_of(std::uint64_t n, std::uint64_t index, std::uint32_t flags) {
  bh_batch_t batch = sized_struct<bh_batch_t>();
  batch.n = n;
  batch.index = index;
  batch.flags = flags;
  return batch;
}

/// Collects what enumerate adds.
struct Sink : bh_enumerate {
  std::vector<Case> found;
  std::set<std::pair<std::uint32_t, std::string>> seen;
  const bh_plugin_t* plugin = nullptr;
};

bh_status_t BH_CALL add_case(const bh_enumerate* sink, const bh_case_t* found) {
  Sink* s = static_cast<Sink*>(const_cast<bh_enumerate*>(sink));
  if (!BH_HAS(bh_case_t, found, reserved) || found->input == nullptr) return BH_E_ARGUMENT;
  const bh_benchmark_t* benchmark = s->plugin->benchmark(found->benchmark);
  if (benchmark == nullptr || found->value_count > benchmark->parameters.count) return BH_E_ARGUMENT;
  if (!s->seen.emplace(found->benchmark, found->input).second) return BH_E_ARGUMENT;
  Case c;
  c.benchmark = found->benchmark;
  c.input = found->input;
  c.content_digest = found->content_digest == nullptr ? "" : found->content_digest;
  for (std::uint32_t i = 0; i < found->value_count; ++i) {
    if (found->values[i].type == BH_TYPE_NONE) continue;
    c.values[BH_AT(bh_param_t, &benchmark->parameters, i)->name] = found->values[i];
  }
  s->found.push_back(c);
  return BH_OK;
}

bool is_id(const char* text) {
  if (text == nullptr || *text == '\0') return false;
  bool start = true;
  for (const char* c = text; *c != '\0'; ++c) {
    const bool letter = *c >= 'a' && *c <= 'z';
    if (start ? !letter : !(letter || (*c >= '0' && *c <= '9') || *c == '_' || *c == '.')) return false;
    start = *c == '.';
  }
  return !start;
}

bool is_text(const char* text) { return text != nullptr && *text != '\0'; }

template <class Item, class List>
void check_list(const List& list, const std::string& where, std::uint32_t first_size,
                std::vector<std::string>& faults) {
  if (list.count == 0) return;
  if (list.items == nullptr || list.stride % 8 != 0 || list.stride < first_size || list.stride > BH_MAX_STRIDE ||
      list.count > BH_MAX_ITEMS) {
    faults.push_back(where + ": list");
    return;
  }
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const Item* item = BH_AT(Item, &list, i);
    if (item->struct_size < first_size || item->struct_size > list.stride) faults.push_back(where + ": struct_size");
  }
}

void check_benchmark(const bh_benchmark_t& b, const std::string& prefix, std::vector<std::string>& faults) {
  const std::string where = is_id(b.id) ? b.id : "(no id)";
  const auto fault = [&](const std::string& what) { faults.push_back(where + ": " + what); };
  if (b.struct_size < sizeof b) fault("struct_size");
  if (!is_id(b.id) || where.rfind(prefix, 0) != 0) fault("id does not begin with " + prefix);
  if (!is_text(b.title) || !is_text(b.description)) fault("title or description is missing");
  if (b.workload_revision == 0) fault("workload_revision starts at 1");
  check_list<bh_param_t>(b.parameters, where + ".parameters", sizeof(bh_param_t), faults);
  check_list<bh_metric_t>(b.metrics, where + ".metrics", sizeof(bh_metric_t), faults);
  check_list<bh_slot_t>(b.slots, where + ".slots", sizeof(bh_slot_t), faults);
  check_list<bh_summary_t>(b.summaries, where + ".summaries", sizeof(bh_summary_t), faults);
  std::set<std::string> ids;
  std::uint32_t primary = 0;
  for (std::uint32_t i = 0; i < b.metrics.count; ++i) {
    const bh_metric_t* m = BH_AT(bh_metric_t, &b.metrics, i);
    if (!is_id(m->id) || !is_text(m->title) || !is_text(m->unit) || !is_text(m->description))
      fault("metric lacks a text");
    else if (!ids.insert(m->id).second)
      fault(std::string("metric ") + m->id + " twice");
    primary += (m->flags & BH_METRIC_PRIMARY) != 0 ? 1 : 0;
    const bool divides = (m->kind == BH_KIND_RATE || m->kind == BH_KIND_ENERGY) &&
                         (m->domain == BH_DOMAIN_HOST || m->domain == BH_DOMAIN_QUEUE);
    if (m->kind == BH_KIND_RATE && divides && !is_text(m->work)) fault("a rate without work");
    if (!divides && is_text(m->work)) fault("work where nothing is divided");
  }
  if (primary != 1) fault(std::to_string(primary) + " primary metrics");
  for (std::uint32_t i = 0; i < b.parameters.count; ++i) {
    const bh_param_t* p = BH_AT(bh_param_t, &b.parameters, i);
    if (!is_id(p->name) || !is_text(p->description)) fault("parameter lacks a text");
    if (p->default_value.type != p->type) fault(std::string("default of ") + p->name + " is of another type");
    if (p->type == BH_TYPE_ENUM && p->choices.count == 0) fault(std::string(p->name) + " has no choices");
  }
  for (std::uint32_t i = 0; i < b.summaries.count; ++i) {
    const bh_summary_t* s = BH_AT(bh_summary_t, &b.summaries, i);
    if (s->metric >= b.metrics.count || s->parameter >= b.parameters.count) fault("summary of nothing");
    if (!is_id(s->id) || !ids.insert(s->id).second) fault("summary's id");
  }
  const bh_lifecycle_t* l = b.lifecycle;
  if (l == nullptr || l->create == nullptr || l->prepare == nullptr || l->run == nullptr || l->teardown == nullptr ||
      l->destroy == nullptr) {
    fault("lifecycle lacks a function");
  }
}

}  // namespace

Entry load(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  void* symbol = ::dlsym(library, BH_ENTRY_NAME);
  if (symbol == nullptr) throw std::runtime_error(::dlerror());
  return reinterpret_cast<Entry>(symbol);
}

Negotiated negotiate(const std::string& path, std::uint32_t abi_min, std::uint32_t abi_max) {
  bh_offer_t offer = sized_struct<bh_offer_t>();
  offer.abi_min = abi_min;
  offer.abi_max = abi_max;
  offer.host_name = "contract test";
  offer.host_version = "1";
  bh_answer_t answer = sized_struct<bh_answer_t>();
  Negotiated result;
  result.status = load(path)(&offer, &answer);
  result.reason = answer.reason == nullptr ? "" : answer.reason;
  if (result.status != BH_OK) return result;
  result.abi = answer.abi;
  if (answer.abi < abi_min || answer.abi > abi_max) {
    result.reason = "the answer is outside the offer";
  } else if (answer.plugin == nullptr) {
    result.reason = "the answer has no plugin";
  } else if (answer.note == nullptr || note_of_file(path) != answer.note) {
    result.reason = "the note is not the file's";
  } else {
    result.plugin = answer.plugin;
    return result;
  }
  result.status = BH_E_VERSION;
  return result;
}

Outcome drive(TestHost& host, const bh_plugin_t& plugin, const Case& what, const Plan& plan) {
  Outcome out;
  const bh_benchmark_t* b = plugin.benchmark(what.benchmark);
  if (b == nullptr) throw std::runtime_error("no such benchmark");
  const bh_lifecycle_t* life = b->lifecycle;
  host.begin_case(b);
  const auto failed = [&](bh_status_t status, const char* phase) {
    if (status == BH_OK) return false;
    out.status = status;
    out.phase = phase;
    out.reason = host.reason;
    host.set_state(State::failed);
    return true;
  };

  bh_create_t create = sized_struct<bh_create_t>();
  create.benchmark = b->id;
  create.input = what.input.empty() ? nullptr : what.input.c_str();
  create.content_digest = what.content_digest.empty() ? nullptr : what.content_digest.c_str();
  create.settings = what.settings.data();
  create.setting_count = static_cast<std::uint32_t>(what.settings.size());
  std::vector<bh_value_t> values;
  for (std::uint32_t i = 0; i < b->parameters.count; ++i) {
    const bh_param_t* p = BH_AT(bh_param_t, &b->parameters, i);
    const auto given = what.values.find(p->name);
    values.push_back(given == what.values.end() ? p->default_value : given->second);
  }
  bh_prepare_t args = sized_struct<bh_prepare_t>();
  args.values = values.data();
  args.value_count = static_cast<std::uint32_t>(values.size());
  args.seed = 1;

  host.set_state(State::created);
  host.begin_call();
  void* self = nullptr;
  if (failed(life->create(host.table(), &create, &self), "create")) return out;

  for (std::uint32_t cycle = 0; cycle < plan.cycles && out.status == BH_OK; ++cycle) {
    host.set_state(State::preparing);
    host.begin_call();
    bool ok = !failed(life->prepare(self, &args), "prepare");
    if (ok) host.set_state(State::prepared);
    const std::vector<std::uint64_t> batches =
        b->batch == BH_BATCH_HOT
            ? plan.batches
            : std::vector<std::uint64_t>{b->batch == BH_BATCH_ONCE ? 1 : std::max<std::uint64_t>(b->batch_min, 1)};
    for (std::size_t i = 0; ok && i < batches.size(); ++i) {
      const bool first = plan.warm_up && cycle == 0 && i == 0;
      std::uint64_t n = std::max<std::uint64_t>(batches[i], std::max<std::uint64_t>(b->batch_min, 1));
      if (b->batch_max != 0) n = std::min(n, b->batch_max);
      const std::uint64_t index = b->batch == BH_BATCH_ONCE ? cycle : i;
      const bh_batch_t batch = batch_of(n, index, first ? BH_RUN_WARM_UP : 0);
      host.begin_call();
      host.drop_reports(first);
      if (BH_CAN(bh_lifecycle_t, life, prepare_batch)) ok = !failed(life->prepare_batch(self, &batch), "prepare_batch");
      if (ok) {
        if (plan.before_run) plan.before_run();
        host.set_state(State::timed);
        ok = !failed(life->run(self, &batch), "run");
        if (ok) host.set_state(State::prepared);
      }
      if (ok && BH_CAN(bh_lifecycle_t, life, finish_batch))
        ok = !failed(life->finish_batch(self, &batch), "finish_batch");
    }
    host.drop_reports(false);
    if (ok && plan.verifies && BH_CAN(bh_lifecycle_t, life, verify)) {
      bh_verdict_t verdict = sized_struct<bh_verdict_t>();
      verdict.error = verdict.tolerance = std::numeric_limits<double>::quiet_NaN();
      host.begin_call();
      const bh_status_t status = life->verify(self, &verdict);
      out.checked = verdict.checked;
      out.error = verdict.error;
      out.tolerance = verdict.tolerance;
      const bool none = std::isnan(verdict.error) && std::isnan(verdict.tolerance);
      const bool within = none || (verdict.error >= 0 && verdict.error <= verdict.tolerance);
      out.verified = status == BH_OK && verdict.checked > 0 && within;
      ok = !failed(status, "verify");
      if (ok && !within) {
        host.reason = verdict.error < 0 ? "the error is negative" : "the error is above the tolerance";
        ok = !failed(BH_E_MISMATCH, "verify");
      }
    }
    host.begin_call();
    if (ok && BH_CAN(bh_lifecycle_t, life, process)) failed(life->process(self), "process");
    const bh_status_t ended = life->teardown(self);
    if (out.status == BH_OK) failed(ended, "teardown");
    host.after_teardown();
    host.set_state(State::created);
    ++out.cycles;
  }
  life->destroy(self);
  host.set_state(State::none);
  return out;
}

std::vector<Case> enumerate(TestHost& host, const bh_plugin_t& plugin, const std::vector<bh_value_t>& settings,
                            Outcome& failed) {
  Sink sink{};
  sink.struct_size = sizeof(bh_enumerate);
  sink.settings = settings.data();
  sink.setting_count = static_cast<std::uint32_t>(settings.size());
  sink.add = add_case;
  sink.plugin = &plugin;
  host.begin_case(nullptr);
  failed = Outcome{};
  failed.status = plugin.enumerate(host.table(), &sink);
  failed.reason = host.reason;
  failed.phase = failed.status == BH_OK ? "" : "enumerate";
  for (Case& found : sink.found) found.settings = settings;
  return sink.found;
}

std::vector<std::string> descriptor_faults(const bh_plugin_t& plugin, const std::string& note) {
  std::vector<std::string> faults;
  const std::size_t at = note.find("\nid=");
  const std::string id = at == std::string::npos ? "" : note.substr(at + 4, note.find('\n', at + 1) - at - 4);
  if (!is_id(id.c_str())) faults.push_back("the note has no id");
  if (plugin.struct_size < sizeof plugin) faults.push_back("bh_plugin: struct_size");
  check_list<bh_param_t>(plugin.settings, "settings", sizeof(bh_param_t), faults);
  std::uint32_t count = 0;
  for (; count <= BH_MAX_ITEMS; ++count) {
    const bh_benchmark_t* b = plugin.benchmark(count);
    if (b == nullptr) break;
    if (b != plugin.benchmark(count)) faults.push_back("benchmark(i) is not the same pointer twice");
    check_benchmark(*b, id + ".", faults);
  }
  if (count == 0) faults.push_back("the plugin has no benchmark");
  return faults;
}

}  // namespace benchhost::contract
