/* Structs of another minor, read and written by these headers: shorter, longer, undersized, strided. Compiled as C and
   C++ by growth.py with every sanitizer, on heap blocks of exactly the size that struct_size says. */
#include <benchhost/host.h>
#include <benchhost/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_NAIVE_HAS
/* The macro as one would write it first: it forms a pointer to a member that may not exist. growth.py wants it caught.
 */
#undef BH_HAS
#define BH_HAS(type, ptr, member)                                                                                  \
  ((size_t)((const char*)(const void*)&(ptr)->member - (const char*)(const void*)(ptr)) + sizeof((ptr)->member) <= \
   (size_t)(ptr)->struct_size)
#endif

static int failures, checks;
static void expect(int condition, const char* what) {
  ++checks;
  if (!condition) {
    ++failures;
    printf("wrong: %s\n", what);
  }
}

/* A host function that fills an out struct whose first publication ended with `tolerance`. */
static bh_status_t fill(bh_verdict_t* v) {
  if (!BH_HAS(bh_verdict_t, v, tolerance)) return BH_E_ARGUMENT;
  v->checked = 7;
  BH_SET(bh_verdict_t, v, what, "all");
  return BH_OK;
}

static void* block_of(size_t size, int value) {
  void* block = malloc(size);
  if (block == NULL) exit(2);
  return memset(block, value, size);
}

static void every_prefix_is_read_as_far_as_it_goes(void) {
  size_t size;
  for (size = 4; size <= sizeof(bh_metric_t) + 16; size += 4) {
    uint32_t* block = (uint32_t*)block_of(size, 0);
    const bh_metric_t* m = (const bh_metric_t*)(const void*)block;
    *block = (uint32_t)size;
    expect(!!BH_HAS(bh_metric_t, m, kind) == (size >= 8), "kind");
    expect(!!BH_HAS(bh_metric_t, m, unit) == (size >= offsetof(bh_metric_t, unit) + 8), "unit");
    expect(!!BH_HAS(bh_metric_t, m, target) == (size >= sizeof(bh_metric_t)), "target");
    if (BH_HAS(bh_metric_t, m, target)) expect(m->target < 1 && m->target > -1, "value");
    free(block);
  }
}

static void nothing_is_written_past_the_end(void) {
  size_t size;
  for (size = 0; size <= sizeof(bh_verdict_t) + 8; size += 8) {
    const size_t room = size < 8 ? 8 : size;
    unsigned char* block = (unsigned char*)block_of(room + 64, 0xAA);
    const uint32_t said = (uint32_t)size;
    size_t i;
    memcpy(block, &said, 4);
    expect((fill((bh_verdict_t*)(void*)block) == BH_OK) == (size >= BH_SIZE_TO(bh_verdict_t, tolerance)), "status");
    for (i = room; i < room + 64; ++i) expect(block[i] == 0xAA, "written past");
    free(block);
  }
}

static void lists_are_walked_by_their_stride(void) {
  const uint32_t strides[] = {72, 88, (uint32_t)sizeof(bh_metric_t), (uint32_t)sizeof(bh_metric_t) + 24};
  unsigned k;
  for (k = 0; k < 4; ++k) {
    unsigned char* block = (unsigned char*)block_of((size_t)3 * strides[k], 0);
    bh_metric_list_t list;
    uint32_t i;
    list.items = (const bh_metric_t*)(const void*)block;
    list.count = 3;
    list.stride = strides[k];
    for (i = 0; i < 3; ++i) memcpy(block + i * strides[k], &strides[k], 4);
    for (i = 0; i < 3; ++i) {
      const bh_metric_t* m = BH_AT(bh_metric_t, &list, i);
      expect(m->struct_size == strides[k], "stride");
      expect(!!BH_HAS(bh_metric_t, m, target) == (strides[k] >= sizeof(bh_metric_t)), "item");
    }
    free(block);
  }
}

static void a_missing_function_cannot_be_called(void) {
  bh_lifecycle_t* life = (bh_lifecycle_t*)block_of(sizeof *life, 0);
  life->struct_size = (uint32_t)BH_SIZE_TO(bh_lifecycle_t, run);
  expect(!BH_CAN(bh_lifecycle_t, life, verify), "beyond the struct");
  life->struct_size = (uint32_t)sizeof *life;
  expect(!BH_CAN(bh_lifecycle_t, life, verify), "null");
  free(life);
}

static void the_pointer_is_evaluated_once(void) {
  static const size_t needed = BH_SIZE_TO(bh_metric_t, target); /* a constant expression */
  uint32_t words[2] = {8, 0};
  const uint32_t* w = words;
  const bh_metric_t* seen = (const bh_metric_t*)(const void*)words; /* the compiler sees that it is short */
  expect(!BH_HAS(bh_metric_t, seen, unit), "on the stack");
  expect(needed == sizeof(bh_metric_t), "constant");
#ifndef WITH_NAIVE_HAS
  expect(!BH_HAS(bh_metric_t, w++, unit), "short");
  expect(w == words + 1, "once");
#endif
  (void)w;
}

int main(void) {
  every_prefix_is_read_as_far_as_it_goes();
  nothing_is_written_past_the_end();
  lists_are_walked_by_their_stride();
  a_missing_function_cannot_be_called();
  the_pointer_is_evaluated_once();
  printf("%d checks, %d wrong\n", checks, failures);
  return failures != 0 || checks < 100;
}
