// SPDX-License-Identifier: Apache-2.0
// Which userdata holds a Swift object: a hash from the object's address to a place in the weak table
// `cache`. Most results are new to Lua, and to know that takes no call of Lua's.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static size_t home(const known *all, const void *object) {
  // Objects lie 16 bytes apart at least; the multiplier spreads what is left.
  return (((uintptr_t)object >> 4) * 0x9E3779B97F4A7C15u >> 20) & (all->capacity - 1);
}

static bool grow(known *all) {
  size_t capacity = all->capacity == 0 ? 256 : all->capacity * 2;
  known_entry *entries = calloc(capacity, sizeof *entries);
  if (entries == NULL) return false;
  known_entry *old = all->entries;
  size_t count = all->capacity;
  all->entries = entries;
  all->capacity = capacity;
  for (size_t i = 0; i < count; i++) {
    if (old[i].object == NULL) continue;
    size_t at = home(all, old[i].object);
    while (entries[at].object != NULL) at = (at + 1) & (capacity - 1);
    entries[at] = old[i];
  }
  free(old);
  return true;
}

// Room for one more object and its place, so that what follows cannot fail.
bool known_reserve(known *all) {
  if (2 * (all->count + 1) > all->capacity && !grow(all)) return false;
  if (all->last_place < all->places_capacity) return true;
  int32_t wanted = all->places_capacity == 0 ? 256 : all->places_capacity * 2;
  int32_t *places = realloc(all->free_places, (size_t)wanted * sizeof *places);
  if (places == NULL) return false;
  all->free_places = places;
  all->places_capacity = wanted;
  return true;
}

// The place that `known_add` will use next.
int32_t known_next_place(const known *all) {
  return all->free_count > 0 ? all->free_places[all->free_count - 1] : all->last_place + 1;
}

void known_add(known *all, const void *object, int32_t place) {
  if (all->free_count > 0) {
    all->free_count--;
  } else {
    all->last_place = place;
  }
  size_t at = home(all, object);
  while (all->entries[at].object != NULL && all->entries[at].object != object) {
    at = (at + 1) & (all->capacity - 1);
  }
  if (all->entries[at].object == NULL) all->count++;
  all->entries[at] = (known_entry){object, place};
}

// The place of an object, 0 for none.
int32_t known_find(const known *all, const void *object) {
  if (all->count == 0) return 0;
  for (size_t at = home(all, object);; at = (at + 1) & (all->capacity - 1)) {
    if (all->entries[at].object == object) return all->entries[at].place;
    if (all->entries[at].object == NULL) return 0;
  }
}

// Gives a place back; the object is forgotten unless another userdata holds it now.
void known_remove(known *all, const void *object, int32_t place) {
  if (place == 0) return;
  all->free_places[all->free_count++] = place;
  size_t mask = all->capacity - 1, at = home(all, object);
  while (all->entries[at].object != object) {
    if (all->entries[at].object == NULL) return;
    at = (at + 1) & mask;
  }
  if (all->entries[at].place != place) return;
  all->count--;
  // What stands behind the gap moves up, unless it is at home or nearer to it.
  size_t gap = at;
  for (at = (at + 1) & mask; all->entries[at].object != NULL; at = (at + 1) & mask) {
    size_t distance = (at - home(all, all->entries[at].object)) & mask;
    if (distance < ((at - gap) & mask)) continue;
    all->entries[gap] = all->entries[at];
    gap = at;
  }
  all->entries[gap].object = NULL;
}

void known_free(known *all) {
  free(all->entries);
  free(all->free_places);
  memset(all, 0, sizeof *all);
}
