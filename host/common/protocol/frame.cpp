#include "common/protocol/frame.h"

#include <cassert>

#include "common/base/crc32.h"

namespace benchhost::protocol {
namespace {

constexpr const char* kBadFrame = "BH0302";
/// Up to here the header is covered by the checksum that follows.
constexpr std::size_t kCheckedHeaderBytes = 20;

void append_little(std::string& out, std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i) & 0xFF);
}

std::uint64_t little(std::string_view bytes, std::size_t offset, std::size_t count) {
  std::uint64_t v = 0;
  for (std::size_t i = count; i-- > 0;) v = v << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return v;
}

/// True if the bytes, however few, can be the beginning of the magic number.
bool begins_like_a_frame(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) {
    if (static_cast<unsigned char>(bytes[i]) != (kFrameMagic >> (8 * i) & 0xFF)) return false;
  }
  return true;
}

}  // namespace

std::string FrameEncoder::encode(std::uint32_t type, std::string_view payload) {
  assert(payload.size() <= kMaxPayload);
  std::string out;
  out.reserve(kFrameHeaderBytes + payload.size());
  append_little(out, kFrameMagic, 4);
  append_little(out, type, 4);
  append_little(out, next_++, 8);
  append_little(out, payload.size(), 4);
  append_little(out, crc32c(payload, crc32c(out)), 4);
  out += payload;
  return out;
}

void FrameDecoder::feed(std::string_view bytes) {
  if (failed_) return;
  // What was taken is dropped once it is the larger part, so that each byte is moved at most once or twice.
  if (consumed_ > 0 && consumed_ >= buffer_.size() - consumed_) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
  }
  buffer_ += bytes;
}

Result<std::optional<Frame>> FrameDecoder::next() {
  if (failed_) return *failed_;
  const auto fail = [this](std::string what) -> Result<std::optional<Frame>> {
    failed_ = make_error(kBadFrame, "frame " + std::to_string(expected_) + " of the result pipe: " + std::move(what),
                         "something wrote to the pipe that only the worker may write to");
    buffer_.clear();
    consumed_ = 0;
    return *failed_;
  };
  const std::string_view rest = std::string_view(buffer_).substr(consumed_);
  if (!begins_like_a_frame(rest)) return fail("it does not begin with the magic number");
  if (rest.size() < kFrameHeaderBytes) return std::optional<Frame>{};
  const std::uint64_t sequence = little(rest, 8, 8);
  const std::uint64_t length = little(rest, 16, 4);
  // The length is bounded before anything is added to it or waited for.
  if (length > kMaxPayload)
    return fail("it announces " + std::to_string(length) + " bytes, more than a frame may have");
  if (sequence != expected_) return fail("its sequence number is " + std::to_string(sequence));
  if (rest.size() - kFrameHeaderBytes < length) return std::optional<Frame>{};
  const std::string_view payload = rest.substr(kFrameHeaderBytes, length);
  if (crc32c(payload, crc32c(rest.substr(0, kCheckedHeaderBytes))) != little(rest, 20, 4)) {
    return fail("its checksum does not fit its content");
  }
  Frame frame{static_cast<std::uint32_t>(little(rest, 4, 4)), std::string(payload)};
  consumed_ += kFrameHeaderBytes + length;
  ++expected_;
  return std::optional<Frame>(std::move(frame));
}

bool FrameDecoder::at_boundary() const { return !failed_ && consumed_ == buffer_.size(); }

}  // namespace benchhost::protocol
