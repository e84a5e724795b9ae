#include "worker/measure/memory_ledger.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "worker/measure/reserved_array.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace benchhost::measure {
namespace {

constexpr std::uint64_t kSmallPage = 4096;
constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20;
constexpr std::uint64_t kCacheLine = 64;
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

/// True if the kernel may gather these pages into huge ones.
bool advise_huge(void* pages, std::size_t bytes) { return madvise(pages, bytes, MADV_HUGEPAGE) == 0; }
bool lock_pages(void* pages, std::size_t bytes) { return mlock(pages, bytes) == 0; }
#else
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
  std::uint64_t page = kSmallPage;
  if (huge && alignment <= kHugePage) {
    block.mapped_bytes = round_up(memory.size_bytes, kHugePage);
    block.mapping = map_huge(block.mapped_bytes);
    if (block.mapping != nullptr) page = kHugePage;
  }
  if (block.mapping == nullptr) {
    // Room to move the first byte to its alignment; for transparent huge pages that is theirs at least.
    const std::uint64_t at_least = huge ? std::max(alignment, kHugePage) : alignment;
    block.mapped_bytes = round_up(memory.size_bytes, kSmallPage) + (at_least > kSmallPage ? at_least : 0);
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
  const std::size_t length = round_up(memory.size_bytes, page);
  bool transparent = false;
  if (huge && page == kSmallPage) {
    transparent = memory.size_bytes >= kHugePage && advise_huge(data, length);
    if (must_huge && !transparent)
      return refuse(BH_E_UNSUPPORTED, "memory_take: this system grants no huge pages for this block");
  }
  const bool bound = node != BH_NODE_ANY && bind_to_node(data, length, node);
  if ((memory.flags & BH_MEMORY_LOCKED) != 0 && !lock_pages(data, length)) {
    return refuse(BH_E_UNSUPPORTED, "memory_take: the pages cannot be locked (limit RLIMIT_MEMLOCK)");
  }
  // Pages of a new mapping are zero; writing one byte of each brings it in, on the calling thread.
  for (std::size_t at = 0; at < memory.size_bytes; at += kSmallPage)
    static_cast<volatile std::byte&>(data[at]) = std::byte{0};

  block.counted_bytes = memory.size_bytes;
  blocks_.emplace(data, block);
  taken_bytes_ += block.counted_bytes;
  memory.data = data;
  // Whether the kernel gathered pages is not told: unknown, unless it had to.
  memory.page_bytes = transparent ? 0 : page;
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

std::uint64_t MemoryLedger::taken_bytes() const {
  const std::scoped_lock lock(mutex_);
  return taken_bytes_;
}

}  // namespace benchhost::measure
