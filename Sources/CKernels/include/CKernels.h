// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "FloatKernels.h"
#include "Level.h"
#include "NNKernels.h"
