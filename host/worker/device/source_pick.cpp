#include "worker/device/source_pick.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <benchhost/expr.h>
#include <fmt/format.h>

#include "common/base/expression.h"
#include "worker/device/thread_error.h"

namespace benchhost::device {
namespace {

ExprType type_of_fact(std::uint32_t type) {
  switch (type) {
    case BH_CAP_TYPE_BOOL:
      return kExprBoolean;
    case BH_CAP_TYPE_STRING:
      return kExprText;
    case BH_CAP_TYPE_WORDS:
      return expr_list_of(ExprType::Kind::text);
    default:
      return kExprNumber;
  }
}

/// What bh_source.needs may name (expr.h, "Where, and what each sees").
ExprScope scope_of_needs() {
  ExprScope scope("device");
#define BENCHHOST_FACT(fact, kind) scope.add(std::string("device.") + (fact), type_of_fact(BH_CAP_TYPE_##kind));
  BH_CAP_TABLE(BENCHHOST_FACT)
#undef BENCHHOST_FACT
  scope.admit_vendor_names("device");
  scope.add(BH_EXPR_MACHINE_OS, kExprText)
      .add(BH_EXPR_MACHINE_ARCH, kExprText)
      .add(BH_EXPR_MACHINE_ISA, expr_list_of(ExprType::Kind::text))
      .add(BH_EXPR_MACHINE_CORES, kExprNumber)
      .add(BH_EXPR_MACHINE_THREADS, kExprNumber)
      .add(BH_EXPR_MACHINE_NODES, kExprNumber)
      .add(BH_EXPR_MACHINE_MEMORY_BYTES, kExprNumber)
      .add(BH_EXPR_MACHINE_PAGE_BYTES, expr_list_of(ExprType::Kind::number))
      .add(BH_EXPR_MACHINE_CAN, expr_list_of(ExprType::Kind::text));
  return scope;
}

ExprValue value_of(const protocol::CapRecord& fact) {
  switch (fact.type) {
    case protocol::CapType::boolean:
      return fact.integer != 0;
    case protocol::CapType::number:
      return fact.number;
    case protocol::CapType::string:
      return fact.text;
    case protocol::CapType::words:
      return ExprList(fact.words.begin(), fact.words.end());
    case protocol::CapType::integer:
    case protocol::CapType::version:
      break;
  }
  return fact.integer;
}

class NeedsLookup final : public ExprLookup {
 public:
  explicit NeedsLookup(const bh_device& device) : device_(device) {}

  [[nodiscard]] std::optional<ExprValue> find(std::string_view full_name) const override {
    constexpr std::string_view kDevice = "device.";
    if (!full_name.starts_with(kDevice)) return device_.shared->options.machine.find(full_name);
    const protocol::CapRecord* fact = device_.record.cap(full_name.substr(kDevice.size()));
    if (fact == nullptr) return std::nullopt;
    return value_of(*fact);
  }

 private:
  const bh_device& device_;
};

/// nullopt: met; else why not.
Result<std::optional<std::string>> unmet(const bh_device& device, const ExprScope& scope, const char* needs) {
  if (needs == nullptr || needs[0] == '\0') return std::optional<std::string>();
  BH_TRY(const Expression expression, Expression::parse(needs));
  BH_TRY(const CheckedExpression checked, expression.check(scope, kExprBoolean));
  const auto part = checked.first_unmet_part(NeedsLookup(device));
  if (!part) return std::optional<std::string>();
  return std::optional(fmt::format("{}: {}", part->text, part->reason));
}

}  // namespace

bh_status_t pick_source(const bh_device& device, const std::vector<bh_source_t>& sources, std::uint32_t* index) {
  const ExprScope scope = scope_of_needs();
  std::string reasons;
  for (const std::string& dialect : device.limits.dialects) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (dialect != sources[i].dialect) continue;
      auto reason = unmet(device, scope, sources[i].needs);
      if (!reason.ok()) {
        return bad_argument("program_build: needs of source %zu: %s", i, to_text(reason.error()).c_str());
      }
      if (!reason->has_value()) {
        *index = static_cast<std::uint32_t>(i);
        return BH_OK;
      }
      reasons += fmt::format("{}source {} ({}) needs {}", reasons.empty() ? "" : "; ", i, dialect, **reason);
    }
  }
  if (reasons.empty()) {
    for (const std::string& dialect : device.limits.dialects) {
      reasons += fmt::format("{}{}", reasons.empty() ? "there is none in a dialect of the device: " : ", ", dialect);
    }
  }
  set_error("program_build: no source for %s: %s", device.name.c_str(), reasons.c_str());
  return BH_E_UNSUPPORTED;
}

}  // namespace benchhost::device
