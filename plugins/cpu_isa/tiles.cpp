// Matrix tiles of x86-64, compiled once for bytes and once for bf16: LEVEL names which. A tile is 16 rows of 64 bytes,
// so C is two of them next to each other, and what is in memory already lies as tiles want it.
#include <immintrin.h>

#include "kernels.h"

namespace isa {

namespace {

constexpr std::size_t kTileBytes = 64;  ///< of a row
constexpr std::size_t kColumnBytes = kColumns * 4;

/// Source: Intel 64 and IA-32 manual, volume 2, LDTILECFG, palette 1.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64, "as the manual has it");

#if defined(__AMX_INT8__) || defined(__AMXINT8__)
constexpr Type kType = Type::int8;
#else
constexpr Type kType = Type::bf16;
#endif

// Tiles 0 and 1 are C, 2 is A, 3 and 4 are B. Their numbers must be constants.
inline void multiply_tiles() {
#if defined(__AMX_INT8__) || defined(__AMXINT8__)
  _tile_dpbusd(0, 2, 3);
  _tile_dpbusd(1, 2, 4);
#else
  _tile_dpbf16ps(0, 2, 3);
  _tile_dpbf16ps(1, 2, 4);
#endif
}

void multiply(const Job& job, std::uint64_t first, std::uint64_t n) {
  constexpr std::size_t kRowBytes = kDepth / packed(kType) * 4;  // of A
  constexpr std::size_t kSteps = kRowBytes / kTileBytes;
  const auto* a = static_cast<const char*>(job.a);
  const auto* b = static_cast<const char*>(job.b);
  auto* c = static_cast<char*>(job.c);
  const TileConfig config;
  _tile_loadconfig(&config);
  for (std::uint64_t i = first; i < first + n; ++i) {
    if (i % kLap == 0) {
      _tile_zero(0);
      _tile_zero(1);
    } else {
      _tile_loadd(0, c, kColumnBytes);
      _tile_loadd(1, c + kTileBytes, kColumnBytes);
    }
    for (std::size_t step = 0; step < kSteps; ++step) {
      _tile_loadd(2, a + step * kTileBytes, kRowBytes);
      _tile_loadd(3, b + step * 16 * kColumnBytes, kColumnBytes);
      _tile_loadd(4, b + step * 16 * kColumnBytes + kTileBytes, kColumnBytes);
      multiply_tiles();
    }
    _tile_stored(0, c, kColumnBytes);
    _tile_stored(1, c + kTileBytes, kColumnBytes);
  }
  _tile_release();
}

constexpr Set kSet = {
    {nullptr, nullptr, kType == Type::bf16 ? multiply : nullptr, kType == Type::int8 ? multiply : nullptr}};

}  // namespace

template <>
const Set& built_set<cpu::Level::LEVEL>() {
  return kSet;
}

}  // namespace isa
