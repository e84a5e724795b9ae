#include "common/protocol/frame.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "common/base/crc32.h"

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

struct Sent {
  std::string bytes;
  std::vector<Frame> frames;
  std::vector<std::size_t> ends;
};

Sent sample_stream() {
  Sent sent;
  FrameEncoder encoder;
  const std::string big(70'000, 'x');
  for (const auto& [type, payload] : std::vector<std::pair<std::uint32_t, std::string>>{
           {1, "{}"}, {7, ""}, {11, big}, {18, std::string("\0\xff", 2)}}) {
    sent.bytes += encoder.encode(type, payload);
    sent.frames.push_back({type, payload});
    sent.ends.push_back(sent.bytes.size());
  }
  return sent;
}

/// Takes all frames there are; nullopt: the decoder failed on the way.
std::optional<std::vector<Frame>> drain(FrameDecoder& decoder) {
  std::vector<Frame> frames;
  for (;;) {
    auto next = decoder.next();
    if (!next) return std::nullopt;
    if (!next.value()) return frames;
    frames.push_back(**next);
  }
}

std::string raw_frame(std::uint32_t magic, std::uint32_t type, std::uint64_t sequence, std::uint32_t length,
                      std::string_view payload) {
  std::string out;
  const auto put = [&out](std::uint64_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i) & 0xFF);
  };
  put(magic, 4);
  put(type, 4);
  put(sequence, 8);
  put(length, 4);
  put(crc32c(payload, crc32c(out)), 4);
  return out + std::string(payload);
}

}  // namespace

TEST_CASE("frames come back in order whatever the pieces they arrive in") {
  const Sent sent = sample_stream();
  for (const std::size_t piece : {1u, 2u, 23u, 24u, 25u, 4096u, 1u << 20}) {
    FrameDecoder decoder;
    std::vector<Frame> got;
    for (std::size_t at = 0; at < sent.bytes.size(); at += piece) {
      decoder.feed(std::string_view(sent.bytes).substr(at, piece));
      auto frames = drain(decoder);
      REQUIRE(frames);
      got.insert(got.end(), frames->begin(), frames->end());
    }
    REQUIRE(got.size() == sent.frames.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      CHECK(got[i].type == sent.frames[i].type);
      CHECK(got[i].payload == sent.frames[i].payload);
    }
    CHECK(decoder.at_boundary());
  }
}

TEST_CASE("the layout of a frame is the published one") {
  FrameEncoder encoder;
  (void)encoder.encode(1, "");
  const std::string bytes = encoder.encode(0x01020304, "ab");
  REQUIRE(bytes.size() == kFrameHeaderBytes + 2);
  CHECK(bytes.substr(0, 4) == "BHF1");
  CHECK(bytes.substr(4, 4) == std::string("\x04\x03\x02\x01"));
  CHECK(bytes.substr(8, 8) == std::string("\x01\0\0\0\0\0\0\0", 8));
  CHECK(bytes.substr(16, 4) == std::string("\x02\0\0\0", 4));
  CHECK(bytes == raw_frame(kFrameMagic, 0x01020304, 1, 2, "ab"));
}

TEST_CASE("a cut stream gives the whole frames before the cut, no more, and is at no boundary inside a frame") {
  const Sent sent = sample_stream();
  for (std::size_t cut = 0; cut <= sent.bytes.size(); cut += (cut < 200 ? 1 : 997)) {
    FrameDecoder decoder;
    decoder.feed(std::string_view(sent.bytes).substr(0, cut));
    const auto frames = drain(decoder);
    REQUIRE(frames);
    std::size_t whole = 0;
    bool boundary = cut == 0;
    for (const std::size_t end : sent.ends) {
      whole += end <= cut ? 1 : 0;
      boundary = boundary || end == cut;
    }
    CHECK(frames->size() == whole);
    CHECK(decoder.at_boundary() == boundary);
  }
}

TEST_CASE("lengths at and over the limit are refused before they are added to or waited for") {
  for (const std::uint32_t length : {kMaxPayload + 1, 0xffffffffu, 0xffffffffu - 12u, 0xffffffffu - 23u, 0x80000000u}) {
    FrameDecoder decoder;
    decoder.feed(raw_frame(kFrameMagic, 1, 0, length, ""));
    const auto next = decoder.next();
    REQUIRE(!next.ok());
    CHECK(next.error().message.find(std::to_string(length)) != std::string::npos);
  }
  FrameDecoder decoder;
  decoder.feed(raw_frame(kFrameMagic, 1, 0, kMaxPayload, ""));
  const auto next = decoder.next();
  REQUIRE(next.ok());
  CHECK(!next.value().has_value());
}

TEST_CASE("a frame repeated, left out or of another stream is refused by its sequence number") {
  for (const std::uint64_t sequence : {std::uint64_t{0}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    FrameDecoder decoder;
    decoder.feed(raw_frame(kFrameMagic, 1, 0, 2, "{}"));
    decoder.feed(raw_frame(kFrameMagic, 1, sequence, 2, "{}"));
    REQUIRE(decoder.next().ok());
    const auto second = decoder.next();
    REQUIRE(!second.ok());
    CHECK(second.error().message.find("sequence") != std::string::npos);
  }
}

TEST_CASE("garbage is refused at its first byte and the decoder stays failed") {
  FrameDecoder decoder;
  decoder.feed("B");
  REQUIRE(decoder.next().ok());
  decoder.feed("x");
  REQUIRE(!decoder.next().ok());
  const std::string first = decoder.next().error().message;
  decoder.feed(sample_stream().bytes);
  REQUIRE(!decoder.next().ok());
  CHECK(decoder.next().error().message == first);
  CHECK(!decoder.at_boundary());
}

TEST_CASE("no changed frame is accepted, wherever a bit is flipped") {
  FrameEncoder encoder;
  const std::string bytes = encoder.encode(3, R"({"phase":1,"deadline_ns":0})");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    FrameDecoder decoder;
    decoder.feed(changed);
    const auto next = decoder.next();
    // A length that grew makes the decoder wait; nothing is handed on.
    if (next.ok()) CHECK(!next.value().has_value());
  }
}

TEST_CASE("seeded mutations of a stream never yield a frame that was not sent") {
  const Sent sent = sample_stream();
  std::mt19937_64 random(20240611);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = sent.bytes.substr(0, sent.ends[1]) + sent.bytes.substr(sent.ends[2]);
    if (round % 2 == 0) changed = sent.bytes.substr(0, 400);
    const int edits = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < edits && !changed.empty(); ++i) {
      const std::size_t at = random() % changed.size();
      switch (random() % 4) {
        case 0:
          changed[at] = static_cast<char>(random());
          break;
        case 1:
          changed.erase(at, random() % 9);
          break;
        case 2:
          changed.insert(at, std::string(random() % 9, static_cast<char>(random())));
          break;
        default:
          changed.resize(at + 1);
      }
    }
    FrameDecoder decoder;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < changed.size();) {
      const std::size_t piece = 1 + random() % 64;
      decoder.feed(std::string_view(changed).substr(at, piece));
      at += piece;
      for (;;) {
        auto next = decoder.next();
        if (!next || !next.value()) break;
        REQUIRE(seen < sent.frames.size());
        CHECK((*next)->type == sent.frames[seen].type);
        CHECK((*next)->payload == sent.frames[seen].payload);
        ++seen;
      }
    }
  }
}
