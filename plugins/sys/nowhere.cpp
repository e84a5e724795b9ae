// For systems without POSIX: everything says so. What the descriptors require keeps cases from coming here.
#include <benchhost/plugin.hpp>

#include "acts.h"
#include "system.h"

namespace sys {

namespace {

[[noreturn]] void refuse() {
  throw benchhost::Error(BH_E_UNSUPPORTED, "the plugin measures POSIX systems, and this is none");
}

}  // namespace

Readings read_clock(Clock, std::uint64_t) { refuse(); }
std::uint64_t call_kernel(std::uint64_t) { refuse(); }
std::uint64_t start_children(const char*, std::uint64_t, std::uint64_t) { refuse(); }
std::uint64_t start_threads(std::uint64_t, std::uint64_t) { refuse(); }
std::uint64_t bounce(int, int, std::uint64_t, std::uint64_t) { refuse(); }
void answer(int, int, std::uint64_t) { refuse(); }
void write_blocks(int, unsigned char*, std::size_t, std::uint64_t, std::uint64_t) { refuse(); }
std::uint64_t read_blocks(int, unsigned char*, std::size_t, std::uint64_t) { refuse(); }
void write_file(int, unsigned char*, std::size_t, std::uint64_t, Sync, std::uint64_t, std::uint64_t) { refuse(); }

void Handle::close() noexcept {}
Pipe open_pipe() { refuse(); }
Handle create_file(const std::string&) { refuse(); }
void read_at(int, std::uint64_t, unsigned char*, std::size_t) { refuse(); }
bool is_in_memory(const char*) { return false; }
std::string install(Tiny, const char*) { refuse(); }
Child::Child(const std::string&, int, int) { refuse(); }
Child::~Child() = default;
int Child::wait() noexcept { return -1; }
std::int64_t read_clock_by_kernel(Clock) { refuse(); }
std::uint64_t parent() { refuse(); }

}  // namespace sys
