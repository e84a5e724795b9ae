// What the acts must come to, in closed form. Modulo 2^64. Pure.
#pragma once

#include <cstdint>

namespace sys {

/// 0 + 1 + … + (n - 1).
constexpr std::uint64_t triangle(std::uint64_t n) { return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n; }

/// Statuses that children end with, one after the other: never 0, with which a program ends that was told nothing.
inline constexpr std::uint64_t kStatuses = 250;
constexpr std::uint64_t child_status(std::uint64_t child) { return 1 + child % kStatuses; }

/// Sum of child_status of the first `done` children.
constexpr std::uint64_t expected_statuses(std::uint64_t done) {
  return done / kStatuses * (kStatuses + triangle(kStatuses)) + done % kStatuses + triangle(done % kStatuses);
}

/// Sum of the numbers 1 to done: of threads, and of blocks.
constexpr std::uint64_t expected_numbers(std::uint64_t done) { return triangle(done + 1); }

/// Sum of the answers to tokens 1 to done.
constexpr std::uint64_t expected_answers(std::uint64_t done) { return triangle(done + 1) + done; }

/// Number of the last block that was written to a place of a file; 0: none was.
constexpr std::uint64_t last_block(std::uint64_t place, std::uint64_t places, std::uint64_t done) {
  return done <= place ? 0 : (done - 1 - place) / places * places + place + 1;
}

}  // namespace sys
