// Amounts as people say them.
#include "tool/outputs/histogram_text.h"

#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

TEST(AmountText, IsInTheLargestUnitThatFits) {
  EXPECT_EQ(amount_text(0, "usecs"), "0 us");
  EXPECT_EQ(amount_text(512, "usecs"), "512 us");
  EXPECT_EQ(amount_text(1024, "usecs"), "1 ms");
  EXPECT_EQ(amount_text(4096, "usecs"), "4.1 ms");
  EXPECT_EQ(amount_text(65536, "usecs"), "66 ms");
  EXPECT_EQ(amount_text(1 << 20, "usecs"), "1 s");
  EXPECT_EQ(amount_text(uint64_t{1} << 40, "usecs"), "1099512 s");
  EXPECT_EQ(amount_text(2048, "nsecs"), "2 us");
  EXPECT_EQ(amount_text(2048, "msecs"), "2 s");
}

TEST(AmountText, OfBytesAndOfWhatHasNoLargerUnit) {
  EXPECT_EQ(amount_text(4, "Kbytes"), "4 KB");
  EXPECT_EQ(amount_text(2048, "Kbytes"), "2 MB");
  EXPECT_EQ(amount_text(63, "runqlen"), "63");
}

}  // namespace
}  // namespace sonde::tool
