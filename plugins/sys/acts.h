// What is measured: each function does one thing n times and nothing else, and returns what only doing it can give.
// `first` is how often it was done before, since prepare. Sums are modulo 2^64; expected.h says what they must be.
// Errors: throw bb::Error with the system's words.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sys {

enum class Clock : std::uint32_t { monotonic, monotonic_raw, thread_cpu, process_cpu };

/// What n > 0 readings of a clock showed.
struct Readings {
  std::uint64_t count = 0;
  std::uint64_t backwards = 0;  ///< readings before the one before them
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
};
Readings read_clock(Clock clock, std::uint64_t n);

/// Asks for the parent's number, which no C library remembers. The sum of the answers.
std::uint64_t call_kernel(std::uint64_t n);

/// Starts the program `leave` (tiny_program.h) and waits for it. The sum of the statuses with which the children ended;
/// child k is told to end with child_status(k).
std::uint64_t start_children(const char* program, std::uint64_t first, std::uint64_t n);

/// Starts a thread and joins it. The sum of what the threads left; thread k leaves k + 1.
std::uint64_t start_threads(std::uint64_t first, std::uint64_t n);

/// Sends token k + 1 and waits for the answer. The sum of the answers.
std::uint64_t bounce(int to, int from, std::uint64_t first, std::uint64_t n);
/// The other end: receives a token and sends the next greater one.
void answer(int from, int to, std::uint64_t n);

/// Sends `size_bytes` at `block`, of which the first 8 are the number of the block, k + 1.
void write_blocks(int to, unsigned char* block, std::size_t size_bytes, std::uint64_t first, std::uint64_t n);
/// Receives them. The sum of the numbers.
std::uint64_t read_blocks(int from, unsigned char* block, std::size_t size_bytes, std::uint64_t n);

enum class Sync : std::uint32_t { none, data, all };

/// Writes the same kind of block to place k % places of the file, and waits as `sync` says after each.
void write_file(int file, unsigned char* block, std::size_t size_bytes, std::uint64_t places, Sync sync,
                std::uint64_t first, std::uint64_t n);

}  // namespace sys
