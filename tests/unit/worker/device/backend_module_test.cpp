// Gates between a file and a usable backend: each refusal says which one and why.
#include "worker/device/backend_module.h"

#include <doctest/doctest.h>

#include "contract/backend/rig.h"

using namespace benchhost;
using namespace benchhost::device;

namespace {

std::string module_file(const std::string& name) {
  return std::string(BENCHHOST_TEST_MODULES) + "/" + name + BENCHHOST_TEST_SUFFIX;
}

Result<std::unique_ptr<BackendModule>> load(const std::string& file) {
  ModuleServices services;
  services.clock_ns = [] { return std::int64_t{0}; };
  return BackendModule::load(file, std::move(services));
}

/// Why the file cannot be loaded.
std::string refusal(const std::string& name) {
  const auto module = load(module_file(name));
  REQUIRE_FALSE(module.ok());
  CHECK(module.error().code == "BH0502");
  CHECK(module.error().place.find(name) != std::string::npos);
  return module.error().message;
}

/// Why its probe fails.
std::string probe_refusal(const std::string& name) {
  auto module = load(module_file(name));
  REQUIRE_MESSAGE(module.ok(), to_text(module.error()));
  const auto record = (*module)->probe();
  REQUIRE_FALSE(record.ok());
  CHECK(record.error().code == "BH0502");
  return to_text(record.error());
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a file that is no library, or no backend, is refused with its name") {
  CHECK_FALSE(load("/nonexistent/none.so").ok());
  const auto text = load(BENCHHOST_TEST_MODULES "/../CMakeCache.txt");
  REQUIRE_FALSE(text.ok());
  CHECK(text.error().code == "BH0502");
}

TEST_CASE("negotiation keeps the module's own reason") {
  CHECK(contains(refusal("refuses"), "this module wants a newer host"));
  CHECK(contains(refusal("other_version"), "9.9"));
  CHECK(contains(refusal("no_table"), "without a table"));
}

TEST_CASE("a table that is short, incomplete or badly named is refused") {
  CHECK(contains(refusal("short_table"), "struct_size"));
  CHECK(contains(refusal("no_probe"), "probe"));
  CHECK(contains(refusal("bad_kind"), "Bad:0"));
}

TEST_CASE("a fact that breaks the vocabulary refuses the module and names the fact") {
  CHECK(contains(probe_refusal("wrong_type"), "'units' is of type string, and must be of type int"));
  CHECK(contains(probe_refusal("unknown_fact"), "'surprise'"));
  CHECK(contains(probe_refusal("not_finite"), "'peak.mem'"));
  CHECK(contains(probe_refusal("missing_fact"), "'model' is missing"));
  CHECK(contains(probe_refusal("twice"), "'vendor' is reported twice"));
  CHECK(contains(probe_refusal("bad_words"), "'dialects'"));
  CHECK(contains(probe_refusal("not_utf8"), "not UTF-8"));
  CHECK(contains(probe_refusal("other_kind"), "'cuda'"));
}

TEST_CASE("a failure without a reason says that there is none, and with one gives the module's words") {
  CHECK(contains(probe_refusal("no_reason"), "probe gave status -1 and no reason"));
  CHECK(contains(probe_refusal("start_fails"), "badInit: cannot start: try again tomorrow [api -7]"));
}

TEST_CASE("no device, an unusable device and a score of zero are normal answers with a reason") {
  auto none = load(module_file("no_device"));
  REQUIRE(none.ok());
  const auto record = (*none)->probe();
  REQUIRE(record.ok());
  CHECK(record->devices.empty());
  CHECK(contains(record->reason, "libbad.so.1"));
  CHECK(record->score == 1000);  // cut to the scale

  auto unusable = load(module_file("unusable"));
  REQUIRE(unusable.ok());
  const auto second = (*unusable)->probe();
  REQUIRE(second.ok());
  REQUIRE(second->devices.size() == 1);
  CHECK(contains(second->devices[0].reason, "update it"));
  CHECK(second->devices[0].text("maker.note") == "a vendor's own fact");

  auto useless = load(module_file("score_zero"));
  REQUIRE(useless.ok());
  const auto third = (*useless)->probe();
  REQUIRE(third.ok());
  CHECK(third->score == 0);
  CHECK(third->devices.empty());
  CHECK(contains(third->reason, "instructions"));
}

TEST_CASE("a device's table that is short or incomplete is refused before anything is called") {
  auto small = load(module_file("short_device_table"));
  REQUIRE(small.ok());
  const auto opened = (*small)->open(0);
  REQUIRE_FALSE(opened.ok());
  CHECK(contains(opened.error().message, "struct_size"));
  auto lacking = load(module_file("no_dispatch"));
  REQUIRE(lacking.ok());
  const auto second = (*lacking)->open(0);
  REQUIRE_FALSE(second.ok());
  CHECK(contains(second.error().message, "lacks caps"));
}
