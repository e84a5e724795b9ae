#include "suite/case_filler.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/digest.h"
#include "suite/case_identity.h"
#include "suite/convert.h"

namespace benchhost::suite {
namespace {

constexpr const char* kWrong = "BH0103";

}  // namespace

std::string CaseFiller::device_name(const CompiledBenchmark& b, const DeviceTuple& tuple) const {
  if (b.slots.empty()) return "cpu:0";
  std::vector<std::string_view> names;
  for (const auto& device : tuple) {
    if (device) names.push_back(inputs_.devices[*device].record.name);
  }
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, "+"));
}

std::string CaseFiller::skip_reason(const CompiledBenchmark& b, const DeviceTuple& tuple,
                                    const std::string& none_reason, CaseFacts facts) const {
  if (!none_reason.empty()) return none_reason;
  const auto unmet = [&](const std::optional<CheckedExpression>& requirement) -> std::string {
    if (!requirement) return {};
    const auto part = requirement->first_unmet_part(facts);
    return part ? fmt::format("it requires {}, and {}", part->text, part->reason) : std::string();
  };
  if (std::string reason = unmet(b.requirement); !reason.empty()) return reason;
  for (std::size_t slot = 0; slot < tuple.size(); ++slot) {
    if (!tuple[slot]) continue;
    facts.device = &inputs_.devices[*tuple[slot]].record;
    if (std::string reason = unmet(b.slots[slot]); !reason.empty()) return facts.device->name + ": " + reason;
  }
  return {};
}

std::string CaseFiller::beyond_machine(const Claims& claims) const {
  const MachineScope& machine = inputs_.machine;
  if (machine.threads && claims.cores > *machine.threads)
    return fmt::format("it claims {} cores, and the machine gives {}", claims.cores, *machine.threads);
  if (machine.memory_bytes && claims.memory_bytes && *claims.memory_bytes > *machine.memory_bytes)
    return fmt::format("it claims {} bytes of memory, and the machine gives {}", *claims.memory_bytes,
                       *machine.memory_bytes);
  return {};
}

void CaseFiller::fill_devices(CaseSpec& c, const CompiledBenchmark& b, const Entry& e, const DeviceTuple& tuple) const {
  for (std::uint32_t slot = 0; slot < tuple.size(); ++slot) {
    if (!tuple[slot]) continue;
    const DeviceInput& device = inputs_.devices[*tuple[slot]];
    c.devices.push_back({slot, device.backend_file, device.record.index, device.record.name});
    c.device_inputs.push_back(*tuple[slot]);
    c.device_shared.push_back(e.measure.share_device.value_or(b.record->slots[slot].shareable));
  }
}

bool CaseFiller::fill_identity(CaseSpec& c, const CompiledBenchmark& b, const Entry& e,
                               const Combinations& combinations, const std::string& device) {
  std::vector<protocol::Value> contents(c.values.size());
  std::vector<std::pair<std::string, std::string>> shown;
  for (std::size_t i = 0; i < c.values.size(); ++i) {
    const protocol::ParamRecord& p = b.record->parameters[i];
    if (p.is_path() && !p.is_apart()) {
      auto content = content_of(c.values[i], e.at);
      if (!content) return false;
      contents[i] = *std::move(content);
    }
    if (p.is_apart()) continue;
    std::string text = short_text(c.values[i], p.unit);
    if (combinations.is_swept(i) || c.values[i] != p.default_value) shown.emplace_back(p.name, text);
    c.parameter_texts.emplace_back(p.name, std::move(text));
  }
  std::vector<std::string> models;
  for (const std::size_t i : c.device_inputs) models.push_back(inputs_.devices[i].record.model());
  c.canonical_parameters = canonical_parameters(*b.record, c.values, contents);
  c.canonical_identity = canonical_identity(*b.record, c.canonical_parameters, c.input, models);
  c.key = to_hex(sha256(c.canonical_identity));
  c.name = display_name(b.record->id, c.input, shown, device);
  return true;
}

std::optional<protocol::Value> CaseFiller::content_of(const protocol::Value& path, const Position& at) {
  protocol::Value out = path;
  for (protocol::Scalar& scalar : out.scalars) {
    auto* const text = std::get_if<std::string>(&scalar);
    if (text == nullptr || text->empty()) continue;
    if (inputs_.content == nullptr) {
      diagnostics_.error(kWrong, "the path '" + *text + "' cannot be read here", at);
      return std::nullopt;
    }
    auto digest = inputs_.content->digest(*text);
    if (!digest.ok()) {
      if (failed_paths_.insert(*text).second) diagnostics_.error(std::move(digest).error(), at);
      return std::nullopt;
    }
    *text = std::move(digest).value();
  }
  return out;
}

void CaseFiller::fill_measure(CaseSpec& c, const Entry& e) const {
  const Settings& s = e.measure;
  const Overrides& o = inputs_.overrides;
  c.limits.precision_ratio = o.precision_ratio ? o.precision_ratio : s.precision_ratio;
  c.limits.time_ns = o.time_ns ? o.time_ns : s.time_ns;
  c.limits.invocations = o.invocations ? o.invocations : s.invocations;
  c.limits.timeout_ns = o.timeout_ns ? o.timeout_ns : s.timeout_ns;
  c.priority = s.priority.value_or(Priority::medium);
  c.labels = s.labels;
  c.thresholds = s.thresholds;
  c.environment = s.environment;
  c.when_unmet = s.when_unmet.value_or(WhenUnmet::warn);
  c.at = e.at;
}

}  // namespace benchhost::suite
