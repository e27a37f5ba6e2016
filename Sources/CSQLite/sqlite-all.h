// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
// Swift's module of the C library leaves it out; it tells where SQLite must not be used.
#include <sys/vfs.h>
