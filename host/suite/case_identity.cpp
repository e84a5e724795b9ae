#include "suite/case_identity.h"

#include <algorithm>

#include "common/base/json.h"
#include "suite/node_reader.h"

namespace benchhost::suite {
namespace {

/// The last two parts of an id: what tells benchmarks apart once vendor and organisation are known.
std::string short_id(const std::string& id) {
  const auto last = id.rfind('.');
  if (last == std::string::npos || last == 0) return id;
  const auto before = id.rfind('.', last - 1);
  return before == std::string::npos ? id : id.substr(before + 1);
}

std::string shown(const std::string& text) {
  const std::string cut = cut_for_message(text);
  return cut.empty() || cut.find_first_of(",{}=") != std::string::npos ? '\'' + cut + '\'' : cut;
}

}  // namespace

std::string canonical_parameters(const protocol::BenchmarkRecord& benchmark, const std::vector<protocol::Value>& values,
                                 const std::vector<protocol::Value>& contents) {
  std::vector<std::pair<std::string, protocol::Value>> identity;
  for (std::size_t i = 0; i < benchmark.parameters.size(); ++i) {
    const protocol::ParamRecord& p = benchmark.parameters[i];
    if (p.is_apart() || (p.is_added() && values[i] == p.default_value)) continue;
    identity.emplace_back(p.name, contents[i].type == protocol::ValueType::none ? values[i] : contents[i]);
  }
  return protocol::canonical_set(std::move(identity));
}

std::string canonical_identity(const protocol::BenchmarkRecord& benchmark, const std::string& parameters,
                               const std::string& input, const std::vector<std::string>& device_models) {
  JsonArray models;
  for (const std::string& model : device_models) models.emplace_back(model);
  return to_text(Json(JsonArray{benchmark.id, parameters, input, std::move(models), benchmark.workload_revision}));
}

std::string display_name(const std::string& benchmark_id, const std::string& input,
                         const std::vector<std::pair<std::string, std::string>>& parameters,
                         const std::string& device) {
  std::string out = short_id(benchmark_id);
  if (!input.empty()) out += '[' + cut_for_message(input) + ']';
  if (!parameters.empty()) {
    char separator = '{';
    for (const auto& [name, text] : parameters) {
      out += separator + name + '=' + shown(text);
      separator = ',';
    }
    out += '}';
  }
  return out + '@' + device;
}

}  // namespace benchhost::suite
