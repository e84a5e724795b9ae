// Storage of the handles of one kind: a destroyed handle stays readable, so that its later use is an error and no
// crash, and its place is left empty for as long as kRest others of the kind are destroyed.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace benchhost::device {

/// T has a member `tag` that is T::kTag while the handle lives and 0 otherwise, and `generation`, raised when it dies.
/// Thread: any. Memory is given back when the pool dies, so that destroyed handles can be told from live ones.
template <class T>
class HandlePool {
 public:
  /// A handle that lives from when `prepare` has filled it; until then its members are as the last owner left them.
  template <class Prepare>
  T* take(const Prepare& prepare) {
    const std::lock_guard lock(mutex_);
    T* item = nullptr;
    if (free_count_ <= kRest) {
      item = &items_.emplace_back();
      make_room();
    } else {
      item = free_[free_first_];
      free_first_ = (free_first_ + 1) % free_.size();
      --free_count_;
    }
    prepare(*item);
    item->tag = T::kTag;
    return item;
  }

  /// Requires: item lives.
  void give(T* item) {
    const std::lock_guard lock(mutex_);
    item->tag = 0;
    ++item->generation;
    free_[(free_first_ + free_count_++) % free_.size()] = item;
  }

  /// The live handles, oldest slot first.
  std::vector<T*> live() {
    const std::lock_guard lock(mutex_);
    std::vector<T*> found;
    for (T& item : items_) {
      if (item.tag == T::kTag) found.push_back(&item);
    }
    return found;
  }

  static constexpr std::size_t kRest = 64;

 private:
  // A ring with room for every item, since give() must not allocate.
  void make_room() {
    if (free_.size() >= items_.size()) return;
    std::vector<T*> wider(2 * items_.size());
    for (std::size_t i = 0; i < free_count_; ++i) wider[i] = free_[(free_first_ + i) % free_.size()];
    free_ = std::move(wider);
    free_first_ = 0;
  }

  std::mutex mutex_;
  std::deque<T> items_;
  std::vector<T*> free_;
  std::size_t free_first_ = 0;
  std::size_t free_count_ = 0;
};

}  // namespace benchhost::device
