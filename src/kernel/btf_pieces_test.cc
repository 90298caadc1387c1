// BtfPieces: the same as the whole of the kernel's BTF in memory, and files made by hand.
#include "kernel/btf_pieces.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>

#include "base/file.h"
#include "kernel/btf.h"
#include "kernel/needs_test.h"

namespace sonde::kernel {
namespace {

constexpr const char* kPath = "/sys/kernel/btf/vmlinux";

TEST(BtfPieces, TypesAreThoseOfTheWholeBtf) {
  NEEDS("btf");
  auto pieces = BtfPieces::open(kPath);
  auto whole = Btf::open(kPath);
  ASSERT_TRUE(pieces && whole);
  for (uint32_t id = 1; id < (*whole)->end_id(); id += 997) {
    auto type = (*pieces)->type(id);
    ASSERT_TRUE(type) << id;
    EXPECT_EQ(std::memcmp(&type->head, (*whole)->type(id), sizeof type->head), 0) << id;
    std::string payload(type->next - type->at - sizeof type->head, '\0');
    ASSERT_TRUE((*pieces)->read_payload(*type, payload.data(), payload.size())) << id;
    EXPECT_EQ(payload, std::string_view(reinterpret_cast<const char*>((*whole)->type(id) + 1), payload.size())) << id;
    EXPECT_FALSE((*pieces)->read_payload(*type, payload.data(), payload.size() + 1)) << id;
  }
  EXPECT_FALSE((*pieces)->type(0));
  EXPECT_FALSE((*pieces)->type((*whole)->end_id()));
}

TEST(BtfPieces, NamesAreFoundTogetherAndByThemselves) {
  NEEDS("btf");
  auto pieces = BtfPieces::open(kPath);
  auto whole = Btf::open(kPath);
  ASSERT_TRUE(pieces && whole);
  (*pieces)->expect({"vfs_read", "no_such_name_anywhere"});
  auto found = (*pieces)->find_strings({"task_struct", "comm", "sched_entity", "no_other_name_either", ""});
  ASSERT_EQ(found.size(), 3u);
  for (const auto& [name, offset] : found) {
    EXPECT_EQ((*whole)->string(offset), name);
    EXPECT_EQ((*pieces)->find_string(name), offset) << name;
    EXPECT_TRUE((*pieces)->is_string_at(offset, name));
    EXPECT_FALSE((*pieces)->is_string_at(offset + 1, name));
  }
  auto expected = (*pieces)->find_string("vfs_read");
  ASSERT_TRUE(expected);
  EXPECT_EQ((*whole)->string(*expected), "vfs_read");
  EXPECT_FALSE((*pieces)->find_string("no_such_name_anywhere"));

  auto named = (*pieces)->types_named({found["task_struct"], *expected});
  ASSERT_TRUE(named);
  std::vector<uint32_t> wanted;
  for (uint32_t id = 1; id < (*whole)->end_id(); id++) {
    uint32_t name = (*whole)->type(id)->name_off;
    if (name == found["task_struct"] || name == *expected) wanted.push_back(id);
  }
  std::vector<uint32_t> ids;
  for (const BtfPieces::Named& each : *named) ids.push_back(each.id);
  EXPECT_EQ(ids, wanted);
}

// BTF of these strings and no types.
class OfStrings : public testing::Test {
 protected:
  void make(const std::string& strings) {
    btf_header header{.magic = BTF_MAGIC,
                      .version = 1,
                      .hdr_len = sizeof(btf_header),
                      .str_len = static_cast<uint32_t>(strings.size())};
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    file_ = base::Fd(::memfd_create("btf", MFD_CLOEXEC));
    ASSERT_TRUE(base::write_all(file_.get(), bytes + strings, "btf"));
    auto opened = BtfPieces::open("/proc/self/fd/" + std::to_string(file_.get()));
    ASSERT_TRUE(opened);
    pieces_ = *opened;
  }

  base::Fd file_;
  std::shared_ptr<BtfPieces> pieces_;
};

TEST_F(OfStrings, OnBordersOfWhatIsReadAtOnce) {
  for (size_t border : {size_t{4096}, size_t{65536}, size_t{131072}}) {
    for (size_t back = 0; back < 40; back++) {
      std::string strings(1, '\0');
      while (strings.size() + 100 < border - back) strings += "filler" + std::to_string(strings.size()) + '\0';
      strings += std::string(border - back - strings.size() - 1, 'x') + '\0';
      size_t place = strings.size();
      strings += fmt::format("on_the_border{0}behind{0}", '\0');
      make(strings);
      EXPECT_EQ(pieces_->find_string("on_the_border"), place) << border << " - " << back;
      EXPECT_EQ(pieces_->find_string("behind"), place + 14);
      EXPECT_FALSE(pieces_->find_string("the_border"));
    }
  }
}

TEST_F(OfStrings, LongOnesAndOnesThatDoNotEnd) {
  std::string strings = fmt::format("{0}{1}{0}short{0}without end", '\0', std::string(200000, 'y'));
  make(strings);
  EXPECT_EQ(pieces_->find_string("short"), 200002u);
  EXPECT_FALSE(pieces_->find_string("without end"));
  EXPECT_FALSE(pieces_->find_string(""));
  make("");
  EXPECT_FALSE(pieces_->find_string("short"));
}

TEST_F(OfStrings, ThatTheFileHasNotGot) {
  btf_header header{.magic = BTF_MAGIC,
                    .version = 1,
                    .hdr_len = sizeof(btf_header),
                    .type_len = 0xfffffff0,
                    .str_off = 0xfffffff0,
                    .str_len = 0xfffffff0};
  base::Fd file(::memfd_create("btf", MFD_CLOEXEC));
  ASSERT_TRUE(base::write_all(file.get(), {reinterpret_cast<const char*>(&header), sizeof header}, "btf"));
  auto pieces = BtfPieces::open("/proc/self/fd/" + std::to_string(file.get()));
  ASSERT_TRUE(pieces);
  EXPECT_FALSE((*pieces)->find_string("short"));
  EXPECT_FALSE((*pieces)->functions());
  EXPECT_FALSE((*pieces)->type(1));
  EXPECT_FALSE((*pieces)->types_named({1}));
}

}  // namespace
}  // namespace sonde::kernel
