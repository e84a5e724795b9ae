// The handshake, each way it can go.
#include <doctest/doctest.h>

#include <benchhost/note.h>

#include <cstring>

#include "worker/loader/negotiate.h"

namespace benchhost::loader::test {
namespace {

const char kNote[] = "BHNOTE1\nid=org.example.x\n";
const bh_plugin_t kPlugin{};

bh_status_t honest(const bh_offer_t* offer, bh_answer_t* answer) {
  return bh_negotiate(offer, answer, kNote, &kPlugin);
}

TEST_CASE("a plugin of this version is agreed with") {
  const auto agreed = negotiate(honest, {}, kNote);
  REQUIRE(agreed.ok());
  CHECK(agreed->abi == BH_ABI_VERSION);
  CHECK(agreed->plugin == &kPlugin);
}

TEST_CASE("a plugin outside the offer refuses with its reason") {
  for (const AbiRange range :
       {AbiRange{BH_ABI_MAKE(0, 2), BH_ABI_MAKE(0, 9)}, AbiRange{BH_ABI_MAKE(0, 0), BH_ABI_MAKE(0, 0)}}) {
    const auto agreed = negotiate(honest, range, kNote);
    REQUIRE_FALSE(agreed.ok());
    CHECK(agreed.error().code == "BH0203");
    CHECK(agreed.error().message.find("rebuild") != std::string::npos);
  }
}

TEST_CASE("answers that break the negotiation are refused") {
  struct Row {
    Entry entry;
    const char* code;
    const char* words;
  };
  const Row rows[] = {
      {[](const bh_offer_t* o, bh_answer_t* a) { return honest(o, a), a->abi = BH_ABI_MAKE(7, 7), BH_OK; }, "BH0203",
       "7.7"},
      {[](const bh_offer_t* o, bh_answer_t* a) { return honest(o, a), a->plugin = nullptr, BH_OK; }, "BH0208",
       "no plugin"},
      {[](const bh_offer_t* o, bh_answer_t* a) { return honest(o, a), a->note = nullptr, BH_OK; }, "BH0208", "no note"},
      {[](const bh_offer_t* o, bh_answer_t* a) { return honest(o, a), a->note = "BHNOTE1\nid=liar\n", BH_OK; },
       "BH0208", "note in the file"},
      {[](const bh_offer_t*, bh_answer_t*) { return BH_E_VERSION; }, "BH0203", "no reason given"},
      {[](const bh_offer_t*, bh_answer_t* a) { return a->reason = "no licence\xff", BH_E_FAILED; }, "BH0208",
       "no licence"},
      {[](const bh_offer_t*, bh_answer_t*) -> bh_status_t { throw 5; }, "BH0208", "exception"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.words);
    const auto agreed = negotiate(row.entry, {}, kNote);
    REQUIRE_FALSE(agreed.ok());
    CHECK(agreed.error().code == row.code);
    CHECK(agreed.error().message.find(row.words) != std::string::npos);
  }
}

TEST_CASE("a note without an end is not read beyond its cap") {
  static char endless[BH_NOTE_MAX_BYTES + 1];
  std::memset(endless, 'x', sizeof endless);
  const auto agreed =
      negotiate([](const bh_offer_t* o, bh_answer_t* a) { return honest(o, a), a->note = endless, BH_OK; }, {}, kNote);
  CHECK_FALSE(agreed.ok());
}

}  // namespace
}  // namespace benchhost::loader::test
