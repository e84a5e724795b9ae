// Offer and answer: who refuses whom, and what stays untouched.
#include "contract/sdk/driver/drive.h"

#include <benchhost/backend.h>
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

using namespace benchhost::contract;

namespace {

const std::string kFolder = SDK_PLUGINS "/";
const std::string kSuffix = SDK_MODULE_SUFFIX;
std::string module(const std::string& name) { return kFolder + name + kSuffix; }

}  // namespace

TEST_CASE("A plugin and a host of the same version agree, in C and in C++") {
  for (const char* name : {"sdk_template_c", "sdk_template_cpp"}) {
    CAPTURE(name);
    const Negotiated n = negotiate(module(name), BH_ABI_VERSION, BH_ABI_VERSION);
    CHECK(n.status == BH_OK);
    CHECK(n.abi == BH_ABI_VERSION);
    CHECK(n.plugin != nullptr);
    CHECK(n.reason.empty());
  }
}

TEST_CASE("A host that speaks a range around the plugin's version is answered with the plugin's") {
  const Negotiated n = negotiate(module("sdk_template_c"), BH_ABI_MAKE(0, 0), BH_ABI_MAKE(3, 7));
  CHECK(n.abi == BH_ABI_VERSION);
  CHECK(n.plugin != nullptr);
}

TEST_CASE("A plugin refuses a host that is only newer or only older, and says what to do") {
  const Negotiated newer = negotiate(module("sdk_template_cpp"), BH_ABI_MAKE(0, 2), BH_ABI_MAKE(1, 4));
  CHECK(newer.status == BH_E_VERSION);
  CHECK(newer.plugin == nullptr);
  CHECK(newer.reason.find("ABI 0.1") != std::string::npos);
  CHECK(newer.reason.find("rebuild") != std::string::npos);
  const Negotiated older = negotiate(module("sdk_template_cpp"), BH_ABI_MAKE(0, 0), BH_ABI_MAKE(0, 0));
  CHECK(older.status == BH_E_VERSION);
  CHECK(older.reason.find("update the host") != std::string::npos);
}

TEST_CASE("The host refuses an answer outside its offer and a note that is not the file's") {
  const Negotiated outside = negotiate(module("sdk_liar"), BH_ABI_VERSION, BH_ABI_VERSION);
  CHECK(outside.plugin == nullptr);
  CHECK(outside.reason == "the answer is outside the offer");
  const Negotiated note = negotiate(module("sdk_note_liar"), BH_ABI_VERSION, BH_ABI_VERSION);
  CHECK(note.plugin == nullptr);
  CHECK(note.reason == "the note is not the file's");
}

TEST_CASE("An offer or answer below its first size is refused and not touched") {
  const Entry entry = load(module("sdk_template_c"));
  bh_offer_t offer{};
  offer.struct_size = sizeof offer;
  offer.abi_min = offer.abi_max = BH_ABI_VERSION;
  for (const std::uint32_t size : {0u, 16u, static_cast<std::uint32_t>(sizeof(bh_answer_t)) - 8}) {
    CAPTURE(size);
    struct {
      bh_answer_t answer;
      unsigned char guard[32];
    } memory;
    std::memset(&memory, 0xAA, sizeof memory);
    memory.answer.struct_size = size;
    std::vector<unsigned char> before(sizeof memory);
    std::memcpy(before.data(), &memory, sizeof memory);
    CHECK(entry(&offer, &memory.answer) == BH_E_ARGUMENT);
    CHECK(std::memcmp(before.data(), &memory, sizeof memory) == 0);
  }
  bh_answer_t answer{};
  answer.struct_size = sizeof answer;
  offer.struct_size = 12;
  CHECK(entry(&offer, &answer) == BH_E_ARGUMENT);
  CHECK(answer.plugin == nullptr);
}

TEST_CASE("A backend module negotiates its own version, and no device is an answer with a reason") {
  const std::string path = std::string(SDK_BACKENDS "/sdk_bare_backend") + kSuffix;
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  const auto entry = reinterpret_cast<bh_backend_entry_fn_t>(::dlsym(library, BH_BACKEND_ENTRY_NAME));
  REQUIRE(static_cast<bool>(entry));
  bh_be_host_t host{};
  host.struct_size = sizeof host;
  bh_be_offer_t offer{};
  offer.struct_size = sizeof offer;
  offer.host = &host;
  offer.abi_min = offer.abi_max = BH_ABI_MAKE(0, 9);
  bh_be_answer_t answer{};
  answer.struct_size = sizeof answer;
  CHECK(entry(&offer, &answer) == BH_E_VERSION);
  REQUIRE(answer.reason != nullptr);
  CHECK(std::string(answer.reason).find("rebuild") != std::string::npos);
  offer.abi_min = BH_BACKEND_ABI_VERSION;
  CHECK(entry(&offer, &answer) == BH_OK);
  REQUIRE(answer.backend != nullptr);
  bh_be_probe_t probe{};
  probe.struct_size = sizeof probe;
  CHECK(answer.backend->probe(&probe) == BH_OK);
  CHECK(probe.devices.count == 0);
  CHECK(std::string(probe.reason) == "this module serves no device");
  answer.struct_size = 16;
  CHECK(entry(&offer, &answer) == BH_E_ARGUMENT);
}
