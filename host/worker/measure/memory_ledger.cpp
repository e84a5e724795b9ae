#include "worker/measure/memory_ledger.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "worker/measure/reserved_array.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace benchhost::measure {
namespace {

constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20;
constexpr std::uint64_t kCacheLine = 64;
/// Of the pages behind a block that is called huge: the kernel may fail to find room for one in a hundred.
constexpr double kMostlyHuge = 0.99;
/// More than any machine has, and far from where sums of sizes overflow.
constexpr std::uint64_t kMaxBlock = std::uint64_t{1} << 46;

std::uint64_t round_up(std::uint64_t size, std::uint64_t to) { return (size + to - 1) / to * to; }

#if defined(__linux__)
void* map_huge(std::size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << MAP_HUGE_SHIFT), -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

/// Binds pages that are not touched yet. Called by number: libnuma would be a library for one call.
bool bind_to_node(void* pages, std::size_t bytes, std::int32_t node) {
  static constexpr unsigned kBind = 2;  // MPOL_BIND
  unsigned long mask[16] = {};
  if (node < 0 || static_cast<std::size_t>(node) >= sizeof mask * 8) return false;
  mask[static_cast<std::size_t>(node) / 64] = 1ul << (node % 64);
  return syscall(SYS_mbind, pages, bytes, kBind, mask, sizeof mask * 8 + 1, 0u) == 0;
}

std::uint64_t small_page() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

/// Asks the kernel to gather these pages into huge ones. That it listens does not mean that it will.
bool advise_huge(void* pages, std::size_t bytes) { return madvise(pages, bytes, MADV_HUGEPAGE) == 0; }
bool lock_pages(void* pages, std::size_t bytes) { return mlock(pages, bytes) == 0; }

/// Share of the touched pages that are huge now, by /proc/self/smaps: of all mappings that the range is part of, since
/// the kernel merges neighbours. 0 where it does not tell.
double huge_share(const void* pages, std::size_t bytes) {
  const auto begin = reinterpret_cast<std::uint64_t>(pages);
  std::ifstream maps("/proc/self/smaps");
  std::uint64_t whole_kb = 0;
  std::uint64_t huge_kb = 0;
  bool ours = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long first = 0;
    unsigned long long last = 0;
    unsigned long long kb = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx ", &first, &last) == 2) {
      ours = first < begin + bytes && last > begin;
    } else if (ours && std::sscanf(line.c_str(), "Rss: %llu kB", &kb) == 1) {
      whole_kb += kb;
    } else if (ours && std::sscanf(line.c_str(), "AnonHugePages: %llu kB", &kb) == 1) {
      huge_kb += kb;
    }
  }
  return whole_kb == 0 ? 0 : static_cast<double>(huge_kb) / static_cast<double>(whole_kb);
}
#else
std::uint64_t small_page() { return 4096; }
double huge_share(const void*, std::size_t) { return 0; }
void* map_huge(std::size_t) { return nullptr; }
bool bind_to_node(void*, std::size_t, std::int32_t) { return false; }
bool advise_huge(void*, std::size_t) { return false; }
bool lock_pages(void*, std::size_t) { return false; }
#endif

}  // namespace

std::optional<Refusal> MemoryLedger::take(bh_memory_t& memory) {
  memory.data = nullptr;
  memory.page_bytes = 0;
  const std::uint64_t alignment = std::max(memory.alignment_bytes, kCacheLine);
  const bool must_huge = (memory.flags & BH_MEMORY_HUGE_OR_FAIL) != 0;
  const bool huge = must_huge || (memory.flags & BH_MEMORY_HUGE) != 0;
  const std::int32_t node = memory.node;
  if (memory.size_bytes == 0) return Refusal{BH_E_ARGUMENT, "memory_take: size_bytes is 0"};
  if (memory.alignment_bytes != 0 && !std::has_single_bit(memory.alignment_bytes))
    return Refusal{BH_E_ARGUMENT, "memory_take: alignment_bytes is no power of two"};
  if ((memory.flags & ~(BH_MEMORY_HUGE | BH_MEMORY_HUGE_OR_FAIL | BH_MEMORY_LOCKED)) != 0) {
    return Refusal{BH_E_ARGUMENT, "memory_take: flags has unknown bits"};
  }
  if (memory.size_bytes > kMaxBlock || alignment > kMaxBlock) {
    return Refusal{BH_E_NO_MEMORY, "memory_take: more than any machine has"};
  }
  const std::scoped_lock lock(mutex_);
  if (limit_bytes_ && memory.size_bytes > *limit_bytes_ - std::min(taken_bytes_, *limit_bytes_)) {
    return Refusal{BH_E_NO_MEMORY, "memory_take: over the memory that the case may use"};
  }

  Block block;
  const std::uint64_t small = small_page();
  std::uint64_t page = small;
  if (huge && alignment <= kHugePage) {
    block.mapped_bytes = round_up(memory.size_bytes, kHugePage);
    block.mapping = map_huge(block.mapped_bytes);
    if (block.mapping != nullptr) page = kHugePage;
  }
  if (block.mapping == nullptr) {
    // Room to move the first byte to its alignment; transparent huge pages ask for theirs, and for a whole last one.
    const std::uint64_t at_least = huge ? std::max(alignment, kHugePage) : alignment;
    block.mapped_bytes = round_up(memory.size_bytes, huge ? kHugePage : small) + (at_least > small ? at_least : 0);
    block.mapping = reserve_pages(block.mapped_bytes);
    if (block.mapping == nullptr) return Refusal{BH_E_NO_MEMORY, "memory_take: the system has no memory for this"};
  }
  const auto refuse = [&](bh_status_t status, const char* text) {
    release_pages(block.mapping, block.mapped_bytes);
    return Refusal{status, text};
  };
  const auto base = reinterpret_cast<std::uint64_t>(block.mapping);
  const std::uint64_t start = round_up(base, page == kHugePage ? alignment
                                             : huge            ? std::max(alignment, kHugePage)
                                                               : alignment);
  auto* data = static_cast<std::byte*>(block.mapping) + (start - base);
  const std::size_t length = round_up(memory.size_bytes, huge ? kHugePage : page);
  const bool transparent = huge && page == small && advise_huge(data, length);
  const bool bound = node != BH_NODE_ANY && bind_to_node(data, length, node);
  if ((memory.flags & BH_MEMORY_LOCKED) != 0 && !lock_pages(data, length)) {
    return refuse(BH_E_UNSUPPORTED, "memory_take: the pages cannot be locked (limit RLIMIT_MEMLOCK)");
  }
  // Pages of a new mapping are zero; writing one byte of each brings it in, on the calling thread.
  for (std::size_t at = 0; at < memory.size_bytes; at += small)
    static_cast<volatile std::byte&>(data[at]) = std::byte{0};
  const double gathered = transparent ? huge_share(data, length) : 0;
  if (must_huge && page == small && gathered < kMostlyHuge) {
    return refuse(BH_E_UNSUPPORTED, "memory_take: this system grants no huge pages for this block");
  }

  block.counted_bytes = memory.size_bytes;
  blocks_.emplace(data, block);
  taken_bytes_ += block.counted_bytes;
  memory.data = data;
  // Some of both is no size.
  const bool mixed = gathered > 0 && gathered < kMostlyHuge;
  memory.page_bytes = mixed ? 0 : gathered > 0 ? kHugePage : page;
  memory.node = bound ? node : BH_NODE_ANY;
  return std::nullopt;
}

bool MemoryLedger::free(void* data) {
  if (data == nullptr) return true;
  const std::scoped_lock lock(mutex_);
  const auto found = blocks_.find(data);
  if (found == blocks_.end()) return false;
  release_pages(found->second.mapping, found->second.mapped_bytes);
  taken_bytes_ -= found->second.counted_bytes;
  blocks_.erase(found);
  return true;
}

std::size_t MemoryLedger::free_all() {
  const std::scoped_lock lock(mutex_);
  const std::size_t left = blocks_.size();
  for (const auto& [data, block] : blocks_) release_pages(block.mapping, block.mapped_bytes);
  blocks_.clear();
  taken_bytes_ = 0;
  return left;
}

std::vector<std::pair<void*, std::uint64_t>> MemoryLedger::blocks() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::pair<void*, std::uint64_t>> all;
  for (const auto& [data, block] : blocks_) all.emplace_back(data, block.counted_bytes);
  return all;
}

std::uint64_t MemoryLedger::taken_bytes() const {
  const std::scoped_lock lock(mutex_);
  return taken_bytes_;
}

}  // namespace benchhost::measure
