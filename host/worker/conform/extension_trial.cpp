// Whether extension answers by the whole id, and benchhost.roles/1 by benchmark and index (sdk plugin.h, roles.h).
#include <algorithm>
#include <string_view>
#include <vector>

#include <benchhost/roles.h>
#include <fmt/format.h>

#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using protocol::Requirement;

/// Ids that no plugin implements: of nobody, of no vendor, and one that is known but for its revision.
constexpr const char* kNobodysIds[] = {"",
                                       "benchhost",
                                       "benchhost.roles",
                                       "benchhost.roles/",
                                       "benchhost.roles/0",
                                       "benchhost.roles/01",
                                       "benchhost.roles/4294967295",
                                       "BENCHHOST.ROLES/1",
                                       "org.benchhost_test.nothing/1"};

void check_roles(const bh_plugin_roles_t& roles, const protocol::BenchmarkRecord& benchmark, Check& check) {
  const char* id = benchmark.id.c_str();
  const auto count = static_cast<std::uint32_t>(benchmark.roles.size());
  std::vector<const bh_role_t*> first;
  for (std::uint32_t i = 0; i < count; ++i) first.push_back(roles.role(id, i));
  for (std::uint32_t i = count; i-- > 0;) {
    if (first[i] == nullptr || roles.role(id, i) != first[i]) {
      check.fail(fmt::format("role('{}', {}) is another pointer when it is asked for again", id, i));
    }
  }
  for (const std::uint32_t beyond : {count, count + 1, std::uint32_t{BH_MAX_ITEMS}, 0x80000000u, 0xffffffffu}) {
    if (beyond >= count && roles.role(id, beyond) != nullptr) {
      check.fail(fmt::format("role('{}', {}) is not NULL, though there are {} roles", id, beyond, count));
    }
  }
}

}  // namespace

void check_extensions(const bh_plugin_t& table, const protocol::PluginRecord& record, Notebook& notes) {
  Check check(notes, Requirement::answers_extensions, "");
  if (!check) return;
  if (!BH_CAN(bh_plugin_t, &table, extension)) {
    check.not_applicable("the plugin has no function extension");
    return;
  }
  for (const char* id : kNobodysIds) {
    if (table.extension(id) != nullptr) check.fail(fmt::format("extension(\"{}\") is not NULL", id));
  }
  const void* found = table.extension(BH_EXT_ROLES);
  if (table.extension(BH_EXT_ROLES) != found) {
    check.fail("extension(\"" BH_EXT_ROLES "\") is another pointer the second time");
  }
  if (found == nullptr || !check.good()) return;
  const auto& roles = *static_cast<const bh_plugin_roles_t*>(found);
  for (const char* nobody : {"", "org.benchhost_test.nothing"}) {
    if (roles.role(nobody, 0) != nullptr) check.fail(fmt::format("role(\"{}\", 0) is not NULL", nobody));
  }
  for (const protocol::BenchmarkRecord& benchmark : record.benchmarks) check_roles(roles, benchmark, check);
}

}  // namespace benchhost::conform
