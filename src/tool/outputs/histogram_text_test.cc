// Histograms are BCC's to the character; amounts are as people say them.
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

TEST(Log2Histogram, IsBccsToTheCharacter) {
  std::vector<uint64_t> counts(9);
  counts[1] = 1, counts[2] = 2, counts[4] = 7, counts[5] = 40, counts[7] = 120, counts[8] = 3;
  EXPECT_EQ(log2_histogram(counts, "usecs"),
            "     usecs               : count     distribution\n"
            "         0 -> 1          : 1        |                                        |\n"
            "         2 -> 3          : 2        |                                        |\n"
            "         4 -> 7          : 0        |                                        |\n"
            "         8 -> 15         : 7        |**                                      |\n"
            "        16 -> 31         : 40       |*************                           |\n"
            "        32 -> 63         : 0        |                                        |\n"
            "        64 -> 127        : 120      |****************************************|\n"
            "       128 -> 255        : 3        |*                                       |\n");
}

TEST(Log2Histogram, OfLargeValuesIsWide) {
  std::vector<uint64_t> counts(35);
  counts[33] = 10, counts[34] = 5;
  std::string text = log2_histogram(counts, "nsecs");
  EXPECT_EQ(text.substr(0, text.find('\n') + 1),
            "               nsecs                         : count     distribution\n");
  EXPECT_NE(text.find("          4294967296 -> 8589934591           : 10       |********************|\n"
                      "          8589934592 -> 17179869183          : 5        |**********          |\n"),
            std::string::npos);
}

TEST(Log2Histogram, OfNothingIsNothing) {
  EXPECT_EQ(log2_histogram({}, "x"), "");
  EXPECT_EQ(log2_histogram({5}, "x"), "");
  std::vector<uint64_t> last(65);
  last[64] = 1;
  EXPECT_NE(log2_histogram(last, "x").find(
                " 9223372036854775808 -> 18446744073709551615 : 1        |********************|\n"),
            std::string::npos);
}

}  // namespace
}  // namespace sonde::tool
