// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <readline/readline.h>
#include <readline/history.h>
