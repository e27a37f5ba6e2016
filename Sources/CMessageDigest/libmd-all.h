// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>
#include <md5.h>
#include <sha2.h>
