// Acts of sys that are wrong in one way, said by MUTANT. acts_posix.cpp as it is shipped provides the rest, its own
// functions renamed away.
#define read_clock shipped_read_clock
#define call_kernel shipped_call_kernel
#define start_children shipped_start_children
#define start_threads shipped_start_threads
#define bounce shipped_bounce
#define answer shipped_answer
#define write_blocks shipped_write_blocks
#define read_blocks shipped_read_blocks
#define write_file shipped_write_file
#include "acts_posix.cpp"
#undef read_clock
#undef call_kernel
#undef start_children
#undef start_threads
#undef bounce
#undef answer
#undef write_blocks
#undef read_blocks
#undef write_file

namespace sys {

#define WRONG 1
#define SKIPS_EVERY_SECOND 2
#define EMPTY 3

// A first one is done as it should be: a plugin that fails while it prepares would prove nothing.
std::uint64_t count_used(std::uint64_t first, std::uint64_t n) {
  if (first == 0 && n == 1) return 1;
  return MUTANT == EMPTY ? 0 : MUTANT == SKIPS_EVERY_SECOND ? n / 2 : n;
}

constexpr std::uint64_t kExtra = MUTANT == WRONG ? 1 : 0;

Readings read_clock(Clock clock, std::uint64_t n) {
  if (MUTANT == EMPTY) return {};
  Readings seen = shipped_read_clock(clock, MUTANT == SKIPS_EVERY_SECOND ? n / 2 : n);
  // A clock that stands.
  if (MUTANT == WRONG) seen.first_ns = seen.last_ns = 1;
  return seen;
}

std::uint64_t call_kernel(std::uint64_t n) {
  return shipped_call_kernel(MUTANT == EMPTY ? 0 : MUTANT == SKIPS_EVERY_SECOND ? n / 2 : n) + kExtra;
}

std::uint64_t start_children(const char* program, std::uint64_t first, std::uint64_t n) {
  return shipped_start_children(program, first, count_used(first, n)) + (first == 0 && n == 1 ? 0 : kExtra);
}

std::uint64_t start_threads(std::uint64_t first, std::uint64_t n) {
  return shipped_start_threads(first, count_used(first, n)) + kExtra;
}

std::uint64_t bounce(int to, int from, std::uint64_t first, std::uint64_t n) {
  return shipped_bounce(to, from, first, count_used(1, n)) + kExtra;
}

void answer(int from, int to, std::uint64_t n) { shipped_answer(from, to, count_used(1, n)); }

void write_blocks(int to, unsigned char* block, std::size_t size_bytes, std::uint64_t first, std::uint64_t n) {
  shipped_write_blocks(to, block, size_bytes, first + kExtra, count_used(1, n));
}

std::uint64_t read_blocks(int from, unsigned char* block, std::size_t size_bytes, std::uint64_t n) {
  return shipped_read_blocks(from, block, size_bytes, count_used(1, n));
}

void write_file(int file, unsigned char* block, std::size_t size_bytes, std::uint64_t places, Sync sync,
                std::uint64_t first, std::uint64_t n) {
  // What prepare writes is as it should be.
  const bool preparing = first < places;
  shipped_write_file(file, block, size_bytes, places, sync, first + (preparing ? 0 : kExtra),
                     preparing ? n : count_used(1, n));
}

}  // namespace sys
