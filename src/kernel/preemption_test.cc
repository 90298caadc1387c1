// Which words of the kernel's say that it preempts itself.
#include "kernel/preemption.h"

#include <gtest/gtest.h>

namespace sonde::kernel {
namespace {

TEST(Preemption, TheModeThatIsChosenDecides) {
  EXPECT_FALSE(is_preemptible("none (voluntary) full \n", "#1 SMP PREEMPT_DYNAMIC", ""));
  EXPECT_FALSE(is_preemptible("(none) voluntary full\n", "#1 SMP PREEMPT_DYNAMIC", ""));
  EXPECT_TRUE(is_preemptible("none voluntary (full) \n", "#1 SMP PREEMPT_DYNAMIC", ""));
  EXPECT_TRUE(is_preemptible("none voluntary full (lazy)\n", "#1 SMP PREEMPT_DYNAMIC", ""));
}

TEST(Preemption, WithoutDebugfsTheVersionAndTheCommandLineDo) {
  EXPECT_FALSE(is_preemptible("", "#1 SMP Debian 5.10.1", ""));
  EXPECT_TRUE(is_preemptible("", "#1 SMP PREEMPT Debian", "preempt=none"));
  EXPECT_TRUE(is_preemptible("", "#1 SMP PREEMPT_RT Debian", ""));
  EXPECT_TRUE(is_preemptible("", "#1 SMP PREEMPT_DYNAMIC Debian", "quiet"));
  EXPECT_FALSE(is_preemptible("", "#1 SMP PREEMPT_DYNAMIC Debian", "quiet preempt=voluntary"));
}

}  // namespace
}  // namespace sonde::kernel
