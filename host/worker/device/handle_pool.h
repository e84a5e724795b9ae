// Storage of the handles of one kind: a destroyed handle stays readable, so that its later use is an error and no
// crash.
#pragma once

#include <deque>
#include <mutex>
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
    if (free_.empty()) {
      item = &items_.emplace_back();
      free_.reserve(items_.size());  // give() must not allocate
    } else {
      item = free_.back();
      free_.pop_back();
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
    free_.push_back(item);
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

 private:
  std::mutex mutex_;
  std::deque<T> items_;
  std::vector<T*> free_;
};

}  // namespace benchhost::device
