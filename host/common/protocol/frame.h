// Frames: the envelope of every message between host and worker. Pure: bytes in, frames out.
//
// Layout, little-endian, 24 bytes and the payload:
//     0  u32  magic 'B' 'H' 'F' '1'
//     4  u32  type of the message
//     8  u64  sequence number, 0, 1, 2, … in each direction
//    16  u32  bytes of the payload, at most kMaxPayload
//    20  u32  CRC-32C of bytes 0–19 and the payload
// Anything else on the pipe (a plugin that writes to it, a torn write) is found by one of these, and ends the worker as
// protocol_error: after an error a decoder stays failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace benchhost::protocol {

inline constexpr std::uint32_t kFrameMagic = 0x31464842;  // "BHF1"
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::uint32_t kMaxPayload = 16u << 20;

/// One frame as received.
struct Frame {
  std::uint32_t type = 0;
  std::string payload;
};

/// Numbers and seals frames of one direction. One writer per pipe.
class FrameEncoder {
 public:
  /// Requires: payload.size() <= kMaxPayload.
  [[nodiscard]] std::string encode(std::uint32_t type, std::string_view payload);

 private:
  std::uint64_t next_ = 0;
};

/// Takes bytes in pieces of any size and gives frames back in order.
class FrameDecoder {
 public:
  void feed(std::string_view bytes);
  /// The next whole frame; nullopt: more bytes are needed.
  /// Errors: magic, length, sequence or checksum; the same error ever after.
  [[nodiscard]] Result<std::optional<Frame>> next();
  /// True if the bytes so far end between two frames.
  [[nodiscard]] bool at_boundary() const;

 private:
  std::string buffer_;
  std::size_t consumed_ = 0;
  std::uint64_t expected_ = 0;
  std::optional<Error> failed_;
};

}  // namespace benchhost::protocol
