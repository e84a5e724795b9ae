#include "worker/measure/recorder_counts.h"

#include <algorithm>

namespace benchhost::measure {
namespace {

void add_buckets(CountBuckets& to, const CountBuckets& from) {
  CountBuckets both;
  both.reserve(to.size() + from.size());
  auto a = to.begin();
  auto b = from.begin();
  while (a != to.end() || b != from.end()) {
    if (b == from.end() || (a != to.end() && a->first < b->first)) {
      both.push_back(*a++);
    } else if (a == to.end() || b->first < a->first) {
      both.push_back(*b++);
    } else {
      both.emplace_back(a->first, a->second + b->second);
      ++a;
      ++b;
    }
  }
  to = std::move(both);
}

}  // namespace

void CountTotals::add(std::int64_t value) noexcept {
  least = count == 0 ? value : std::min(least, value);
  greatest = count == 0 ? value : std::max(greatest, value);
  ++count;
  sum.add(value);
}

void CountTotals::add(const CountTotals& other) noexcept {
  if (other.count == 0) return;
  least = count == 0 ? other.least : std::min(least, other.least);
  greatest = count == 0 ? other.greatest : std::max(greatest, other.greatest);
  count += other.count;
  sum.add(other.sum);
}

void CountTable::clear() {
  if (totals_.count == 0) return;
  const auto [first, last] = ends();
  std::fill(buckets_.begin() + static_cast<std::ptrdiff_t>(first),
            buckets_.begin() + static_cast<std::ptrdiff_t>(last) + 1, 0);
  totals_ = {};
}

std::pair<std::size_t, std::size_t> CountTable::ends() const {
  return {static_cast<std::size_t>(layout_.bucket_of(totals_.least)),
          static_cast<std::size_t>(layout_.bucket_of(totals_.greatest))};
}

CountBuckets CountTable::buckets() const {
  CountBuckets filled;
  if (totals_.count == 0) return filled;
  const auto [first, last] = ends();
  for (std::size_t i = first; i <= last; ++i) {
    if (buckets_[i] != 0) filled.emplace_back(static_cast<std::uint32_t>(i), buckets_[i]);
  }
  return filled;
}

void CountBlocks::Block::add(const Block& later) {
  last_batch = later.last_batch;
  batches += later.batches;
  totals.add(later.totals);
  add_buckets(buckets, later.buckets);
}

void CountBlocks::add(std::uint64_t batch, const CountTable& table) {
  Block one{batch, batch, 1, table.totals(), table.buckets()};
  if (!blocks_.empty() && blocks_.back().batches < batches_per_block_) {
    blocks_.back().add(one);
    return;
  }
  if (blocks_.size() == kMaxBlocks) {
    for (std::size_t i = 0; i < kMaxBlocks / 2; ++i) {
      if (i > 0) blocks_[i] = std::move(blocks_[2 * i]);
      blocks_[i].add(blocks_[2 * i + 1]);
    }
    blocks_.resize(kMaxBlocks / 2);
    batches_per_block_ *= 2;
  }
  blocks_.push_back(std::move(one));
}

std::uint64_t CountBlocks::drop_before(std::uint64_t batch) {
  if (totals().count == 0) return batch;
  const auto after = std::ranges::find_if(blocks_, [&](const Block& b) { return b.first_batch >= batch; });
  const std::uint64_t complete_from = after == blocks_.begin() ? batch : std::max(batch, (after - 1)->last_batch + 1);
  blocks_.erase(blocks_.begin(), after);
  return complete_from;
}

CountTotals CountBlocks::totals() const {
  CountTotals all;
  for (const Block& block : blocks_) all.add(block.totals);
  return all;
}

CountBuckets CountBlocks::buckets() const {
  CountBuckets all;
  for (const Block& block : blocks_) add_buckets(all, block.buckets);
  return all;
}

}  // namespace benchhost::measure
