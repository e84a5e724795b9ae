#include "suite/combinations.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "suite/benchmark_match.h"
#include "suite/sweep_values.h"

namespace benchhost::suite {
namespace {

using protocol::Value;

constexpr const char* kWrong = "BH0103";

const Axis* overriding(const Overrides& overrides, const std::string& name) {
  const auto found = std::ranges::find(overrides.parameters, name, &Axis::name);
  return found == overrides.parameters.end() ? nullptr : &*found;
}

/// Values of one axis, or nullopt with an error said.
std::optional<std::vector<Value>> values_of(const Axis& axis, const protocol::ParamRecord& p, const std::string& folder,
                                            Diagnostics& diagnostics) {
  auto values = sweep_values(axis.sweep, p);
  if (!values.ok()) {
    diagnostics.error(std::move(values).error());
    return std::nullopt;
  }
  if (p.is_apart() && values->size() > 1) {
    diagnostics.error(
        kWrong, fmt::format("parameter '{}' is no part of a case's identity: all its values would be one case", p.name),
        axis.at, "give it one value");
    return std::nullopt;
  }
  if (p.is_path()) {
    for (Value& value : *values) value = absolute_paths(value, folder);
  }
  return std::move(values).value();
}

}  // namespace

std::optional<Combinations> Combinations::make(const CompiledBenchmark& benchmark, const Entry& entry,
                                               const Overrides& overrides, Diagnostics& diagnostics) {
  Combinations out;
  out.record_ = benchmark.record;
  for (const protocol::ParamRecord& p : benchmark.record->parameters)
    out.defaults_.push_back(p.is_path() ? absolute_paths(p.default_value, entry.folder) : p.default_value);
  bool good = true;
  const auto add_single = [&](const Axis& axis, const std::string& folder) {
    const auto index = benchmark.parameter(axis.name);
    if (!index) return;
    auto values = values_of(axis, benchmark.record->parameters[*index], folder, diagnostics);
    if (!values) {
      good = false;
      return;
    }
    Dimension dimension{{*index}, {}, axis.at};
    for (Value& value : *values) dimension.rows.push_back({std::move(value)});
    out.dimensions_.push_back(std::move(dimension));
  };
  for (const Axis& axis : entry.parameters) {
    if (overriding(overrides, axis.name) == nullptr) add_single(axis, entry.folder);
  }
  for (const Zip& zip : entry.zips) {
    Dimension dimension{{}, {}, zip.at};
    for (const Axis& axis : zip.axes) {
      const auto index = benchmark.parameter(axis.name);
      if (!index || overriding(overrides, axis.name) != nullptr) continue;
      auto values = values_of(axis, benchmark.record->parameters[*index], entry.folder, diagnostics);
      if (!values) {
        good = false;
        continue;
      }
      if (dimension.parameters.empty()) dimension.rows.resize(values->size());
      if (values->size() != dimension.rows.size()) {
        diagnostics.error(kWrong,
                          fmt::format("parameter '{}' has {} values and the first one of this zip {}", axis.name,
                                      values->size(), dimension.rows.size()),
                          axis.at, "zipped parameters have the same number of values");
        good = false;
        continue;
      }
      dimension.parameters.push_back(*index);
      for (std::size_t i = 0; i < values->size(); ++i) dimension.rows[i].push_back(std::move((*values)[i]));
    }
    if (!dimension.parameters.empty()) out.dimensions_.push_back(std::move(dimension));
  }
  for (const Axis& axis : overrides.parameters) add_single(axis, overrides.folder);
  return good ? std::optional(std::move(out)) : std::nullopt;
}

std::uint64_t Combinations::count() const {
  std::uint64_t count = 1;
  for (const Dimension& dimension : dimensions_) {
    const std::uint64_t rows = dimension.rows.size();
    if (rows != 0 && count > std::numeric_limits<std::uint64_t>::max() / rows)
      return std::numeric_limits<std::uint64_t>::max();
    count *= rows;
  }
  return count;
}

std::vector<Value> Combinations::at(std::uint64_t i) const {
  std::vector<Value> out = defaults_;
  for (auto dimension = dimensions_.rbegin(); dimension != dimensions_.rend(); ++dimension) {
    const auto& row = dimension->rows[i % dimension->rows.size()];
    i /= dimension->rows.size();
    for (std::size_t k = 0; k < row.size(); ++k) out[dimension->parameters[k]] = row[k];
  }
  return out;
}

bool Combinations::is_swept(std::size_t parameter) const {
  return std::ranges::any_of(dimensions_, [&](const Dimension& d) {
    return d.rows.size() > 1 && std::ranges::find(d.parameters, parameter) != d.parameters.end();
  });
}

Combinations Combinations::without(const std::vector<Value>& fixed) const {
  Combinations out = *this;
  const auto is_fixed = [&](std::size_t p) { return p < fixed.size() && fixed[p].type != protocol::ValueType::none; };
  for (std::size_t i = 0; i < fixed.size() && i < out.defaults_.size(); ++i) {
    if (is_fixed(i)) out.defaults_[i] = fixed[i];
  }
  std::erase_if(out.dimensions_, [&](const Dimension& d) { return std::ranges::all_of(d.parameters, is_fixed); });
  for (Dimension& dimension : out.dimensions_) {
    for (std::size_t k = dimension.parameters.size(); k-- > 0;) {
      if (!is_fixed(dimension.parameters[k])) continue;
      dimension.parameters.erase(dimension.parameters.begin() + static_cast<std::ptrdiff_t>(k));
      for (auto& row : dimension.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  return out;
}

}  // namespace benchhost::suite
