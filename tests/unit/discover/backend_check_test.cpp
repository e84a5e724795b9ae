#include "discover/backend_check.h"

#include <doctest/doctest.h>

using namespace benchhost;
using namespace benchhost::discover;
using protocol::BackendRecord;
using protocol::CapRecord;

namespace {

BackendRecord good() {
  BackendRecord backend;
  backend.id = "org.example.gpu";
  backend.kind = "gpu";
  backend.version = "1.0";
  backend.vendor = "Vendor";
  backend.abi = 1;
  CapRecord model;
  model.name = "model";
  model.text = "Example \xc2\xb5-chip";
  CapRecord types;
  types.name = "types";
  types.type = protocol::CapType::words;
  types.words = {"fp16", "fp64"};
  backend.devices = {{"gpu:0", "gpu", 0, "", {model, types}}, {"gpu:1", "gpu", 1, "no access\nto /dev/gpu", {}}};
  return backend;
}

/// Changes a good record and wants one finding that names the part.
template <class Change>
void refused(const char* part, Change change) {
  BackendRecord backend = good();
  change(backend);
  const std::vector<Finding> findings = check_backend(backend);
  CAPTURE(part);
  REQUIRE(!findings.empty());
  const std::string text = to_text(findings.front());
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
}

}  // namespace

TEST_CASE("a good backend has no findings, with devices or with the reason why it has none") {
  CHECK(check_backend(good()).empty());
  BackendRecord none = good();
  none.devices.clear();
  none.reason = "no driver is installed";
  CHECK(check_backend(none).empty());
}

TEST_CASE("whatever of a backend goes into names, keys and terminals is checked in the host") {
  refused("id", [](auto& b) { b.id.clear(); });
  refused("id", [](auto& b) { b.id = "org\x1b[2J"; });
  refused("version", [](auto& b) { b.version = std::string(128, '1'); });
  refused("vendor", [](auto& b) { b.vendor = "a\nb"; });
  for (const char* kind : {"", "GPU", "g pu", "9gpu", "gpu:", "g\x1bpu", "g\xff"}) {
    refused("kind", [&](auto& b) {
      b.kind = kind;
      for (auto& device : b.devices) {
        device.kind = kind;
        device.name = device.kind + ":" + std::to_string(device.index);
      }
    });
  }
  refused("reason", [](auto& b) { b.devices.clear(); });
  refused("reason", [](auto& b) { b.reason = "\x07"; });
  refused("devices", [](auto& b) { b.devices.resize(1025, b.devices[0]); });
  refused("must be named", [](auto& b) { b.devices[0].name = "gpu:7"; });
  refused("must be named", [](auto& b) { b.devices[0].kind = "cpu"; });
  refused("twice", [](auto& b) { b.devices[1] = b.devices[0]; });
  refused("reason", [](auto& b) { b.devices[1].reason = std::string(5000, 'x'); });
}

TEST_CASE("facts about a device are checked in the host") {
  const auto fact = [](auto& b) -> CapRecord& { return b.devices[0].caps[0]; };
  refused("name", [&](auto& b) { fact(b).name.clear(); });
  refused("name", [&](auto& b) { fact(b).name = "model\x1b]0;x"; });
  refused("name", [&](auto& b) { fact(b).name = std::string(128, 'n'); });
  refused("text", [&](auto& b) { fact(b).text = "\xff\xfe"; });
  refused("text", [&](auto& b) { fact(b).text = std::string(4096, 't'); });
  refused("twice", [&](auto& b) { b.devices[0].caps.push_back(fact(b)); });
  refused("word", [](auto& b) { b.devices[0].caps[1].words.push_back("\x1b"); });
  refused("words", [](auto& b) { b.devices[0].caps[1].words.resize(2000, "w"); });
  refused("facts", [](auto& b) { b.devices[0].caps.resize(2000); });
}
