// SPDX-License-Identifier: Apache-2.0
// Lua's small blocks, from lists by size: Lua says the size of a block when it gives it back, so that
// taking and giving are a few instructions where malloc's take a hundred. They lie in one region of
// bounded size; what does not fit into it comes from malloc and goes back to it.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "shim.h"

enum { STEP = BLOCK_MOST / BLOCK_SIZES };

// Address space; memory comes with the first use of a page.
#define REGION_BYTES ((size_t)32 << 20)

static bool is_small(size_t size) { return size <= BLOCK_MOST; }
static size_t list_of(size_t size) { return (size - 1) / STEP; }
static size_t rounded(size_t size) { return (list_of(size) + 1) * STEP; }

static bool reserve_region(blocks *all) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *region = mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (region == MAP_FAILED) return false;
  all->region = region;
  all->next = region;
  all->end = all->next + REGION_BYTES;
  return true;
}

static void *take_block(blocks *from, size_t size) {
  void **list = &from->free[list_of(size)];
  void *block = *list;
  if (block != NULL) {
    *list = *(void **)block;
    return block;
  }
  size_t bytes = rounded(size);
  if (from->region == NULL && !from->refused) from->refused = !reserve_region(from);
  if ((size_t)(from->end - from->next) < bytes) return malloc(bytes);
  block = from->next;
  from->next += bytes;
  return block;
}

void release_block(blocks *all, void *block, size_t size) {
  char *at = block;
  if (at >= all->region && at < all->end && block != NULL) {
    void **list = &all->free[list_of(size)];
    *(void **)block = *list;
    *list = block;
  } else {
    free(block);
  }
}

// As realloc; NULL leaves the old block as it is.
void *resize_block(blocks *all, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return is_small(new_size) ? take_block(all, new_size) : malloc(new_size);
  bool was_small = is_small(old_size), is_now_small = is_small(new_size);
  if (!was_small && !is_now_small) return realloc(block, new_size);
  if (was_small && is_now_small && list_of(old_size) == list_of(new_size)) return block;
  void *moved = is_now_small ? take_block(all, new_size) : malloc(new_size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  release_block(all, block, old_size);
  return moved;
}

void free_blocks(blocks *all) {
  if (all->region != NULL) munmap(all->region, REGION_BYTES);
  memset(all, 0, sizeof *all);
}
