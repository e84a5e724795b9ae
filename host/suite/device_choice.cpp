#include "suite/device_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/glob.h"
#include "common/base/suggest.h"
#include "suite/expressions.h"

namespace benchhost::suite {
namespace {

constexpr const char* kUnknown = "BH0102";
constexpr const char* kNoDevice = "BH0501";

/// Kinds that are no typing error on a machine without such a backend.
constexpr std::array<std::string_view, 10> kKinds = {"cpu",  "cuda",   "hip",  "level_zero", "metal",
                                                     "null", "opencl", "sycl", "vulkan",     "webgpu"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool glob_matches(const std::string& pattern, const std::string& text) {
  const auto glob = Glob::parse(pattern);
  return glob.ok() && glob->matches(text);
}

/// One selector, its expression ready.
struct Picker {
  const DeviceSelector& selector;
  std::optional<CheckedExpression> where;

  [[nodiscard]] bool picks(const protocol::DeviceRecord& device, const ExprFacts& machine) const {
    const DeviceSelector& s = selector;
    if (!s.pattern.empty() && !glob_matches(s.pattern, device.name) && !glob_matches(s.pattern, device.kind))
      return false;
    if (!s.name.empty() && !glob_matches(lower(s.name), lower(device.text("name"))) &&
        !glob_matches(lower(s.name), lower(device.text("model"))))
      return false;
    if (!s.vendor.empty() && !glob_matches(lower(s.vendor), lower(device.text("vendor")))) return false;
    if (!where) return true;
    CaseFacts facts;
    facts.machine = &machine;
    facts.device = &device;
    return where->evaluate(facts).is_true();
  }
};

std::string describe(const DeviceSelector& s) {
  std::vector<std::string> parts;
  if (!s.pattern.empty()) parts.push_back(s.pattern);
  if (!s.name.empty()) parts.push_back("name=" + s.name);
  if (!s.vendor.empty()) parts.push_back("vendor=" + s.vendor);
  if (!s.where.empty()) parts.push_back("where=" + s.where);
  return fmt::format("{}", fmt::join(parts, " "));
}

/// False: nobody knows the kind, which is said.
bool check_kind(const DeviceSelector& selector, const std::vector<DeviceInput>& devices, Diagnostics& diagnostics) {
  const std::string kind = selector.pattern.substr(0, selector.pattern.find(':'));
  const auto glob = Glob::parse(kind);
  if (kind.empty() || !glob.ok() || !glob->is_literal()) return true;
  std::vector<std::string> known;
  for (const DeviceInput& device : devices) {
    if (std::ranges::find(known, device.record.kind) == known.end()) known.push_back(device.record.kind);
  }
  if (std::ranges::find(known, kind) != known.end() || std::ranges::find(kKinds, kind) != kKinds.end()) return true;
  const std::string available =
      known.empty() ? "there are no devices here" : fmt::format("available: {}", fmt::join(known, ", "));
  for (const std::string_view name : kKinds) known.emplace_back(name);
  const std::string near = did_you_mean(kind, known);
  diagnostics.error(kUnknown, fmt::format("unknown kind of device '{}'", kind), selector.at,
                    near.empty() ? available : near + " " + available);
  return false;
}

}  // namespace

DeviceChoice choose_devices(const std::vector<DeviceSelector>& selectors, const std::vector<DeviceInput>& devices,
                            const ExprFacts& machine, bool must_match, Diagnostics& diagnostics) {
  DeviceChoice out;
  std::vector<bool> picked(devices.size(), selectors.empty());
  std::vector<std::string> asked;
  if (!selectors.empty()) out.processor = false;
  protocol::DeviceRecord processor;
  processor.name = "cpu:0";
  processor.kind = "cpu";
  for (const DeviceSelector& selector : selectors) {
    asked.push_back(describe(selector));
    const bool known = check_kind(selector, devices, diagnostics);
    Picker picker{selector, std::nullopt};
    if (!selector.where.empty()) {
      auto parsed = Expression::parse(selector.where);
      if (parsed.ok()) {
        if (auto checked = parsed->check(device_selector_scope(), kExprBoolean); checked.ok())
          picker.where = std::move(checked).value();
      }
      if (!picker.where) {
        diagnostics.error(check_device_expression(selector.where, selector.at).error());
        continue;
      }
    }
    bool any = picker.picks(processor, machine);
    out.processor = out.processor || any;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      if (!picker.picks(devices[i].record, machine)) continue;
      any = true;
      picked[i] = true;
      out.processor = out.processor || devices[i].record.kind == "cpu";
    }
    if (!any && must_match && known) {
      std::vector<std::string> names;
      for (const DeviceInput& device : devices) names.push_back(device.record.name);
      diagnostics.error(
          kNoDevice, fmt::format("no device matches '{}'", describe(selector)), selector.at,
          names.empty() ? "this machine offers no devices" : fmt::format("there are: {}", fmt::join(names, ", ")));
    }
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (picked[i]) (devices[i].record.reason.empty() ? out.usable : out.unusable).push_back(i);
  }
  out.asked = fmt::format("{}", fmt::join(asked, ", "));
  return out;
}

}  // namespace benchhost::suite
