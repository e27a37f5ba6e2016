// SPDX-License-Identifier: Apache-2.0
#include "CInterrupt.h"

atomic_bool thresh_interrupt_flag = false;
