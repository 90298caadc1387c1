// For tests of what only some kernels have. The wording is read by tests/gtest_report.py, which asks the kernel itself:
// a skip that it does not confirm is a failure.
#pragma once

#include <gtest/gtest.h>

#include "kernel/features.h"

#define NEEDS(feature) \
  if (!::sonde::kernel::has_feature(feature)) GTEST_SKIP() << "this kernel has no " << feature
#define NEEDS_NO(feature) \
  if (::sonde::kernel::has_feature(feature)) GTEST_SKIP() << "this kernel has " << feature
