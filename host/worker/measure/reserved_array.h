// Memory for what a plugin reports inside run: taken before, touched as it is used.
#pragma once

#include <cstddef>
#include <type_traits>

namespace benchhost::measure {

/// Address space of this many bytes without pages behind it, nullptr if there is none.
[[nodiscard]] void* reserve_pages(std::size_t bytes) noexcept;
void release_pages(void* pages, std::size_t bytes) noexcept;

/// An array that never moves and never allocates: adding costs a page fault at worst.
/// Thread: one at a time.
template <class T>
class ReservedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Takes room for `capacity` items, or for less where the process may not have so much.
  explicit ReservedArray(std::size_t capacity) {
    for (capacity_ = capacity; capacity_ > 0; capacity_ /= 2) {
      items_ = static_cast<T*>(reserve_pages(capacity_ * sizeof(T)));
      if (items_ != nullptr) return;
    }
  }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;
  ~ReservedArray() { release_pages(items_, capacity_ * sizeof(T)); }

  /// False, and nothing added, when it is full.
  [[nodiscard]] bool add(const T& item) noexcept {
    if (size_ == capacity_) return false;
    items_[size_++] = item;
    return true;
  }
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t room() const noexcept { return capacity_ - size_; }
  [[nodiscard]] const T* data() const noexcept { return items_; }
  [[nodiscard]] const T* begin() const noexcept { return items_; }
  [[nodiscard]] const T* end() const noexcept { return items_ + size_; }

 private:
  T* items_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace benchhost::measure
