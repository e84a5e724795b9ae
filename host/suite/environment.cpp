#include "suite/environment.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "common/base/units.h"
#include "suite/node_reader.h"

namespace benchhost::suite {
namespace {

using Facts = EnvironmentFacts;

/// Why the demand is not met; nullopt: it is. Values were checked when the suite was read.
using Check = std::optional<std::string> (*)(const std::string& wanted, const Facts& facts);

std::string unknown(std::string_view what) { return fmt::format("{} is not known here", what); }

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint64_t size(const std::string& text) {
  const auto read = parse_bytes(text);
  return read.ok() ? read->count : 0;
}

std::string bytes_text(std::uint64_t bytes) { return format_quantity(static_cast<double>(bytes), "By"); }

template <std::optional<bool> Facts::*Fact>
std::optional<std::string> check_switch(std::string_view what, std::string_view on, std::string_view off,
                                        const std::string& wanted, const Facts& facts) {
  const std::optional<bool>& fact = facts.*Fact;
  if (!fact) return unknown(what);
  const bool asked = wanted == "true" || wanted == "True" || wanted == "TRUE";
  if (*fact == asked) return std::nullopt;
  return fmt::format("{} {}", what, *fact ? on : off);
}

template <std::optional<std::uint64_t> Facts::*Fact>
std::optional<std::string> check_bytes(std::string_view what, const std::string& wanted, const Facts& facts) {
  const std::optional<std::uint64_t>& fact = facts.*Fact;
  if (!fact) return unknown(what);
  if (*fact >= size(wanted)) return std::nullopt;
  return fmt::format("{} is {}", what, bytes_text(*fact));
}

template <std::optional<double> Facts::*Fact>
std::optional<std::string> check_share(std::string_view what, const std::string& wanted, const Facts& facts) {
  const std::optional<double>& fact = facts.*Fact;
  if (!fact) return unknown(what);
  if (*fact <= parse_share(wanted).value_or(0)) return std::nullopt;
  return fmt::format("{} is {}", what, format_percent(*fact));
}

std::optional<std::string> check_governor(const std::string& wanted, const Facts& facts) {
  if (!facts.governor) return unknown("the governor");
  if (*facts.governor == wanted) return std::nullopt;
  return fmt::format("the governor is {}", *facts.governor);
}

std::optional<std::string> check_load(const std::string& wanted, const Facts& facts) {
  if (!facts.load_1_minute || !facts.cores || *facts.cores == 0) return unknown("the load");
  const double each = *facts.load_1_minute / static_cast<double>(*facts.cores);
  if (each <= number(wanted)) return std::nullopt;
  return fmt::format("the load over one minute is {:.2g} per core", each);
}

std::optional<std::string> check_cores(const std::string& wanted, const Facts& facts) {
  if (!facts.cores) return unknown("the number of cores");
  if (static_cast<double>(*facts.cores) >= number(wanted)) return std::nullopt;
  return fmt::format("{} core{} may be used", *facts.cores, *facts.cores == 1 ? "" : "s");
}

struct Row {
  std::string_view name;  ///< of environment_keys(); a test compares the two
  Check check;
};

constexpr auto kRows = std::to_array<Row>({
    {"governor", check_governor},
    {"turbo", [](const std::string& w,
                 const Facts& f) { return check_switch<&Facts::turbo>("turbo", "is on", "is off", w, f); }},
    {"smt",
     [](const std::string& w, const Facts& f) {
       return check_switch<&Facts::smt>("simultaneous multithreading", "is on", "is off", w, f);
     }},
    {"aslr",
     [](const std::string& w, const Facts& f) {
       return check_switch<&Facts::aslr>("address randomisation", "is on", "is off", w, f);
     }},
    {"max_load", check_load},
    {"min_free_memory",
     [](const std::string& w, const Facts& f) { return check_bytes<&Facts::free_memory_bytes>("free memory", w, f); }},
    {"max_steal",
     [](const std::string& w, const Facts& f) { return check_share<&Facts::steal_ratio>("stolen time", w, f); }},
    {"min_cores", check_cores},
    {"min_memory",
     [](const std::string& w, const Facts& f) { return check_bytes<&Facts::memory_bytes>("memory", w, f); }},
    {"max_resolution",
     [](const std::string& w, const Facts& f) {
       return check_share<&Facts::resolution_ratio>("what this machine resolves", w, f);
     }},
    {"ac_power",
     [](const std::string& w, const Facts& f) {
       return check_switch<&Facts::ac_power>("mains power", "is there", "is not there", w, f);
     }},
});

}  // namespace

EnvironmentFacts environment_facts(const platform::MachineFacts& machine, const platform::LoadFacts& load) {
  EnvironmentFacts facts;
  facts.governor = machine.governor;
  facts.turbo = machine.turbo;
  facts.smt = machine.smt;
  if (machine.address_randomisation) facts.aslr = *machine.address_randomisation != 0;
  facts.load_1_minute = load.load_1_minute;
  facts.steal_ratio = load.steal_ratio;
  facts.free_memory_bytes = load.free_memory_bytes;
  facts.ac_power = load.ac_power;
  if (machine.cores_available) facts.cores = *machine.cores_available;
  facts.memory_bytes = machine.memory_bytes;
  return facts;
}

std::vector<Unmet> evaluate(std::span<const Demand> demands, const EnvironmentFacts& facts) {
  std::vector<Unmet> out;
  for (const Demand& demand : demands) {
    for (const Row& row : kRows) {
      if (row.name != demand.name) continue;
      if (auto because = row.check(demand.value, facts)) out.push_back({demand, *std::move(because)});
    }
  }
  return out;
}

std::string to_text(const Unmet& unmet) {
  return fmt::format("the environment is not as demanded ({}: {}): {}", unmet.demand.name, unmet.demand.value,
                     unmet.because);
}

}  // namespace benchhost::suite
