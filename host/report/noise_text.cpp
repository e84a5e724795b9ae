#include "report/noise_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "common/base/units.h"
#include "report/run_view.h"

namespace benchhost::report {

namespace {

std::string number_word(std::size_t number) {
  static constexpr std::array<std::string_view, 3> kWords = {"two", "three", "four"};
  return number >= 2 && number < 2 + kWords.size() ? std::string(kWords[number - 2]) : fmt::format("{}", number);
}

// "1.00 ms in 7 of 10 invocations, 1.05 ms in 3".
std::string modes_text(const store::ModeSet& set, std::string_view what) {
  std::string text;
  for (const store::Mode& mode : set.modes) {
    const std::string value = format_quantity(mode.location, set.unit);
    text += text.empty() ? fmt::format("{} in {} of {} {}", value, mode.count, set.count(), what)
                         : fmt::format(", {} in {}", value, mode.count);
  }
  return text;
}

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

// Counts for an iteration reach from far below 1 to far beyond a million.
std::string plain_number(double value) {
  return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string spaced(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

const CountedSum* find_counted(const std::vector<CountedSum>& counts, std::string_view event) {
  const auto found = std::ranges::find(counts, event, &CountedSum::event);
  return found == counts.end() || !found->per_iteration ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> speed_lines(const store::StoredResult& result, Speeds which) {
  std::vector<std::string> lines;
  if (!result.end) return lines;
  std::uint64_t within = 0;
  const store::ModeSet* example = nullptr;
  for (const store::ModeSet& set : result.end->modes) {
    if (!set.invocation) {
      lines.push_back(fmt::format("{} speeds: {}", number_word(set.modes.size()), modes_text(set, "invocations")));
      continue;
    }
    ++within;
    if (example == nullptr) example = &set;
  }
  if (example == nullptr) return lines;
  const store::StoredMeasurement* primary = primary_of(result);
  const std::uint64_t all = primary != nullptr ? std::max(within, primary->measurement.invocations) : within;
  if (which == Speeds::usual && 2 * within <= all) return lines;
  const std::string number = number_word(example->modes.size());
  lines.push_back(all == 1 ? fmt::format("{} speeds within the invocation: {}", number, modes_text(*example, "samples"))
                           : fmt::format("{} speeds within {} of {} invocations, such as {}", number, within, all,
                                         modes_text(*example, "samples")));
  return lines;
}

std::string seldom_speeds_text(const std::vector<store::StoredResult>& results, store::RunId run) {
  const store::StoredResult* first = nullptr;
  std::size_t count = 0;
  for (const store::StoredResult& r : results) {
    if (speed_lines(r, Speeds::usual).size() == speed_lines(r, Speeds::all).size()) continue;
    if (first == nullptr) first = &r;
    ++count;
  }
  if (first == nullptr) return {};
  return fmt::format("{} case{} several speeds within half of the invocations or fewer: benchhost show {}/{}", count,
                     count == 1 ? " has" : "s have", run, first->start.ordinal);
}

Json modes_json(const store::CaseEnd& end) {
  Json all{JsonArray{}};
  for (const store::ModeSet& set : end.modes) {
    Json modes{JsonArray{}};
    for (const store::Mode& mode : set.modes) {
      modes.push(Json().set("location", mode.location).set("count", mode.count));
    }
    Json one;
    one.set("metric", set.metric).set("of", set.invocation ? "samples" : "invocations");
    one.set("invocation", set.invocation ? Json(*set.invocation) : Json());
    one.set("unit", set.unit).set("count", set.count()).set("modes", std::move(modes));
    all.push(std::move(one));
  }
  return all;
}

std::vector<CountedSum> counted_sums(const std::vector<store::StoredInvocation>& invocations) {
  std::vector<CountedSum> sums;
  std::map<std::string, std::pair<double, double>> totals;  // counted, iterations
  for (const store::StoredInvocation& stored : invocations) {
    const auto& counts = stored.invocation.counts;
    if (!counts) continue;
    for (const protocol::EventCount& e : counts->events) {
      auto sum = std::ranges::find(sums, e.event, &CountedSum::event);
      if (sum == sums.end()) {
        sums.push_back({e.event, {}, 0, 1, false, {}});
        sum = sums.end() - 1;
      }
      if (!e.value || counts->iterations == 0) {
        sum->null_reason = e.null_reason;
        continue;
      }
      auto& [counted, iterations] = totals[e.event];
      counted += *e.value;
      iterations += static_cast<double>(counts->iterations);
      sum->per_iteration = counted / iterations;
      ++sum->invocations;
      sum->least_running_ratio = std::min(sum->least_running_ratio, e.running_ratio.value_or(1));
      sum->user_only = sum->user_only || e.user_only;
    }
  }
  return sums;
}

std::vector<EnergySum> energy_sums(const std::vector<store::StoredInvocation>& invocations) {
  struct Total {
    double joules = 0;
    double seconds = 0;
    double iterations = 0;
  };
  std::vector<EnergySum> sums;
  std::map<std::string, Total> totals;
  for (const store::StoredInvocation& stored : invocations) {
    const auto& energy = stored.invocation.energy;
    if (!energy) continue;
    for (const protocol::ZoneEnergy& z : energy->zones) {
      auto sum = std::ranges::find(sums, z.zone, &EnergySum::zone);
      if (sum == sums.end()) {
        sums.push_back({z.zone, {}, {}, {}, {}});
        sum = sums.end() - 1;
      }
      if (!z.joules) {
        sum->null_reason = z.null_reason;
        continue;
      }
      Total& total = totals[z.zone];
      total.joules += *z.joules;
      total.seconds += static_cast<double>(energy->window_ns) * 1e-9;
      total.iterations += static_cast<double>(energy->iterations);
      sum->joules = total.joules;
      if (total.seconds > 0) sum->watts = total.joules / total.seconds;
      if (total.iterations > 0) sum->joules_per_iteration = total.joules / total.iterations;
    }
  }
  return sums;
}

Table counted_table(const std::vector<CountedSum>& counts, const std::vector<EnergySum>& energies) {
  Table table;
  table.columns = {
      {"counted", Align::left, false}, {"per iteration", Align::right, false}, {"remarks", Align::left, true}};
  std::vector<std::pair<std::string, std::string>> missing;  // reason, names
  const auto miss = [&missing](const std::string& reason, const std::string& name) {
    const auto found = std::ranges::find(missing, reason, &std::pair<std::string, std::string>::first);
    if (found == missing.end()) {
      missing.emplace_back(reason, name);
    } else {
      found->second += ", " + name;
    }
  };
  for (const CountedSum& c : counts) {
    if (!c.per_iteration) {
      miss(c.null_reason, spaced(c.event));
      continue;
    }
    std::vector<std::string> remarks;
    if (c.least_running_ratio < 1) {
      remarks.push_back(fmt::format("scaled up from {}", share_text(c.least_running_ratio)));
    }
    if (c.user_only) remarks.emplace_back("without the kernel");
    if (c.event == "instructions") {
      const CountedSum* cycles = find_counted(counts, "cycles");
      if (cycles != nullptr && *cycles->per_iteration > 0) {
        remarks.push_back(fmt::format("{:.2f} a cycle", *c.per_iteration / *cycles->per_iteration));
      }
    }
    table.rows.push_back(
        {spaced(c.event), plain_number(*c.per_iteration), fmt::format("{}", fmt::join(remarks, ", "))});
  }
  for (const EnergySum& e : energies) {
    const std::string name = "energy " + e.zone;
    if (!e.joules) {
      miss(e.null_reason, name);
      continue;
    }
    table.rows.push_back(
        {name, e.joules_per_iteration ? format_quantity(*e.joules_per_iteration, "J") : "-",
         fmt::format("{} in all{}", format_quantity(*e.joules, "J"),
                     e.watts ? fmt::format(", {} in the mean", format_quantity(*e.watts, "W")) : std::string())});
  }
  for (const auto& [reason, names] : missing) table.rows.push_back({names, "-", reason});
  return table;
}

Json event_counts_json(const store::Invocation& invocation) {
  if (!invocation.counts) return {};
  Json events{JsonArray{}};
  for (const protocol::EventCount& e : invocation.counts->events) {
    Json one;
    one.set("event", e.event).set("value", number_or_null(e.value));
    one.set("running_ratio", number_or_null(e.running_ratio));
    one.set("scaled", e.running_ratio ? Json(*e.running_ratio < 1) : Json()).set("user_only", e.user_only);
    one.set("null_reason", text_or_null(e.null_reason));
    events.push(std::move(one));
  }
  Json json;
  json.set("batches", invocation.counts->batches).set("iterations", invocation.counts->iterations);
  json.set("events", std::move(events));
  return json;
}

Json energy_json(const store::Invocation& invocation) {
  if (!invocation.energy) return {};
  Json zones{JsonArray{}};
  for (const protocol::ZoneEnergy& z : invocation.energy->zones) {
    zones.push(Json()
                   .set("zone", z.zone)
                   .set("joules", number_or_null(z.joules))
                   .set("null_reason", text_or_null(z.null_reason)));
  }
  Json json;
  json.set("window_ns", invocation.energy->window_ns).set("batches", invocation.energy->batches);
  json.set("iterations", invocation.energy->iterations).set("zones", std::move(zones));
  return json;
}

}  // namespace benchhost::report
