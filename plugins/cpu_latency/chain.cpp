#include "chain.h"

#include <utility>

namespace latency {

namespace {

// Place of node i. In the page pattern lines rotate, so that pages do not all use the same few sets of a cache.
Node* node_at(void* memory, Pattern pattern, std::size_t i) {
  char* base = static_cast<char*>(memory);
  if (pattern == Pattern::page) {
    const std::size_t line = i % (kPageBytes / kLineBytes);
    return reinterpret_cast<Node*>(base + i * kPageBytes + line * kLineBytes);
  }
  return reinterpret_cast<Node*>(base + i * kLineBytes);
}

template <std::uint32_t chains>
void chase_all(Node** positions, std::uint64_t n) {
  Node* p[chains];
  for (std::uint32_t k = 0; k < chains; ++k) p[k] = positions[k];
  for (; n > 0; --n) {
    for (std::uint32_t k = 0; k < chains; ++k) p[k] = p[k]->next;
  }
  for (std::uint32_t k = 0; k < chains; ++k) positions[k] = p[k];
}

}  // namespace

std::size_t nodes_in(std::size_t size_bytes, Pattern pattern) {
  return size_bytes / (pattern == Pattern::page ? kPageBytes : kLineBytes);
}

Node* link(void* memory, std::size_t size_bytes, Pattern pattern, Draw draw, void* state) {
  const std::size_t count = nodes_in(size_bytes, pattern);
  if (pattern == Pattern::linear) {
    for (std::size_t i = 0; i < count; ++i) {
      node_at(memory, pattern, i)->next = node_at(memory, pattern, (i + 1) % count);
    }
    return node_at(memory, pattern, 0);
  }
  for (std::size_t i = 0; i < count; ++i) node_at(memory, pattern, i)->next = node_at(memory, pattern, i);
  for (std::size_t i = count - 1; i > 0; --i) {
    // The bias of a 64-bit remainder is below 2^-32 for any size that fits a machine.
    const std::size_t j = static_cast<std::size_t>(draw(state) % i);
    std::swap(node_at(memory, pattern, i)->next, node_at(memory, pattern, j)->next);
  }
  return node_at(memory, pattern, 0);
}

void chase(Node** positions, std::uint32_t chains, std::uint64_t n) {
  switch (chains) {
    case 1:
      return chase_all<1>(positions, n);
    case 2:
      return chase_all<2>(positions, n);
    case 4:
      return chase_all<4>(positions, n);
    case 8:
      return chase_all<8>(positions, n);
    case 16:
      return chase_all<16>(positions, n);
    case 32:
      return chase_all<32>(positions, n);
    default:
      return;
  }
}

}  // namespace latency
