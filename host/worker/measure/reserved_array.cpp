#include "worker/measure/reserved_array.h"

#if defined(_WIN32)
#include <cstdlib>
#else
#include <sys/mman.h>
#endif

namespace benchhost::measure {

#if defined(_WIN32)
void* reserve_pages(std::size_t bytes) noexcept { return std::calloc(bytes, 1); }
void release_pages(void* pages, std::size_t) noexcept { std::free(pages); }
#else
void* reserve_pages(std::size_t bytes) noexcept {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void release_pages(void* pages, std::size_t bytes) noexcept {
  if (pages != nullptr) munmap(pages, bytes);
}
#endif

}  // namespace benchhost::measure
