// What a plugin publishes: whole, sound, the same at every asking.
#include <clocale>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "common/protocol/descriptor_rules.h"
#include "worker/conform/trials.h"

namespace benchhost::conform {
namespace {

using protocol::Requirement;

void check_order(const bh_plugin_t& table, std::size_t count, Notebook& notes) {
  Check check(notes, Requirement::ordered_benchmarks, "");
  if (!check) return;
  // Backwards, and each twice.
  for (std::size_t i = count; i-- > 0;) {
    const auto index = static_cast<std::uint32_t>(i);
    const bh_benchmark_t* first = table.benchmark(index);
    if (first == nullptr) check.fail(fmt::format("benchmark({}) is NULL, and was not before", i));
    if (table.benchmark(index) != first) check.fail(fmt::format("benchmark({}) is another pointer the second time", i));
  }
  for (const std::uint32_t beyond : {static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(count) + 1,
                                     std::uint32_t{BH_MAX_ITEMS}, 0x80000000u, 0xffffffffu}) {
    if (beyond >= count && table.benchmark(beyond) != nullptr) {
      check.fail(fmt::format("benchmark({}) is not NULL, though there are {} benchmarks", beyond, count));
    }
  }
}

}  // namespace

std::optional<protocol::PluginRecord> try_descriptors(const loader::PluginFile& plugin, Notebook& notes) {
  Result<protocol::PluginRecord> first = [&] {
    Check check(notes, Requirement::readable_descriptors, "");
    bool broke_shape = false;
    auto record = plugin.describe(&broke_shape);
    if (!record.ok() && broke_shape) check.fail(benchhost::to_text(record.error()));
    if (!record.ok() && !broke_shape) {
      notes.fail(Requirement::sound_descriptors, "", benchhost::to_text(record.error()));
    }
    return record;
  }();
  if (!first.ok()) return std::nullopt;
  check_order(plugin.table(), first->benchmarks.size(), notes);
  check_extensions(plugin.table(), *first, notes);
  Check check(notes, Requirement::constant_descriptors, "");
  if (!check) return std::move(first).value();
  // Elsewhere, in another locale and environment: none of it may matter.
  std::error_code error;
  const std::filesystem::path home = std::filesystem::current_path(error);
  std::filesystem::current_path("/", error);
  std::setlocale(LC_ALL, "C.UTF-8");
  setenv("HOME", "/nonexistent", 1);
  unsetenv("PATH");
  const auto second = plugin.describe();
  std::setlocale(LC_ALL, "C");
  std::filesystem::current_path(home, error);
  if (!second.ok()) {
    check.fail("read again: " + benchhost::to_text(second.error()));
  } else if (!(*second == *first)) {
    check.fail("descriptors differ when they are read again from another folder and environment");
  }
  return std::move(first).value();
}

}  // namespace benchhost::conform
